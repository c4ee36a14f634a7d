// The earliest time at which a gang of tasks fits somewhere, together with all pooled constraints.
import type { ExactLane, Need, PooledLane } from './lanes.ts'
import type { Fit, FitRequest, NoFit, Taking } from './types.ts'

type Lane = ExactLane | PooledLane

/** A pooled constraint, as `Draw` describes it. */
export interface Also {
  lane: PooledLane
  units: number
  first: boolean
  keep: number
}

/** From `start` on, the earliest moment at which all constraints hold; Infinity: never. */
type Gate = (start: number) => number

/** What is drawn from each constraint at a start, or the next start that is worth a try. */
function drawAt(also: readonly Also[], duration: number, start: number, latest: number) {
  const drawn: number[] = []
  let taken = 0
  /** Until then, what is taken first does not get more. */
  let steady = Infinity
  for (const { lane, units, first, keep } of also) {
    const rest = Math.max(0, units - taken)
    if (first) {
      const spare = lane.spare(duration, start)
      const part = Math.min(rest, Math.max(0, spare.units - keep))
      if (part < rest) steady = Math.min(steady, spare.until)
      taken += part
      drawn.push(part)
      continue
    }
    drawn.push(rest)
    if (rest === 0) continue
    const need = { units: rest + keep, duration, consecutive: false }
    const open = lane.earliest(need, start, latest)
    if (open !== start) return { next: Math.min(open, steady) }
  }
  return { drawn }
}

function gateOf(also: readonly Also[], duration: number, latest: number): Gate {
  // Between a question and its answer, the answer stays the same.
  let asked = Infinity
  let answer = -1
  return (from) => {
    if (asked <= from && from <= answer) return answer
    let start = from
    while (start <= latest) {
      const { next } = drawAt(also, duration, start, latest)
      if (next === undefined) break
      start = next
    }
    asked = from
    answer = start <= latest ? start : Infinity
    return answer
  }
}

/** The first constraint that could not even be met if nothing were taken. */
function smallest(also: readonly Also[]): Also | undefined {
  let first = 0
  return also.find((one) => {
    const size = one.lane.resource.units - one.keep
    if (!one.first) return one.units - first > Math.max(0, size)
    first += Math.max(0, size)
    return false
  })
}

/** Entries by time, the earliest first. */
class Agenda {
  readonly #times: number[] = []
  readonly #lanes: number[] = []

  get next(): number {
    return this.#times[0] ?? Infinity
  }

