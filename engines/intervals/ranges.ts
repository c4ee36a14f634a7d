// Arithmetic of half-open ranges [a, b): flat ascending lists [a0, b0, a1, b1, ...] that never touch.
import type { Ranges } from './types.ts'

export type Flat = readonly number[]

export const NONE: Flat = []

export function flatten(ranges: Ranges): number[] {
  return ranges.flat()
}

export function unflatten(flat: Flat): [number, number][] {
  const ranges: [number, number][] = []
  for (let i = 0; i < flat.length; i += 2) ranges.push([flat[i]!, flat[i + 1]!])
  return ranges
}

/** How many units the ranges hold. */
export function sizeOf(flat: Flat): number {
  let size = 0
  for (let i = 0; i < flat.length; i += 2) size += flat[i + 1]! - flat[i]!
  return size
}

/** What is in either. */
export function union(a: Flat, b: Flat): Flat {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const out: number[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const left = j >= b.length || (i < a.length && a[i]! <= b[j]!)
    const from = left ? a[i]! : b[j]!
    const to = left ? a[i + 1]! : b[j + 1]!
    if (left) i += 2
    else j += 2
    const last = out.length - 1
    if (last >= 0 && from <= out[last]!) {
      if (to > out[last]!) out[last] = to
    } else {
      out.push(from, to)
    }
  }
  return out
}

/** What is in `a` and not in `b`. */
export function minus(a: Flat, b: Flat): Flat {
  if (a.length === 0 || b.length === 0) return a
  const out: number[] = []
  let j = 0
  for (let i = 0; i < a.length; i += 2) {
    let from = a[i]!
    const to = a[i + 1]!
    while (j < b.length && b[j + 1]! <= from) j += 2
    for (let k = j; k < b.length && b[k]! < to; k += 2) {
      if (b[k]! > from) out.push(from, b[k]!)
      from = Math.max(from, b[k + 1]!)
    }
    if (from < to) out.push(from, to)
  }
  return out
}

/** What is in both. */
export function common(a: Flat, b: Flat): Flat {
  const out: number[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const from = Math.max(a[i]!, b[j]!)
    const to = Math.min(a[i + 1]!, b[j + 1]!)
    if (from < to) out.push(from, to)
    if (a[i + 1]! < b[j + 1]!) i += 2
    else j += 2
  }
  return out
}

export function same(a: Flat, b: Flat): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The lowest `size` units of the ranges; they hold at least that many. */
export function lowest(flat: Flat, size: number): Flat {
  const out: number[] = []
  let left = size
  for (let i = 0; left > 0; i += 2) {
    const take = Math.min(left, flat[i + 1]! - flat[i]!)
    out.push(flat[i]!, flat[i]! + take)
    left -= take
  }
  return out
}
