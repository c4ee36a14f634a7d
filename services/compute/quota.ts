// An organisation's queue and how much of a cluster it may hold at once.
import type { Ctx } from '#platform/context.ts'
import { addResource } from '#services/capacity/index.ts'
import type { FlavorEntry } from './catalogue.ts'
import { MILLI } from './spec.ts'
import { store } from './store.ts'

export interface Quota {
  queueId: string
  resourceId: string
  milli: number
  /** Made in this transaction: nothing of it is taken, and the calendar does not know it yet. */
  fresh: boolean
}

/** Everything that a cluster has, in thousandths of cards. */
export const clusterMilli = (flavors: readonly FlavorEntry[], clusterId: string): number =>
  flavors
    .filter(({ cluster }) => cluster.id === clusterId)
    .flatMap(({ nodes }) => nodes)
    .reduce((sum, { cards }) => sum + cards * MILLI, 0)

async function queueOf(ctx: Ctx, subject: string): Promise<string> {
  const made = await store(ctx)
    .insertInto('compute.queue')
    .values({ id: ctx.newId(), subject, weight: 1 })
    .onConflict((conflict) => conflict.column('subject').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (made) return made.id
  const found = store(ctx).selectFrom('compute.queue').select('id').where('subject', '=', subject)
  return (await found.executeTakeFirstOrThrow()).id
}

/** The subject's quotas by cluster; a cluster not seen before gives its default share. */
export async function quotasOf(
  ctx: Ctx,
  subject: string,
  flavors: readonly FlavorEntry[],
): Promise<Map<string, Quota>> {
  const rows = await store(ctx)
    .selectFrom('compute.queue as q')
    .innerJoin('compute.quota as u', 'u.queue_id', 'q.id')
    .select(['q.id', 'u.cluster_id', 'u.resource_id', 'u.cards_milli'])
    .where('q.subject', '=', subject)
    .execute()
  const quotas = new Map<string, Quota>(
    rows.map((row) => [
      row.cluster_id,
      {
        queueId: row.id,
        resourceId: row.resource_id,
        milli: Number(row.cards_milli),
        fresh: false,
      },
    ]),
  )
  const clusters = new Map(flavors.map(({ cluster }) => [cluster.id, cluster]))
  const missing = [...clusters.values()].filter(({ id }) => !quotas.has(id))
  if (missing.length === 0) return quotas
  const queueId = rows[0]?.id ?? (await queueOf(ctx, subject))
  for (const cluster of missing) {
    const all = clusterMilli(flavors, cluster.id)
    if (all === 0) continue
    const share = Math.floor((all * cluster.default_quota) / 10_000 / MILLI) * MILLI
    const quota = await addQuota(ctx, queueId, subject, cluster.id, Math.max(MILLI, share))
    quotas.set(cluster.id, quota)
  }
  return quotas
}

/** Makes the row and its pooled resource, unless somebody else does so at this moment. */
export async function addQuota(
  ctx: Ctx,
  queueId: string,
  subject: string,
  clusterId: string,
  milli: number,
): Promise<Quota> {
  const made = await store(ctx)
    .insertInto('compute.quota')
    .values({
      queue_id: queueId,
      cluster_id: clusterId,
      resource_id: ctx.newId(),
      cards_milli: BigInt(milli),
    })
    .onConflict((conflict) => conflict.columns(['queue_id', 'cluster_id']).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (made) {
    await addResource(ctx, {
      id: made.resource_id,
      kind: 'compute.quota',
      owner: subject,
      mode: 'pooled',
      units: milli,
    })
    return { queueId, resourceId: made.resource_id, milli, fresh: true }
  }
  const found = await store(ctx)
    .selectFrom('compute.quota')
    .selectAll()
    .where('queue_id', '=', queueId)
    .where('cluster_id', '=', clusterId)
    .executeTakeFirstOrThrow()
  const { resource_id: resourceId, cards_milli: cards } = found
  return { queueId, resourceId, milli: Number(cards), fresh: false }
}
