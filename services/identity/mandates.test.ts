// Mandates and API keys over HTTP: what they open, what they do not, and when they end.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { z } from 'zod'
import { completeCreditCode } from '#engines/credit-code/credit-code.ts'
import type { Actor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { numberEntries, readEntries } from '#platform/journal.ts'
import { signedIn } from '#platform/policy.ts'
import { route } from '#platform/routes.ts'
import { act, type Bed, Browser, bed, found } from './test-bed.ts'

const code = (n: number) => completeCreditCode(`914401060000B00${n}`)
const DAY = 86_400_000
const after = (it: Bed, days: number) =>
  new Date(it.world.clock.now().getTime() + days * DAY).toISOString()

const reply = z.strictObject({ id: z.string() })

/** Two organisations, and a server that also has a route of another service. */
async function pair(t: TestContext) {
  const it = await bed(t)
  const seen: Actor[] = []
  const probe = (method: 'GET' | 'POST') =>
    route({
      method,
      path: '/api/ledger/probe',
      name: 'ledger.probe',
      title: { zh: '试', en: 'Probe' },
      policy: signedIn,
      reply,
      handle: async (ctx) => {
        seen.push(ctx.actor)
        if (method === 'POST') {
          const payload = { personId: ctx.actor.personId! }
          const subjectId = ctx.actor.subjectId
          await ctx.append({ kind: 'identity.person-locked', version: 1, subjectId, payload })
        }
        return { id: ctx.actor.subjectId! }
      },
    })
  const app = await buildServer(it.world, {
    routes: [...it.identity.service.routes, probe('GET'), probe('POST')],
    authenticate: it.identity.authenticate,
  })
  t.after(() => app.close())
  const at = async (login: string) => {
    const who = await it.person(login)
    const browser = Object.assign(new Browser(app), { id: who.id })
    Object.assign(browser.cookies, who.cookies)
    return browser
  }
  const [giver, helper] = [await at('giver'), await at('helper')]
  const from = await found(giver, code(1))
  const to = await found(helper, code(2))
  return { ...it, app, seen, at, giver, helper, from, to }
}

const grant = (it: Awaited<ReturnType<typeof pair>>, more: object = {}) =>
  it.giver.post(`/api/subjects/${it.from}/mandates`, {
    holder: { creditCode: code(2) },
    scopes: ['ledger:read'],
    until: after(it, 30),
    ...more,
  })

test('who holds a mandate acts for the one who gave it, within its scopes', async (t) => {
  const it = await pair(t)
  const { body } = await grant(it)
  const session = (await it.helper.get('/api/session')).body
  const choice = session.subjects.find((one: { via: string }) => one.via === 'mandate')
  assert.deepEqual([choice.id, choice.mandateId], [it.from, body.id])
  await act(it.helper, it.from, body.id)
  assert.equal((await it.helper.get('/api/ledger/probe')).body.id, it.from)
  assert.deepEqual(it.seen[0]!.grants, [{ role: 'member', subjectId: it.from, area: null }])
  assert.equal(it.seen[0]!.mandateId, body.id)
  const refused = await it.helper.post('/api/ledger/probe')
  assert.deepEqual([refused.status, refused.body.code], [403, 'access.scope'])
  assert.equal((await it.helper.get(`/api/subjects/${it.from}/members`)).status, 403)
  assert.equal((await it.helper.get('/api/people/me')).status, 200, 'one’s own affairs stay open')
  assert.equal((await it.helper.post(`/api/subjects/${it.from}/api-keys`, {})).status, 403)
  await act(it.helper, it.to)
  assert.equal((await it.helper.get('/api/ledger/probe')).body.id, it.to)
})

test('every act under a mandate names it in the journal', async (t) => {
  const it = await pair(t)
  const { body } = await grant(it, { scopes: ['ledger:write', 'ledger:read'] })
  await act(it.helper, it.from, body.id)
  assert.equal((await it.helper.post('/api/ledger/probe')).status, 200)
  await numberEntries(it.world.db)
  const entries = await readEntries(it.world.db, { limit: 1, newestFirst: true })
  const { person, subject, mandate } = entries[0]!.actor
  assert.deepEqual([person, subject, mandate], [it.helper.id, it.from, body.id])
})

test('an expired mandate is refused as such until one chooses anew', async (t) => {
  const it = await pair(t)
  const { body } = await grant(it, { until: after(it, 0.01) })
  await act(it.helper, it.from, body.id)
  it.world.clock.advance(0.01 * DAY)
  const refused = await it.helper.get('/api/ledger/probe')
  assert.deepEqual([refused.status, refused.body.code], [403, 'identity.mandate-expired'])
  const { subject, mandateId } = (await it.helper.get('/api/session')).body
  assert.deepEqual([subject.id, mandateId], [it.helper.id, null])
  const again = await it.helper.post('/api/session/subject', {
    subjectId: it.from,
    mandateId: body.id,
  })
  assert.deepEqual([again.status, again.body.code], [403, 'identity.mandate-expired'])
  await act(it.helper, it.to)
  assert.equal((await it.helper.get('/api/ledger/probe')).status, 200)
})

test('a revoked mandate, one not begun, and one of an organisation that was left', async (t) => {
  const it = await pair(t)
  const revoked = (await grant(it)).body.id
  await act(it.helper, it.from, revoked)
  const path = `/api/subjects/${it.from}/mandates`
  assert.equal((await it.helper.delete(`${path}/${revoked}`)).status, 403)
  assert.equal((await it.giver.delete(`${path}/${revoked}`)).status, 204)
  assert.equal((await it.giver.delete(`${path}/${revoked}`)).status, 404)
  assert.equal((await it.helper.get('/api/ledger/probe')).body.code, 'identity.mandate-revoked')
  const early = (await grant(it, { from: after(it, 1) })).body.id
  const choose = (mandateId: string) =>
    it.helper.post('/api/session/subject', { subjectId: it.from, mandateId })
  assert.equal((await choose(early)).body.code, 'identity.mandate-early')
  const stranger = await it.at('stranger')
  const stolen = await stranger.post('/api/session/subject', {
    subjectId: it.from,
    mandateId: early,
  })
  assert.equal(stolen.status, 404, 'another’s mandate is not found')
  const states = (await it.giver.get(path)).body.granted.map((one: { state: string }) => one.state)
  assert.deepEqual(states, ['future', 'revoked'])
})

test('a mandate needs a holder, scopes and possible dates', async (t) => {
  const it = await pair(t)
  const refused = async (more: object) => (await grant(it, more)).body.code
  assert.equal(await refused({ holder: { creditCode: code(9) } }), 'identity.party-unknown')
  assert.equal(await refused({ holder: { creditCode: code(1) } }), 'identity.party-self')
  assert.equal(await refused({ holder: { creditCode: '1' } }), 'identity.credit-code-length')
  assert.equal(await refused({ scopes: [] }), 'request.invalid')
  assert.equal(await refused({ scopes: ['everything'] }), 'request.invalid')
  assert.equal(await refused({ until: after(it, -1) }), 'identity.dates')
  assert.equal(await refused({ until: after(it, 1_200) }), 'identity.dates')
  assert.equal(await refused({ from: after(it, -1) }), 'identity.dates')
  assert.equal(await refused({ until: 'soon' }), 'request.invalid')
  const person = await grant(it, { holder: { id: it.helper.id } })
  assert.equal(person.status, 201)
})

const createKey = (it: Awaited<ReturnType<typeof pair>>, more: object = {}) =>
  it.giver.post(`/api/subjects/${it.from}/api-keys`, {
    name: '对账程序',
    scopes: ['ledger:read'],
    expiresAt: after(it, 10),
    ...more,
  })

const byKey = (it: Awaited<ReturnType<typeof pair>>, key: string, url = '/api/ledger/probe') =>
  new Browser(it.app).send(url, { headers: { authorization: `Bearer ${key}` } })

test('an API key acts for its organisation within its scopes, and is shown once', async (t) => {
  const it = await pair(t)
  const { body, status } = await createKey(it)
  assert.equal(status, 201)
  assert.match(body.key, /^kapok_[0-9a-f]{12}_[\w-]{43}$/)
  const read = await byKey(it, body.key)
  assert.deepEqual([read.status, read.body.id], [200, it.from])
  const actor = it.seen[0]!
  assert.deepEqual([actor.kind, actor.scopes], ['key', ['ledger:read']])
  assert.equal(actor.personId, null, 'nothing of its maker’s own')
  const { items } = (await it.giver.get(`/api/subjects/${it.from}/api-keys`)).body
  assert.equal(items[0].lastUsedAt, it.world.clock.now().toISOString())
  assert.equal(JSON.stringify(items).includes(body.key), false)
  const write = await new Browser(it.app).send('/api/ledger/probe', {
    method: 'POST',
    headers: { authorization: `Bearer ${body.key}` },
  })
  assert.equal(write.body.code, 'access.scope')
  assert.equal((await byKey(it, body.key, '/api/people/me')).status, 403, 'no page of a person')
  assert.equal(
    (await it.journal()).some(({ text }) => text.includes('对账程序')),
    false,
  )
})

test('expired, revoked and unknown keys are refused each in its own words', async (t) => {
  const it = await pair(t)
  const [old, gone] = [(await createKey(it)).body, (await createKey(it)).body]
  const path = `/api/subjects/${it.from}/api-keys`
  assert.equal((await it.helper.delete(`${path}/${gone.id}`)).status, 404)
  assert.equal((await it.giver.delete(`${path}/${gone.id}`)).status, 204)
  assert.deepEqual((await byKey(it, gone.key)).body.code, 'identity.key-revoked')
  assert.deepEqual((await byKey(it, 'kapok_x')).body.code, 'identity.key-unknown')
  const other = `${old.key.slice(0, -1)}${old.key.endsWith('A') ? 'B' : 'A'}`
  assert.deepEqual((await byKey(it, other)).body.code, 'identity.key-unknown')
  it.world.clock.advance(10 * DAY)
  const expired = await byKey(it, old.key)
  assert.deepEqual([expired.status, expired.body.code], [401, 'identity.key-expired'])
  assert.equal((await byKey(it, old.key, '/api/session')).body.code, 'identity.key-expired')
})

test('a key can do no more than its maker may do now', async (t) => {
  const it = await pair(t)
  const { body } = await createKey(it)
  const invited = await it.giver.post(`/api/subjects/${it.from}/invitations`, { roles: ['owner'] })
  await it.helper.post('/api/invitations', { code: invited.body.code })
  assert.equal((await byKey(it, body.key)).status, 200)
  await it.giver.delete(`/api/subjects/${it.from}/members/${it.giver.id}`)
  assert.equal((await byKey(it, body.key)).body.code, 'identity.key-revoked')
})

test('a key needs scopes and an end that is not too far', async (t) => {
  const it = await pair(t)
  const refused = async (more: object) => (await createKey(it, more)).body.code
  assert.equal(await refused({ expiresAt: after(it, 400) }), 'identity.dates')
  assert.equal(await refused({ expiresAt: after(it, -1) }), 'identity.dates')
  assert.equal(await refused({ scopes: ['ledger:*'] }), 'request.invalid')
  assert.equal(await refused({ name: '' }), 'request.invalid')
  assert.equal(await refused({ forever: true }), 'request.invalid')
})
