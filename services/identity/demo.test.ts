// The demo world: what is in it, and who may enter it by one click.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { checkCreditCode } from '#engines/credit-code/credit-code.ts'
import { readDemoWorld } from './demo-world.ts'
import { departmentsOfLaw } from './departments.ts'
import { demoId, isArea, loadDemoWorld } from './index.ts'
import { type Bed, bed } from './test-bed.ts'

async function demo(t: TestContext, settings: Record<string, string> = {}): Promise<Bed> {
  const it = await bed(t, { demo: true, settings })
  await loadDemoWorld(it.world)
  return it
}

const enter = (it: Bed, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
  it.browser().send('/api/demo/enter', {
    method: 'POST',
    body: { account: 'founder' },
    headers: { host: 'localhost:8460', ...headers },
    remoteAddress,
  })

test('the demo world: valid codes, marked names, several cities, a chain of three levels', () => {
  const { organisations, accounts } = readDemoWorld()
  assert.ok(organisations.length >= 12)
  for (const { creditCode, name, area } of organisations) {
    assert.deepEqual(checkCreditCode(creditCode), { ok: true, code: creditCode })
    assert.ok(name.endsWith('（示例）') && isArea(area), name)
  }
  const cities = new Set(organisations.map(({ area }) => area.slice(0, 4)))
  assert.ok(cities.size >= 6, [...cities].join())
  const holderOf = (id: string) =>
    organisations
      .find((one) => one.id === id)!
      .shareholders.map(({ holder }) => organisations.find((one) => one.id === holder))
      .find(Boolean)
  const chain = ['taozhi', 'chanye', 'touzi'].map((id) => holderOf(id)!.id)
  assert.deepEqual(chain, ['chanye', 'touzi', 'yunling'])
  assert.equal(organisations.find(({ id }) => id === 'taozhi')!.size, 'small')
  assert.deepEqual(organisations.find(({ id }) => id === 'yunling')!.activities, [
    'cluster-operator',
  ])
  const wanted = ['founder', 'sme', 'lab', 'operator', 'official', 'community', 'auditor']
  const there = accounts.map(({ account }) => account)
  for (const account of wanted) assert.ok(there.includes(account), account)
})

test('loading the demo world twice adds nothing and brings nothing back', async (t) => {
  const it = await demo(t)
  const count = async () => {
    const { rows } = await sql<Record<string, number>>`select
      (select count(*)::int from identity.subject) as subjects,
      (select count(*)::int from identity.membership) as memberships,
      (select count(*)::int from identity.shareholding) as shareholdings,
      (select count(*)::int from identity.office where ended_at is null) as offices,
      (select count(*)::int from identity.mandate) as mandates,
      (select count(*)::int from journal.entry) as facts`.execute(it.world.db)
    return rows[0]
  }
  const first = await count()
  await loadDemoWorld(it.world)
  assert.deepEqual(await count(), first)
  await sql`update identity.office set ended_at = ${it.world.clock.now()}
    where person = ${demoId('huang')}`.execute(it.world.db)
  await loadDemoWorld(it.world)
  assert.equal((await count())!.offices, first!.offices! - 1)
  await it.journal()
})

test('every department of the law is a subject, in every area of its level', async (t) => {
  const it = await demo(t)
  const { items } = (await it.browser().get('/api/departments')).body
  assert.equal(items.length, departmentsOfLaw().length)
  const names = items.map(({ name }: { name: string }) => name)
  for (const name of [
    '广东省发展改革部门',
    '深圳市人工智能主管部门',
    '广州市天河区人工智能主管部门',
  ]) {
    assert.ok(names.includes(name), name)
  }
})

test('each account is entered by one click and acts for its own body', async (t) => {
  const it = await demo(t)
  const { items } = (await it.browser().get('/api/demo/accounts')).body
  const expected: Record<string, string[]> = {
    founder: ['owner'],
    sme: ['owner'],
    lab: ['owner', 'member'],
    operator: ['owner', 'operator'],
    official: ['official'],
    reviewer: ['official'],
    community: ['owner', 'community-manager'],
    auditor: ['owner', 'auditor'],
    'related-sme': ['owner'],
    'system-admin': ['owner', 'system-admin'],
    'security-admin': ['owner', 'security-admin'],
    'audit-admin': ['owner', 'audit-admin'],
  }
  assert.deepEqual(
    items.map(({ account }: { account: string }) => account),
    Object.keys(expected),
  )
  for (const { account, organisation } of items) {
    const who = it.browser()
    const { status, body } = await who.post('/api/demo/enter', { account }, { host: '127.0.0.1' })
    assert.equal(status, 200)
    const roles = body.grants.map(({ role }: { role: string }) => role)
    assert.deepEqual(roles, expected[account], account)
    if (organisation) assert.equal(body.subject.name, organisation)
    assert.equal((await who.get('/api/people/me')).status, 200)
  }
  const official = (await enter(it)).body
  assert.equal(official.demo, true)
})

test('the official of the lead department reaches the whole province', async (t) => {
  const it = await demo(t)
  const { body } = await it.browser().post('/api/demo/enter', { account: 'official' })
  assert.equal(body.subject.kind, 'department')
  assert.deepEqual(body.grants, [{ role: 'official', subjectId: body.subject.id, area: '440000' }])
})

test('this machine may enter, under each of its names', async (t) => {
  const it = await demo(t)
  for (const host of ['localhost:8460', '127.0.0.1', '[::1]:8460', 'LOCALHOST']) {
    assert.equal((await enter(it, { host })).status, 200, host)
  }
  assert.equal((await enter(it, { origin: 'http://localhost:8460' })).status, 200)
  assert.equal((await enter(it, {}, '::1')).status, 200)
  assert.equal((await enter(it, {}, '::ffff:127.0.0.1')).status, 200)
})

test('a foreign Host, Origin or address, or any sign of a proxy, is refused', async (t) => {
  const it = await demo(t)
  const refused: [Record<string, string>, string?][] = [
    [{ host: 'kapok.example' }],
    [{ host: 'localhost.evil.example' }],
    [{ host: '127.0.0.1.evil.example' }],
    [{ host: '10.0.0.5:8460' }],
    [{ origin: 'http://evil.example' }],
    [{ origin: 'null' }],
    [{ 'x-forwarded-for': '203.0.113.9' }],
    [{ 'x-forwarded-host': 'localhost' }],
    [{ 'x-forwarded-proto': 'http' }],
    [{ 'X-Forwarded-Anything': '' }],
    [{ forwarded: 'for=127.0.0.1' }],
    [{ 'x-real-ip': '127.0.0.1' }],
    [{}, '203.0.113.9'],
    [{}, '10.0.0.5'],
    [{}, '::ffff:10.0.0.5'],
  ]
  for (const [headers, address] of refused) {
    const answer = await enter(it, headers, address)
    assert.equal(answer.status, 403, JSON.stringify([headers, address]))
    assert.equal(answer.headers['set-cookie'], undefined)
    const session = await it.browser().send('/api/session', {
      headers: { host: 'localhost', ...headers },
      ...(address ? { remoteAddress: address } : {}),
    })
    assert.equal(session.body.demoEntry, false, JSON.stringify([headers, address]))
  }
})

test('a server that others can reach offers no demo accounts', async (t) => {
  const open: Record<string, string>[] = [{ KAPOK_HOST: '0.0.0.0' }, { KAPOK_TRUST_PROXY: 'true' }]
  for (const settings of open) {
    const it = await demo(t, settings)
    assert.equal((await enter(it)).status, 403)
    assert.deepEqual((await it.browser().get('/api/demo/accounts')).body.items, [])
  }
})

test('a real world has no demo accounts', async (t) => {
  const it = await bed(t)
  assert.equal((await enter(it)).status, 403)
  const { demo: isDemo, demoEntry } = (await it.browser().get('/api/session')).body
  assert.deepEqual([isDemo, demoEntry], [false, false])
})
