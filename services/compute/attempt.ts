// What becomes of an attempt: begun, running, over; and of its workload with it.
import { cardTime } from '#engines/metering/cost.ts'
import type { Ctx, JsonObject } from '#platform/context.ts'
import { Problem } from '#platform/errors.ts'
import { release } from '#services/capacity/index.ts'
import { DAY_MS, numberOn } from './parameters.ts'
import type { Parts, Transact } from './parts.ts'
import type { EndCause, Observation } from './ports.ts'
import { requeue } from './requeue.ts'
import { settle } from './settle.ts'
import { type Detail, record } from './steps.ts'
import { type AttemptRow, json, lockWorkload, store, type WorkloadRow } from './store.ts'

/** What the executor calls task number `rank` of an attempt. */
export const taskId = (attemptId: string, rank: number): string => `${attemptId}.${rank}`
export const attemptOf = (task: string): string => task.slice(0, task.lastIndexOf('.'))

const MOST_LOST = 3

/** The world's time of a moment on the machine's clock. */
const worldTime = (parts: Parts, machine: Date): Date =>
  new Date(machine.getTime() + parts.world.clock.now().getTime() - Date.now())

export async function lockAttempt(
  ctx: Ctx,
  attemptId: string,
): Promise<{ attempt: AttemptRow; workload: WorkloadRow } | null> {
  const found = await store(ctx)
    .selectFrom('compute.attempt')
    .select('workload_id')
    .where('id', '=', attemptId)
    .executeTakeFirst()
  if (!found) return null
  const workload = await lockWorkload(ctx, found.workload_id)
  const attempt = await store(ctx)
    .selectFrom('compute.attempt')
    .selectAll()
    .where('id', '=', attemptId)
    .executeTakeFirstOrThrow()
  return { attempt, workload }
}

export async function markStarted(ctx: Ctx, parts: Parts, attemptId: string, startedAt: Date) {
  const found = await lockAttempt(ctx, attemptId)
  if (!found || found.attempt.started_at !== null || found.attempt.ended_at !== null) return
  await started(ctx, parts, found, worldTime(parts, startedAt))
}

async function started(
  ctx: Ctx,
  parts: Parts,
  { attempt, workload }: { attempt: AttemptRow; workload: WorkloadRow },
  at: Date,
): Promise<void> {
  const { level } = parts.machine.isolation
  await store(ctx)
    .updateTable('compute.attempt')
    .set({ started_at: at, isolation: level })
    .where('id', '=', attempt.id)
    .execute()
  workload.state = 'running'
  workload.started_at ??= at
  workload.version++
  await store(ctx)
    .updateTable('compute.workload')
    .set({
      state: 'running',
      started_at: workload.started_at,
      version: workload.version,
    })
    .where('id', '=', workload.id)
    .execute()
  const { simulated, accelerator } = workload
  const detail = { attempt: attempt.nth, simulated, accelerator, isolation: level }
  await record(ctx, workload, 'started', detail, at)
}

export type Ended = Extract<Observation, { state: 'ended' }>

/** What stopped a gang comes before what was stopped because of it. */
const byBlame = (one: Ended, other: Ended): number =>
  Number(one.cause === 'stopped') - Number(other.cause === 'stopped') ||
  one.endedAt.getTime() - other.endedAt.getTime()

export const wentWrong = ({ cause, exitCode }: Ended): boolean => cause !== 'exit' || exitCode !== 0

/** Of a gang: over when the last task is; it failed as the first one did that failed. */
function together(tasks: readonly Ended[]) {
  const begun = tasks.flatMap(({ startedAt }) => (startedAt ? [startedAt.getTime()] : []))
  const [failed] = tasks.filter(wentWrong).sort(byBlame)
  return {
    startedAt: begun.length > 0 ? new Date(Math.min(...begun)) : null,
    endedAt: new Date(Math.max(...tasks.map(({ endedAt }) => endedAt.getTime()))),
    ranMs: Math.max(...tasks.map(({ ranMs }) => ranMs)),
    succeeded: !failed,
    decisive: failed ?? tasks[0]!,
  }
}

/** How an attempt that ended goes on: the workload is over with this outcome, or runs again. */
function verdict(
  attempt: AttemptRow,
  workload: WorkloadRow,
  { succeeded, decisive }: { succeeded: boolean; decisive: { cause: EndCause } },
  lostBefore: number,
): 'succeeded' | 'failed' | 'cancelled' | 'again' {
  if (succeeded) return 'succeeded'
  if (attempt.stopping === 'cancel') return 'cancelled'
  if (attempt.stopping === 'preempt' && decisive.cause === 'stopped') return 'again'
  if (decisive.cause === 'lost' && lostBefore < MOST_LOST && workload.preemptible) return 'again'
  return 'failed'
}

