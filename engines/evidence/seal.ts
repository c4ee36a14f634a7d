// A seal: the signed statement that the journal had this size and this root at this time.
import { joined, toHex } from './bytes.ts'
import { canonical } from './leaf.ts'
import type { Hash } from './tree.ts'

/** What is signed. Bytes are lower-case hex. */
export interface SealStatement {
  format: 'kapok-seal/1'
  /** Which journal: it never changes in the life of an installation. */
  origin: string
  /** How many entries are below the root. */
  size: number
  root: string
  at: string
  /** Hash of the seal before this one; null in the first. */
  previous: string | null
  algorithm: 'Ed25519'
  keyId: string
}

export interface Seal extends SealStatement {
  signature: string
}

/** The statement without its signature. */
export function statementOf(seal: Seal): SealStatement {
  const { signature: _, ...statement } = seal
  return statement
}

/** The bytes that are signed: canonical JSON of the statement. */
export function signedBytes(statement: SealStatement): Uint8Array {
  return canonical(statement)
}

/** H(0x02 || statement): how the next seal names this one. */
export function sealHash(hash: Hash, statement: SealStatement): string {
  return toHex(hash(joined(Uint8Array.of(2), signedBytes(statement))))
}

/** The name of a public key: the first 8 bytes of its hash, as hex. */
export function keyIdOf(hash: Hash, publicKey: Uint8Array): string {
  return toHex(hash(publicKey).subarray(0, 8))
}
