// When a waiting workload will start: the same scheduler run forward many times on a virtual clock.
import { Cycle } from './cycle.ts'
import { Ends } from './ends.ts'
import { draw } from './seed.ts'
import { State } from './state.ts'
import type { Pending, Policy, Snapshot } from './types.ts'
import { validate, validatePolicy } from './validate.ts'

/** Who came lately, in the order of time: in each future they come again, from another moment on. */
export interface Arrivals {
  jobs: readonly Pending[]
  /** The span of time that they came in, up to now. */
  spanMs: number
}

export interface Expectations {
  /** Recorded shares of their limits that jobs really ran, in any order; none: all run to it. */
  shares: readonly number[]
  /** The same for single queues, where enough is known of them. */
  sharesOf?: ReadonlyMap<string, readonly number[]>
  /** Missing: nobody else submits anything. */
  arrivals?: Arrivals
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

/** How long jobs run of their limits, drawn from what is recorded. */
class RunTimes {
  private readonly all: readonly number[]
  private readonly of: ReadonlyMap<string, readonly number[]>

  constructor({ shares, sharesOf }: Expectations) {
    const sorted = (some: readonly number[]) => [...some].sort((a, b) => a - b)
    this.all = sorted(shares)
    this.of = new Map([...(sharesOf ?? [])].map(([id, some]) => [id, sorted(some)]))
  }

  /** What a job that has run for `ranMs` will have run in all, at most its limit. */
  draw(queueId: string, limitMs: number, ranMs: number, luck: number): number {
    const own = this.from(this.of.get(queueId) ?? this.all, limitMs, ranMs, luck)
    const found = own ?? this.from(this.all, limitMs, ranMs, luck)
    return found === null ? limitMs : Math.max(ranMs + 1, Math.ceil(found * limitMs))
  }

  /** One of the shares that are longer than what it has run, or null where there is none. */
  private from(
    shares: readonly number[],
    limitMs: number,
    ranMs: number,
    luck: number,
  ): number | null {
    let low = 0
    let high = shares.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (shares[middle]! * limitMs > ranMs) high = middle
      else low = middle + 1
    }
    return low === shares.length ? null : shares[low + Math.floor(luck * (shares.length - low))]!
  }
}

/** Recent arrivals once more, and again after that, beginning at some moment of theirs. */
function* comingBack({ jobs, spanMs }: Arrivals, now: number, luck: number): Generator<Pending> {
  if (jobs.length === 0) return
  const shift = Math.floor(luck * spanMs)
  const offsets = jobs
    .map((job) => ({ job, at: (job.submittedAt - (now - spanMs) - shift + spanMs) % spanMs }))
    .sort((a, b) => a.at - b.at)
  for (let round = 0; ; round++) {
    for (const [nth, { job, at }] of offsets.entries()) {
      const submittedAt = now + 1 + round * spanMs + at
      yield { ...job, id: `arrival ${round} ${nth}`, submittedAt, promise: null, displacedBy: [] }
    }
  }
}

/** One future: when each of the targets starts. */
function future(
  snapshot: Snapshot,
  policy: Policy,
  targets: ReadonlySet<string>,
  expectations: Expectations,
  times: RunTimes,
  seed: number,
): Map<string, number> {
  const { arrivals, horizonMs } = expectations
  const state = new State(snapshot, { ...policy, explain: false })
  const known = new Map<string, Pending>(snapshot.pending.map((one) => [one.id, one]))
  const starts = new Map<string, number>()
  const ends = new Ends()
  let luck = draw(seed)
  const roll = () => {
    luck = draw(luck.state)
    return luck.value
  }
  for (const { id, queueId, slot, leavingBy } of snapshot.running) {
    const ran = Math.max(0, snapshot.now - slot.from)
    const until = slot.from + times.draw(queueId, slot.to - slot.from, ran, roll())
    ends.push({ at: Math.max(snapshot.now + 1, Math.min(until, leavingBy ?? until)), id })
  }
  const coming = arrivals ? comingBack(arrivals, snapshot.now, roll()) : null
  let next = coming?.next().value ?? null
  let now = snapshot.now
  while (starts.size < targets.size && now <= snapshot.now + horizonMs) {
    for (const { workloadId, slot } of new Cycle(state).run().placements) {
      if (targets.has(workloadId)) starts.set(workloadId, now)
      const { queueId, limitMs } = known.get(workloadId)!
      const length = Math.min(times.draw(queueId, limitMs, 0, roll()), slot.to - slot.from)
      ends.push({ at: now + length, id: workloadId })
    }
    now = Math.min(ends.first(), state.nextChange(), next?.submittedAt ?? Number.POSITIVE_INFINITY)
    if (now === Number.POSITIVE_INFINITY) break
    state.advance(now)
    while (ends.first() <= now) state.suspend(ends.pop().id)
    while (next && next.submittedAt <= now) {
      known.set(next.id, next)
      state.submit(next)
      next = coming!.next().value ?? null
    }
  }
  return starts
}

/**
 * Starts of the targets in futures like the recent past. Where no arrivals are given nobody else
 * submits anything: who comes later and has used less may then still go first.
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
  const times = new RunTimes(expectations)
  const tried = Array.from({ length: expectations.runs }, (_, nth) =>
    future(snapshot, calm, wanted, expectations, times, snapshot.seed * 7919 + nth),
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
