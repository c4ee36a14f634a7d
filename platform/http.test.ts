// What every route gets from the server: contract, rights, problems, idempotency, origins.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { z } from 'zod'
import { type Actor, visitor } from './context.ts'
import { problem } from './errors.ts'
import { buildServer } from './http.ts'
import { anyone, having, signedIn } from './policy.ts'
import { encodeCursor, idInCursor, type Route, requireVersion, route } from './routes.ts'
import { testWorld } from './test-world.ts'

const person: Actor = {
  ...visitor,
  kind: 'person',
  name: 'person',
  personId: '01890000-0000-7000-8000-000000000001',
}
const title = { zh: '试', en: 'try' }
let runs = 0

const routes: Route[] = [
  route({
    method: 'POST',
    path: '/api/try/echo',
    name: 'try.echo',
    title,
    policy: anyone,
    body: z.strictObject({
      text: z.string().max(200),
      amount: z.string().regex(/^\d+$/).optional(),
    }),
    reply: z.strictObject({ text: z.string(), runs: z.number() }),
    handle: async (ctx, { body }) => {
      runs++
      await ctx.append({ kind: 'try.echoed', version: 1, subjectId: null, payload: {} })
      return { text: body.text, runs }
    },
  }),
  route({
    method: 'PUT',
    path: '/api/try/versioned/{id}',
    name: 'try.versioned',
    title,
    policy: signedIn,
    params: z.strictObject({ id: z.string() }),
    reply: z.strictObject({ version: z.number() }),
    handle: async (_ctx, { ifMatch }) => {
      requireVersion(ifMatch, 3)
      return { version: 4 }
    },
  }),
  route({
    method: 'GET',
    path: '/api/try/official',
    name: 'try.official',
    title,
    policy: having(['official'], { zh: '仅公务人员', en: 'Officials only' }),
    reply: z.strictObject({ ok: z.boolean() }),
    handle: async () => ({ ok: true }),
  }),
  route({
    method: 'GET',
    path: '/api/try/broken',
    name: 'try.broken',
    title,
    policy: anyone,
    reply: z.strictObject({ ok: z.boolean() }),
    handle: async () => {
      throw new Error('secret detail 4711')
    },
  }),
  route({
    method: 'GET',
    path: '/api/try/writes',
    name: 'try.writes',
    title,
    policy: anyone,
    reply: z.strictObject({ ok: z.boolean() }),
    handle: async (ctx) => {
      await ctx.append({ kind: 'try.echoed', version: 1, subjectId: null, payload: {} })
      return { ok: true }
    },
  }),
  route({
    method: 'POST',
    path: '/api/try/fails',
    name: 'try.fails',
    title,
    policy: anyone,
    reply: z.strictObject({ ok: z.boolean() }),
    handle: async (ctx) => {
      await ctx.append({ kind: 'try.echoed', version: 1, subjectId: null, payload: {} })
      throw problem('request.not-found')
    },
  }),
]

async function server(t: TestContext, actor: Actor = visitor) {
  const world = await testWorld(t)
  const app = await buildServer(world, { routes, authenticate: async () => actor })
  t.after(() => app.close())
  return { world, app }
}

test('a wrong body gets one problem naming each field in both languages; nothing runs', async (t) => {
  const { app } = await server(t)
  const before = runs
  const reply = await app.inject({
    method: 'POST',
    url: '/api/try/echo',
    payload: { text: 5, extra: true },
  })
  assert.equal(reply.statusCode, 400)
  assert.match(reply.headers['content-type'] as string, /application\/problem\+json/)
  const body = reply.json()
  assert.equal(body.code, 'request.invalid')
  assert.equal(body.requestId, reply.headers['x-request-id'])
  const fields = body.params.errors.map((error: { field: string }) => error.field)
  assert.ok(fields.includes('text'), JSON.stringify(body))
  assert.ok(JSON.stringify(body.params.errors).includes('extra'))
  assert.ok(body.params.errors.every((error: { zh: string; en: string }) => error.zh && error.en))
  assert.equal(runs, before)
})

test('text that cannot be stored is refused: NUL, unpaired surrogate; 1 MB is too large', async (t) => {
  const { app } = await server(t)
  const post = (payload: string) =>
    app.inject({
      method: 'POST',
      url: '/api/try/echo',
      payload,
      headers: { 'content-type': 'application/json' },
    })
  assert.equal((await post('{"text":"a\\u0000b"}')).json().code, 'request.text')
  assert.equal((await post('{"text":"\\ud800"}')).json().code, 'request.text')
  assert.equal((await post(`{"text":"${'名'.repeat(400_000)}"}`)).json().code, 'request.too-large')
  assert.equal((await post('{"text":')).json().code, 'request.not-json')
  assert.equal((await post(`{"text":"${'名'.repeat(201)}"}`)).json().code, 'request.invalid')
})

