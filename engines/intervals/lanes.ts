// One resource in a search: from when tasks of a size fit on it, how many, and on which units.
import { type Flat, lowest, minus, sizeOf, unflatten } from './ranges.ts'
import { Sums, Units } from './timeline.ts'
import { FOREVER, type Resource, type Taking } from './types.ts'

/** What each task of a request needs of its resource. */
export interface Need {
  units: number
  duration: number
  consecutive: boolean
}

/** How many tasks fit when they start at a moment, and from when on that may be different. */
export interface Room {
  tasks: number
  until: number
}

interface Lane {
  resource: Resource
  /** How many tasks fit when nothing is taken. */
  most(need: Need): number
  /** The earliest start in [from, latest] for at least one task; else Infinity. */
  earliest(need: Need, from: number, latest: number): number
  room(need: Need, start: number): Room
  /** After it nothing changes any more. */
  readonly lastChange: number
  /** Places up to `tasks` tasks; as many as there is room for. */
  place(need: Need, start: number, tasks: number): Taking[]
}

/** Of pooled resources only the sum counts. */
export class PooledLane implements Lane {
  resource: Resource
  readonly sums = new Sums()

  constructor(resource: Resource) {
    this.resource = resource
  }

  get lastChange(): number {
    return this.sums.times.at(-1)!
  }

  most({ units }: Need): number {
    return Math.floor(this.resource.units / units)
  }

  earliest({ units, duration }: Need, from: number, latest: number): number {
    const last = Math.min(latest, this.resource.openUntil - duration)
    return this.sums.earliest(from, last, duration, this.resource.units - units)
  }

  /** What stays free through a duration, at least; until `until` no later start finds more. */
  spare(duration: number, start: number): { units: number; until: number } {
    if (start > this.resource.openUntil - duration) return { units: 0, until: FOREVER }
    const { most, until } = this.sums.peak(start, start + duration)
    return { units: Math.max(0, this.resource.units - most), until }
  }

  room({ units, duration }: Need, start: number): Room {
    if (start > this.resource.openUntil - duration) return { tasks: 0, until: FOREVER }
    const free = this.resource.units - this.sums.most(start, start + duration)
    const until = Math.min(
      this.sums.nextChange(start, duration),
      this.resource.openUntil - duration + 1,
    )
    return { tasks: Math.max(0, Math.floor(free / units)), until }
  }

  place(need: Need, start: number, tasks: number): Taking[] {
    const count = Math.min(tasks, this.room(need, start).tasks)
    return Array.from({ length: count }, () => ({
      resource: this.resource.id,
      amount: need.units,
    }))
  }
}

/** Of exact resources each grain has a timeline of its own, and all together one of grains in use. */
export class ExactLane implements Lane {
  resource: Resource
  readonly grains: Units[] = []
  /** How many grains are not wholly free: what a search over whole grains looks at first. */
  inUse = new Sums()
  /** All units of a grain; one list for all that take a whole grain. */
  readonly whole: Flat

  constructor(resource: Resource) {
    this.resource = resource
    this.whole = [0, resource.grain]
    this.grain(this.count - 1)
  }

  /** How many grains there are now; timelines beyond belong to a larger past. */
  get count(): number {
    return this.resource.units / this.resource.grain
  }

  grain(nth: number): Units {
    while (this.grains.length <= nth) this.grains.push(new Units())
    return this.grains[nth]!
  }

  /** After the number of units has changed. */
  resize(resource: Resource): void {
    this.resource = resource
    this.grain(this.count - 1)
    this.inUse = new Sums()
    for (const grain of this.grains.slice(0, this.count)) {
      for (const [step, from] of grain.times.entries()) {
        if (grain.sums[step]! > 0) this.inUse.add(from, grain.endOf(step), 1)
      }
    }
  }

  get lastChange(): number {
    return this.inUse.times.at(-1)!
  }

  /** How many whole grains a task takes; 0: a share of one. */
  wholeGrains({ units }: Need): number {
    return units < this.resource.grain ? 0 : Math.ceil(units / this.resource.grain)
  }

  most(need: Need): number {
    const whole = this.wholeGrains(need)
    if (whole === 0) return this.count * Math.floor(this.resource.grain / need.units)
    return Math.floor(this.count / whole)
  }

  earliest(need: Need, from: number, latest: number): number {
    const last = Math.min(latest, this.resource.openUntil - need.duration)
    const whole = this.wholeGrains(need)
    if (whole > 1) return this.#earliestWhole(need, from, last)
    // One grain or less: the earliest of all grains, each only up to the best so far.
    const { grain } = this.resource
    const first =
      whole === 1 ? this.inUse.earliest(from, last, need.duration, this.count - 1) : from
    if (first === Infinity) return Infinity
    let best = Infinity
    for (let nth = 0; nth < this.count && best > first; nth++) {
      const until = Math.min(last, best - 1)
      const line = this.grains[nth]!
      const start =
        whole === 1
          ? line.earliest(first, until, need.duration, 0)
          : line.earliestShare(first, until, need.duration, need.units, grain)
      if (start < best) best = start
    }
    return best
  }

