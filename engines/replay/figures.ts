// What a course comes to in the figures that the literature compares schedulers by.
import { type Course, takenOf } from './course.ts'

const FLOOR_MS = 10_000

export interface Figures {
  jobs: number
  /** Could never start: larger than the machine, or than what one may use of it. */
  neverStarted: number
  meanWaitSeconds: number
  p50WaitSeconds: number
  p95WaitSeconds: number
  meanBoundedSlowdown: number
  /** Share of the machine in use from the first submission to the last end. */
  utilisation: number
  /** Jain's index over users of the mean of 1 / slowdown: 1 when all were slowed down alike. */
  fairness: number
}

export function boundedSlowdown(waitMs: number, runMs: number): number {
  return Math.max(1, (waitMs + runMs) / Math.max(runMs, FLOOR_MS))
}

/** Waits are of those that started; nothing that never did is counted as a short wait. */
export function figuresOf({ tasks, waits, size }: Course): Figures {
  const sorted = waits.filter(Number.isFinite).sort()
  const started = sorted.length
  const at = (share: number) => (sorted[Math.floor(share * (started - 1))] ?? 0) / 1_000
  const users = new Map<string, { sum: number; count: number }>()
  let slowdowns = 0
  let busy = 0
  let last = 0
  for (const [nth, { pending, runMs }] of tasks.entries()) {
    const wait = waits[nth]!
    const slowdown = boundedSlowdown(wait, runMs)
    const of = users.get(pending.queueId) ?? { sum: 0, count: 0 }
    users.set(pending.queueId, { sum: of.sum + 1 / slowdown, count: of.count + 1 })
    if (wait === Number.POSITIVE_INFINITY) continue
    slowdowns += slowdown
    busy += runMs * takenOf(pending.gang)
    last = Math.max(last, pending.submittedAt + wait + runMs)
  }
  const means = [...users.values()].map(({ sum, count }) => sum / count)
  const total = means.reduce((sum, mean) => sum + mean, 0)
  const squares = means.reduce((sum, mean) => sum + mean * mean, 0)
  const span = last - (tasks[0]?.pending.submittedAt ?? 0)
  return {
    jobs: tasks.length,
    neverStarted: tasks.length - started,
    meanWaitSeconds: sorted.reduce((sum, wait) => sum + wait, 0) / Math.max(1, started) / 1_000,
    p50WaitSeconds: at(0.5),
    p95WaitSeconds: at(0.95),
    meanBoundedSlowdown: slowdowns / Math.max(1, started),
    utilisation: span > 0 ? busy / (span * size) : 0,
    fairness: squares > 0 ? total ** 2 / (means.length * squares) : 1,
  }
}
