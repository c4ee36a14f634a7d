// Columns of numbers as codes: each value by the bucket it lies in, so that a table looks bits up.

import { NO_CODE } from './population.ts'

/** More distinct values than these share buckets; the bits of so many stay in the processor's nearest cache. */
const MOST = 4_096

export interface Codes {
  /** The bucket of each; `missing` where nothing is known. */
  codes: Uint16Array
  missing: number
  /** Least and greatest value of each bucket: the same where it holds one value only. */
  low: Float64Array
  high: Float64Array
}

// Facts do not change: each column is coded once.
const known = new WeakMap<Float64Array, Codes>()

export function codesOf(values: Float64Array): Codes {
  const found = known.get(values)
  if (found) return found
  const made = coded(values)
  known.set(values, made)
  return made
}

/** Distinct values in their order, without those that are not known. */
function distinctOf(values: Float64Array): Float64Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  let count = 0
  for (let nth = 0; nth < sorted.length; nth++) {
    const value = sorted[nth]!
    if (count === 0 || value !== sorted[count - 1]) sorted[count++] = value
  }
  return sorted.subarray(0, count)
}

function coded(values: Float64Array): Codes {
  const distinct = distinctOf(values)
  const width = Math.max(1, Math.ceil(distinct.length / MOST))
  const buckets = Math.ceil(distinct.length / width)
  const low = Float64Array.from({ length: buckets }, (_, nth) => distinct[nth * width]!)
  const high = Float64Array.from(
    { length: buckets },
    (_, nth) => distinct[Math.min(distinct.length, (nth + 1) * width) - 1]!,
  )
  const codes = new Uint16Array(values.length)
  for (let nth = 0; nth < values.length; nth++) {
    const value = values[nth]!
    codes[nth] = Number.isNaN(value) ? buckets : bucketOf(low, value)
  }
  return { codes, missing: buckets, low, high }
}

/** The last bucket that does not begin beyond a value. */
function bucketOf(low: Float64Array, value: number): number {
  let from = 0
  let to = low.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (low[middle]! <= value) from = middle + 1
    else to = middle
  }
  return from - 1
}

const texts = new WeakMap<Uint16Array, { missing: number; codes: Uint16Array }>()

/** Codes of texts, in which `missing` stands for what is not known. */
export function textCodes(values: Uint16Array, missing: number): Uint16Array {
  const found = texts.get(values)
  if (found?.missing === missing) return found.codes
  const codes = values.includes(NO_CODE)
    ? values.map((code) => (code === NO_CODE ? missing : code))
    : values
  texts.set(values, { missing, codes })
  return codes
}
