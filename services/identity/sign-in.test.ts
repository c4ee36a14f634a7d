// Sign-in over HTTP: who gets in, who is locked out and for how long, when a session ends.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { buildServer } from '#platform/http.ts'
import { identity } from './index.ts'
import { type Bed, Browser, bed, goodPassword } from './test-bed.ts'

const MINUTE = 60_000
const wrong = 'wrong-wrong-wrong-9'

async function registered(t: TestContext, settings: Record<string, string> = {}): Promise<Bed> {
  const it = await bed(t, { settings })
  const made = await it.browser().post('/api/people', {
    login: 'lin.zy',
    name: '林知远',
    password: goodPassword,
  })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  return it
}

const signIn = (at: Browser, password: string, login = 'lin.zy', more: object = {}) =>
  at.post('/api/session', { login, password, ...more })

test('the right password opens a session in a cookie that scripts cannot read', async (t) => {
  const it = await registered(t)
  const lin = it.browser()
  assert.equal((await lin.get('/api/session')).body.person, null)
  const entered = await signIn(lin, goodPassword, ' LIN.ZY ')
  assert.equal(entered.status, 200)
  assert.equal(entered.body.person.name, '林知远')
  const cookie = String(entered.headers['set-cookie'])
  assert.match(cookie, /^kapok_session=[\w-]{43};/)
  assert.match(cookie, /HttpOnly/)
  assert.match(cookie, /SameSite=Lax/)
  assert.doesNotMatch(cookie, /Secure/)
  assert.deepEqual((await lin.get('/api/session')).body, entered.body)
  const stored = await sql<{ found: boolean }>`select exists (select from identity.session s
    where position(${lin.cookies.kapok_session!} in s::text) > 0) as found`.execute(it.world.db)
  assert.equal(stored.rows[0]!.found, false, 'only a hash of the token is stored')
})

test('the cookie is Secure where visitors come by https', async (t) => {
  const it = await registered(t, { KAPOK_PUBLIC_URL: 'https://kapok.example' })
  const entered = await signIn(it.browser(), goodPassword)
  assert.match(String(entered.headers['set-cookie']), /Secure/)
})

test('a wrong password and an unknown login get the same answer as fast', async (t) => {
  const it = await registered(t)
  const timed = async (login: string) => {
    const start = performance.now()
    const { status, body } = await signIn(it.browser(), wrong, login)
    const { requestId: _, ...answer } = body
    return { status, answer, ms: performance.now() - start }
  }
  await timed('warm.up')
  const [known, unknown] = [await timed('lin.zy'), await timed('nobody.here')]
  assert.equal(known.status, 401)
  assert.equal(known.answer.code, 'identity.sign-in-refused')
  assert.deepEqual({ ...known, ms: 0 }, { ...unknown, ms: 0 })
  assert.ok(unknown.ms > known.ms / 3 && unknown.ms < known.ms * 3, `${unknown.ms}, ${known.ms}`)
})

test('after five failures even the right password waits; the lock ends by itself', async (t) => {
  const it = await registered(t)
  for (let n = 0; n < 5; n++) assert.equal((await signIn(it.browser(), wrong)).status, 401)
  const refused = await signIn(it.browser(), goodPassword)
  assert.equal(refused.status, 429)
  assert.equal(refused.body.code, 'identity.locked')
  assert.equal(refused.body.params.minutes, 15)
  const fact = (await it.journal()).at(-1)!
  assert.equal(fact.kind, 'identity.sign-in-locked')
  const ends = it.world.clock.now().getTime() + 15 * MINUTE
  assert.equal(fact.payload.until, new Date(ends).toISOString())
  // Tries during the lock do not make it longer.
  for (let n = 0; n < 10; n++) {
    it.world.clock.advance(MINUTE)
    assert.equal((await signIn(it.browser(), goodPassword)).status, 429)
  }
  it.world.clock.advance(5 * MINUTE)
  assert.equal((await signIn(it.browser(), goodPassword)).status, 200)
})

test('a login that does not exist is locked just the same', async (t) => {
  const it = await registered(t)
  for (let n = 0; n < 5; n++) await signIn(it.browser(), wrong, 'nobody.here')
  assert.equal((await signIn(it.browser(), wrong, 'nobody.here')).status, 429)
  assert.equal((await signIn(it.browser(), goodPassword)).status, 200, 'others are not')
})

