// Time-based one-time passwords (RFC 6238: SHA-1, six digits, thirty seconds).
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const STEP_SECONDS = 30
const DIGITS = 6
const SECRET_BYTES = 20
/** Steps before and after the present one that are taken, for clocks that disagree. */
const DRIFT_STEPS = 1
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 of RFC 4648 without padding, as authenticator programs expect it. */
export function base32(bytes: Uint8Array): string {
  let [bits, value, text] = [0, 0, '']
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff
    bits += 8
    for (; bits >= 5; bits -= 5) text += alphabet[(value >>> (bits - 5)) & 31]
  }
  return bits > 0 ? text + alphabet[(value << (5 - bits)) & 31] : text
}

export function newTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES)
}

/** The code of one time step. */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', secret).update(counter).digest()
  const offset = digest.at(-1)! & 15
  const number = digest.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

export function totpStep(now: Date): number {
  return Math.floor(now.getTime() / 1000 / STEP_SECONDS)
}

/**
 * The step whose code was given, or null.
 * @param after the last step used: that one and all before it are refused
 */
export function findStep(
  secret: Uint8Array,
  code: string,
  now: Date,
  after: number,
): number | null {
  if (!/^\d{6}$/.test(code)) return null
  const present = totpStep(now)
  for (let step = present - DRIFT_STEPS; step <= present + DRIFT_STEPS; step++) {
    const right = timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code))
    if (right && step > after) return step
  }
  return null
}

/** The address that an authenticator reads as a QR code. */
export function totpUri(secret: Uint8Array, account: string): string {
  const label = encodeURIComponent(`木棉 Kapok:${account}`)
  const query = new URLSearchParams({ secret: base32(secret), issuer: '木棉 Kapok' })
  return `otpauth://totp/${label}?${query}`
}

/** Ten codes of 50 random bits each, to be written down and used once each. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: 10 }, () => {
    const text = base32(randomBytes(7)).toLowerCase().slice(0, 10)
    return `${text.slice(0, 5)}-${text.slice(5)}`
  })
}
