// Columns compared with what they were, some places picked out of them and put back.
import { type Column, NO_CODE } from '#engines/rules/population.ts'

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, nth) => one === b[nth])

// A loop for each kind of array: one for all of them is several times slower.
function markNumbers(was: Float64Array, is: Float64Array, found: Uint8Array): void {
  for (let nth = 0; nth < found.length; nth++) {
    const [a, b] = [was[nth]!, is[nth]!]
    // Not a number differs from itself.
    if (a !== b && !(Number.isNaN(a) && Number.isNaN(b))) found[nth] = 1
  }
}

function markFlags(was: Uint8Array, is: Uint8Array, found: Uint8Array): void {
  for (let nth = 0; nth < found.length; nth++) if (was[nth] !== is[nth]) found[nth] = 1
}

function markCodes(was: Column['values'], is: Column['values'], found: Uint8Array): void {
  for (let nth = 0; nth < found.length; nth++) if (was[nth] !== is[nth]) found[nth] = 1
}

/** Marks each place where any of the columns differs from before; null where they cannot be compared. */
export function differing(
  before: readonly Column[],
  now: readonly Column[],
  size: number,
): Uint8Array | null {
  if (before.length !== now.length) return null
  const found = new Uint8Array(size)
  for (const [at, column] of now.entries()) {
    const old = before[at]!
    if (old === column) continue
    if (old.kind !== column.kind) return null
    if (old.kind === 'text' && column.kind === 'text') {
      if (!sameTexts(old.dictionary, column.dictionary)) return null
    }
    if (old.values instanceof Float64Array && column.values instanceof Float64Array) {
      markNumbers(old.values, column.values, found)
    } else if (old.values instanceof Uint8Array && column.values instanceof Uint8Array) {
      markFlags(old.values, column.values, found)
    } else markCodes(old.values, column.values, found)
  }
  return found
}

export function pick(column: Column, places: Uint32Array): Column {
  const take = <T extends Float64Array | Uint8Array | Uint16Array>(values: T, into: T): T => {
    for (let nth = 0; nth < places.length; nth++) into[nth] = values[places[nth]!]!
    return into
  }
  const { length } = places
  if (column.kind === 'boolean') {
    return { kind: 'boolean', values: take(column.values, new Uint8Array(length)) }
  }
  if (column.kind === 'text') {
    const { dictionary } = column
    return { kind: 'text', values: take(column.values, new Uint16Array(length)), dictionary }
  }
  return { kind: column.kind, values: take(column.values, new Float64Array(length)) }
}

/** A copy of a column with other values in some places. */
export function put(column: Column, places: Uint32Array, part: Column): Column {
  const made = { ...column, values: column.values.slice() } as Column
  if (made.kind === 'text' && part.kind === 'text') {
    made.dictionary = [...made.dictionary]
    const codes = part.dictionary.map((text) => {
      const at = made.dictionary.indexOf(text)
      return at >= 0 ? at : made.dictionary.push(text) - 1
    })
    for (let nth = 0; nth < places.length; nth++) {
      made.values[places[nth]!] = codes[part.values[nth]!] ?? NO_CODE
    }
    return made
  }
  for (let nth = 0; nth < places.length; nth++) made.values[places[nth]!] = part.values[nth]!
  return made
}

/** 1 where none of these flags is no. */
export function notNo(columns: readonly Column[], size: number): Column {
  const values = new Uint8Array(size).fill(1)
  for (const { values: flags } of columns) {
    if (!(flags instanceof Uint8Array)) continue
    for (let nth = 0; nth < size; nth++) if (flags[nth] === 0) values[nth] = 0
  }
  return { kind: 'boolean', values }
}

/** Several conditions as one where `within` is 1, and no elsewhere: one no settles it, else one that is open. */
export function allOf(columns: readonly Column[], within: Column): Column {
  const values = within.values.slice() as Uint8Array
  for (const { values: flags } of columns) {
    if (!(flags instanceof Uint8Array)) continue
    for (let nth = 0; nth < values.length; nth++) {
      if (values[nth] === 0 || flags[nth] === 1) continue
      values[nth] = flags[nth]!
    }
  }
  return { kind: 'boolean', values }
}

/** The places to compute: those that differ, and where it is needed now and was not before. Null: all. */
export function placesOf(
  changed: Uint8Array | null,
  within: Column | null,
  before: Column | null,
  size: number,
): Uint32Array | null {
  if (!changed && !within) return null
  const found = new Uint32Array(size)
  const [now, was] = [flagsOf(within), flagsOf(before)]
  let count = 0
  for (let nth = 0; nth < size; nth++) {
    if (now && now[nth] !== 1) continue
    if (changed?.[nth] !== 0 || (now && was?.[nth] !== 1)) found[count++] = nth
  }
  return found.slice(0, count)
}

const flagsOf = (column: Column | null): Uint8Array | null =>
  column?.kind === 'boolean' ? column.values : null
