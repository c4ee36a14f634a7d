// What is left of the rows of a table for each of many, and where their numbers lie among its bounds.
import type { Space } from './analyse.ts'
import type { Axis } from './axis.ts'
import { codesOf } from './codes.ts'
import { near } from './precision.ts'
import { asNumber } from './readers.ts'

/** Rows that may apply, and those of them that hang on what is missing, as bits; and where not even that can be said. */
export interface Left {
  possible: Int32Array
  open: Int32Array
  doubt: Uint8Array
  /** That nothing is missing or in doubt of any of them. */
  sure: boolean
}

/** The bits of rows that each class of an axis lets pass. */
export interface Masks {
  of: Int32Array
  /** Where the value is not known: rows that may pass, and those that ask something of it. */
  possible: number
  open: number
}

export function masksOf(space: Space, nth: number): Masks {
  const { classes } = space.axes[nth]!
  const of = new Int32Array(classes.length)
  let certain = 0
  for (const [row, all] of space.masks.entries()) {
    const passing = all[nth]!
    for (const one of passing) of[one]! |= 1 << row
    if (passing.size === classes.length) certain |= 1 << row
  }
  const possible = of.reduce((all, one) => all | one, 0)
  return { of, possible, open: possible & ~certain }
}

/** Narrows what is left of those from `from` on; `left` begins there. */
export type Narrow = (left: Left, from: number, to: number) => void

/** An axis whose values have codes. */
export interface Coded {
  codes: Uint16Array | Uint8Array
  /** By code the bits of the rows that are ruled out; below zero: look again. */
  ruledOut: Int32Array
  /** For the nth, whose value is not known, or whose bucket holds values of two classes. */
  again(left: Left, at: number, nth: number): void
}
export const LOOK_AGAIN = -1

export function inDoubtAt(left: Left, at: number): void {
  left.doubt[at] = 1
  left.sure = false
}

export function notKnown(left: Left, at: number, masks: Masks): void {
  left.sure = false
  left.possible[at]! &= masks.possible
  left.open[at]! |= masks.open
}

/** All rows but these, without the sign bit. */
export const ruledOutBy = (bits: number): number => ~bits & 0x7fffffff

/** Where a number lies among the bounds of an axis. */
export class Line {
  private readonly bounds: Float64Array
  /** By how many bounds lie at or below a number: the bits where it is the last of them, and beyond. */
  private readonly at: Int32Array
  private readonly beyond: Int32Array
  private readonly real: { at: Uint8Array; beyond: Uint8Array }

  constructor({ classes }: Axis, masks: Masks) {
    const ends = classes.flatMap(({ low, high }) =>
      [low, high].flatMap((end) => (end === null ? [] : asNumber(end))),
    )
    this.bounds = Float64Array.from(new Set(ends)).sort()
    const count = this.bounds.length + 1
    this.at = new Int32Array(count)
    this.beyond = new Int32Array(count)
    this.real = { at: new Uint8Array(count), beyond: new Uint8Array(count) }
    for (const [nth, { low, point }] of classes.entries()) {
      const place = low === null ? 0 : this.bounds.indexOf(asNumber(low)) + 1
      const [bits, real] = point ? [this.at, this.real.at] : [this.beyond, this.real.beyond]
      bits[place] = masks.of[nth]!
      real[place] = 1
    }
  }

  /** How many bounds lie at or below it. */
  private below(value: number): number {
    let low = 0
    let high = this.bounds.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.bounds[middle]! <= value) low = middle + 1
      else high = middle
    }
    return low
  }

  /**
   * @param within how close to a bound a number has to be to lie on it: 0 of what was told, null
   * where doubles cannot say
   */
  one(left: Left, at: number, value: number, within: number | null): void {
    let place = this.below(value)
    // Not a number where there is none, which is near to nothing.
    const last = this.bounds[place - 1] ?? Number.NaN
    const next = this.bounds[place] ?? Number.NaN
    let exact = last === value
    if (within === null) {
      if (near(value, last) || near(value, next)) {
        inDoubtAt(left, at)
        return
      }
    } else if (next - value < within) {
      place++
      exact = true
    } else if (value - last < within) exact = true
    if ((exact ? this.real.at : this.real.beyond)[place] === 0) inDoubtAt(left, at)
    else left.possible[at]! &= (exact ? this.at : this.beyond)[place]!
  }

  /** What numbers between two ends rule out, where all of them do so alike. */
  private between(low: number, high: number): number {
    const place = this.below(low)
    if (low === high && this.bounds[place - 1] === low) {
      return this.real.at[place] === 1 ? ruledOutBy(this.at[place]!) : LOOK_AGAIN
    }
    const parted = this.below(high) !== place || this.bounds[place - 1] === low
    if (parted || this.real.beyond[place] === 0) return LOOK_AGAIN
    return ruledOutBy(this.beyond[place]!)
  }

  /** A column of facts by its codes. */
  coded(values: Float64Array, masks: Masks): Coded {
    const { codes, missing, low, high } = codesOf(values)
    const ruledOut = new Int32Array(missing + 1).fill(LOOK_AGAIN)
    for (let bucket = 0; bucket < missing; bucket++) {
      ruledOut[bucket] = this.between(low[bucket]!, high[bucket]!)
    }
    return {
      codes,
      ruledOut,
      again: (left, at, nth) => {
        if (codes[nth] === missing) notKnown(left, at, masks)
        else this.one(left, at, values[nth]!, 0)
      },
    }
  }
}
