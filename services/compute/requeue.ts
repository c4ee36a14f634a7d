// Another place in the queue for a workload that had to stop: its meter and its checkpoint are kept.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'
import { Problem } from '#platform/errors.ts'
import { move, release } from '#services/capacity/index.ts'
import { readCatalogue } from './catalogue.ts'
import type { Parts, Transact } from './parts.ts'
import { quotasOf } from './quota.ts'
import { fitRequest, graceMs } from './quote.ts'
import { settle } from './settle.ts'
import { claimsOf, promiseOf, takeTurn, unlessTaken } from './slots.ts'
import { record } from './steps.ts'
import { json, lockWorkload, NIL, type Promised, store, type WorkloadRow } from './store.ts'
import { wake } from './wake.ts'

/**
 * The earliest room for what is left of a workload's time, what it holds now counted as free; null
 * where there is none as things are.
 */
async function roomFor(
  ctx: Ctx,
  parts: Parts,
  workload: WorkloadRow,
): Promise<Promised | 'closed' | null> {
  const { flavors } = await readCatalogue(ctx, workload.cluster_id)
  const entry = flavors.find(({ flavor }) => flavor.id === workload.flavor_id)!
  if (entry.cluster.state === 'closed') return 'closed'
  await takeTurn(ctx, workload.cluster_id)
  const quota = (await quotasOf(ctx, workload.subject, flavors)).get(workload.cluster_id)
  if (!quota) return null
  const left = Number(workload.limit_ms - workload.ran_ms) + graceMs(ctx.now)
  const request = { ...fitRequest(workload.spec, entry, quota, ctx.now), duration: left }
  const fit = await parts.capacity.earliestFit(ctx, request, workload.capacity_hold)
  if ('none' in fit) return null
  const milli = workload.tasks * workload.milli
  return promiseOf(fit, { duration: left, milli, nodes: entry.nodes, draws: quota.draws })
}

/**
 * Puts a workload (locked, its attempt over) back into the queue with a new promise. Where there is
 * no room at the moment it keeps the former one, which the dispatcher renews as soon as there is; in
 * a cluster that is closed for good it fails, and what it used is settled.
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
  if (room === 'closed') {
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
  if (room) {
    const claims = claimsOf(room)
    await unlessTaken(move(ctx, { holdId: workload.capacity_hold, claims, usedUntil }))
  }
  const promise = room ?? workload.promise
  const startsBy = new Date(promise.from)
  await store(ctx)
    .updateTable('compute.workload')
    .set({
      state: 'queued',
      promise: json(promise),
      starts_by: startsBy,
      metered,
      ran_ms,
      version,
    })
    .where('id', '=', workload.id)
    .execute()
  await record(ctx, workload, 'requeued', { startsBy: room ? startsBy.toISOString() : null })
  await wake(ctx, 'queue')
}

/** Another promised place for a workload that waits, where there is one. */
async function promiseAnew(ctx: Ctx, parts: Parts, id: string): Promise<void> {
  const workload = await lockWorkload(ctx, id)
  if (workload.state !== 'queued') return
  const room = await roomFor(ctx, parts, workload)
  if (!room || room === 'closed') return
  const claims = claimsOf(room)
  await unlessTaken(move(ctx, { holdId: workload.capacity_hold, claims }))
  const startsBy = new Date(room.from)
  await store(ctx)
    .updateTable('compute.workload')
    .set({ promise: json(room), starts_by: startsBy, version: workload.version + 1 })
    .where('id', '=', id)
    .execute()
  await record(ctx, workload, 'requeued', { startsBy: startsBy.toISOString(), moved: true })
}

/** A promise that is this old was missed: what is left of it would not suffice. */
const MISSED_MS = 60_000
const AT_ONCE = 50

/**
 * Makes promises anew that no longer stand, because their node is out of use or their start was
 * missed (a pause of the platform, a clock that stepped); each in a transaction of its own, so that
 * the next one sees what the one before took.
 * @returns to be called now and then; each call goes on after the last workload it looked at
 */
export function promiseKeeper(parts: Parts, transact: Transact): () => Promise<void> {
  let after = NIL
  return async () => {
    const due = await transact(async (ctx) => {
      const missed = new Date(ctx.now.getTime() - MISSED_MS)
      const { rows } = await sql<{ id: string }>`
        select w.id from compute.workload w
        where w.state = 'queued' and w.id > ${after}::uuid
          and (w.starts_by < ${missed} or exists (
            select from compute.node n where n.cluster_id = w.cluster_id and n.state <> 'ready'
              and w.promise -> 'places' @> jsonb_build_array(jsonb_build_object('nodeId', n.id))))
          and exists (select from compute.node n
            where n.flavor_id = w.flavor_id and n.state = 'ready')
        order by w.id limit ${AT_ONCE}`.execute(ctx.tx)
      return rows
    })
    after = due.length < AT_ONCE ? NIL : due.at(-1)!.id
    for (const { id } of due) {
      try {
        await transact((ctx) => promiseAnew(ctx, parts, id))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        parts.world.log.warn({ workload: id, code: error.code }, 'no new promise for now')
      }
    }
  }
}