test('a lock survives a restart', async (t) => {
  const it = await registered(t)
  for (let n = 0; n < 5; n++) await signIn(it.browser(), wrong)
  const again = identity(it.world)
  const app = await buildServer(it.world, {
    routes: again.service.routes,
    authenticate: again.authenticate,
  })
  t.after(() => app.close())
  assert.equal((await signIn(new Browser(app), goodPassword)).status, 429)
})

test('a success starts the count anew; failures long ago do not count', async (t) => {
  const it = await registered(t)
  for (let n = 0; n < 4; n++) await signIn(it.browser(), wrong)
  assert.equal((await signIn(it.browser(), goodPassword)).status, 200)
  for (let n = 0; n < 4; n++) assert.equal((await signIn(it.browser(), wrong)).status, 401)
  it.world.clock.advance(16 * MINUTE)
  for (let n = 0; n < 4; n++) assert.equal((await signIn(it.browser(), wrong)).status, 401)
  assert.equal((await signIn(it.browser(), goodPassword)).status, 200)
})

test('guesses at the same moment do not pass together', async (t) => {
  const it = await registered(t)
  const tries = await Promise.all(Array.from({ length: 12 }, () => signIn(it.browser(), wrong)))
  const checked = tries.filter(({ status }) => status === 401)
  assert.equal(checked.length, 5)
  assert.equal(tries.filter(({ status }) => status === 429).length, 7)
})

test('one address that tries many logins is locked, others are not', async (t) => {
  const it = await registered(t)
  await sql`insert into identity.attempt values (${'0190a000-0000-7000-8000-000000000001'},
    'address', '203.0.113.9', 29, ${it.world.clock.now()}, null)`.execute(it.world.db)
  const from = (remoteAddress: string, login: string, password = wrong) => {
    const body = { login, password }
    return it.browser().send('/api/session', { method: 'POST', body, remoteAddress })
  }
  assert.equal((await from('203.0.113.9', 'one')).status, 401)
  assert.equal((await from('203.0.113.9', 'two')).status, 429)
  assert.equal((await from('203.0.113.9', 'lin.zy', goodPassword)).status, 429)
  assert.equal((await from('203.0.113.10', 'lin.zy', goodPassword)).status, 200)
})

test('a session ends when nothing is done for twenty minutes', async (t) => {
  const it = await registered(t)
  const lin = it.browser()
  await signIn(lin, goodPassword)
  for (let n = 0; n < 3; n++) {
    it.world.clock.advance(19 * MINUTE)
    assert.equal((await lin.get('/api/people/me')).status, 200, 'each request keeps it open')
  }
  it.world.clock.advance(20 * MINUTE)
  const refused = await lin.get('/api/people/me')
  assert.equal(refused.status, 401)
  assert.equal(refused.body.code, 'access.sign-in')
  assert.equal((await lin.get('/api/session')).body.person, null)
})

test('a session ends after twelve hours, whatever is done', async (t) => {
  const it = await registered(t)
  const lin = it.browser()
  await signIn(lin, goodPassword)
  for (let n = 0; n < 12 * 4 - 1; n++) {
    it.world.clock.advance(15 * MINUTE)
    assert.equal((await lin.get('/api/people/me')).status, 200)
  }
  it.world.clock.advance(15 * MINUTE)
  assert.equal((await lin.get('/api/people/me')).status, 401)
})

test('sessions are listed, and one can be ended from another', async (t) => {
  const it = await registered(t)
  const [desk, phone, stranger] = [it.browser(), it.browser(), await it.person('stranger')]
  await signIn(desk, goodPassword)
  await signIn(phone, goodPassword)
  const { items } = (await desk.get('/api/people/me/sessions')).body
  assert.equal(items.length, 3, 'with the one of registering')
  assert.equal(items.filter((one: { current: boolean }) => one.current).length, 1)
  const others = items.filter((one: { current: boolean }) => !one.current)
  for (const { id } of others) {
    assert.equal((await stranger.delete(`/api/people/me/sessions/${id}`)).status, 404)
    assert.equal((await desk.delete(`/api/people/me/sessions/${id}`)).status, 204)
  }
  assert.equal((await phone.get('/api/people/me')).status, 401)
  assert.equal((await desk.get('/api/people/me')).status, 200)
})

test('signing in anew ends the session that the browser had before', async (t) => {
  const it = await registered(t)
  const [lin, copy] = [it.browser(), it.browser()]
  await signIn(lin, goodPassword)
  Object.assign(copy.cookies, lin.cookies)
  await signIn(lin, goodPassword)
  assert.equal((await copy.get('/api/people/me')).status, 401)
  assert.equal((await lin.get('/api/people/me')).status, 200)
})

