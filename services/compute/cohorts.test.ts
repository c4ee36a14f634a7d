// The tree at work: limits of cities, what is reserved, and quotas that change while jobs are booked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { Problem } from '#platform/errors.ts'
import { province } from '#services/identity/index.ts'
import { lowerPools } from './pools.ts'
import { placeQueues } from './quota.ts'
import { type QuotaTerms, setCohortQuota, setQuota } from './set-quota.ts'
import { cancel } from './stop.ts'
import { store } from './store.ts'
import {
  type Bed,
  clusterOf,
  computeBed,
  danxia,
  founder,
  HOUR,
  lab,
  operator,
  reasonsFor,
  refusal,
  sme,
} from './test-bed.ts'

const cluster = clusterOf('danxia-910c')
const guangzhou = '440100'
const cards = (count: number) => ({ gang: { count, milli: 1_000 }, preemptible: false })
const startOf = async (bed: Bed, id: string) =>
  (await bed.job(id)).promise.from - bed.world.clock.now().getTime()

/** Agrees on a cohort's quota, on the version that is there. */
const agreeCohort = (bed: Bed, cohort: string, terms: Partial<QuotaTerms>) =>
  bed.at(operator, async (ctx) => {
    const row = await store(ctx)
      .selectFrom('compute.cohort_quota')
      .select('version')
      .where('cohort', '=', cohort)
      .where('cluster_id', '=', cluster)
      .executeTakeFirst()
    const whole = { nominal: null, borrowing: null, lending: null, ...terms }
    const ifMatch = String(row?.version ?? 0)
    await setCohortQuota(ctx, { clusterId: cluster, cohort, ifMatch, ...whole })
  })

const lower = (bed: Bed) => bed.at(operator, lowerPools)
const cohortOfQueue = async (bed: Bed, subject: string) => {
  const { cohort } = await store({ tx: bed.world.db })
    .selectFrom('compute.queue')
    .select('cohort')
    .where('subject', '=', subject)
    .executeTakeFirstOrThrow()
  return cohort
}

test('all organisations of a city together hold what the city may, over time; others are free', async (t) => {
  const bed = await computeBed(t)
  await agreeCohort(bed, guangzhou, { borrowing: 10 })
  const first = await bed.submit(founder, cards(8), danxia)
  assert.equal(await cohortOfQueue(bed, founder.subjectId!), guangzhou)
  const second = await bed.submit(lab, cards(4), danxia)
  assert.equal(await startOf(bed, first), 0)
  assert.equal(await startOf(bed, second), HOUR + 20_000)
  assert.equal(await startOf(bed, await bed.submit(lab, cards(2), danxia)), 0)
  assert.equal(await startOf(bed, await bed.submit(sme, cards(8), danxia)), 0)
  await bed.step()
  assert.deepEqual((await bed.job(second)).reasons[0]?.code, 'pool')
  // What the first gives back lets the second start before it was promised.
  for (const task of await bed.tasks(first)) bed.machine.end(task)
  await bed.step()
  assert.equal((await bed.job(second)).state, 'running')
  await bed.check()
})

test('a city that may hold nothing: its jobs are told so, and the largest that would do', async (t) => {
  const bed = await computeBed(t)
  await agreeCohort(bed, province, { borrowing: 3 })
  await agreeCohort(bed, guangzhou, { borrowing: 0 })
  const { options } = await bed.quote(founder)
  assert.deepEqual(reasonsFor(options, danxia), ['quota-too-small'])
  const asked = await bed.quote(sme, cards(4))
  const [why] = asked.options.find(({ key }) => key === danxia)!.reasons
  assert.deepEqual(why, { code: 'quota-too-small', params: { quota: 3, asked: 4 } })
})

