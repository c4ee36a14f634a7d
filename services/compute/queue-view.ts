// An organisation's queue: its quotas, what it uses of them, and its share of late.
import type { Ctx } from '#platform/context.ts'
import { clusterMilli, readCatalogue } from './catalogue.ts'
import { DAY_MS, numberOn } from './parameters.ts'
import { MILLI } from './spec.ts'
import { named, store, subjectOf } from './store.ts'

/** What the actor's subject may use and does. Quotas appear with the first quote. */
export async function readQueue(ctx: Ctx) {
  const subject = subjectOf(ctx)
  const db = store(ctx)
  const queue = await db
    .selectFrom('compute.queue')
    .selectAll()
    .where('subject', '=', subject)
    .executeTakeFirst()
  const { flavors } = await readCatalogue(ctx)
  const rows = queue
    ? await db.selectFrom('compute.quota').selectAll().where('queue_id', '=', queue.id).execute()
    : []
  const busy = await usedNow(ctx, queue?.id ?? null)
  const states = await db
    .selectFrom('compute.workload')
    .select('state')
    .select(({ fn }) => fn.countAll<bigint>().as('n'))
    .where('subject', '=', subject)
    .where('state', 'in', ['queued', 'placed', 'running'])
    .groupBy('state')
    .execute()
  const count = (wanted: string[]) =>
    states.reduce((sum, { state, n }) => (wanted.includes(state) ? sum + Number(n) : sum), 0)
  const entries = rows.flatMap((row) => {
    const entry = flavors.find(({ cluster }) => cluster.id === row.cluster_id)
    return entry ? [{ row, entry }] : []
  })
  return {
    weight: queue?.weight ?? 1,
    quotas: entries.map(({ row, entry: { cluster, site } }) => ({
      clusterId: cluster.id,
      cluster: named(cluster),
      site: named(site),
      simulated: cluster.simulated,
      nominal: Number(row.nominal_milli) / MILLI,
      borrowing: row.borrowing_milli === null ? null : Number(row.borrowing_milli) / MILLI,
      usedCards: (busy.get(cluster.id) ?? 0) / MILLI,
      borrowedCards: Math.max(0, (busy.get(cluster.id) ?? 0) - Number(row.nominal_milli)) / MILLI,
      totalCards: clusterMilli(flavors, cluster.id) / MILLI,
    })),
    waiting: count(['queued']),
    running: count(['placed', 'running']),
    share: await shareOf(ctx, queue?.id ?? null),
  }
}

/** Thousandths of cards that a queue's jobs hold now, by cluster. */
async function usedNow(ctx: Ctx, queueId: string | null): Promise<Map<string, number>> {
  if (queueId === null) return new Map()
  const rows = await store(ctx)
    .selectFrom('compute.workload')
    .select('cluster_id')
    .select(({ fn, eb, ref }) => fn.sum<bigint>(eb(ref('tasks'), '*', ref('milli'))).as('milli'))
    .where('queue_id', '=', queueId)
    .where('subject', '=', subjectOf(ctx))
    .where('state', 'in', ['placed', 'running'])
    .groupBy('cluster_id')
    .execute()
  return new Map(rows.map((row) => [row.cluster_id, Number(row.milli)]))
}

/** Decayed use of a queue against that of all: 0 to 1. */
async function shareOf(ctx: Ctx, queueId: string | null): Promise<number> {
  const rows = await store(ctx).selectFrom('compute.used').selectAll().execute()
  const halfLife = numberOn('fair-share.half-life', ctx.now) * DAY_MS
  const decayed = ({ amount, at }: { amount: number; at: Date }) =>
    amount * 0.5 ** (Math.max(0, ctx.now.getTime() - at.getTime()) / halfLife)
  const all = rows.reduce((sum, row) => sum + decayed(row), 0)
  const own = rows
    .filter(({ queue_id: id }) => id === queueId)
    .reduce((sum, row) => sum + decayed(row), 0)
  return all === 0 ? 0 : own / all
}
