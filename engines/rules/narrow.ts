// Which row of a table decides for everybody: each input leaves some rows, as bits of one word.
import type { Space } from './analyse.ts'
import { type Axis, OTHER } from './axis.ts'
import { codesOf } from './codes.ts'
import type { HitPolicy } from './definitions.ts'
import { near, precisionOfValue, sameWithin, worst } from './precision.ts'
import { asNumber, MISSING, NO, type Numbers, needsCare, type Readers, YES } from './readers.ts'

/** Rows of a table that fit into one word of bits. */
export const MOST_ROWS = 32
/** No row decides; it has to be looked at exactly. */
export const NONE = -1
export const EXACTLY = -2
/** Not known for good, whatever the rows that may apply give. */
export const OPEN = -3
/** So many are narrowed down together: what is left of them stays in the processor's cache. */
const BLOCK = 8_192
/** Bits of a bucket whose numbers have to be told apart; real bits that look so are told apart as well. */
const MIXED = 0x5a5a5a5a

/** Rows that may apply, and those of them that hang on what is missing, as bits; and where not even that can be said. */
interface Left {
  possible: Int32Array
  open: Int32Array
  doubt: Uint8Array
  /** That nothing is missing or in doubt of any of them. */
  sure: boolean
}

/** The bits of rows that each class of an axis lets pass. */
interface Masks {
  of: Int32Array
  /** Where the value is not known: rows that may pass, and those that ask something of it. */
  possible: number
  open: number
}

