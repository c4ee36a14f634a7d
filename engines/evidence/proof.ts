// The proof document: one file that shows, without any database, that an entry was sealed.
import { joined, toHex, utf8 } from './bytes.ts'
import { canonical, type Json, type JsonObject, SALT_BYTES, type SealedEntry } from './leaf.ts'
import type { Seal } from './seal.ts'
import { HASH_BYTES, type Hash } from './tree.ts'

export const PROOF_FORMAT = 'kapok-proof/1'

/** `kapok-proof/1`. Bytes are lower-case hex. */
export interface Proof {
  format: typeof PROOF_FORMAT
  entry: SealedEntry
  salt: string
  /** Sibling hashes from the leaf up to the root. */
  path: string[]
  seal: Seal
  publicKey: string
  /** Part -> a short check sum. It proves nothing; it tells which part of the file was changed. */
  checksums: { [part: string]: string }
}

const CHECKSUM_BYTES = 4
/** The longest path there can be: a tree of 2^53 leaves. */
const LONGEST_PATH = 53

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The members of an object under a name; an object inside an entry is told by its own members. */
function members(prefix: string, value: JsonObject, depth: number): [string, Json][] {
  return Object.entries(value).flatMap(([key, member]): [string, Json][] => {
    const name = `${prefix}.${key}`
    const inside = depth > 0 && isObject(member) && Object.keys(member).length > 0
    return inside ? members(name, member, depth - 1) : [[name, member]]
  })
}

/** Every part of a document that can be named when it was changed, with its value. */
function partsOf(document: JsonObject): [string, Json][] {
  const { checksums: _, ...content } = document
  const path = Array.isArray(content.path) ? content.path : []
  return [
    ...members('', content, 2).filter(([name]) => name !== '.path'),
    ...path.map((node, i): [string, Json] => [`.path.${i + 1}`, node]),
  ].map(([name, value]) => [name.slice(1), value])
}

function checksum(hash: Hash, part: string, value: Json): string {
  const bytes = joined(utf8(part), Uint8Array.of(0), canonical(value))
  return toHex(hash(bytes).subarray(0, CHECKSUM_BYTES))
}

/** Completes a proof with the check sums of its parts. */
export function makeProof(hash: Hash, content: Omit<Proof, 'format' | 'checksums'>): Proof {
  const document = { format: PROOF_FORMAT, ...content } as const
  const parts = partsOf(document as unknown as JsonObject)
  const checksums = Object.fromEntries(
    parts.map(([part, value]) => [part, checksum(hash, part, value)]),
  )
  return { ...document, checksums }
}

/** The parts whose value and check sum do not fit, such as 'entry.payload.amount' or 'path.3'. */
export function changedParts(hash: Hash, document: JsonObject): string[] {
  const sums = isObject(document.checksums) ? document.checksums : {}
  const parts = partsOf(document)
  const present = new Set(parts.map(([part]) => part))
  const changed = parts.filter(([part, value]) => {
    return !Object.hasOwn(sums, part) || sums[part] !== checksum(hash, part, value)
  })
  const missing = Object.keys(sums).filter((part) => !present.has(part))
  return [...changed.map(([part]) => part), ...missing]
}

type Test = (value: unknown) => boolean

const hex =
  (bytes: number): Test =>
  (value) =>
    typeof value === 'string' && value.length === 2 * bytes && /^[0-9a-f]*$/.test(value)
const text: Test = (value) => typeof value === 'string'
const count: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 1
const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value)

const shapes: { [prefix: string]: { [field: string]: Test } } = {
  '': {
    format: (value) => value === PROOF_FORMAT,
    entry: isObject,
    salt: hex(SALT_BYTES),
    path: (value) => Array.isArray(value) && value.length <= LONGEST_PATH,
    seal: isObject,
    publicKey: hex(32),
    checksums: isObject,
  },
  entry: {
    position: count,
    kind: text,
    version: count,
    actor: isObject,
    subject: orNull(text),
    validAt: text,
    knownAt: text,
    payload: isObject,
  },
  seal: {
    format: (value) => value === 'kapok-seal/1',
    origin: text,
    size: count,
    root: hex(HASH_BYTES),
    at: text,
    previous: orNull(hex(HASH_BYTES)),
    algorithm: (value) => value === 'Ed25519',
    keyId: hex(8),
    signature: hex(64),
  },
}

/** The parts of a document that are missing, unknown or malformed; none when it is a `Proof`. */
export function malformedParts(document: unknown): string[] {
  if (!isObject(document)) return ['format']
  const wrong: string[] = []
  for (const [prefix, shape] of Object.entries(shapes)) {
    const value = prefix === '' ? document : document[prefix]
    if (!isObject(value)) continue
    const name = (field: string) => (prefix === '' ? field : `${prefix}.${field}`)
    for (const [field, fits] of Object.entries(shape)) {
      if (!Object.hasOwn(value, field) || !fits(value[field])) wrong.push(name(field))
    }
    for (const field of Object.keys(value)) {
      if (!Object.hasOwn(shape, field)) wrong.push(name(field))
    }
  }
  if (Array.isArray(document.path)) {
    document.path.forEach((node, i) => {
      if (!hex(HASH_BYTES)(node)) wrong.push(`path.${i + 1}`)
    })
  }
  return wrong
}
