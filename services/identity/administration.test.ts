// Administration over HTTP: three administrators apart, offices, locks, one-time links.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { system } from '#platform/context.ts'
import { departmentId } from './index.ts'
import { bed, goodPassword } from './test-bed.ts'

const HOUR = 3_600_000
const lead = departmentId('dept-development-reform', '440000')
const shenzhen = departmentId('city-ai', '440300')

async function staffed(t: TestContext) {
  const it = await bed(t)
  const secure = await it.person('secure')
  await it.office(secure.id, 'security-admin')
  const ann = await it.person('ann', '安')
  const give = (id: string, body: object, by = secure) =>
    by.post(`/api/admin/people/${id}/offices`, body)
  return { ...it, secure, ann, give }
}

test('nobody holds two of the three administrators’ offices', async (t) => {
  const it = await staffed(t)
  assert.equal((await it.give(it.ann.id, { role: 'system-admin' })).status, 201)
  for (const role of ['security-admin', 'audit-admin', 'system-admin']) {
    const refused = await it.give(it.ann.id, { role })
    assert.deepEqual([refused.status, refused.body.code], [409, 'identity.office-exclusive'], role)
  }
  // The database refuses too, whatever the program does.
  await assert.rejects(it.office(it.ann.id, 'audit-admin'), /office-exclusive/)
  const insert = sql`insert into identity.office (id, person, role, since) values
    ('0190a000-0000-7000-8000-000000000001', ${it.ann.id}, 'audit-admin',
      ${it.world.clock.now()})`.execute(it.world.db)
  await assert.rejects(insert, /office_one_administrator/)
})

test('two administrators’ offices granted at the same moment: one is', async (t) => {
  const it = await staffed(t)
  const other = await it.person('other')
  await it.office(other.id, 'security-admin')
  const granted = await Promise.all([
    it.give(it.ann.id, { role: 'system-admin' }),
    it.give(it.ann.id, { role: 'audit-admin' }, other),
  ])
  assert.deepEqual(granted.map(({ status }) => status).sort(), [201, 409])
})

test('the security administrator grants nothing to themself', async (t) => {
  const it = await staffed(t)
  for (const body of [{ role: 'auditor' }, { role: 'official', departmentId: lead }]) {
    assert.equal((await it.give(it.secure.id, body)).body.code, 'identity.office-self')
  }
  const path = `/api/admin/people/${it.secure.id}`
  assert.equal((await it.secure.post(`${path}/lock`)).body.code, 'identity.office-self')
  assert.equal((await it.secure.post(`${path}/link`)).body.code, 'identity.office-self')
  const insert = sql`insert into identity.office (id, person, role, since, granted_by) values
    ('0190a000-0000-7000-8000-000000000001', ${it.ann.id}, 'auditor',
      ${it.world.clock.now()}, ${it.ann.id})`.execute(it.world.db)
  await assert.rejects(insert, /check constraint/)
})

test('an official belongs to a department and reaches no further than it', async (t) => {
  const it = await staffed(t)
  const refused = async (body: object) => (await it.give(it.ann.id, body)).body.code
  assert.equal(await refused({ role: 'official' }), 'identity.office-department')
  const beyond = { role: 'official', departmentId: shenzhen, area: '440100' }
  assert.equal(await refused(beyond), 'identity.office-department')
  const above = { role: 'official', departmentId: shenzhen, area: '440000' }
  assert.equal(await refused(above), 'identity.office-department')
  const nowhere = { role: 'official', departmentId: lead, area: '990000' }
  assert.equal(await refused(nowhere), 'identity.area-unknown')
  assert.equal(await refused({ role: 'audit-admin', area: '440000' }), 'identity.office-department')
  assert.equal(await refused({ role: 'owner' }), 'request.invalid')
  const county = { role: 'official', departmentId: shenzhen, area: '440305' }
  assert.equal((await it.give(it.ann.id, county)).status, 201)
  assert.equal((await it.give(it.ann.id, county)).body.code, 'identity.office-held')
  const session = (await it.ann.get('/api/session')).body
  const office = session.subjects.find((one: { via: string }) => one.via === 'office')
  const chosen = await it.ann.post('/api/session/subject', { subjectId: office.id })
  assert.deepEqual(chosen.body.grants, [{ role: 'official', subjectId: shenzhen, area: '440305' }])
})

