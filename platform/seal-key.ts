// The key that signs seals: Ed25519, made on first use, its private half among the secrets.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { keyIdOf } from '#engines/evidence/seal.ts'
import type { Hash } from '#engines/evidence/tree.ts'
import type { Crypto } from '#engines/evidence/verify.ts'
import { tables } from './database.ts'
import type { Secrets } from './secrets.ts'

/** SM3 by OpenSSL. */
export const sm3: Hash = (data) => hash('sm3', data, 'buffer')

/** The key of 32 raw bytes. */
export function publicKeyFrom(raw: Uint8Array): KeyObject {
  const x = Buffer.from(raw).toString('base64url')
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } })
}

/** The 32 bytes of an Ed25519 public key; any other key is a TypeError. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const { crv, x } = key.export({ format: 'jwk' })
  if (crv !== 'Ed25519' || !x) throw new TypeError('not an Ed25519 key')
  return Buffer.from(x, 'base64url')
}

/** What the verifier needs, from node:crypto. */
export const nodeCrypto: Crypto = {
  sm3,
  verifyEd25519: (key, message, signature) => verify(null, message, publicKeyFrom(key), signature),
}

export interface SealKeyTables {
  'journal.seal_key': { key_id: string; algorithm: string; public_key: Buffer; since: Date }
}

export interface SealKey {
  keyId: string
  sign(message: Uint8Array): Uint8Array
}

const SECRET = 'journal.seal-key'

function sealKeyOf(privateKey: KeyObject): SealKey & { publicKey: Uint8Array } {
  const publicKey = rawPublicKey(createPublicKey(privateKey))
  return {
    keyId: keyIdOf(sm3, publicKey),
    publicKey,
    sign: (message) => sign(null, message, privateKey),
  }
}

/** The key of this installation; the caller holds the sealing lock, so that it is made once. */
export async function openSealKey(
  db: Kysely<unknown>,
  secrets: Secrets,
  now: Date,
): Promise<SealKey> {
  const stored = await secrets.read(db, SECRET)
  if (stored !== null) return sealKeyOf(createPrivateKey(stored))
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  await secrets.store(db, SECRET, pem, now)
  const key = sealKeyOf(privateKey)
  await tables<SealKeyTables>(db)
    .insertInto('journal.seal_key')
    .values({
      key_id: key.keyId,
      algorithm: 'Ed25519',
      public_key: Buffer.from(key.publicKey),
      since: now,
    })
    .execute()
  return key
}

/** All public keys that ever sealed, the newest first. */
export async function publicKeys(
  db: Kysely<unknown>,
): Promise<SealKeyTables['journal.seal_key'][]> {
  return tables<SealKeyTables>(db)
    .selectFrom('journal.seal_key')
    .selectAll()
    .orderBy('since', 'desc')
    .orderBy('key_id')
    .execute()
}

/** The name of this journal, as it stands in every seal. */
export async function originOf(db: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{ name: string }>`select name from journal.origin`.execute(db)
  return rows[0]!.name
}
