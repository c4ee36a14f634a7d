// Notices: who is told what, marks of each reader, mail that is retried and never lost, live counts.
import assert from 'node:assert/strict'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import pg from 'pg'
import { type Actor, type Role, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { openJobs } from '#platform/jobs.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import type { NoticeView } from './contract.ts'
import { type Notices, notices } from './index.ts'
import { type Mail, type Mailer, MailRefused } from './ports.ts'
import { render, templates } from './templates.ts'

const id = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`
const company = id(100)
const actor = (n: number, subjectId: string, role: Role = 'member'): Actor => ({
  ...visitor,
  kind: 'person',
  name: `person-${n}`,
  personId: id(n),
  subjectId,
  grants: [{ role, subjectId, area: null }],
})
const ann = actor(1, company)
const ben = actor(2, company)
const eve = actor(3, id(200))
const root = actor(4, id(4), 'system-admin')

interface Bed {
  world: TestWorld
  app: FastifyInstance
  service: Notices
  sent: Mail[]
  /** What the mail server does next; null takes the mail. */
  faults: (Error | null)[]
  sendDue(): Promise<void>
}

async function bed(t: TestContext, options: { mail?: boolean } = {}): Promise<Bed> {
  const world = await testWorld(t, { settings: { KAPOK_PUBLIC_URL: 'https://kapok.example.org' } })
  const sent: Mail[] = []
  const faults: (Error | null)[] = []
  const mailer: Mailer = {
    send: async (mail) => {
      const fault = faults.shift()
      if (fault) throw fault
      sent.push(mail)
    },
    close: () => {},
  }
  const jobs = await openJobs(world)
  const service = notices(world, {
    mailer: options.mail === false ? null : mailer,
    jobs,
    addresses: {
      addressOf: async (_ctx, person) => (person === id(9) ? null : `${person}@example.org`),
      membersOf: async () => [id(1), id(2)],
    },
  })
  const people: Record<string, Actor> = { ann, ben, eve, root }
  const app = await buildServer(world, {
    routes: service.service.routes,
    authenticate: async ({ headers }) => people[String(headers['x-who'])] ?? visitor,
  })
  t.after(async () => {
    await service.close()
    await app.close()
    await jobs.stop()
  })
  return { world, app, service, sent, faults, sendDue: service.service.jobs![0]!.run }
}

const tell = (it: Bed, to: { person: string } | { subject: string }, amount = '10.00') =>
  it.world.transact(visitor, (ctx) =>
    it.service.notify(ctx, {
      to,
      kind: 'ledger.voucher-granted',
      params: {
        voucher: { zh: '算力券', en: 'Compute voucher' },
        amount,
        until: '2027-01-01',
        use: '—',
      },
      link: '/statement',
    }),
  )

const ask = async (it: Bed, who: string, path = '') => {
  const answer = await it.app.inject({ url: `/api/notices${path}`, headers: { 'x-who': who } })
  return answer.json()
}
const act = (
  it: Bed,
  who: string,
  method: 'POST' | 'PUT',
  path: string,
  payload?: object,
  ifMatch?: string,
) =>
  it.app.inject({
    method,
    url: `/api/notices${path}`,
    headers: { 'x-who': who, ...(ifMatch ? { 'if-match': ifMatch } : {}) },
    ...(payload ? { payload } : {}),
  })

test('a person sees their own notices and those of the organisation they act for', async (t) => {
  const it = await bed(t)
  await tell(it, { person: id(1) }, '1.00')
  await tell(it, { subject: company }, '2.00')
  await tell(it, { person: id(2) }, '3.00')
  const { items, unread } = await ask(it, 'ann')
  assert.equal(unread, 2)
  assert.deepEqual(
    items.map((item: NoticeView) => [item.title.zh, item.title.en, item.toOrganisation]),
    [
      ['算力券已到账：2.00', 'Compute voucher has arrived: 2.00', true],
      ['算力券已到账：1.00', 'Compute voucher has arrived: 1.00', false],
    ],
  )
  assert.deepEqual((await ask(it, 'eve')).items, [])
  assert.equal((await it.app.inject('/api/notices')).statusCode, 401)
})

test('under a mandate only one’s own notices show', async (t) => {
  const it = await bed(t)
  await tell(it, { subject: company })
  await tell(it, { person: id(1) })
  const people = { ...ann, mandateId: id(50), scopes: ['notices:read'] }
  const app = await buildServer(it.world, {
    routes: it.service.service.routes,
    authenticate: async () => people,
  })
  t.after(() => app.close())
  assert.equal((await app.inject('/api/notices')).json().items.length, 1)
})

test('each reader has their own marks, and cannot mark for others', async (t) => {
  const it = await bed(t)
  const shared = await tell(it, { subject: company })
  const private_ = await tell(it, { person: id(2) })
  const read = await act(it, 'ann', 'POST', '/read', { ids: [shared, private_] })
  assert.deepEqual(read.json(), { unread: 0 })
  assert.deepEqual(await ask(it, 'ben', '/count'), { unread: 2 })
  assert.deepEqual((await act(it, 'ben', 'POST', '/read', { all: true })).json(), { unread: 0 })
  assert.deepEqual((await act(it, 'ben', 'POST', '/read', { all: true })).json(), { unread: 0 })
  await tell(it, { subject: company })
  assert.deepEqual(await ask(it, 'ben', '/count'), { unread: 1 })
  const unread = await ask(it, 'ben', '?unread=true')
  assert.equal(unread.items.length, 1)
  assert.equal((await ask(it, 'ben')).items.length, 3)
  for (const payload of [{}, { ids: [] }, { all: false }, { ids: ['x'] }, { all: true, more: 1 }]) {
    assert.equal((await act(it, 'ben', 'POST', '/read', payload)).statusCode, 400)
  }
})

test('the in-box pages to its end and counts to 100', async (t) => {
  const it = await bed(t, { mail: false })
  await it.world.transact(visitor, async (ctx) => {
    for (let n = 0; n < 105; n++) {
      await it.service.notify(ctx, {
        to: { person: id(1) },
        kind: 'identity.signed-in',
        params: { at: String(n) },
        link: '/account',
      })
    }
  })
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page = await ask(it, 'ann', `?limit=50${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...page.items.map((item: NoticeView) => item.body.en.replace(/\D+/g, '')))
    assert.equal(page.unread, 100)
    cursor = page.next
  } while (cursor)
  assert.deepEqual(
    seen,
    Array.from({ length: 105 }, (_, n) => String(104 - n)),
  )
})