  push(time: number, lane: number): void {
    let here = this.#times.length
    while (here > 0) {
      const parent = (here - 1) >>> 1
      if (this.#times[parent]! <= time) break
      this.#times[here] = this.#times[parent]!
      this.#lanes[here] = this.#lanes[parent]!
      here = parent
    }
    this.#times[here] = time
    this.#lanes[here] = lane
  }

  pop(): number {
    const lane = this.#lanes[0]!
    const time = this.#times.pop()!
    const last = this.#lanes.pop()!
    const count = this.#times.length
    let here = 0
    while (count > 0) {
      let child = 2 * here + 1
      if (child >= count) break
      if (child + 1 < count && this.#times[child + 1]! < this.#times[child]!) child++
      if (this.#times[child]! >= time) break
      this.#times[here] = this.#times[child]!
      this.#lanes[here] = this.#lanes[child]!
      here = child
    }
    if (count > 0) {
      this.#times[here] = time
      this.#lanes[here] = last
    }
    return lane
  }
}

interface Search {
  need: Need
  tasks: number
  lanes: readonly Lane[]
  gate: Gate
  from: number
  latest: number
}

/** When, and on which lanes there is room then (in order of preference). */
interface Found {
  start: number
  lanes: Lane[]
}

/** One task: lane by lane, each only where it is earlier than the best so far. */
function earliestOne({ need, lanes, gate, from, latest }: Search): Found | null {
  let found: Found | null = null
  for (const lane of lanes) {
    const last: number = found === null ? latest : found.start - 1
    let start: number = lane.earliest(need, from, last)
    while (start <= last) {
      const open = gate(start)
      if (open === start) {
        found = { start, lanes: [lane] }
        break
      }
      start = lane.earliest(need, open, last)
    }
    if (found?.start === from) break
  }
  return found
}

/**
 * Several: goes from one change of room to the next, looking only at lanes that already have some.
 * It looks a little ahead, then four times as far, so that near answers are quick.
 */
class GangSearch {
  readonly #plan: Search
  readonly #agenda = new Agenda()
  /** Tasks that fit now, by lane. */
  readonly #rooms = new Map<number, number>()
  #total = 0
  /** Lanes without room as far as was looked. */
  #waiting: number[]

  constructor(plan: Search) {
    this.#plan = plan
    this.#waiting = plan.lanes.map((_, nth) => nth)
  }

  run(): Found | null {
    const { lanes, need, from, latest } = this.#plan
    const last = lanes.reduce((last, lane) => Math.max(last, lane.lastChange), 0)
    let looked = from - 1
    for (let span = need.duration; ; span *= 4) {
      const ahead = from + span > last ? latest : Math.min(from + span, latest)
      const found = this.#lookAhead(looked + 1, ahead) ?? this.#walk(ahead)
      if (found === 'never') return null
      if (found || ahead === latest) return found
      looked = ahead
    }
  }

  /** Puts lanes on the agenda that have room in [from, to]; ends as soon as there is enough at once. */
  #lookAhead(from: number, to: number): Found | null {
    const { need, tasks, lanes } = this.#plan
    const atOnce: Lane[] = []
    const waiting: number[] = []
    let total = 0
    for (const nth of this.#waiting) {
      const lane = lanes[nth]!
      const start = lane.earliest(need, from, to)
      if (start > to) waiting.push(nth)
      else this.#agenda.push(start, nth)
      if (start !== this.#plan.from) continue
      atOnce.push(lane)
      total += lane.room(need, start).tasks
      if (total >= tasks) return { start, lanes: atOnce }
    }
    this.#waiting = waiting
    return null
  }

  /** Follows the agenda up to a moment. never: the constraints do not hold again. */
  #walk(to: number): Found | null | 'never' {
    const { tasks, gate, latest } = this.#plan
    while (this.#agenda.next <= to) {
      const now = this.#agenda.next
      while (this.#agenda.next === now) this.#update(this.#agenda.pop(), now, to)
      if (this.#total < tasks) continue
      const open = gate(now)
      if (open > latest) return 'never'
      // Room shrinks at entries of the agenda only.
      if (open < this.#agenda.next) return { start: open, lanes: this.#withRoom() }
    }
    return null
  }

  #update(nth: number, now: number, to: number): void {
    const { need, lanes } = this.#plan
    const lane = lanes[nth]!
    const room = lane.room(need, now)
    this.#total += room.tasks - (this.#rooms.get(nth) ?? 0)
    this.#rooms.set(nth, room.tasks)
    const next = room.tasks > 0 ? room.until : lane.earliest(need, now + 1, to)
    if (next === Infinity) this.#waiting.push(nth)
    else this.#agenda.push(next, nth)
  }

  #withRoom(): Lane[] {
    const found = [...this.#rooms].filter(([, tasks]) => tasks > 0).sort(([a], [b]) => a - b)
    return found.map(([nth]) => this.#plan.lanes[nth]!)
  }
}

function place({ need, tasks }: Search, { start, lanes }: Found): Taking[] {
  const placements: Taking[] = []
  for (const lane of lanes) {
    if (placements.length === tasks) break
    placements.push(...lane.place(need, start, tasks - placements.length))
  }
  return placements
}

function largestOf(need: Need, lanes: readonly Lane[]): NoFit['largest'] {
  let tasks = 0
  let units = 0
  for (const lane of lanes) {
    tasks += lane.most(need)
    units = Math.max(units, lane.resource.units)
  }
  return { tasks, units }
}

/** Carries out a request on the lanes it names, in order of preference. */
export function search(
  request: FitRequest,
  lanes: readonly Lane[],
  also: readonly Also[],
): Fit | NoFit {
  const { tasks, units, duration, from } = request
  const need: Need = { units, duration, consecutive: request.consecutive ?? false }
  const latest = request.latest ?? Number.MAX_SAFE_INTEGER - duration
  const none = (why: NoFit['none'], resource?: string): NoFit => ({
    none: why,
    ...(resource === undefined ? {} : { resource }),
    largest: largestOf(need, lanes),
  })
  const small = smallest(also)
  if (small) return none('quota', small.lane.resource.id)
  let most = 0
  for (let nth = 0; nth < lanes.length && most < tasks; nth++) most += lanes[nth]!.most(need)
  if (most < tasks) return none('too-large')

  const gate = gateOf(also, duration, latest)
  const open = gate(from)
  if (open > latest) return none('no-time')
  const plan: Search = { need, tasks, lanes, gate, from: open, latest }
  const found = tasks === 1 ? earliestOne(plan) : new GangSearch(plan).run()
  if (found === null) return none('no-time')
  const fit: Fit = { from: found.start, placements: place(plan, found) }
  if (also.length === 0) return fit
  const { drawn } = drawAt(also, duration, found.start, latest)
  fit.drawn = also.map(({ lane }, nth) => ({ resource: lane.resource.id, amount: drawn![nth]! }))
  return fit
}
