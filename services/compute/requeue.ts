// Another place in the queue for a workload that had to stop: its meter and its checkpoint are kept.
import type { Ctx } from '#platform/context.ts'
import { move, release } from '#services/capacity/index.ts'
import { readCatalogue } from './catalogue.ts'
import type { Parts } from './parts.ts'
import { quotasOf } from './quota.ts'
import { fitRequest, graceMs } from './quote.ts'
import { settle } from './settle.ts'
import { claimsOf, placesOf, takeTurn, unlessTaken } from './slots.ts'
import { record } from './steps.ts'
import { json, type Promised, store, type WorkloadRow } from './store.ts'
import { wake } from './wake.ts'

/**
 * The earliest room for what is left of a workload's time, what it holds now counted as free; null
 * where there is none any more.
 */
export async function roomFor(
  ctx: Ctx,
  parts: Parts,
  workload: WorkloadRow,
): Promise<{ promise: Promised; quota: { resourceId: string; milli: number } } | null> {
  const { flavors } = await readCatalogue(ctx, workload.cluster_id)
  const entry = flavors.find(({ flavor }) => flavor.id === workload.flavor_id)!
  const quota = (await quotasOf(ctx, workload.subject, flavors)).get(workload.cluster_id)
  if (!quota) return null
  await takeTurn(ctx, workload.cluster_id)
  const left = Number(workload.limit_ms - workload.ran_ms) + graceMs(ctx.now)
  const request = { ...fitRequest(workload.spec, entry, quota, ctx.now), duration: left }
  const fit = await parts.capacity.earliestFit(ctx, request, workload.capacity_hold)
  if ('none' in fit) return null
  const promise = { from: fit.from, to: fit.from + left, places: placesOf(fit, entry.nodes) }
  return {
    promise,
    quota: { resourceId: quota.resourceId, milli: workload.tasks * workload.milli },
  }
}

/**
 * Puts a workload (locked, its attempt over) back into the queue with a new promise. Where there is
 * no room left to promise, such as in a cluster that closes, it fails and what it used is settled.
 */
export async function requeue(
  ctx: Ctx,
  parts: Parts,
  workload: WorkloadRow,
  usedUntil: number,
  settling: boolean,
): Promise<void> {
  const room = await roomFor(ctx, parts, workload)
  const { metered, ran_ms, version } = workload
  if (!room) {
    workload.outcome = 'failed'
    await release(ctx, { holdId: workload.capacity_hold, at: usedUntil })
    await store(ctx)
      .updateTable('compute.workload')
      .set({ state: 'failed', outcome: 'failed', ended_at: ctx.now, metered, ran_ms, version })
      .where('id', '=', workload.id)
      .execute()
    if (settling) await settle(ctx, parts, workload)
    return
  }
  const claims = claimsOf(room.promise, room.quota)
  await unlessTaken(move(ctx, { holdId: workload.capacity_hold, claims, usedUntil }))
  const startsBy = new Date(room.promise.from)
  await store(ctx)
    .updateTable('compute.workload')
    .set({
      state: 'queued',
      promise: json(room.promise),
      starts_by: startsBy,
      metered,
      ran_ms,
      version,
    })
    .where('id', '=', workload.id)
    .execute()
  await record(ctx, workload, 'requeued', { startsBy: startsBy.toISOString() })
  await wake(ctx, 'queue')
}
