// An organisation's queue, its cohort, and what its jobs draw on at each cluster.
import type { Ctx } from '#platform/context.ts'
import { cityOf, findSubjects, province } from '#services/identity/index.ts'
import { clusterMilli, type FlavorEntry } from './catalogue.ts'
import { addPool, applyQuotas, type Draw, Pools } from './pools.ts'
import { MILLI } from './spec.ts'
import { store } from './store.ts'
import { mostOf } from './tree.ts'

export interface Quota {
  queueId: string
  /** In this order. */
  draws: Draw[]
  /** The most that can be held at once, in thousandths of cards. */
  milli: number
}

interface QueueRow {
  id: string
  cohort: string | null
}

/** The city in which identity knows a subject, or the province. */
async function cohortOf(ctx: Ctx, subject: string): Promise<string> {
  const area = (await findSubjects(ctx, [subject])).get(subject)?.area ?? null
  return (area === null ? null : cityOf(area)) ?? province
}

/** Puts a queue into the cohort of its owner's area, with what it has there by agreement. */
export async function placeQueue(ctx: Ctx, subject: string): Promise<void> {
  const cohort = await cohortOf(ctx, subject)
  const moved = await store(ctx)
    .updateTable('compute.queue')
    .set({ cohort })
    .where('subject', '=', subject)
    .where((eb) => eb.or([eb('cohort', 'is', null), eb('cohort', '<>', cohort)]))
    .returning('id')
    .executeTakeFirst()
  if (!moved) return
  const agreed = await store(ctx)
    .selectFrom('compute.quota')
    .select('cluster_id')
    .where('queue_id', '=', moved.id)
    .where('nominal_milli', '>', 0n)
    .orderBy('cluster_id')
    .execute()
  for (const { cluster_id: id } of agreed) await applyQuotas(ctx, id)
}

/** Places the queues that were there before there were cohorts. */
export async function placeQueues(ctx: Ctx): Promise<void> {
  const rows = await store(ctx)
    .selectFrom('compute.queue')
    .select('subject')
    .where('cohort', 'is', null)
    .execute()
  for (const { subject } of rows) await placeQueue(ctx, subject)
}

async function queueOf(ctx: Ctx, subject: string): Promise<QueueRow> {
  const find = store(ctx)
    .selectFrom('compute.queue')
    .select(['id', 'cohort'])
    .where('subject', '=', subject)
  const known = await find.executeTakeFirst()
  if (known) return known
  const cohort = await cohortOf(ctx, subject)
  const made = await store(ctx)
    .insertInto('compute.queue')
    .values({ id: ctx.newId(), subject, weight: 1, cohort })
    .onConflict((conflict) => conflict.column('subject').doNothing())
    .returning(['id', 'cohort'])
    .executeTakeFirst()
  return made ?? find.executeTakeFirstOrThrow()
}

/**
 * What the subject may hold, by cluster. On a cluster not seen before it has no nominal quota, and
 * may borrow the cluster's default share.
 */
export async function quotasOf(
  ctx: Ctx,
  subject: string,
  flavors: readonly FlavorEntry[],
): Promise<Map<string, Quota>> {
  const queue = await queueOf(ctx, subject)
  const clusters = new Map(flavors.map(({ cluster }) => [cluster.id, cluster]))
  if (clusters.size === 0) return new Map()
  const read = () =>
    store(ctx)
      .selectFrom('compute.pool')
      .selectAll()
      .where('cluster_id', 'in', [...clusters.keys()])
      .where((eb) => eb.or([eb('queue_id', '=', queue.id), eb('queue_id', 'is', null)]))
      .execute()
  let rows = await read()
  const fresh = new Set<string>()
  const known = new Set(rows.filter(({ queue_id: id }) => id).map((row) => row.cluster_id))
  for (const { id, default_quota: share } of clusters.values()) {
    const all = clusterMilli(flavors, id)
    if (known.has(id) || all === 0) continue
    const milli = Math.max(MILLI, Math.floor((all * share) / 10_000 / MILLI) * MILLI)
    const made = await addQuota(ctx, { queue, subject, clusterId: id, milli })
    if (made) fresh.add(made)
  }
  if (known.size < clusters.size) rows = await read()
  const pools = new Pools(rows, fresh)
  const quotas = new Map<string, Quota>()
  for (const id of clusters.keys()) {
    if (!pools.get(id, queue.id, 'limit')) continue
    const draws = pools.drawsOf(queue, id)
    quotas.set(id, { queueId: queue.id, draws, milli: mostOf(draws) })
  }
  return quotas
}

/** The first quota of a queue on a cluster: so much may be borrowed. @returns the pool, if it was made */
async function addQuota(
  ctx: Ctx,
  of: { queue: QueueRow; subject: string; clusterId: string; milli: number },
): Promise<string | null> {
  const { queue, subject, clusterId, milli } = of
  await store(ctx)
    .insertInto('compute.quota')
    .values({
      queue_id: queue.id,
      cluster_id: clusterId,
      nominal_milli: 0n,
      borrowing_milli: BigInt(milli),
      lending_milli: null,
      version: 1,
    })
    .onConflict((conflict) => conflict.columns(['queue_id', 'cluster_id']).doNothing())
    .execute()
  const key = { cluster_id: clusterId, queue_id: queue.id, cohort: null, part: 'limit' as const }
  return (await addPool(ctx, key, subject, milli))?.resource_id ?? null
}
