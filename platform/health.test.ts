// /health says truly how things are; /metrics is for this machine and for who holds the token.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { visitor } from './context.ts'
import { openDatabase, openPool } from './database.ts'
import { type Health, healthRoutes, readHealth } from './health.ts'
import { buildServer } from './http.ts'
import { numberEntries } from './journal.ts'
import { listMigrations } from './migrate.ts'
import { registerReactions } from './reactions.ts'
import { type TestWorld, testWorld } from './test-world.ts'

const TOKEN = 'a-token-of-sixteen-or-more'
const expected = listMigrations().length

async function served(t: TestContext, world: TestWorld) {
  const app = await buildServer(world, {
    routes: healthRoutes(world),
    authenticate: async () => visitor,
  })
  t.after(() => app.close())
  return app
}

test('a platform that is well says so, with figures', async (t) => {
  const world = await testWorld(t)
  const answer = await (await served(t, world)).inject('/health')
  assert.equal(answer.statusCode, 200)
  const found = answer.json<Health>()
  assert.equal(found.status, 'ok')
  assert.deepEqual(found.migrations, { status: 'ok', applied: expected, expected })
  assert.equal(found.clock.now, world.clock.now().toISOString())
  assert.ok(found.disk.freeBytes > 0)
  assert.deepEqual(found.journal, {
    status: 'ok',
    unnumbered: 0,
    unsealed: 0,
    failingReactions: 0,
  })
})

test('what waits in the journal is counted; a failing reaction degrades', async (t) => {
  const world = await testWorld(t)
  const fact = { kind: 'try.counted', version: 1, subjectId: null, payload: {} }
  for (let n = 0; n < 3; n++) await world.transact(visitor, (ctx) => ctx.append(fact))
  assert.equal((await readHealth(world, expected)).journal.unnumbered, 3)
  await numberEntries(world.db)
  const numbered = await readHealth(world, expected)
  assert.equal(numbered.journal.unnumbered, 0)
  assert.equal(numbered.journal.unsealed, 3)
  assert.equal(numbered.status, 'ok')
  await registerReactions(world.db, [{ name: 'try', kinds: [], handle: async () => {} }])
  await sql`update platform.reaction set failures = 2`.execute(world.db)
  const late = await readHealth(world, expected)
  assert.equal(late.status, 'degraded')
  assert.equal(late.journal.failingReactions, 1)
})

test('a database of another version, or none at all: failing, with status 503', async (t) => {
  const world = await testWorld(t)
  const other = await readHealth(world, expected + 1)
  assert.equal(other.migrations.status, 'failing')
  assert.equal(other.status, 'failing')
  const db = openDatabase(openPool({ host: '/no/such/socket', max: 1 }))
  t.after(() => db.destroy())
  const app = await served(t, { ...world, db })
  const answer = await app.inject('/health')
  assert.equal(answer.statusCode, 503)
  assert.equal(answer.json<Health>().database.status, 'failing')
})

test('the database is asked once a second, however often anybody asks', async (t) => {
  const world = await testWorld(t)
  const app = await served(t, world)
  const first = (await app.inject('/health')).json<Health>()
  world.clock.advance(5)
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.inject('/health')))
  for (const answer of answers) assert.equal(answer.json<Health>().clock.now, first.clock.now)
})

test('measurements: this machine, or the token; never through a proxy without it', async (t) => {
  const world = await testWorld(t, { settings: { KAPOK_METRICS_TOKEN: TOKEN } })
  const app = await served(t, world)
  const ask = (remoteAddress: string, headers: Record<string, string> = {}) =>
    app.inject({ url: '/metrics', remoteAddress, headers })
  const local = await ask('127.0.0.1')
  assert.equal(local.statusCode, 200)
  assert.match(local.body, /^kapok_journal_position 0$/m)
  assert.match(String(local.headers['content-type']), /^text\/plain/)
  for (const address of ['::1', '::ffff:127.0.0.1', '127.9.9.9']) {
    assert.equal((await ask(address)).statusCode, 200, address)
  }
  for (const address of ['10.0.0.1', '::ffff:10.0.0.1', '::ffff:192.168.0.1']) {
    assert.equal((await ask(address)).statusCode, 403, address)
  }
  for (const header of ['x-forwarded-for', 'x-forwarded-host', 'forwarded']) {
    assert.equal((await ask('127.0.0.1', { [header]: '127.0.0.1' })).statusCode, 403, header)
  }
  assert.equal((await ask('10.0.0.1', { authorization: `Bearer ${TOKEN}` })).statusCode, 200)
  assert.equal((await ask('10.0.0.1', { authorization: `Bearer ${TOKEN}x` })).statusCode, 403)
  assert.equal((await ask('10.0.0.1', { authorization: TOKEN })).statusCode, 403)
})

test('without a token set, none opens', async (t) => {
  const world = await testWorld(t)
  const app = await served(t, world)
  const headers = { authorization: 'Bearer undefined' }
  const answer = await app.inject({ url: '/metrics', remoteAddress: '10.0.0.1', headers })
  assert.equal(answer.statusCode, 403)
})
