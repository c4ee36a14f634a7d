// Which row of a table decides for everybody: each input leaves some rows, as bits of one word.
import type { Space } from './analyse.ts'
import type { Axis } from './axis.ts'
import { codedBy, together } from './coded.ts'
import type { HitPolicy } from './definitions.ts'
import {
  type Coded,
  inDoubtAt,
  type Left,
  Line,
  type Masks,
  masksOf,
  type Narrow,
  notKnown,
} from './line.ts'
import { precisionOfValue, sameWithin, worst } from './precision.ts'
import { MISSING, NO, type Numbers, needsCare, type Readers, YES } from './readers.ts'

/** Rows of a table that fit into one word of bits; the sign bit says to look again. */
export const MOST_ROWS = 31
/** No row decides; it has to be looked at exactly. */
export const NONE = -1
export const EXACTLY = -2
/** Not known for good, whatever the rows that may apply give. */
export const OPEN = -3
/** So many are narrowed down together: what is left of them stays in the processor's cache. */
const BLOCK = 2_048
const inDoubt: Narrow = (left) => {
  left.doubt.fill(1)
  left.sure = false
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
  const read: Numbers = readers.numbers(column)
  const ends = axis.classes.flatMap(({ low, high }) => [low, high]).filter((end) => end !== null)
  const within = readers.isTold(column)
    ? 0
    : sameWithin(readers.precision(column), worst(ends.map(precisionOfValue)))
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

/** An axis that has to be computed for each. */
function narrowBy(axis: Axis, masks: Masks, readers: Readers): Narrow {
  const { column } = axis
  if (needsCare(column) || column.type.kind === 'text') return inDoubt
  return column.type.kind === 'boolean'
    ? narrowFlags(axis, masks, readers)
    : narrowNumbers(axis, masks, readers)
}

const AT_ONCE = 4

/** Axes with codes together, the others one after the other. */
function narrowsOf(space: Space, readers: Readers, all: number): Narrow[] {
  const coded: Coded[] = []
  const others: Narrow[] = []
  for (const [nth, axis] of space.axes.entries()) {
    const masks = masksOf(space, nth)
    const codes = codedBy(axis, masks, readers)
    if (codes) coded.push(codes)
    else others.push(narrowBy(axis, masks, readers))
  }
  const groups = Array.from({ length: Math.ceil(coded.length / AT_ONCE) }, (_, nth) =>
    together(coded.slice(nth * AT_ONCE, (nth + 1) * AT_ONCE), nth === 0 ? all : null),
  )
  const everything: Narrow = ({ possible }) => void possible.fill(all)
  return groups.length === 0 ? [everything, ...others] : [...groups, ...others]
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
  const all = 2 ** rows - 1
  const narrows = narrowsOf(space, readers, all)
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
    if (!left.sure) {
      left.open.fill(0)
      left.doubt.fill(0)
      left.sure = true
    }
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
