// How good start estimates are: some jobs of a log are told a range when they come, and then watched.
import { type Arrivals, forecast } from '#engines/scheduling/forecast.ts'
import { draw } from '#engines/scheduling/seed.ts'
import type { State } from '#engines/scheduling/state.ts'
import type { Policy } from '#engines/scheduling/types.ts'
import type { Task, Watcher } from './course.ts'

export interface Sampling {
  /** Of all jobs that wait after the cycle they came with: how many are told a range, 0 to 1. */
  share: number
  seed: number
  /** Futures tried for each. */
  runs: number
  /** Recent jobs that come again in each future: those of so long. */
  arrivalsMs: number
  /** What starts later than this is not told. */
  horizonMs: number
}

export interface EstimateFigures {
  /** How many were told a range, waited a minute or more, and started. */
  sampled: number
  /** Of |estimate - actual wait| / actual wait, which counts as a minute at least. */
  medianRelativeError: number | null
  /** Share of those whose start lay in the 80 % range. */
  coverage80: number | null
}

/** Recorded shares that are remembered: of one user, and of all. */
const [OWN, ALL] = [40, 400]
/** A user with fewer is forecast as everybody is. */
const ENOUGH = 8
const MINUTE_MS = 60_000
/** So many outcomes are looked back on, and fewer than these say nothing yet. */
const [REMEMBERED, LEAST] = [100, 10]

interface Told {
  at: number
  /** As the futures had it. */
  raw: Wait
  /** After what was learned from earlier outcomes. */
  told: Wait
}

/** Waits in milliseconds that 10, 50 and 90 % of the futures, or of outcomes, stay below. */
interface Wait {
  low: number
  middle: number
  high: number
}

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}

/** How far a wait lies from another, as the logarithm of their ratio; a minute is added to both. */
const apart = (one: number, other: number): number =>
  Math.log((one + MINUTE_MS) / (other + MINUTE_MS))

const stretched = (wait: number, by: number): number =>
  Math.max(0, (wait + MINUTE_MS) * Math.exp(by) - MINUTE_MS)

/**
 * Widens or narrows ranges by how earlier ones turned out (conformal quantile regression, Romano et
 * al. 2019): after this, one outcome in ten lies below and one above, as far as the past is a guide.
 */
class Calibration {
  private readonly outcomes: { low: number; middle: number; high: number }[] = []

  learn(raw: Wait, actual: number): void {
    const { low, middle, high } = raw
    this.outcomes.push({
      low: apart(actual, low),
      middle: apart(actual, middle),
      high: apart(actual, high),
    })
    if (this.outcomes.length > REMEMBERED) this.outcomes.shift()
  }

  apply(raw: Wait): Wait {
    if (this.outcomes.length < LEAST) return raw
    const of = (end: keyof Wait, share: number) =>
      quantile(
        this.outcomes.map((one) => one[end]),
        share,
      )
    const middle = stretched(raw.middle, of('middle', 0.5))
    const low = stretched(raw.low, of('low', 0.1))
    const high = stretched(raw.high, of('high', 0.9))
    return { low: Math.min(low, middle), middle, high: Math.max(high, middle) }
  }
}

/** The last so many values, oldest overwritten first. */
class Recent {
  private readonly values: number[] = []
  private next = 0
  private readonly most: number
  constructor(most: number) {
    this.most = most
  }
  add(value: number): void {
    this.values[this.next] = value
    this.next = (this.next + 1) % this.most
  }
  get all(): readonly number[] {
    return this.values
  }
}

/** Tells ranges with nothing but what was known at the time. */
export class Estimates implements Watcher {
  private readonly policy: Policy
  private readonly sampling: Sampling
  private readonly shares = new Recent(ALL)
  private readonly sharesOf = new Map<string, Recent>()
  private recent: Task[] = []
  private readonly told = new Map<string, Told>()
  private readonly started = new Map<string, number>()
  private readonly calibration = new Calibration()
  private luck: ReturnType<typeof draw>

  constructor(policy: Policy, sampling: Sampling) {
    this.policy = policy
    this.sampling = sampling
    this.luck = draw(sampling.seed)
  }

  ended({ pending, runMs }: Task): void {
    const share = runMs / pending.limitMs
    this.shares.add(share)
    const own = this.sharesOf.get(pending.queueId) ?? new Recent(OWN)
    this.sharesOf.set(pending.queueId, own)
    own.add(share)
  }

  cycle(state: State, came: readonly Task[], started: readonly Task[]): void {
    this.recent.push(...came)
    for (const { pending } of started) this.came(pending.id, state.now)
    const at = new Set(started)
    for (const task of came) {
      if (at.has(task)) continue
      this.luck = draw(this.luck.state)
      if (this.luck.value < this.sampling.share) this.tell(state, task.pending.id)
    }
  }

  /** A job that was told a range has started. */
  private came(id: string, now: number): void {
    const told = this.told.get(id)
    if (!told) return
    this.started.set(id, now)
    const actual = now - told.at
    if (actual >= MINUTE_MS) this.calibration.learn(told.raw, actual)
  }

  private arrivals(now: number): Arrivals {
    const { arrivalsMs: spanMs } = this.sampling
    this.recent = this.recent.filter(({ pending }) => pending.submittedAt > now - spanMs)
    return { jobs: this.recent.map(({ pending }) => pending), spanMs }
  }

  private tell(state: State, id: string): void {
    const { runs, horizonMs } = this.sampling
    const sharesOf = new Map(
      [...this.sharesOf].flatMap(([user, { all }]) => (all.length < ENOUGH ? [] : [[user, all]])),
    )
    const [found] = forecast(state.snapshot(), this.policy, [id], {
      shares: this.shares.all,
      sharesOf,
      arrivals: this.arrivals(state.now),
      runs,
      horizonMs,
    })
    const wait = (start: number | null) => (start === null ? horizonMs : start - state.now)
    const raw = {
      low: wait(found!.earliest),
      middle: wait(found!.median),
      high: wait(found!.latest),
    }
    this.told.set(id, { at: state.now, raw, told: this.calibration.apply(raw) })
  }

  figures(): EstimateFigures {
    const errors: number[] = []
    let covered = 0
    for (const [id, { at, told }] of this.told) {
      const start = this.started.get(id)
      if (start === undefined || start - at < MINUTE_MS) continue
      const actual = start - at
      errors.push(Math.abs(told.middle - actual) / Math.max(actual, MINUTE_MS))
      if (told.low <= actual && actual <= told.high) covered++
    }
    errors.sort((a, b) => a - b)
    const sampled = errors.length
    return {
      sampled,
      medianRelativeError: errors[sampled >> 1] ?? null,
      coverage80: sampled === 0 ? null : covered / sampled,
    }
  }
}