test('an ended office ends with its sessions; the last administrator stays', async (t) => {
  const it = await staffed(t)
  const office = (await it.give(it.ann.id, { role: 'system-admin' })).body.id
  const path = `/api/admin/people/${it.ann.id}/offices/${office}`
  assert.equal((await it.secure.delete(path)).body.code, 'identity.office-last')
  const bob = await it.person('bob')
  await it.give(bob.id, { role: 'system-admin' })
  assert.equal((await it.secure.delete(path)).status, 204)
  assert.equal((await it.ann.get('/api/people/me')).status, 401)
  assert.equal((await it.secure.delete(path)).status, 404)
})

test('the audit administrator reads and changes nothing', async (t) => {
  const it = await staffed(t)
  const audit = await it.person('audit')
  await it.office(audit.id, 'audit-admin')
  for (const url of ['people', `people/${it.ann.id}`, 'sessions', 'lockouts']) {
    assert.equal((await audit.get(`/api/admin/${url}`)).status, 200, url)
  }
  const routes = it.identity.service.routes.filter(({ policy }) =>
    policy.roles.includes('audit-admin'),
  )
  assert.ok(routes.length >= 4)
  for (const { method, name } of routes) assert.equal(method, 'GET', name)
  assert.equal((await audit.post(`/api/admin/people/${it.ann.id}/lock`)).status, 403)
  assert.equal((await it.give(it.ann.id, { role: 'auditor' }, audit)).status, 403)
})

test('ordinary people see nothing of administration', async (t) => {
  const it = await staffed(t)
  for (const url of ['people', 'sessions', 'lockouts']) {
    assert.equal((await it.ann.get(`/api/admin/${url}`)).status, 403)
    assert.equal((await it.browser().get(`/api/admin/${url}`)).status, 401)
  }
})

test('a locked person is out at once and cannot sign in until unlocked', async (t) => {
  const it = await staffed(t)
  const lin = it.browser()
  await lin.post('/api/people', { login: 'lin', name: '林', password: goodPassword })
  const { id } = (await lin.get('/api/people/me')).body
  assert.equal((await it.secure.post(`/api/admin/people/${id}/lock`)).body.locked, true)
  assert.equal((await lin.get('/api/people/me')).status, 401)
  const signIn = () => it.browser().post('/api/session', { login: 'lin', password: goodPassword })
  assert.equal((await signIn()).body.code, 'identity.sign-in-refused')
  assert.equal((await it.secure.post(`/api/admin/people/${id}/lock`)).status, 200, 'twice is fine')
  assert.equal((await it.secure.post(`/api/admin/people/${id}/unlock`)).body.locked, false)
  assert.equal((await signIn()).status, 200)
})

test('people are found by name or login, page by page, and % means itself', async (t) => {
  const it = await staffed(t)
  for (const n of [1, 2, 3, 4, 5]) await it.person(`zhou${n}`, `周${n}`)
  await it.person('percent', '100%_人')
  const find = async (query: string) => (await it.secure.get(`/api/admin/people?${query}`)).body
  const names = ({ items }: { items: { name: string }[] }) => items.map(({ name }) => name)
  assert.deepEqual(names(await find('query=zhou3')), ['周3'])
  assert.deepEqual(names(await find(`query=${encodeURIComponent('%')}`)), ['100%_人'])
  assert.deepEqual(names(await find(`query=${encodeURIComponent("' or 1=1--")}`)), [])
  const zhou = encodeURIComponent('周')
  const first = await find(`query=${zhou}&limit=2`)
  const second = await find(`query=${zhou}&limit=2&cursor=${first.next}`)
  const third = await find(`query=${zhou}&limit=2&cursor=${second.next}`)
  assert.deepEqual([first, second, third].flatMap(names), ['周1', '周2', '周3', '周4', '周5'])
  assert.equal(third.next, null)
  assert.equal((await it.secure.get('/api/admin/people?cursor=nonsense')).status, 400)
})

test('lock-outs are listed and lifted', async (t) => {
  const it = await staffed(t)
  const signIn = () =>
    it.browser().post('/api/session', { login: 'lin', password: 'wrong-wrong-wrong-9' })
  for (let n = 0; n < 6; n++) await signIn()
  const { items } = (await it.secure.get('/api/admin/lockouts')).body
  const lock = items.find((one: { kind: string }) => one.kind === 'login')
  assert.deepEqual([lock.key, typeof lock.lockedUntil], ['lin', 'string'])
  assert.equal((await it.secure.delete(`/api/admin/lockouts/${lock.id}`)).status, 204)
  assert.equal((await it.secure.delete(`/api/admin/lockouts/${lock.id}`)).status, 404)
  assert.equal((await signIn()).status, 401)
})