test('markup in a parameter stays text; a link leads into this site only', async (t) => {
  const it = await bed(t)
  await tell(it, { person: id(1) }, "<script>alert(1)</script>'; drop table notices.notice--")
  const { items } = await ask(it, 'ann')
  assert.match(items[0].title.zh, /<script>alert/)
  for (const link of ['//evil.example.org', 'https://evil.example.org', 'javascript:alert(1)']) {
    const telling = it.world.transact(visitor, (ctx) =>
      it.service.notify(ctx, {
        to: { person: id(1) },
        kind: 'identity.signed-in',
        params: { at: 'x' },
        link,
      }),
    )
    await assert.rejects(telling, /notice_link_check/, link)
  }
})

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

test('every text fills all its holes, in both languages', () => {
  for (const [kind, { title, body }] of Object.entries(templates)) {
    const names = [title.zh, title.en, body.zh, body.en].map((text) =>
      [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
    )
    const inZh = new Set([...names[0]!, ...names[2]!])
    const inEn = new Set([...names[1]!, ...names[3]!])
    assert.deepEqual([...inEn].sort(), [...inZh].sort(), kind)
    const full = render(kind, Object.fromEntries([...inZh].map((name) => [name, 'x'])))
    assert.doesNotMatch(JSON.stringify(full).replace(/"\w+":/g, ''), /\{\w+\}/, kind)
  }
  assert.equal(render('no.such-kind', {}).title.zh, 'no.such-kind')
})

test('a person’s notices can be exported and erased', async (t) => {
  const it = await bed(t)
  await tell(it, { person: id(1) })
  await tell(it, { subject: company })
  await act(it, 'ann', 'POST', '/read', { all: true })
  const { personalData } = it.service
  const held = await it.world.read(ann, (ctx) => personalData.export(ctx, id(1)))
  assert.equal((held as { kind: string }[])[0]!.kind, 'ledger.voucher-granted')
  await it.world.transact(ann, (ctx) => personalData.erase(ctx, id(1)))
  assert.deepEqual(await it.world.read(ann, (ctx) => personalData.export(ctx, id(1))), [])
  const { rows } = await sql`select person from notices.mail where person = ${id(1)}
    union all select reader from notices.reading where reader = ${id(1)}`.execute(it.world.db)
  assert.deepEqual(rows, [])
  assert.equal((await ask(it, 'ben')).items.length, 1, 'the organisation’s notice stays')
})

/** Opens a live stream; `next` resolves with the next unread count. */
async function listen(it: Bed, who: string) {
  const { port } = it.app.server.address() as AddressInfo
  const headers = { accept: 'text/event-stream', 'x-who': who }
  const response = await new Promise<IncomingMessage>((done) => {
    get({ port, path: '/api/notices/live', headers }, done).on('error', () => {})
  })
  response.on('error', () => {})
  const counts: number[] = []
  let waiting: ((n: number) => void) | null = null
  response.setEncoding('utf8').on('data', (text: string) => {
    for (const [, n] of text.matchAll(/data: \{"unread":(\d+)\}/g)) {
      if (waiting) waiting(Number(n))
      else counts.push(Number(n))
      waiting = null
    }
  })
  return {
    response,
    next: () =>
      counts.length > 0
        ? Promise.resolve(counts.shift()!)
        : new Promise<number>((done) => {
            waiting = done
          }),
    ended: new Promise<void>((done) => response.once('close', done)),
  }
}

test('an open page hears of each notice of its reader, and of no other', {
  timeout: 20_000,
}, async (t) => {
  const it = await bed(t)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const page = await listen(it, 'ann')
  assert.equal(page.response.headers['content-type'], 'text/event-stream; charset=utf-8')
  assert.equal(page.response.headers['x-content-type-options'], 'nosniff')
  assert.equal(await page.next(), 0)
  await tell(it, { person: id(2) })
  await tell(it, { person: id(1) })
  assert.equal(await page.next(), 1)
  await tell(it, { subject: company })
  assert.equal(await page.next(), 2)
  await act(it, 'ann', 'POST', '/read', { all: true })
  assert.equal(await page.next(), 0)
  await it.service.close()
  await page.ended
})

test('the listening connection is cut: counts come again', { timeout: 20_000 }, async (t) => {
  const it = await bed(t)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const page = await listen(it, 'ann')
  assert.equal(await page.next(), 0)
  const client = new pg.Client(it.world.connection as pg.ClientConfig)
  await client.connect()
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'kapok-notices' and datname = current_database()`)
  await client.end()
  await tell(it, { person: id(1) })
  assert.equal(await page.next(), 1)
})

test('streams are bounded, and only a stream is given here', { timeout: 20_000 }, async (t) => {
  const it = await bed(t)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const plain = await it.app.inject({ url: '/api/notices/live', headers: { 'x-who': 'ann' } })
  assert.equal(plain.statusCode, 406)
  const pages = await Promise.all(Array.from({ length: 6 }, () => listen(it, 'ann')))
  for (const page of pages) assert.equal(page.response.statusCode, 200)
  assert.equal((await listen(it, 'ann')).response.statusCode, 503)
  pages[0]!.response.destroy()
  await pages[0]!.ended
  let again = await listen(it, 'ann')
  while (again.response.statusCode === 503) again = await listen(it, 'ann')
  assert.equal(await again.next(), 0)
})