test('what is reserved for one stays free of the promises of all others', async (t) => {
  const bed = await computeBed(t)
  await bed.agree(founder, { nominal: 8, borrowing: 8, lending: 0 })
  await bed.agree(sme, { borrowing: 32 })
  const { options } = await bed.quote(sme, cards(25))
  assert.deepEqual(reasonsFor(options, danxia), ['quota-too-small'])
  const flood = [await bed.submit(sme, cards(24), danxia), await bed.submit(sme, cards(24), danxia)]
  await bed.step()
  assert.ok((await startOf(bed, flood[1]!)) > 0)
  const own = await bed.submit(founder, cards(8), danxia)
  assert.equal(await startOf(bed, own), 0)
  // The ninth is borrowed, and waits behind what others were promised.
  const ninth = await bed.submit(founder, cards(1), danxia)
  assert.ok((await startOf(bed, ninth)) > HOUR)
  await bed.step()
  assert.equal((await bed.tasks(own)).length, 8)
  const { pools } = (await bed.job(own)).promise
  assert.deepEqual(
    pools.map(({ amount }) => amount),
    [8_000, 8_000],
  )
  await bed.check()
})

test('one job may be split: its own part first, the rest from what is common', async (t) => {
  const bed = await computeBed(t)
  await bed.agree(founder, { nominal: 4, borrowing: 8, lending: 1 })
  const id = await bed.submit(founder, cards(10), danxia)
  const amounts = async () => (await bed.job(id)).promise.pools.map(({ amount }) => amount)
  assert.deepEqual(await amounts(), [10_000, 3_000, 7_000])
  await bed.step()
  assert.equal((await bed.job(id)).state, 'running')
  assert.deepEqual(await amounts(), [10_000, 3_000, 7_000])
  await bed.check()
})

test('without a lending limit all of nominal may be lent, and nobody is kept waiting for it', async (t) => {
  const bed = await computeBed(t)
  await bed.agree(founder, { nominal: 8 })
  await bed.agree(sme, { borrowing: 32 })
  await bed.submit(sme, cards(32), danxia)
  assert.ok((await startOf(bed, await bed.submit(founder, cards(8), danxia))) > 0)
  await bed.check()
})

test('a quota below what is booked takes nothing away; what comes later waits until that has ended', async (t) => {
  const bed = await computeBed(t)
  await bed.agree(sme, { borrowing: 16 })
  const runs = await bed.submit(sme, cards(16), danxia)
  const waits = await bed.submit(sme, cards(16), danxia)
  await bed.step()
  await bed.agree(sme, { borrowing: 4 })
  await bed.check()
  const { options } = await bed.quote(sme, cards(5))
  assert.deepEqual(reasonsFor(options, danxia), ['quota-too-small'])
  const small = await bed.submit(sme, cards(4), danxia)
  assert.ok((await startOf(bed, small)) >= 2 * HOUR, 'behind all that was booked before')
  bed.pass(HOUR + 20_000)
  for (const task of await bed.tasks(runs)) bed.machine.end(task)
  await bed.step()
  assert.equal((await bed.job(waits)).state, 'running', 'as it was promised')
  await lower(bed)
  await bed.check()
  for (const task of await bed.tasks(waits)) bed.machine.end(task)
  await bed.step()
  assert.equal((await bed.job(small)).state, 'running')
  await lower(bed)
  const pool = await store({ tx: bed.world.db })
    .selectFrom('compute.pool as p')
    .innerJoin('compute.queue as q', 'q.id', 'p.queue_id')
    .select(['p.units', 'p.wanted'])
    .where('q.subject', '=', sme.subjectId!)
    .where('p.cluster_id', '=', cluster)
    .executeTakeFirstOrThrow()
  assert.deepEqual(pool, { units: 4_000n, wanted: 4_000n })
  await bed.check()
})

