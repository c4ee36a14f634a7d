// Two courses of one day side by side: figures, waits, what was in use hour by hour, who gained.
import { type Course, takenOf } from './course.ts'
import { type Figures, figuresOf } from './figures.ts'

const MINUTE_MS = 60_000
/** Upper bounds of the classes of waits, in milliseconds; the last class has none. */
export const waitClasses = [1, 10, 60, 240, 720].map((minutes) => minutes * MINUTE_MS)
/** Points of a curve. */
const POINTS = 120
/** Jobs and users that are told one by one. */
const TOLD = 10

export interface Side {
  figures: Figures
  /** Jobs by how long they waited, one class more than bounds; what never started is in the last. */
  classes: readonly number[]
  /** How many waited, and the share of the machine in use, on average within each step. */
  waiting: readonly number[]
  use: readonly number[]
}

export interface JobChange {
  id: string
  user: string
  submittedAt: number
  runMs: number
  /** On either side; null: never started. */
  waitsMs: readonly [number | null, number | null]
}

export interface UserChange {
  user: string
  jobs: number
  /** Means of those that started on both sides; null where none did. */
  waitsMs: readonly [number | null, number | null]
}

export interface Comparison {
  sides: readonly [Side, Side]
  /** Milliseconds from the first submission: each curve has a point in the middle of every step. */
  stepMs: number
  from: number
  /** How many start earlier on the second side, later, or within a minute as on the first. */
  earlier: number
  later: number
  alike: number
  /** Those whose wait changed most, the largest change first. */
  jobs: readonly JobChange[]
  users: readonly UserChange[]
}

/** Adds an amount over [from, to) to steps of equal length, as a share of each step. */
function spread(steps: Float64Array, stepMs: number, from: number, to: number, by: number): void {
  const last = Math.min(steps.length - 1, Math.floor(to / stepMs))
  for (let nth = Math.max(0, Math.floor(from / stepMs)); nth <= last; nth++) {
    const overlap = Math.min(to, (nth + 1) * stepMs) - Math.max(from, nth * stepMs)
    if (overlap > 0) steps[nth]! += (by * overlap) / stepMs
  }
}

function sideOf(course: Course, from: number, stepMs: number): Side {
  const { tasks, waits, size } = course
  const waiting = new Float64Array(POINTS)
  const use = new Float64Array(POINTS)
  const classes = Array.from({ length: waitClasses.length + 1 }, () => 0)
  for (const [nth, { pending, runMs }] of tasks.entries()) {
    const wait = waits[nth]!
    const came = pending.submittedAt - from
    const found = waitClasses.findIndex((bound) => wait < bound)
    classes[found < 0 ? waitClasses.length : found]! += 1
    spread(waiting, stepMs, came, Math.min(came + wait, POINTS * stepMs), 1)
    if (wait === Number.POSITIVE_INFINITY) continue
    spread(use, stepMs, came + wait, came + wait + runMs, takenOf(pending.gang) / size)
  }
  return { figures: figuresOf(course), classes, waiting: [...waiting], use: [...use] }
}

/** When the last job that started was over, counted from a moment. */
function lengthOf({ tasks, waits }: Course, from: number): number {
  return tasks.reduce((most, { pending, runMs }, nth) => {
    const wait = waits[nth]!
    return wait === Number.POSITIVE_INFINITY
      ? most
      : Math.max(most, pending.submittedAt + wait + runMs - from)
  }, 0)
}

const told = (wait: number) => (wait === Number.POSITIVE_INFINITY ? null : wait)
/** What never started counts as a longer wait than any other. */
const change = ({ waitsMs: [a, b] }: { waitsMs: readonly [number | null, number | null] }) => {
  if (a === null && b === null) return 0
  if (a === null || b === null) return Number.POSITIVE_INFINITY
  return Math.abs(a - b)
}

function usersOf(first: Course, second: Course): UserChange[] {
  const sums = new Map<string, { jobs: number; both: number; a: number; b: number }>()
  for (const [nth, { pending }] of first.tasks.entries()) {
    const of = sums.get(pending.queueId) ?? { jobs: 0, both: 0, a: 0, b: 0 }
    sums.set(pending.queueId, of)
    of.jobs++
    const [a, b] = [first.waits[nth]!, second.waits[nth]!]
    if (!Number.isFinite(a) || !Number.isFinite(b)) continue
    of.both++
    of.a += a
    of.b += b
  }
  return [...sums].map(([user, { jobs, both, a, b }]) => {
    const mean = (sum: number) => (both === 0 ? null : sum / both)
    return { user, jobs, waitsMs: [mean(a), mean(b)] }
  })
}

const most = <T extends { waitsMs: readonly [number | null, number | null] }>(all: T[]): T[] =>
  all
    .filter((one) => change(one) >= MINUTE_MS)
    .sort((a, b) => change(b) - change(a) || 0)
    .slice(0, TOLD)

/** Both of the same day: the same tasks in the same order. */
export function compare(first: Course, second: Course): Comparison {
  const from = first.tasks[0]?.pending.submittedAt ?? 0
  const length = Math.max(lengthOf(first, from), lengthOf(second, from), MINUTE_MS)
  const stepMs = length / POINTS
  let earlier = 0
  let later = 0
  const jobs = first.tasks.map(({ pending, runMs }, nth): JobChange => {
    const [a, b] = [first.waits[nth]!, second.waits[nth]!]
    if (a - b >= MINUTE_MS) earlier++
    if (b - a >= MINUTE_MS) later++
    const { id, queueId: user, submittedAt } = pending
    return { id, user, submittedAt, runMs, waitsMs: [told(a), told(b)] }
  })
  return {
    sides: [sideOf(first, from, stepMs), sideOf(second, from, stepMs)],
    stepMs,
    from,
    earlier,
    later,
    alike: jobs.length - earlier - later,
    jobs: most(jobs),
    users: most(usersOf(first, second)),
  }
}
