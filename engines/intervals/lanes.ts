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

  most({ units }: Need): number {
    return Math.floor(this.resource.units / units)
  }

  earliest({ units, duration }: Need, from: number, latest: number): number {
    const last = Math.min(latest, this.resource.openUntil - duration)
    return this.sums.earliest(from, last, duration, this.resource.units - units)
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
    return whole === 0
      ? this.#earliestShare(need, from, last)
      : this.#earliestWhole(need, from, last)
  }

  #earliestShare({ units, duration }: Need, from: number, latest: number): number {
    let best = Infinity
    let last = latest
    for (let nth = 0; nth < this.count && best > from; nth++) {
      const { grain } = this.resource
      const start = this.grains[nth]!.earliestShare(from, last, duration, units, grain)
      if (start < best) {
        best = start
        last = start - 1
      }
    }
    return best
  }

  #earliestWhole(need: Need, from: number, latest: number): number {
    const most = this.count - this.wholeGrains(need)
    let start = from
    for (;;) {
      start = this.inUse.earliest(start, latest, need.duration, most)
      if (start === Infinity || this.#tasks(need, this.#free(start, need.duration)) > 0) {
        return start
      }
      start = this.#nextFree(start)
      if (start > latest) return Infinity
    }
  }

  /** Which grains stay wholly free from `start` on. */
  #free(start: number, duration: number): number[] {
    const free: number[] = []
    for (let nth = 0; nth < this.count; nth++) {
      const grain = this.grains[nth]!
      const step = grain.at(start)
      if (grain.sums[step] === 0 && grain.endOf(step) - start >= duration) free.push(nth)
    }
    return free
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

  #tasks(need: Need, free: readonly number[]): number {
    const whole = this.wholeGrains(need)
    if (!need.consecutive) return Math.floor(free.length / whole)
    return runsOf(free).reduce((sum, run) => sum + Math.floor(run.length / whole), 0)
  }

  /** Of each grain, which units stay free over [from, to). */
  freeOf(nth: number, from: number, to: number): Flat {
    return minus(this.whole, this.grains[nth]!.takenWithin(from, to))
  }

  room(need: Need, start: number): Room {
    const { units, duration } = need
    const last = this.resource.openUntil - duration
    if (start > last) return { tasks: 0, until: FOREVER }
    let until = last + 1
    for (let nth = 0; nth < this.count; nth++) {
      until = Math.min(until, this.grains[nth]!.nextChange(start, duration))
    }
    if (this.wholeGrains(need) > 0) {
      return { tasks: this.#tasks(need, this.#free(start, duration)), until }
    }
    let tasks = 0
    for (let nth = 0; nth < this.count; nth++) {
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
    const free = this.#free(start, need.duration)
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