test('what cannot be agreed is refused with the largest that can', async (t) => {
  const bed = await computeBed(t)
  const problemOf = async (work: Promise<unknown>) => {
    try {
      await work
    } catch (error) {
      assert.ok(error instanceof Problem)
      return [error.code, error.params]
    }
    return assert.fail('nothing was refused')
  }
  await bed.agree(founder, { nominal: 20 })
  assert.deepEqual(await problemOf(bed.agree(sme, { nominal: 13 })), [
    'compute.quota-nominal',
    { largest: 12 },
  ])
  await bed.agree(sme, { nominal: 12 })
  assert.deepEqual(await problemOf(agreeCohort(bed, guangzhou, { nominal: 19 })), [
    'compute.quota-below',
    { least: 20 },
  ])
  await agreeCohort(bed, guangzhou, { nominal: 20, borrowing: 0 })
  assert.deepEqual(await problemOf(bed.agree(lab, { nominal: 1 })), [
    'compute.quota-nominal',
    { largest: 0 },
  ])
  assert.deepEqual(await problemOf(bed.agree(founder, { nominal: 20, lending: 21 })), [
    'compute.quota-lending',
    { nominal: 20 },
  ])
  assert.equal(await refusal(agreeCohort(bed, province, { lending: 1 })), 'compute.quota-province')
  for (const wrong of ['440106', '449900']) {
    assert.equal(await refusal(agreeCohort(bed, wrong, {})), 'request.not-found')
  }
  await bed.check()
})

test('a quota is set for somebody who exists, on a cluster of one’s own, on the version that was read', async (t) => {
  const bed = await computeBed(t)
  const terms = { nominal: 0, borrowing: 4, lending: null }
  const set = (subjectId: string, clusterId = cluster, ifMatch: string | null = '0') =>
    bed.at(operator, (ctx) => setQuota(ctx, { clusterId, subjectId, ifMatch, ...terms }))
  const nobody = '00000000-0000-4000-8000-000000000000'
  const other = clusterOf('zhishicheng-h20')
  const own = founder.subjectId!
  assert.equal(await refusal(set(nobody)), 'request.not-found')
  assert.equal(await refusal(set(own, other)), 'request.not-found')
  assert.equal(await refusal(set(own, cluster, null)), 'request.version-needed')
  assert.equal(await refusal(set(own, cluster, '3')), 'request.version')
  const queues = await store({ tx: bed.world.db })
    .selectFrom('compute.queue')
    .select('subject')
    .execute()
  assert.deepEqual(queues, [], 'and nothing was made for nobody')
  await set(own)
  assert.equal(await refusal(set(own)), 'request.version')
})

test('a queue from before there were cohorts is put into its city', async (t) => {
  const bed = await computeBed(t)
  await bed.quote(founder)
  const db = store({ tx: bed.world.db })
  await db.updateTable('compute.queue').set({ cohort: null }).execute()
  await bed.submit(founder, {}, danxia)
  await bed.step()
  await bed.at(operator, placeQueues)
  assert.equal(await cohortOfQueue(bed, founder.subjectId!), guangzhou)
  await bed.check()
})

// Random lives

const who = [founder, sme, lab]
const number = fc.option(fc.nat(12), { freq: 3 })
const act = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('submit' as const),
      who: fc.nat(2),
      count: fc.integer({ min: 1, max: 9 }),
      limit: fc.integer({ min: 60, max: 4_000 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('step' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('pass' as const), seconds: fc.nat(2_000) }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('end' as const), nth: fc.nat(99) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('cancel' as const), nth: fc.nat(99) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('lower' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('agree' as const),
      who: fc.nat(4),
      nominal: fc.nat(8),
      borrowing: number,
      lending: number,
    }),
  },
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