function masksOf(space: Space, nth: number): Masks {
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
type Narrow = (left: Left, from: number, to: number) => void

function inDoubtAt(left: Left, at: number): void {
  left.doubt[at] = 1
  left.sure = false
}

function notKnown(left: Left, at: number, masks: Masks): void {
  left.sure = false
  left.possible[at]! &= masks.possible
  left.open[at]! |= masks.open
}

/** Where a number lies among the bounds of an axis. */
class Line {
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

  /** The bits of numbers between two ends; MIXED where they differ there, or are no class of the axis. */
  private between(low: number, high: number): number {
    const place = this.below(low)
    if (low === high && this.bounds[place - 1] === low) {
      return this.real.at[place] === 1 ? this.at[place]! : MIXED
    }
    const parted = this.below(high) !== place || this.bounds[place - 1] === low
    return parted || this.real.beyond[place] === 0 ? MIXED : this.beyond[place]!
  }

  /** All of a column of facts: what a bucket of values leaves is looked up. */
  all(values: Float64Array, masks: Masks): Narrow {
    const { codes, missing, low, high } = codesOf(values)
    const bits = new Int32Array(missing + 1).fill(MIXED)
    for (let bucket = 0; bucket < missing; bucket++) {
      bits[bucket] = this.between(low[bucket]!, high[bucket]!)
    }
    return (left, from, to) => {
      const { possible } = left
      for (let nth = from, at = 0; nth < to; nth++, at++) {
        const code = codes[nth]!
        const found = bits[code]!
        if (found !== MIXED) possible[at]! &= found
        else if (code === missing) notKnown(left, at, masks)
        else this.one(left, at, values[nth]!, 0)
      }
    }
  }
}

const inDoubt: Narrow = (left) => {
  left.doubt.fill(1)
  left.sure = false
}

/** Text by its code in the dictionary. */
function narrowText({ column, classes }: Axis, masks: Masks, readers: Readers): Narrow {
  const made = column.kind === 'ref' ? readers.column(column.name) : null
  if (made?.kind !== 'text') return inDoubt
  const other = classes.findIndex(({ one }) => one === OTHER)
  const of = new Map(classes.map(({ one }, nth) => [one as string, nth]))
  const bits = Int32Array.from(made.dictionary, (text) => masks.of[of.get(text) ?? other] ?? 0)
  const { values } = made
  return (left, from, to) => {
    for (let nth = from, at = 0; nth < to; nth++, at++) {
      const code = values[nth]!
      if (code < bits.length) left.possible[at]! &= bits[code]!
      else notKnown(left, at, masks)
    }
  }
}

function narrowFlags({ column }: Axis, masks: Masks, readers: Readers): Narrow {
  const read = readers.flags(column)
  return (left, from, to) => {
    for (let nth = from, at = 0; nth < to; nth++, at++) {
      const flag = read(nth)
      if (flag === YES) left.possible[at]! &= masks.of[0]!
      else if (flag === NO) left.possible[at]! &= masks.of[1]!
      else if (flag === MISSING) notKnown(left, at, masks)
      else inDoubtAt(left, at)
    }
  }
}

function narrowNumbers(axis: Axis, masks: Masks, readers: Readers): Narrow {
  const { column } = axis
  const line = new Line(axis, masks)
  const told = readers.isTold(column)
  const made = column.kind === 'ref' ? readers.column(column.name) : null
  if (told && made && (made.kind === 'number' || made.kind === 'date')) {
    return line.all(made.values, masks)
  }
  const read: Numbers = readers.numbers(column)
  const ends = axis.classes.flatMap(({ low, high }) => [low, high]).filter((end) => end !== null)
  const within = told ? 0 : sameWithin(readers.precision(column), worst(ends.map(precisionOfValue)))
  return (left, from, to) => {
    for (let nth = from, at = 0; nth < to; nth++, at++) {
      const before = readers.doubts
      const value = read(nth)
      if (readers.doubts !== before) inDoubtAt(left, at)
      else if (Number.isNaN(value)) notKnown(left, at, masks)
      else line.one(left, at, value, within)
    }
  }
}

function narrowBy(axis: Axis, masks: Masks, readers: Readers): Narrow {
  const { column } = axis
  if (needsCare(column)) return inDoubt
  if (column.type.kind === 'boolean') return narrowFlags(axis, masks, readers)
  return column.type.kind === 'text'
    ? narrowText(axis, masks, readers)
    : narrowNumbers(axis, masks, readers)
}

/**
 * What rows come to of which one applies, or none of them: their first where all give the same, OPEN
 * where they certainly differ, EXACTLY where that has to be worked out.
 */
export type Alike = (rows: readonly number[], orNone: boolean) => number

/** The number of the row that decides for each, NONE, OPEN or EXACTLY. */
export function decidingRows(
  space: Space,
  hit: HitPolicy,
  readers: Readers,
  size: number,
  alike: Alike,
): Int16Array {
  const rows = space.masks.length
  const all = rows === MOST_ROWS ? -1 : (1 << rows) - 1
  const narrows = space.axes.map((axis, nth) => narrowBy(axis, masksOf(space, nth), readers))
  const left: Left = {
    possible: new Int32Array(BLOCK),
    open: new Int32Array(BLOCK),
    doubt: new Uint8Array(BLOCK),
    sure: true,
  }
  const found = new Int16Array(size)
  const verdicts = new Verdicts(hit, alike)
  for (let from = 0; from < size; from += BLOCK) {
    const to = Math.min(size, from + BLOCK)
    left.possible.fill(all)
    left.open.fill(0)
    left.doubt.fill(0)
    left.sure = true
    for (const narrow of narrows) narrow(left, from, to)
    if (left.sure && verdicts.first) lowest(left, found, from, to)
    else settle(left, found, from, to, verdicts)
  }
  return found
}

/** What several rows that may apply come to; there are few such sets, each is looked at once. */
class Verdicts {
  readonly first: boolean
  private readonly hit: HitPolicy
  private readonly alike: Alike
  private readonly known = new Map<number, number>()

  constructor(hit: HitPolicy, alike: Alike) {
    this.hit = hit
    this.first = hit === 'F'
    this.alike = alike
  }

  /** @param open those of the rows that hang on what is missing */
  of(may: number, open: number): number {
    const certain = may & ~open
    const last = certain & -certain
    // Under F rows behind the first certain one decide nothing.
    const rows = this.first && certain !== 0 ? may & ((last << 1) - 1 || -1) : may
    const key = (rows >>> 0) * 2 + (certain === 0 ? 1 : 0)
    const known = this.known.get(key)
    if (known !== undefined) return known
    const made = this.verdict(rowsIn(rows), certain === 0)
    this.known.set(key, made)
    return made
  }

  private verdict(rows: readonly number[], orNone: boolean): number {
    if (this.hit === 'P') return EXACTLY
    // Two at once would be a fault, and one alone is not yet sure.
    if (this.hit === 'U' && rows.length > 1) return OPEN
    return this.alike(rows, orNone)
  }
}

const rowsIn = (bits: number): number[] =>
  Array.from({ length: MOST_ROWS }, (_, row) => row).filter((row) => (bits & (1 << row)) !== 0)

/** The first row of all that apply; of none, the lowest bit is beyond the word: NONE. */
function lowest({ possible }: Left, found: Int16Array, from: number, to: number): void {
  for (let nth = from, at = 0; nth < to; nth++, at++) {
    const may = possible[at]!
    found[nth] = 31 - Math.clz32(may & -may)
  }
}

function settle(left: Left, found: Int16Array, from: number, to: number, verdicts: Verdicts): void {
  const { possible, open, doubt } = left
  const { first } = verdicts
  for (let nth = from, at = 0; nth < to; nth++, at++) {
    const may = possible[at]!
    if (doubt[at] === 1) found[nth] = EXACTLY
    else if (may === 0) found[nth] = NONE
    else {
      const least = may & -may
      const sure = (open[at]! & least) === 0
      found[nth] =
        sure && (first || may === least)
          ? 31 - Math.clz32(least)
          : verdicts.of(may, open[at]! & may)
    }
  }
}
