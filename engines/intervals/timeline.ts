// Step functions over time: how much is taken, and which units are. Times ascend; the last step stays.
import { common, type Flat, minus, NONE, same, sizeOf, union } from './ranges.ts'
import { FOREVER } from './types.ts'

/** A sum over time. Step i holds from times[i] until times[i + 1]; before the first there is none. */
export class Sums {
  readonly times: number[] = [0]
  readonly sums: number[] = [0]

  /** The step in force at a moment. */
  at(moment: number): number {
    let low = 0
    let high = this.times.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (this.times[middle]! <= moment) low = middle
      else high = middle
    }
    return low
  }

  /** When a step ends. */
  endOf(step: number): number {
    return step + 1 < this.times.length ? this.times[step + 1]! : FOREVER
  }

  /** The first step that starts at a moment or later; as many as there are when none does. */
  after(moment: number): number {
    const step = this.at(moment)
    return this.times[step]! >= moment ? step : step + 1
  }

  /** Makes a step start at a moment, and returns it. */
  protected cut(moment: number): number {
    if (moment >= FOREVER) return this.times.length
    const step = this.at(moment)
    if (this.times[step] === moment) return step
    this.times.splice(step + 1, 0, moment)
    this.split(step)
    return step + 1
  }

  protected split(step: number): void {
    this.sums.splice(step + 1, 0, this.sums[step]!)
  }

  /** Removes steps first..last that go on like the one before. */
  protected merge(first: number, last: number): void {
    for (let step = Math.min(last, this.times.length - 1); step >= Math.max(first, 1); step--) {
      if (this.goesOn(step)) this.drop(step)
    }
  }

  protected goesOn(step: number): boolean {
    return this.sums[step] === this.sums[step - 1]
  }

  protected drop(step: number): void {
    this.times.splice(step, 1)
    this.sums.splice(step, 1)
  }

  /** Adds an amount (negative: takes it back) over [from, to). */
  add(from: number, to: number, amount: number): void {
    const first = this.cut(from)
    const end = this.cut(to)
    for (let step = first; step < end; step++) this.sums[step]! += amount
    this.merge(first, end)
  }

  /** The largest sum within [from, to). */
  most(from: number, to: number): number {
    let most = 0
    for (let step = this.at(from); step < this.times.length; step++) {
      if (this.times[step]! >= to) break
      if (this.sums[step]! > most) most = this.sums[step]!
    }
    return most
  }

  /** The largest sum within [from, to), and when the last step that has it ends. */
  peak(from: number, to: number): { most: number; until: number } {
    let peak = { most: 0, until: from }
    for (let step = this.at(from); step < this.times.length; step++) {
      if (this.times[step]! >= to) break
      const sum = this.sums[step]!
      if (sum >= peak.most) peak = { most: sum, until: this.endOf(step) }
    }
    return peak
  }

  /** The earliest start in [from, latest] with sums up to `limit` for `duration`; else Infinity. */
  earliest(from: number, latest: number, duration: number, limit: number): number {
    const { times, sums } = this
    const count = times.length
    let start = -1
    for (let step = this.at(from); step < count; step++) {
      if (sums[step]! > limit) {
        start = -1
        continue
      }
      if (start < 0) {
        start = Math.max(from, times[step]!)
        if (start > latest) return Infinity
      }
      const end = step + 1 < count ? times[step + 1]! : FOREVER
      if (end - start >= duration) return start
    }
    return Infinity
  }

  /** From when on a window [start, start + duration) may see other steps. */
  nextChange(start: number, duration: number): number {
    const leaves = this.endOf(this.at(start))
    const enters = this.after(start + duration)
    if (enters >= this.times.length) return leaves
    return Math.min(leaves, this.times[enters]! - duration + 1)
  }
}

/** Which units of one grain are taken over time, counted from the grain's first; `sums`: how many. */
export class Units extends Sums {
  readonly taken: Flat[] = [NONE]

  protected override split(step: number): void {
    super.split(step)
    this.taken.splice(step + 1, 0, this.taken[step]!)
  }

  protected override goesOn(step: number): boolean {
    return super.goesOn(step) && same(this.taken[step]!, this.taken[step - 1]!)
  }

  protected override drop(step: number): void {
    super.drop(step)
    this.taken.splice(step, 1)
  }

  /** Everything that is taken at some moment within [from, to). */
  takenWithin(from: number, to: number): Flat {
    let taken: Flat = NONE
    for (let step = this.at(from); step < this.times.length; step++) {
      if (this.times[step]! >= to) break
      taken = union(taken, this.taken[step]!)
    }
    return taken
  }

  isFree(units: Flat, from: number, to: number): boolean {
    for (let step = this.at(from); step < this.times.length; step++) {
      if (this.times[step]! >= to) break
      if (this.sums[step]! > 0 && common(this.taken[step]!, units).length > 0) return false
    }
    return true
  }

  /** Takes units, or gives them back. `flip` hears where the grain turns taken or wholly free. */
  change(
    from: number,
    to: number,
    units: Flat,
    taking: boolean,
    flip: (from: number, to: number, by: 1 | -1) => void,
  ): void {
    const first = this.cut(from)
    const end = this.cut(to)
    for (let step = first; step < end; step++) {
      const before = this.sums[step]!
      const taken = taking ? union(this.taken[step]!, units) : minus(this.taken[step]!, units)
      this.taken[step] = taken.length === 0 ? NONE : taken
      const after = sizeOf(taken)
      this.sums[step] = after
      if (before === 0 && after > 0) flip(this.times[step]!, this.endOf(step), 1)
      if (before > 0 && after === 0) flip(this.times[step]!, this.endOf(step), -1)
    }
    this.merge(first, end)
  }

  /**
   * The earliest start in [from, latest] at which `size` of `grain` units stay free for `duration`:
   * the same units all the time; else Infinity.
   */
  earliestShare(
    from: number,
    latest: number,
    duration: number,
    size: number,
    grain: number,
  ): number {
    const limit = grain - size
    let step = this.at(from)
    let start = from
    search: while (start <= latest) {
      let taken: Flat = NONE
      for (let here = step; here < this.times.length; here++) {
        if (here > step && this.times[here]! >= start + duration) break
        if (this.sums[here] === 0) continue
        const isFull = this.sums[here]! > limit
        if (!isFull) taken = union(taken, this.taken[here]!)
        if (isFull || sizeOf(taken) > limit) {
          // Nothing before the end of a full step can do; else leave the first step behind.
          step = isFull ? here + 1 : step + 1
          if (step >= this.times.length) return Infinity
          start = this.times[step]!
          continue search
        }
      }
      return start
    }
    return Infinity
  }
}