async function perform(bed: Bed, one: Act): Promise<void> {
  if (one.act === 'step') return bed.step()
  if (one.act === 'pass') return bed.pass(one.seconds * 1_000)
  if (one.act === 'lower') return lower(bed)
  if (one.act === 'end') {
    const { running } = bed.machine
    if (running.length > 0) bed.machine.end(running[one.nth % running.length]!)
    return
  }
  if (one.act === 'agree') {
    const { nominal, borrowing, lending } = one
    if (one.who < 3) return bed.agree(who[one.who]!, { nominal, borrowing, lending })
    const city = one.who === 3
    return agreeCohort(bed, city ? guangzhou : province, {
      borrowing,
      lending: city ? lending : null,
    })
  }
  if (one.act === 'submit') {
    await bed.submit(who[one.who]!, { ...cards(one.count), limitSeconds: one.limit }, danxia)
    return
  }
  const live = await store({ tx: bed.world.db })
    .selectFrom('compute.workload')
    .select(['id', 'subject'])
    .where('state', 'in', ['queued', 'placed', 'running'])
    .orderBy('id')
    .execute()
  const target = live[one.nth % Math.max(1, live.length)]
  if (!target) return
  const actor = who.find(({ subjectId }) => subjectId === target.subject)!
  await bed.at(actor, (ctx) => cancel(ctx, bed.parts, { workloadId: target.id, basis: 'owner' }))
}

interface Held {
  subject: string
  milli: number
  from: number
  to: number
}

/** Cards of the cluster that are booked from now on, by whom: the claims on its nodes themselves. */
async function heldOnNodes({ world }: Bed): Promise<Held[]> {
  const now = world.clock.now().getTime()
  const { rows } = await sql<Held>`
    select w.subject, sum(upper(u) - lower(u))::float8 as milli,
      lower(c.period)::float8 as from, upper(c.period)::float8 as to
    from capacity.claim c join compute.workload w on w.capacity_hold = c.hold
    cross join lateral unnest(c.units) u
    where w.cluster_id = ${cluster}::uuid and not isempty(c.period) and upper(c.period) > ${now}
    group by w.subject, c.id`.execute(world.db)
  return rows
}

/** Whether others leave, at every moment, what is reserved for each; from what was agreed alone. */
async function assertReserved(bed: Bed): Promise<number> {
  const db = store({ tx: bed.world.db })
  const pending = await db
    .selectFrom('compute.pool')
    .select('resource_id')
    .whereRef('units', '>', 'wanted')
    .where('part', '<>', 'limit')
    .where('units', '>', 1n)
    .execute()
  // What was booked before is still in the way.
  if (pending.length > 0) return 0
  const quotas = await db
    .selectFrom('compute.quota as u')
    .innerJoin('compute.queue as q', 'q.id', 'u.queue_id')
    .selectAll('u')
    .select('q.subject')
    .where('cluster_id', '=', cluster)
    .where('lending_milli', 'is not', null)
    .execute()
  const held = await heldOnNodes(bed)
  for (const { subject, nominal_milli: nominal, lending_milli: lending } of quotas) {
    const reserved = Number(nominal) - Number(lending)
    for (const { from } of held) {
      const others = held.filter(
        (one) => one.subject !== subject && one.from <= from && from < one.to,
      )
      const taken = others.reduce((sum, { milli }) => sum + milli, 0)
      assert.ok(taken <= 32_000 - Math.max(0, reserved), `${taken} beside ${reserved}`)
    }
  }
  return quotas.length
}

test('whatever is agreed and booked in whatever order: never beyond any level, and what is reserved is free', async (t) => {
  const bed = await computeBed(t)
  let looked = 0
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 25, maxLength: 40 }), async (acts) => {
      // From the first job on, everybody draws on what is common.
      await bed.agree(lab, { nominal: 2, borrowing: 12, lending: 0 })
      for (const one of acts) {
        try {
          await perform(bed, one)
        } catch (error) {
          if (!(error instanceof Problem)) throw error
        }
        await bed.check()
        looked += await assertReserved(bed)
      }
    }),
    { numRuns: 8, endOnFailure: true },
  )
  // 72 to 273 were seen; the acts are drawn anew each time.
  assert.ok(looked > 20, `looked at ${looked}`)
})
