// Stopping a workload: by its owner (cancel), or to give its place back (preempt, with notice).
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { release } from '#services/capacity/index.ts'
import type { Parts } from './parts.ts'
import { graceMs } from './quote.ts'
import { settle } from './settle.ts'
import { record } from './steps.ts'
import { lastAttempt, lockWorkload, store, type WorkloadRow } from './store.ts'
import { wake } from './wake.ts'

const OVER = ['succeeded', 'failed', 'cancelled', 'settled']

export interface StopInput {
  workloadId: string
  /** A code that names the ground, such as 'owner' or 'maintenance'; never personal text. */
  basis: string
}

/**
 * Cancels a workload. One that waits ends at once and costs nothing; one that runs gets its grace,
 * and what it used until then is settled. @throws compute.over
 */
export async function cancel(ctx: Ctx, parts: Parts, { workloadId, basis }: StopInput) {
  const workload = await lockWorkload(ctx, workloadId)
  if (OVER.includes(workload.state)) throw problem('compute.over')
  if (workload.state === 'queued' || workload.state === 'held') {
    workload.outcome = 'cancelled'
    workload.version++
    await release(ctx, { holdId: workload.capacity_hold })
    await record(ctx, workload, 'cancelled', { basis })
    await store(ctx)
      .updateTable('compute.workload')
      .set({
        state: 'cancelled',
        outcome: 'cancelled',
        ended_at: ctx.now,
        version: workload.version,
      })
      .where('id', '=', workloadId)
      .execute()
    return settle(ctx, parts, workload)
  }
  await ask(ctx, workload, 'cancel', basis)
  await record(ctx, workload, 'cancelled', { basis })
  await wake(ctx, 'attempt')
}

/**
 * Asks a running workload to leave: it is told, saves its state, and stands in the queue again.
 * @throws compute.over
 */
export async function preempt(ctx: Ctx, input: StopInput): Promise<boolean> {
  const asked = await askToLeave(ctx, input)
  if (asked === null) throw problem('compute.over')
  await wake(ctx, 'attempt')
  return asked
}

/** As `preempt`. @returns whether it was asked just now; null: it does not run any more */
export async function askToLeave(
  ctx: Ctx,
  { workloadId, basis }: StopInput,
): Promise<boolean | null> {
  const workload = await lockWorkload(ctx, workloadId)
  if (workload.state !== 'running' && workload.state !== 'placed') return null
  if (!(await ask(ctx, workload, 'preempt', basis))) return false
  const leavesBy = new Date(ctx.now.getTime() + graceMs(ctx.now)).toISOString()
  await record(ctx, workload, 'preempted', { basis, leavesBy })
  return true
}

/** Marks the attempt; the dispatcher tells the executor. A cancel wins over a preemption. */
async function ask(
  ctx: Ctx,
  workload: WorkloadRow,
  stopping: 'cancel' | 'preempt',
  basis: string,
): Promise<boolean> {
  const attempt = await lastAttempt(ctx, workload.id)
  if (!attempt || attempt.ended_at !== null) throw problem('compute.over')
  if (attempt.stopping === 'cancel' || attempt.stopping === stopping) return false
  await store(ctx)
    .updateTable('compute.attempt')
    .set({ stopping, stopping_basis: basis })
    .where('id', '=', attempt.id)
    .execute()
  await store(ctx)
    .updateTable('compute.workload')
    .set({ version: workload.version + 1 })
    .where('id', '=', workload.id)
    .execute()
  return true
}
