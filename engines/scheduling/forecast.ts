// When a waiting workload will start: the same scheduler run forward many times on a virtual clock.
import { Cycle } from './cycle.ts'
import { Ends } from './ends.ts'
import { draw } from './seed.ts'
import { State } from './state.ts'
import type { Pending, Policy, Snapshot } from './types.ts'
import { validate, validatePolicy } from './validate.ts'

export interface Expectations {
  /** Recorded shares of their limits that jobs really ran, in any order; none: all run to it. */
  shares: readonly number[]
  /** How many futures are tried. */
  runs: number
  /** What starts later than this is not told. */
  horizonMs: number
}

export interface Forecast {
  workloadId: string
  /** Instants that 10, 50 and 90 % of the tried futures start it by; null: beyond the horizon. */
  earliest: number | null
  median: number | null
  latest: number | null
}

/** What a job that has run for `ranMs` will have run in all, at most its limit. */
function runMs(limitMs: number, ranMs: number, shares: readonly number[], luck: number): number {
  const able = shares.filter((share) => share * limitMs > ranMs)
  if (able.length === 0) return limitMs
  return Math.max(ranMs + 1, Math.ceil(able[Math.floor(luck * able.length)]! * limitMs))
}

/** One future: when each of the targets starts. */
function future(
  snapshot: Snapshot,
  policy: Policy,
  targets: ReadonlySet<string>,
  expectations: Expectations,
  seed: number,
): Map<string, number> {
  const { shares, horizonMs } = expectations
  const state = new State(snapshot, { ...policy, explain: false })
  const limits = new Map<string, Pending>(snapshot.pending.map((one) => [one.id, one]))
  const starts = new Map<string, number>()
  const ends = new Ends()
  let luck = draw(seed)
  const roll = () => {
    luck = draw(luck.state)
    return luck.value
  }
  for (const { id, slot, leavingBy } of snapshot.running) {
    const ran = Math.max(0, snapshot.now - slot.from)
    const until = slot.from + runMs(slot.to - slot.from, ran, shares, roll())
    ends.push({ at: Math.max(snapshot.now + 1, Math.min(until, leavingBy ?? until)), id })
  }
  let now = snapshot.now
  while (starts.size < targets.size && now <= snapshot.now + horizonMs) {
    for (const { workloadId, slot } of new Cycle(state).run().placements) {
      if (targets.has(workloadId)) starts.set(workloadId, now)
      const { limitMs } = limits.get(workloadId)!
      const length = Math.min(runMs(limitMs, 0, shares, roll()), slot.to - slot.from)
      ends.push({ at: now + length, id: workloadId })
    }
    now = Math.min(ends.first(), state.nextChange())
    if (now === Number.POSITIVE_INFINITY) break
    state.advance(now)
    while (ends.first() <= now) state.suspend(ends.pop().id)
  }
  return starts
}

/**
 * Starts of the targets if nobody else submitted anything: who arrives later and has used less may
 * still go first, so the range is a statement about the present queue.
 */
export function forecast(
  snapshot: Snapshot,
  policy: Policy,
  targets: readonly string[],
  expectations: Expectations,
): Forecast[] {
  validate(snapshot)
  validatePolicy(policy)
  const calm = { ...policy, preemption: { ...policy.preemption, enabled: false } }
  const wanted = new Set(targets)
  const tried = Array.from({ length: expectations.runs }, (_, nth) =>
    future(snapshot, calm, wanted, expectations, snapshot.seed * 7919 + nth),
  )
  return targets.map((workloadId) => {
    const starts = tried
      .map((run) => run.get(workloadId) ?? Number.POSITIVE_INFINITY)
      .sort((a, b) => a - b)
    const at = (share: number) => {
      const start = starts[Math.min(starts.length - 1, Math.floor(share * starts.length))]!
      return start === Number.POSITIVE_INFINITY ? null : start
    }
    return { workloadId, earliest: at(0.1), median: at(0.5), latest: at(0.9) }
  })
}