test('anybody’s session can be ended by the security administrator', async (t) => {
  const it = await staffed(t)
  const { items } = (await it.secure.get('/api/admin/sessions')).body
  const open = items.find((one: { personId: string }) => one.personId === it.ann.id)
  assert.equal((await it.secure.delete(`/api/admin/sessions/${open.id}`)).status, 204)
  assert.equal((await it.ann.get('/api/people/me')).status, 401)
  assert.equal((await it.secure.delete(`/api/admin/sessions/${open.id}`)).status, 404)
})

const tokenOf = (path: string) => path.replace('/first/', '/api/first/')

test('an empty world starts with three links, each good once for a day', async (t) => {
  const it = await bed(t)
  const make = () => it.world.transact(system('start'), it.identity.createFirstLinks)
  const [old] = await make()
  const links = await make()
  assert.deepEqual(
    links.map(({ role }) => role),
    ['system-admin', 'security-admin', 'audit-admin'],
  )
  const visitor = it.browser()
  assert.equal((await visitor.get(tokenOf(old!.path))).status, 404, 'replaced by the newer one')
  const [first, second, third] = links.map(({ path }) => tokenOf(path))
  const shown = (await visitor.get(first!)).body
  assert.deepEqual([shown.role, shown.login], ['system-admin', null])
  const set = (path: string, body: object) => it.browser().post(path, body)
  const account = { login: 'root.one', name: '甲', password: goodPassword }
  assert.equal(
    (await set(first!, { password: goodPassword })).body.code,
    'identity.link-incomplete',
  )
  assert.equal((await set(first!, { ...account, password: 'password12' })).status, 400)
  const made = await set(first!, account)
  assert.deepEqual(
    made.body.grants.map(({ role }: { role: string }) => role),
    ['owner', 'system-admin'],
  )
  assert.equal((await set(first!, { ...account, login: 'again' })).status, 404)
  assert.equal((await set(second!, account)).body.code, 'identity.login-taken')
  const raced = await Promise.all(
    ['two.a', 'two.b'].map((login) => set(second!, { ...account, login })),
  )
  assert.deepEqual(raced.map(({ status }) => status).sort(), [200, 404])
  it.world.clock.advance(24 * HOUR)
  assert.equal((await set(third!, { ...account, login: 'three' })).status, 404)
  assert.deepEqual(
    (await make()).map(({ role }) => role),
    ['audit-admin'],
  )
  assert.equal(
    (await it.journal()).some(({ text }) => /root\.one|甲/.test(text)),
    false,
  )
})

test('a link for a new password works once and ends all sessions', async (t) => {
  const it = await staffed(t)
  const lin = it.browser()
  await lin.post('/api/people', { login: 'lin', name: '林', password: goodPassword })
  const { id } = (await lin.get('/api/people/me')).body
  const { body } = await it.secure.post(`/api/admin/people/${id}/link`)
  const path = tokenOf(body.path)
  assert.equal((await it.browser().get(path)).body.login, 'lin')
  const fresh = it.browser()
  assert.equal((await fresh.post(path, { password: 'quiet-river-77-stone' })).status, 200)
  assert.equal((await lin.get('/api/people/me')).status, 401)
  assert.equal((await fresh.get('/api/people/me')).status, 200)
  const signIn = (password: string) => it.browser().post('/api/session', { login: 'lin', password })
  assert.equal((await signIn(goodPassword)).status, 401)
  assert.equal((await signIn('quiet-river-77-stone')).status, 200)
})

test('people learn who looked them up, when and for what, but no name', async (t) => {
  const it = await staffed(t)
  await it.secure.get(`/api/admin/people/${it.ann.id}`)
  await it.secure.get(`/api/admin/people/${it.ann.id}`)
  it.world.clock.advance(60_000)
  await it.secure.get('/api/admin/sessions')
  const { items } = (await it.ann.get('/api/people/me/access-log')).body
  assert.equal(items.length, 1)
  assert.deepEqual([items[0].reader.zh, items[0].reads], ['安全管理员', 3])
  assert.deepEqual(items[0].fields, ['login', 'name', 'roles', 'sessions'])
  assert.equal(items[0].purpose.zh, '管理人员与角色')
  assert.equal((await it.secure.get('/api/people/me/access-log')).body.items.length, 0)
})
