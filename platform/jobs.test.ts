// Queues: a job exists exactly when its transaction commits, and is done also after a crash.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { getRollbackPlans } from 'pg-boss'
import { system } from './context.ts'
import { type Jobs, openJobs } from './jobs.ts'
import { migrate } from './migrate.ts'
import { testDatabase } from './test-database.ts'
import { testWorld } from './test-world.ts'
import type { World } from './world.ts'

const actor = system('test')

async function opened(t: TestContext, world: World): Promise<Jobs> {
  const jobs = await openJobs(world, { superviseSeconds: 1 })
  t.after(() => jobs.stop())
  return jobs
}

/** Resolves once `count` payloads have been seen; more may follow. */
function collector(count: number) {
  const seen: number[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const handler = async (payload: { n?: unknown }) => {
    seen.push(Number(payload.n))
    if (seen.length >= count) resolve()
  }
  return { seen, done: promise, handler }
}

const send = (world: World, jobs: Jobs, n: number) =>
  world.transact(actor, (ctx) => jobs.enqueue(ctx, 'test.count', { n }))

test('a job exists exactly when its transaction commits', async (t) => {
  const world = await testWorld(t)
  const jobs = await opened(t, world)
  const fails = world.transact(actor, async (ctx) => {
    await jobs.enqueue(ctx, 'test.count', { n: 1 })
    throw new Error('rolled back')
  })
  await assert.rejects(fails, /rolled back/)
  await send(world, jobs, 2)
  const { rows } = await sql<{ data: unknown }>`select data from boss.job`.execute(world.db)
  assert.deepEqual(rows, [{ data: { n: 2 } }])
})

test('501 jobs are done within seconds, each once', async (t) => {
  const world = await testWorld(t)
  const jobs = await opened(t, world)
  await world.transact(actor, async (ctx) => {
    for (let n = 0; n < 501; n++) await jobs.enqueue(ctx, 'test.count', { n })
  })
  const { seen, done, handler } = collector(501)
  const began = performance.now()
  await jobs.work('test.count', handler)
  await done
  assert.ok(performance.now() - began < 15_000, 'the queue was drained in time')
  assert.deepEqual(new Set(seen).size, 501)
  assert.equal(seen.length, 501)
})

test('a worker is woken at once by a job of another process', async (t) => {
  const world = await testWorld(t)
  const [worker, sender] = [await opened(t, world), await opened(t, world)]
  const { done, handler } = collector(1)
  await worker.work('test.count', handler)
  await send(world, sender, 1)
  await done
})

test('a job that throws is tried again and does not hold up the others', async (t) => {
  const world = await testWorld(t)
  const jobs = await opened(t, world)
  const attempts = new Map<number, number>()
  const { promise, resolve } = Promise.withResolvers<void>()
  await world.transact(actor, async (ctx) => {
    for (const n of [1, 2, 3]) await jobs.enqueue(ctx, 'test.count', { n })
  })
  await jobs.work('test.count', async ({ n }) => {
    const nth = (attempts.get(Number(n)) ?? 0) + 1
    attempts.set(Number(n), nth)
    if (n === 1 && nth === 1) throw new Error('once')
    if (n === 1) resolve()
  })
  await promise
  assert.deepEqual(Object.fromEntries(attempts), { 1: 2, 2: 1, 3: 1 })
})

test('a job whose worker was killed is done by another', async (t) => {
  const world = await testWorld(t)
  const jobs = await opened(t, world)
  await send(world, jobs, 7)
  const script = `
    import { openJobs } from './platform/jobs.ts'
    const log = { error() {}, warn() {} }
    const jobs = await openJobs({ connection: JSON.parse(process.env.CONNECTION), log })
    await jobs.work('test.count', () => { console.log('begun'); return new Promise(() => {}) })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: `${import.meta.dirname}/..`,
    env: { ...process.env, CONNECTION: JSON.stringify(world.connection) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const { seen, done, handler } = collector(1)
  await jobs.work('test.count', handler)
  // Half a minute without a heartbeat, without waiting for it.
  await sql`update boss.job set heartbeat_on = heartbeat_on - interval '1 minute',
    started_on = started_on - interval '1 minute'`.execute(world.db)
  await done
  assert.deepEqual(seen, [7])
})

test('stop waits for the job under way', async (t) => {
  const world = await testWorld(t)
  const jobs = await openJobs(world)
  const begun = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  let finished = false
  await jobs.work('test.count', async () => {
    begun.resolve()
    await release.promise
    finished = true
  })
  await send(world, jobs, 1)
  await begun.promise
  const stopped = jobs.stop()
  release.resolve()
  await stopped
  assert.ok(finished)
  const { rows } = await sql<{ state: string }>`select state::text from boss.job`.execute(world.db)
  assert.deepEqual(rows, [{ state: 'completed' }])
})

test('the schema of an earlier pg-boss is brought up, that of a later one refused', async (t) => {
  const admin = await testDatabase(t, { template: 'jobs-empty', prepare: async () => {} })
  await migrate(admin, 'x', { migrations: [] })
  const client = new pg.Client(admin as pg.ClientConfig)
  await client.connect()
  try {
    const version = async () =>
      (await client.query<{ version: number }>('select version from boss.version')).rows[0]!.version
    const current = await version()
    await client.query(getRollbackPlans('boss'))
    assert.equal(await version(), current - 1)
    await migrate(admin, 'x', { migrations: [] })
    assert.equal(await version(), current)
    await client.query('update boss.version set version = version + 1')
    await assert.rejects(migrate(admin, 'x', { migrations: [] }), { code: 'newer-data' })
  } finally {
    await client.end()
  }
})