test('signing out ends the session for every copy of its cookie', async (t) => {
  const it = await registered(t)
  const [lin, copy] = [it.browser(), it.browser()]
  await signIn(lin, goodPassword)
  Object.assign(copy.cookies, lin.cookies)
  assert.equal((await lin.delete('/api/session')).status, 204)
  assert.equal(lin.cookies.kapok_session, undefined)
  assert.equal((await copy.get('/api/people/me')).status, 401)
  assert.equal((await lin.delete('/api/session')).status, 204, 'doing it twice is harmless')
})

test('a new password ends the other sessions and needs the present one', async (t) => {
  const it = await registered(t)
  const [lin, other] = [it.browser(), it.browser()]
  await signIn(lin, goodPassword)
  await signIn(other, goodPassword)
  const change = (current: string, next: string) =>
    lin.post('/api/people/me/password', { current, next })
  assert.equal((await change(wrong, 'quiet-river-77-stone')).body.code, 'identity.password-wrong')
  assert.equal((await change(goodPassword, 'short')).body.code, 'identity.password-short')
  assert.equal((await change(goodPassword, 'lin.zy-1234567')).status, 400)
  assert.equal((await change(goodPassword, 'quiet-river-77-stone')).status, 204)
  assert.equal((await lin.get('/api/people/me')).status, 200)
  assert.equal((await other.get('/api/people/me')).status, 401)
  assert.equal((await signIn(it.browser(), goodPassword)).status, 401)
  assert.equal((await signIn(it.browser(), 'quiet-river-77-stone')).status, 200)
})

test('guessing the present password in an open browser is locked like sign-in', async (t) => {
  const it = await registered(t)
  const lin = it.browser()
  await signIn(lin, goodPassword)
  const guess = (current: string) =>
    lin.post('/api/people/me/password', { current, next: 'quiet-river-77-stone' })
  for (let n = 0; n < 5; n++) assert.equal((await guess(wrong)).status, 403)
  assert.equal((await guess(goodPassword)).status, 429)
})

test('a taken login cannot be registered again, nor a weak password', async (t) => {
  const it = await registered(t)
  const register = (login: string, password = goodPassword) =>
    it.browser().post('/api/people', { login, name: '另一人', password })
  assert.equal((await register('LIN.ZY')).body.code, 'identity.login-taken')
  assert.equal((await register('other', 'password1234')).body.code, 'identity.password-guessable')
  assert.equal((await register('no spaces')).status, 400)
  assert.equal((await register('<b>x</b>')).status, 400)
  assert.equal((await register('other')).status, 201)
})

test('facts of sign-in hold ids and keyed hashes, no login, name or address', async (t) => {
  const it = await registered(t)
  await signIn(it.browser(), goodPassword)
  await signIn(it.browser(), wrong)
  await signIn(it.browser(), wrong, 'somebody.else')
  const facts = await it.journal()
  const kinds = facts.map(({ kind }) => kind)
  assert.deepEqual(kinds, [
    'identity.person-registered',
    'identity.signed-in',
    'identity.signed-in',
    'identity.sign-in-refused',
    'identity.sign-in-refused',
  ])
  for (const { text } of facts) {
    assert.doesNotMatch(text, /lin\.zy|林知远|somebody|127\.0\.0\.1|wrong-|河畔/)
  }
})

test('old sessions and tries are removed after half a year, recent ones are kept', async (t) => {
  const it = await registered(t)
  await signIn(it.browser(), wrong)
  const job = it.identity.service.jobs!.find(({ name }) => name.includes('old-sign-ins'))!
  const left = async () => {
    const { rows } = await sql<{ sessions: number; attempts: number }>`select
      (select count(*)::int from identity.session) as sessions,
      (select count(*)::int from identity.attempt) as attempts`.execute(it.world.db)
    return rows[0]
  }
  await job.run()
  assert.deepEqual(await left(), { sessions: 1, attempts: 2 })
  it.world.clock.advance(180 * 24 * 60 * MINUTE)
  await job.run()
  assert.deepEqual(await left(), { sessions: 1, attempts: 2 })
  it.world.clock.advance(8 * 24 * 60 * MINUTE)
  await job.run()
  assert.deepEqual(await left(), { sessions: 0, attempts: 0 })
})
