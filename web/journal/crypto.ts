// The cryptography of the browser for verifying a proof: SM3 in plain code, Ed25519 by WebCrypto.
import { sm3 } from '#engines/evidence/sm3.ts'
import type { Crypto as ProofCrypto } from '#engines/evidence/verify.ts'

/** A copy on a buffer of its own, as WebCrypto wants it. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

async function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', owned(publicKey), 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, owned(signature), owned(message))
}

export const browserCrypto: ProofCrypto = { sm3, verifyEd25519 }

/** Whether this browser can check Ed25519 at all; older ones, or plain http elsewhere, cannot. */
export async function canVerify(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
    return true
  } catch {
    return false
  }
}
