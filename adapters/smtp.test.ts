// Mail against a real SMTP server: what arrives, what can never be put into a header.
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { MailRefused } from '#services/notices/ports.ts'
import { smtp } from './smtp.ts'

interface Arrived {
  to: string[]
  raw: string
}

/** A server that refuses the recipient nobody@ and the sender it is told to. */
async function serve(t: TestContext, options: { authRefused?: boolean } = {}) {
  const arrived: Arrived[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: !options.authRefused,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) =>
      done(Object.assign(new Error('wrong password'), { responseCode: 535 })),
    onRcptTo: ({ address }, _session, done) => {
      if (address.startsWith('nobody')) {
        return done(Object.assign(new Error('no such person'), { responseCode: 550 }))
      }
      if (address.startsWith('later')) {
        return done(Object.assign(new Error('try again'), { responseCode: 451 }))
      }
      done()
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map((one) => one.address)
        arrived.push({ to, raw: Buffer.concat(chunks).toString() })
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  const { port } = server.server.address() as AddressInfo
  const user = options.authRefused ? 'user:secret@' : ''
  const mailer = smtp(`smtp://${user}127.0.0.1:${port}`, 'kapok@example.org')
  t.after(() => {
    mailer.close()
    return new Promise<void>((done) => server.close(() => done()))
  })
  return { mailer, arrived, server }
}

const mail = {
  id: '01890000-0000-7000-8000-000000000001',
  to: 'ann@example.org',
  subject: '算力券已到账',
  text: '您好。\n.\nBcc: evil@example.org\n',
}

const headersOf = ({ raw }: Arrived) => raw.slice(0, raw.indexOf('\r\n\r\n'))

test('a mail arrives with the Message-ID that names it', async (t) => {
  const { mailer, arrived } = await serve(t)
  await mailer.send(mail)
  await mailer.send(mail)
  assert.deepEqual(
    arrived.map((one) => one.to),
    [['ann@example.org'], ['ann@example.org']],
  )
  for (const one of arrived) {
    assert.match(
      headersOf(one),
      /^Message-ID: <01890000-0000-7000-8000-000000000001@example.org>\r?$/m,
    )
    assert.match(headersOf(one), /^Subject: =\?UTF-8\?/m)
  }
})

test('no subject and no address can add a header or a recipient', async (t) => {
  const { mailer, arrived } = await serve(t)
  const subjects = [
    'Hi\r\nBcc: evil@example.org',
    'Hi\nX-Evil: 1',
    'Hi\r\n\r\nbody',
    'Hi\u2028Bcc: evil@example.org',
    '标题\r\nBcc: evil@example.org',
  ]
  for (const subject of subjects) await mailer.send({ ...mail, subject })
  for (const one of arrived) {
    assert.deepEqual(one.to, ['ann@example.org'])
    assert.doesNotMatch(headersOf(one), /^(Bcc|X-Evil):/im)
  }
  assert.equal(arrived.length, subjects.length)
  const addresses = [
    'ann@example.org\r\nRCPT TO:<evil@example.org>',
    'ann@example.org, evil@example.org',
    'Ann <ann@example.org>',
    'ann@example.org>\r\nDATA',
    '"a b"@example.org',
    'ann',
    '',
  ]
  for (const to of addresses) {
    await assert.rejects(mailer.send({ ...mail, to }), MailRefused, to)
  }
  assert.equal(arrived.length, subjects.length)
})

test('refused for good, for now, or because of our own password: told apart', async (t) => {
  const { mailer } = await serve(t)
  await assert.rejects(mailer.send({ ...mail, to: 'nobody@example.org' }), MailRefused)
  await assert.rejects(mailer.send({ ...mail, to: 'later@example.org' }), (error) => {
    assert.ok(!(error instanceof MailRefused))
    return true
  })
  const locked = await serve(t, { authRefused: true })
  await assert.rejects(locked.mailer.send(mail), (error) => {
    assert.ok(!(error instanceof MailRefused), 'our set-up is wrong, not the mail')
    assert.ok(!String(error).includes('secret'))
    return true
  })
})

test('no server: an error that is worth another try', async () => {
  const mailer = smtp('smtp://127.0.0.1:1', 'kapok@example.org')
  await assert.rejects(mailer.send(mail), (error) => !(error instanceof MailRefused))
  mailer.close()
})
