// A journal entry as it is sealed: its canonical form (RFC 8785) and its leaf in the tree.
import canonicalize from 'canonicalize'
import { joined, utf8 } from './bytes.ts'
import type { Hash } from './tree.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export interface JsonObject {
  [key: string]: Json
}

/** What a leaf covers. Ids and amounts only: an entry holds no personal text. */
export interface SealedEntry {
  /** Counted from 1, dense, in the order in which the changes were committed. */
  position: number
  kind: string
  version: number
  actor: JsonObject
  subject: string | null
  /** RFC 3339 in UTC with microseconds. */
  validAt: string
  knownAt: string
  payload: JsonObject
}

/** Salt length in bytes: without it a small payload could be guessed from its hash. */
export const SALT_BYTES = 16

/** Canonical JSON as bytes; a value JSON cannot hold, or an unpaired surrogate, is an Error. */
export function canonical(value: unknown): Uint8Array {
  const text = canonicalize(value)
  if (text === undefined) throw new Error('the value has no JSON form')
  return utf8(text)
}

/** H(0x00 || salt || canonical entry). */
export function leafHash(hash: Hash, salt: Uint8Array, entry: SealedEntry): Uint8Array {
  if (salt.length !== SALT_BYTES) throw new RangeError(`a salt of ${salt.length} bytes`)
  return hash(joined(Uint8Array.of(0), salt, canonical(entry)))
}

/** Positions count from 1, leaves from 0. */
export function leafIndex(position: number): number {
  return position - 1
}
