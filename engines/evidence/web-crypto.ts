// The verifier's cryptography in a browser: SM3 of this engine, Ed25519 of WebCrypto.
import { fromHex } from './bytes.ts'
import { sm3 } from './sm3.ts'
import type { Crypto } from './verify.ts'

const ALGORITHM = 'Ed25519'

/** WebCrypto takes views of plain buffers only. */
const plain = (bytes: Uint8Array) => new Uint8Array(bytes)

/** For `verifyProof`; ask `canVerify` first. */
export const webCrypto: Crypto = {
  sm3,
  verifyEd25519: async (publicKey, message, signature) => {
    const { subtle } = globalThis.crypto
    const key = await subtle.importKey('raw', plain(publicKey), ALGORITHM, false, ['verify'])
    return subtle.verify(ALGORITHM, key, plain(signature), plain(message))
  },
}

/** RFC 8032, section 7.1, test 1: a signature over the empty message. */
const known = {
  publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  signature:
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
    '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
}

/** Whether this browser can check Ed25519 signatures at all (it needs a secure context too). */
export async function canVerify(): Promise<boolean> {
  try {
    const [publicKey, signature] = [fromHex(known.publicKey), fromHex(known.signature)]
    return await webCrypto.verifyEd25519(publicKey, new Uint8Array(), signature)
  } catch {
    return false
  }
}