/**
 * Books the end of an attempt, whose tasks are all over: meter, outcome, and either settlement or
 * another place in the queue. Repeating it changes nothing.
 */
export async function markEnded(
  ctx: Ctx,
  parts: Parts,
  attemptId: string,
  tasks: readonly Ended[],
  settling = true,
): Promise<void> {
  const found = await lockAttempt(ctx, attemptId)
  if (!found || found.attempt.ended_at !== null) return
  const { attempt, workload } = found
  const whole = together(tasks)
  const endedAt = worldTime(parts, whole.endedAt)
  if (attempt.started_at === null && whole.startedAt !== null) {
    const at = worldTime(parts, whole.startedAt)
    await started(ctx, parts, found, at)
    attempt.started_at = at
  }
  const { exitCode, signal, cause, detail } = whole.decisive
  const ran = tasks.reduce((sum, task) => sum + cardTime(1, workload.milli, task.ranMs), 0n)
  // What nobody saw end was not metered to its end, and what never ran as a whole was of no use.
  const metered = cause === 'lost' || cause === 'refused' ? 0n : ran
  const lostBefore = await countLost(ctx, workload.id)
  await store(ctx)
    .updateTable('compute.attempt')
    .set({
      ended_at: endedAt,
      ran_ms: BigInt(Math.round(whole.ranMs)),
      exit_code: exitCode,
      signal,
      cause,
      detail: detail === null ? null : json(detail as JsonObject),
    })
    .where('id', '=', attemptId)
    .execute()
  const next = verdict(attempt, workload, whole, lostBefore)
  workload.metered += metered
  workload.version++
  const ended: Detail = {
    attempt: attempt.nth,
    cause,
    exitCode,
    signal,
    ranMs: Math.round(whole.ranMs),
    metered: metered.toString(),
  }
  await record(ctx, workload, 'ended', ended, endedAt)
  await addUse(ctx, workload, Number(metered))
  const used = endedAt.getTime()
  workload.ran_ms += BigInt(Math.round(whole.ranMs))
  if (next === 'again' && workload.ran_ms < workload.limit_ms) {
    return requeue(ctx, parts, workload, used, settling)
  }
  workload.state = next === 'again' ? 'failed' : next
  workload.outcome = next === 'again' ? 'failed' : next
  workload.ended_at = endedAt
  await release(ctx, { holdId: workload.capacity_hold, at: used })
  await store(ctx)
    .updateTable('compute.workload')
    .set({
      state: workload.state,
      outcome: workload.outcome,
      ended_at: endedAt,
      metered: workload.metered,
      ran_ms: workload.ran_ms,
      version: workload.version,
    })
    .where('id', '=', workload.id)
    .execute()
  if (settling) await settle(ctx, parts, workload)
}

/** Books the end and settles; where the ledger refuses, the end stands and is settled later. */
export async function bookEnd(
  parts: Parts,
  transact: Transact,
  attemptId: string,
  tasks: readonly Ended[],
): Promise<void> {
  try {
    await transact((ctx) => markEnded(ctx, parts, attemptId, tasks))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    parts.world.log.warn({ attempt: attemptId, code: error.code }, 'settlement refused for now')
    await transact((ctx) => markEnded(ctx, parts, attemptId, tasks, false))
  }
}

async function countLost(ctx: Ctx, workloadId: string): Promise<number> {
  const { n } = await store(ctx)
    .selectFrom('compute.attempt')
    .select(({ fn }) => fn.countAll<bigint>().as('n'))
    .where('workload_id', '=', workloadId)
    .where('cause', '=', 'lost')
    .executeTakeFirstOrThrow()
  return Number(n)
}

/** Adds to what the queue has used lately, for fair share. */
async function addUse(ctx: Ctx, workload: WorkloadRow, metered: number): Promise<void> {
  const known = await store(ctx)
    .selectFrom('compute.used')
    .selectAll()
    .where('queue_id', '=', workload.queue_id)
    .where('cluster_id', '=', workload.cluster_id)
    .executeTakeFirst()
  const halfLife = numberOn('fair-share.half-life', ctx.now) * DAY_MS
  const age = known ? Math.max(0, ctx.now.getTime() - known.at.getTime()) : 0
  const amount = (known?.amount ?? 0) * 0.5 ** (age / halfLife) + metered
  const row = { queue_id: workload.queue_id, cluster_id: workload.cluster_id }
  await store(ctx)
    .insertInto('compute.used')
    .values({ ...row, amount, at: ctx.now })
    .onConflict((conflict) =>
      conflict.columns(['queue_id', 'cluster_id']).doUpdateSet({ amount, at: ctx.now }),
    )
    .execute()
}