test('rights come before the contract, and a stranger gets 401, a wrong role 403', async (t) => {
  const { app } = await server(t)
  const stranger = await app.inject({ method: 'GET', url: '/api/try/official' })
  assert.equal(stranger.json().code, 'access.sign-in')
  const { app: asPerson } = await server(t, person)
  const denied = await asPerson.inject({ method: 'GET', url: '/api/try/official' })
  assert.equal(denied.json().code, 'access.denied')
  assert.match(denied.json().next.zh, /仅公务人员/)
})

test('an API key passes only with the scope of the route', async (t) => {
  const key: Actor = { ...person, kind: 'key', scopes: ['try:read'] }
  const { app } = await server(t, key)
  const headers = { 'if-match': '"3"' }
  const reply = await app.inject({ method: 'PUT', url: '/api/try/versioned/1', headers })
  assert.equal(reply.json().code, 'access.scope')
})

test('If-Match: missing 428, stale 412, right 200 with the new ETag', async (t) => {
  const { app } = await server(t, person)
  const put = (headers: Record<string, string>) =>
    app.inject({ method: 'PUT', url: '/api/try/versioned/1', headers })
  assert.equal((await put({})).statusCode, 428)
  assert.equal((await put({ 'if-match': '"2"' })).statusCode, 412)
  const right = await put({ 'if-match': '"3"' })
  assert.equal(right.statusCode, 200)
  assert.equal(right.headers.etag, '"4"')
})

test('an idempotency key: same body replays, other body is refused, concurrent repeats run once', async (t) => {
  const { app, world } = await server(t, person)
  const post = (text: string, key: string) =>
    app.inject({
      method: 'POST',
      url: '/api/try/echo',
      payload: { text },
      headers: { 'idempotency-key': key },
    })
  const first = await post('一', 'key-00000001')
  assert.deepEqual((await post('一', 'key-00000001')).json(), first.json())
  assert.equal((await post('二', 'key-00000001')).json().code, 'request.key-reused')
  assert.equal((await post('三', 'x')).json().code, 'request.idempotency-key')
  const many = await Promise.all(Array.from({ length: 8 }, () => post('四', 'key-00000002')))
  assert.equal(new Set(many.map((reply) => reply.body)).size, 1)
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from journal.entry`.execute(
    world.db,
  )
  assert.equal(rows[0]!.n, 2n)
})

test('a refusal inside an operation leaves nothing behind, and an unexpected error tells nothing', async (t) => {
  const { app, world } = await server(t)
  assert.equal((await app.inject({ method: 'POST', url: '/api/try/fails' })).statusCode, 404)
  const broken = await app.inject({ method: 'GET', url: '/api/try/broken' })
  assert.equal(broken.json().code, 'platform.failed')
  assert.ok(!broken.body.includes('4711'))
  assert.equal((await app.inject({ method: 'GET', url: '/api/try/writes' })).statusCode, 500)
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from journal.entry`.execute(
    world.db,
  )
  assert.equal(rows[0]!.n, 0n)
})

test('a write that comes from another site is refused', async (t) => {
  const { app } = await server(t, person)
  const post = (headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/api/try/echo', payload: { text: 'x' }, headers })
  assert.equal((await post({ origin: 'https://evil.example' })).json().code, 'request.origin')
  assert.equal((await post({ origin: 'null' })).json().code, 'request.origin')
  assert.equal((await post({ 'sec-fetch-site': 'cross-site' })).json().code, 'request.origin')
  const own = { origin: 'http://localhost:8460', host: 'localhost:8460' }
  assert.equal((await post(own)).statusCode, 200)
  assert.equal((await post({})).statusCode, 200)
})

test('a route with a loose object cannot be declared', () => {
  assert.throws(
    () =>
      route({
        method: 'POST',
        path: '/api/try/loose',
        name: 'try.loose',
        title,
        policy: anyone,
        body: z.object({ a: z.string() }),
        handle: async () => undefined,
      }),
    /strictObject/,
  )
})

test('OpenAPI shows each route with its policy sentence and roles', async (t) => {
  const { app } = await server(t)
  const document = (await app.inject('/openapi.json')).json()
  const official = document.paths['/api/try/official'].get
  assert.equal(official['x-policy'].zh, '仅公务人员')
  assert.deepEqual(official['x-roles'], ['official'])
})

test('a cursor that holds something else than an id is refused before the database sees it', () => {
  for (const key of [['------------------------------------'], ['x'], [1], [null], []]) {
    assert.throws(() => idInCursor(encodeCursor(key as string[])), { code: 'request.cursor' })
  }
  const id = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'
  assert.equal(idInCursor(encodeCursor([id])), id)
})
