// The schedule of a site: what ran, gave way, runs, is promised and is blocked, and for whose eyes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Actor, visitor } from '#platform/context.ts'
import { block } from '#services/capacity/index.ts'
import { demoId } from '#services/identity/index.ts'
import { readSchedule } from './schedule.ts'
import { preempt } from './stop.ts'
import { store } from './store.ts'
import {
  type Bed,
  clusterOf,
  computeBed,
  danxia,
  founder,
  HOUR,
  MINUTE,
  nodeOf,
  operator,
  refusal,
  sme,
} from './test-bed.ts'

const siteOf = async (bed: Bed) =>
  store({ tx: bed.world.db })
    .selectFrom('compute.cluster')
    .select('site_id')
    .where('id', '=', clusterOf('danxia-910c'))
    .executeTakeFirstOrThrow()

/** The schedule as one sees it, read in a transaction of one's own. */
async function seen(bed: Bed, actor: Actor, ask: { from?: string; hours?: number } = {}) {
  const { site_id: id } = await siteOf(bed)
  return bed.at(actor, (ctx) => readSchedule(ctx, id, { hours: 12, ...ask }))
}

const ms = (at: string) => Date.parse(at)

test('what ran, gave way, runs and is promised lies where and when capacity has it', async (t) => {
  const bed = await computeBed(t)
  await bed.agree(founder, { borrowing: 32 })
  const all = { gang: { count: 4, milli: 8_000 }, limitSeconds: 3_600 }
  const began = bed.world.clock.now().getTime()
  const first = await bed.submit(founder, all, danxia)
  await bed.step()
  bed.pass(10 * MINUTE)
  await bed.at(operator, (ctx) => preempt(ctx, { workloadId: first, basis: 'maintenance' }))
  bed.pass(MINUTE)
  await bed.step()
  await bed.step()
  const second = await bed.submit(founder, all, danxia)
  const { bars, nodes, now, more } = await seen(bed, founder)
  assert.equal(more, false)
  assert.deepEqual(
    nodes.map(({ name }) => name),
    ['sg-01', 'sg-02', 'sg-03', 'sg-04'],
  )
  assert.deepEqual(
    bars.map(({ kind, attempt, job }) => [kind, attempt, job?.id]),
    [
      ['running', 2, first],
      ['gave-way', 1, first],
      ['promised', 0, second],
    ],
  )
  const [running, gaveWay, promised] = bars
  assert.ok(Math.abs(ms(gaveWay!.from) - began) < MINUTE)
  assert.ok(ms(gaveWay!.to) <= ms(running!.from), 'one attempt after the other')
  assert.ok(ms(running!.to) > ms(now))
  const row = await bed.job(second)
  assert.deepEqual([ms(promised!.from), ms(promised!.to)], [row.promise.from, row.promise.to])
  assert.ok(ms(promised!.from) >= ms(running!.to), 'never the same cards at the same time')
  for (const { places } of bars) {
    assert.equal(places.length, 4)
    for (const { units } of places) assert.deepEqual(units, [[0, 8_000]])
  }
})

test('whose the jobs are: one’s own by name, all by number for the operator, nothing for others', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder, {}, danxia)
  await bed.step()
  const { number } = await bed.job(id)
  const jobOf = async (actor: Actor) => (await seen(bed, actor)).bars.map(({ job }) => job)
  assert.deepEqual(await jobOf(founder), [{ id, number, name: '试训练' }])
  assert.deepEqual(await jobOf(operator), [{ id, number, name: number }])
  assert.deepEqual(await jobOf(sme), [null])
  assert.deepEqual(await jobOf(visitor), [null])
})

const maintenance = { service: 'compute', holder: 'sg-04', subjectId: null, key: 'maintenance' }

test('only what lies in the window is there; blocks are; a site that is none is not found', async (t) => {
  const bed = await computeBed(t)
  const start = bed.world.clock.now().getTime()
  await bed.submit(founder, { limitSeconds: 600 }, danxia)
  await bed.step()
  await bed.at(operator, async (ctx) => {
    const { resource_id: resourceId } = await store(ctx)
      .selectFrom('compute.node')
      .select('resource_id')
      .where('id', '=', nodeOf('sg-04'))
      .executeTakeFirstOrThrow()
    const [from, to] = [start + 20 * HOUR, start + 22 * HOUR]
    const claims = [{ resourceId, from, to, units: [[0, 8_000]] as [number, number][] }]
    await block(ctx, { ...maintenance, claims })
  })
  const kinds = async (from: number, hours: number) =>
    (await seen(bed, visitor, { from: new Date(from).toISOString(), hours })).bars.map(
      ({ kind, places }) => [kind, ...places.map(({ nodeId }) => nodeId)],
    )
  assert.deepEqual(await kinds(start + 21 * HOUR, 3), [['blocked', nodeOf('sg-04')]])
  assert.deepEqual(await kinds(start + 22 * HOUR, 3), [])
  assert.deepEqual(await kinds(start - 5 * HOUR, 5), [])
  assert.deepEqual(
    (await kinds(start, 1)).map(([kind]) => kind),
    ['running'],
  )
  const none = bed.at(visitor, (ctx) => readSchedule(ctx, demoId('no such site'), { hours: 1 }))
  assert.equal(await refusal(none), 'request.not-found')
})