  /** Grains that are free together for long enough; then whether they are the same ones. */
  #earliestWhole(need: Need, from: number, latest: number): number {
    const whole = this.wholeGrains(need)
    let start = from
    for (;;) {
      start = this.inUse.earliest(start, latest, need.duration, this.count - whole)
      if (start === Infinity || whole === this.count || this.#tasks(need, start) > 0) return start
      start = this.#nextFree(start)
      if (start > latest) return Infinity
    }
  }

  #isFree(nth: number, start: number, duration: number): boolean {
    const grain = this.grains[nth]!
    const step = grain.at(start)
    return grain.sums[step] === 0 && grain.endOf(step) - start >= duration
  }

  /** The first moment after `start` at which some grain turns wholly free. */
  #nextFree(start: number): number {
    let next = Infinity
    for (let nth = 0; nth < this.count; nth++) {
      const { times, sums } = this.grains[nth]!
      let step = this.grains[nth]!.at(start) + 1
      while (step < times.length && times[step]! < next && sums[step]! > 0) step++
      if (step < times.length && times[step]! < next) next = times[step]!
    }
    return next
  }

  /** How many tasks of whole grains fit. */
  #tasks(need: Need, start: number): number {
    return this.#wholeRoom(need, start).tasks
  }

  /** Room for whole grains: it shrinks where a free grain ends too soon, and grows where one begins. */
  #wholeRoom(need: Need, start: number): Room {
    const whole = this.wholeGrains(need)
    let until = Infinity
    let tasks = 0
    let run = 0
    for (let nth = 0; nth < this.count; nth++) {
      const grain = this.grains[nth]!
      const { times, sums } = grain
      let step = grain.at(start)
      const lasts = sums[step] === 0 ? grain.endOf(step) - start - need.duration : -1
      if (lasts >= 0) {
        until = Math.min(until, start + lasts + 1)
        run++
      } else {
        step++
        while (step < times.length && sums[step]! > 0) step++
        if (step < times.length) until = Math.min(until, times[step]!)
        if (need.consecutive) run = 0
      }
      if (run < whole) continue
      tasks++
      run = 0
    }
    return { tasks, until }
  }

  /** Of each grain, which units stay free over [from, to). */
  freeOf(nth: number, from: number, to: number): Flat {
    return minus(this.whole, this.grains[nth]!.takenWithin(from, to))
  }

  room(need: Need, start: number): Room {
    const { units, duration } = need
    const last = this.resource.openUntil - duration
    if (start > last) return { tasks: 0, until: FOREVER }
    if (this.wholeGrains(need) > 0) {
      const { tasks, until } = this.#wholeRoom(need, start)
      return { tasks, until: Math.min(until, last + 1) }
    }
    let until = last + 1
    let tasks = 0
    for (let nth = 0; nth < this.count; nth++) {
      until = Math.min(until, this.grains[nth]!.nextChange(start, duration))
      tasks += Math.floor(sizeOf(this.freeOf(nth, start, start + duration)) / units)
    }
    return { tasks, until }
  }

  place(need: Need, start: number, tasks: number): Taking[] {
    if (start > this.resource.openUntil - need.duration) return []
    const units =
      this.wholeGrains(need) > 0
        ? this.#placeWhole(need, start, tasks)
        : this.#placeShares(need, start, tasks)
    return units.map((flat) => ({ resource: this.resource.id, units: unflatten(flat) }))
  }

  /** The smallest gap that is large enough first, so that large ones stay whole. */
  #placeShares({ units, duration }: Need, start: number, tasks: number): Flat[] {
    const placed: Flat[] = []
    const free = Array.from({ length: this.count }, (_, nth) => ({
      nth,
      free: this.freeOf(nth, start, start + duration),
    }))
    free.sort((a, b) => sizeOf(a.free) - sizeOf(b.free) || a.nth - b.nth)
    for (const { nth, free: all } of free) {
      let left = all
      while (placed.length < tasks && sizeOf(left) >= units) {
        const taken = lowest(left, units)
        placed.push(taken.map((unit) => unit + nth * this.resource.grain))
        left = minus(left, taken)
      }
    }
    return placed
  }

  #placeWhole(need: Need, start: number, tasks: number): Flat[] {
    const whole = this.wholeGrains(need)
    const all = Array.from({ length: this.count }, (_, nth) => nth)
    const free = all.filter((nth) => this.#isFree(nth, start, need.duration))
    const runs = need.consecutive
      ? runsOf(free).sort((a, b) => a.length - b.length || a[0]! - b[0]!)
      : [free]
    const placed: Flat[] = []
    for (const run of runs) {
      for (let nth = 0; nth + whole <= run.length && placed.length < tasks; nth += whole) {
        placed.push(this.#unitsOf(run.slice(nth, nth + whole)))
      }
    }
    return placed
  }

  #unitsOf(grains: readonly number[]): Flat {
    const { grain } = this.resource
    return runsOf(grains).flatMap((run) => [run[0]! * grain, (run.at(-1)! + 1) * grain])
  }
}

/** Ascending numbers as runs of neighbours. */
function runsOf(numbers: readonly number[]): number[][] {
  const runs: number[][] = []
  for (const number of numbers) {
    const last = runs.at(-1)
    if (last && last.at(-1)! + 1 === number) last.push(number)
    else runs.push([number])
  }
  return runs
}
