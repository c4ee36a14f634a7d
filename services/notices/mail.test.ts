// Mail that goes with notices: sent once, tried again, given up but never lost.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { visitor } from '#platform/context.ts'
import { MailRefused } from './ports.ts'
import { act, ask, bed, company, id, tell } from './test-bed.ts'

test('mail goes out once, in both languages, only when the notice was committed', async (t) => {
  const it = await bed(t)
  const failing = it.world.transact(visitor, async (ctx) => {
    await it.service.notify(ctx, {
      to: { person: id(1) },
      kind: 'notices.mail-test',
      params: {},
      link: '/account',
    })
    throw new Error('rolled back')
  })
  await assert.rejects(failing, /rolled back/)
  await tell(it, { person: id(1) })
  await Promise.all([it.sendDue(), it.sendDue()])
  await it.sendDue()
  assert.equal(it.sent.length, 1)
  assert.equal(it.sent[0]!.to, `${id(1)}@example.org`)
  assert.match(it.sent[0]!.text, /算力券已到账：10.00[\s\S]*Compute voucher has arrived/)
  assert.match(it.sent[0]!.text, /https:\/\/kapok.example.org\/statement/)
})

test('the queue sends without waiting for the periodic job', { timeout: 20_000 }, async (t) => {
  const it = await bed(t)
  await it.service.startSending()
  await tell(it, { subject: company })
  while (it.sent.length < 2) await new Promise((done) => setTimeout(done, 20))
  assert.deepEqual(
    it.sent.map((mail) => mail.to).sort(),
    [id(1), id(2)].map((p) => `${p}@example.org`),
  )
})

test('a mail server that is down: tried again later and later, under the same id', async (t) => {
  const it = await bed(t)
  await tell(it, { person: id(1) })
  it.faults.push(new Error('down, said ann@example.org'), new Error('still down'))
  await it.sendDue()
  await it.sendDue()
  assert.equal(it.faults.length, 1, 'not tried again at once')
  const [pending] = (await ask(it, 'root', '/mail')).items
  assert.equal(pending.state, 'waiting')
  assert.equal(pending.failedWith, 'Error: down, said …')
  it.world.clock.advance(61_000)
  await it.sendDue()
  assert.equal(it.faults.length, 0)
  it.world.clock.advance(61_000)
  await it.sendDue()
  assert.equal(it.sent.length, 0, 'the second wait is longer')
  it.world.clock.advance(61_000)
  await it.sendDue()
  assert.equal(it.sent.length, 1)
  assert.equal(it.sent[0]!.id, pending.id)
  assert.deepEqual((await ask(it, 'root', '/mail')).items, [])
})

test('given up after ten tries or a final refusal, but kept and tried again on request', async (t) => {
  const it = await bed(t)
  await tell(it, { person: id(1) })
  for (let n = 0; n < 12; n++) {
    it.faults.push(new Error('down'))
    await it.sendDue()
    it.world.clock.advance(7 * 3_600_000)
  }
  assert.equal(it.faults.length, 2, 'ten tries, then no more')
  it.faults.length = 0
  await tell(it, { person: id(2) })
  it.faults.push(new MailRefused('no such person'))
  await it.sendDue()
  await tell(it, { person: id(9) })
  await it.sendDue()
  const dead = (await ask(it, 'root', '/mail?dead=true')).items
  assert.deepEqual(
    dead.map((mail: { state: string; attempts: number }) => [mail.state, mail.attempts]),
    [
      ['dead', 1],
      ['dead', 1],
      ['dead', 10],
    ],
  )
  assert.equal((await act(it, 'ann', 'POST', `/mail/${dead[2].id}/retry`)).statusCode, 403)
  assert.equal((await act(it, 'root', 'POST', `/mail/${dead[2].id}/retry`)).statusCode, 204)
  assert.equal((await act(it, 'root', 'POST', `/mail/${dead[2].id}/retry`)).statusCode, 404)
  await it.sendDue()
  assert.equal(it.sent.length, 1)
})

test('a process that died while sending: another sends it after the lease', async (t) => {
  const it = await bed(t)
  await tell(it, { person: id(1) })
  await sql`update notices.mail set state = 'sending', attempts = 1,
    due_at = ${new Date(it.world.clock.now().getTime() + 300_000)}`.execute(it.world.db)
  await it.sendDue()
  assert.equal(it.sent.length, 0)
  it.world.clock.advance(301_000)
  await it.sendDue()
  assert.equal(it.sent.length, 1)
})

test('who wants no mail gets none; without a mail server there is none to send', async (t) => {
  const it = await bed(t)
  const now = await ask(it, 'ann', '/preference')
  assert.deepEqual(now, { mail: true, version: 0 })
  assert.equal((await act(it, 'ann', 'PUT', '/preference', { mail: false })).statusCode, 428)
  const off = await act(it, 'ann', 'PUT', '/preference', { mail: false }, '"0"')
  assert.deepEqual(off.json(), { mail: false, version: 1 })
  assert.equal((await act(it, 'ann', 'PUT', '/preference', { mail: true }, '"0"')).statusCode, 412)
  await tell(it, { person: id(1) })
  await it.sendDue()
  assert.equal(it.sent.length, 0)
  assert.equal((await ask(it, 'ann')).items.length, 1)

  const without = await bed(t, { mail: false })
  await tell(without, { person: id(1) })
  assert.deepEqual(await ask(without, 'root', '/mail'), {
    items: [],
    next: null,
    configured: false,
  })
})
