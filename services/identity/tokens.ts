// Random tokens and the hashes that are stored in their place.
import { createHash, createHmac, randomBytes } from 'node:crypto'

const BYTES = 32
const KEY_PREFIX_BYTES = 6

/** A new token of 256 random bits, in letters, digits, `-` and `_`. */
export function newToken(): string {
  return randomBytes(BYTES).toString('base64url')
}

/** What is stored of a random token. Its 256 bits need neither salt nor slowness. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** A keyed hash of something guessable, such as a number or a login. */
export function keyedHash(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** A new API key: `kapok_<prefix>_<secret>`; the prefix may be shown, the whole only once. */
export function newApiKey(): { key: string; prefix: string } {
  const prefix = `kapok_${randomBytes(KEY_PREFIX_BYTES).toString('hex')}`
  return { key: `${prefix}_${newToken()}`, prefix }
}

/** Whether a bearer token has the form of an API key of ours. */
export function isApiKey(token: string): boolean {
  return /^kapok_[0-9a-f]{12}_[\w-]{43}$/.test(token)
}
