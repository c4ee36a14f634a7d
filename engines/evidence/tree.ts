// The Merkle tree of RFC 9162 (section 2.1): roots, inclusion and consistency, for any hash.
import { equalBytes } from './bytes.ts'

/** A hash function with a digest of 32 bytes. */
export type Hash = (data: Uint8Array) => Uint8Array

/** Digest length in bytes. */
export const HASH_BYTES = 32

/** Leaves [start, end), counted from 0. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** H(0x01 || left || right). */
export function nodeHash(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  const data = new Uint8Array(1 + 2 * HASH_BYTES)
  data[0] = 1
  data.set(left, 1)
  data.set(right, 1 + HASH_BYTES)
  return hash(data)
}

/** The largest power of two below n, for n > 1: where a tree of n leaves is split. */
function split(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

function checkSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`a tree of ${size} leaves`)
}

/** Whose subtree roots prove that leaf `index` is in the tree of `size` leaves, leaf end first. */
export function inclusionRanges(index: number, size: number): Range[] {
  checkSize(size)
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`leaf ${index} is not in a tree of ${size} leaves`)
  }
  const ranges: Range[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + split(end - start)
    const left = index < middle
    ranges.push(left ? { start: middle, end } : { start, end: middle })
    if (left) end = middle
    else start = middle
  }
  return ranges.reverse()
}

/** The root that a leaf and its path lead to; a path of the wrong length is a RangeError. */
export function rootFromPath(
  hash: Hash,
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array {
  const ranges = inclusionRanges(index, size)
  if (ranges.length !== path.length) {
    throw new RangeError(`a path of ${path.length} nodes where ${ranges.length} are needed`)
  }
  return ranges.reduce((node, range, i) => {
    const sibling = path[i]!
    return range.end <= index ? nodeHash(hash, sibling, node) : nodeHash(hash, node, sibling)
  }, leaf)
}

/** Whose subtree roots prove that the tree of `first` leaves is the beginning of that of `second`. */
export function consistencyRanges(first: number, second: number): Range[] {
  checkSize(first)
  if (!Number.isSafeInteger(second) || first > second) {
    throw new RangeError(`no consistency from ${first} to ${second} leaves`)
  }
  const ranges: Range[] = []
  let start = 0
  let end = second
  while (end !== first) {
    const middle = start + split(end - start)
    if (first <= middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
    }
  }
  if (start > 0) ranges.push({ start, end })
  return ranges.reverse()
}

/** The part of both trees below one node, while a consistency path is followed upwards. */
interface Both {
  readonly old: Uint8Array
  readonly new: Uint8Array
}

/** Whether the path proves that the second tree only added leaves to the first. */
export function isConsistent(
  hash: Hash,
  first: { size: number; root: Uint8Array },
  second: { size: number; root: Uint8Array },
  path: readonly Uint8Array[],
): boolean {
  const ranges = consistencyRanges(first.size, second.size)
  if (ranges.length !== path.length) return false
  // The first root itself is left out of the path where it is a whole subtree of the second tree.
  const own = ranges[0]?.end === first.size
  const start = own ? path[0]! : first.root
  let node: Both = { old: start, new: start }
  for (let i = own ? 1 : 0; i < path.length; i++) {
    const sibling = path[i]!
    const left = ranges[i]!.end < first.size
    node = {
      old: left ? nodeHash(hash, sibling, node.old) : node.old,
      new: left ? nodeHash(hash, sibling, node.new) : nodeHash(hash, node.new, sibling),
    }
  }
  return equalBytes(node.old, first.root) && equalBytes(node.new, second.root)
}
