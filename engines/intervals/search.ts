// The earliest time at which a gang of tasks fits somewhere, together with all pooled constraints.
import type { ExactLane, Need, PooledLane } from './lanes.ts'
import type { Fit, FitRequest, NoFit, Taking } from './types.ts'

type Lane = ExactLane | PooledLane

/** A pooled constraint: this much of it, once. */
export interface Also {
  lane: PooledLane
  units: number
}

/** From `start` on, the earliest moment at which all constraints hold; Infinity: never. */
type Gate = (start: number) => number

function gateOf(also: readonly Also[], duration: number, latest: number): Gate {
  // Between a question and its answer, the answer stays the same.
  let asked = Infinity
  let answer = -1
  return (from) => {
    if (asked <= from && from <= answer) return answer
    let start = from
    for (let before = -1; start !== before && start !== Infinity; ) {
      before = start
      for (const { lane, units } of also) {
        start = lane.earliest({ units, duration, consecutive: false }, start, latest)
        if (start === Infinity) break
      }
    }
    asked = from
    answer = start
    return start
  }
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

/** Several: from one change of room to the next, looking only at lanes that already have some. */
function earliestGang({ need, tasks, lanes, gate, from, latest }: Search): Found | null {
  const agenda = new Agenda()
  const atOnce: Lane[] = []
  let total = 0
  for (const [nth, lane] of lanes.entries()) {
    const start = lane.earliest(need, from, latest)
    if (start > latest) continue
    agenda.push(start, nth)
    if (start > from) continue
    atOnce.push(lane)
    total += lane.room(need, from).tasks
    if (total >= tasks) return { start: from, lanes: atOnce }
  }
  const rooms = new Map<number, number>()
  const withRoom = () =>
    [...rooms.entries()]
      .filter(([, room]) => room > 0)
      .sort(([a], [b]) => a - b)
      .map(([nth]) => lanes[nth]!)
  total = 0
  while (agenda.next <= latest) {
    const now = agenda.next
    while (agenda.next === now) {
      const nth = agenda.pop()
      const lane = lanes[nth]!
      const room = lane.room(need, now)
      total += room.tasks - (rooms.get(nth) ?? 0)
      rooms.set(nth, room.tasks)
      const next = room.tasks > 0 ? room.until : lane.earliest(need, now + 1, latest)
      if (next <= latest) agenda.push(next, nth)
    }
    if (total < tasks) continue
    const open = gate(now)
    if (open > latest) return null
    // Room stays as it is until the next entry of the agenda.
    if (open < agenda.next) return { start: open, lanes: withRoom() }
  }
  return null
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
  const small = also.find((one) => one.units > one.lane.resource.units)
  if (small) return none('quota', small.lane.resource.id)
  let most = 0
  for (let nth = 0; nth < lanes.length && most < tasks; nth++) most += lanes[nth]!.most(need)
  if (most < tasks) return none('too-large')

  const gate = gateOf(also, duration, latest)
  const open = gate(from)
  if (open > latest) return none('no-time')
  const plan: Search = { need, tasks, lanes, gate, from: open, latest }
  const found = tasks === 1 ? earliestOne(plan) : earliestGang(plan)
  if (found === null) return none('no-time')
  return { from: found.start, placements: place(plan, found) }
}
