// Verifies a proof document step by step and names the place of a failure; runs in a browser too.
import { equalBytes, fromHex, toHex } from './bytes.ts'
import { type JsonObject, leafHash, leafIndex } from './leaf.ts'
import { changedParts, malformedParts, type Proof } from './proof.ts'
import { keyIdOf, type SealStatement, signedBytes, statementOf } from './seal.ts'
import { type Hash, rootFromPath } from './tree.ts'

/** The cryptography that the verifier stands on; the caller brings it. */
export interface Crypto {
  sm3: Hash
  verifyEd25519(
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean | Promise<boolean>
}

/** In this order: the file, its parts, the entry in the tree, the signature, the key. */
export type StepName = 'file' | 'parts' | 'tree' | 'signature' | 'key-id' | 'key'

/** `warning`: nothing is wrong, but the reader has to do something more. */
export interface Step {
  name: StepName
  outcome: 'passed' | 'failed' | 'warning'
  /** What in the file is concerned: 'line 3', 'entry.payload.amount', 'path.3', 'seal.root'. */
  places: readonly string[]
  /** Values that the sentence about this step mentions. */
  facts: Readonly<Record<string, string>>
}

export interface Verdict {
  /** Every step passed, except that the key may still have to be compared. */
  genuine: boolean
  steps: readonly Step[]
  /** Present when the file is a proof document at all. */
  proof: Proof | null
}

/** A proof is a few kilobytes; more than this is refused unread. */
const LARGEST_FILE_CHARACTERS = 1_000_000

const passed = (name: StepName, facts: Step['facts'] = {}): Step => ({
  name,
  outcome: 'passed',
  places: [],
  facts,
})
const failed = (name: StepName, places: readonly string[], facts: Step['facts'] = {}): Step => ({
  name,
  outcome: 'failed',
  places,
  facts,
})

/** Where JSON ends to be JSON, as 'line n' counted from 1, if the engine says so. */
function placeInText(text: string, error: unknown): string[] {
  const at = /position (\d+)/.exec(String(error))?.[1]
  if (at === undefined) return ['file']
  return [`line ${text.slice(0, Number(at)).split('\n').length}`]
}

function readDocument(text: string): { document: JsonObject } | { places: string[] } {
  if (text.length > LARGEST_FILE_CHARACTERS) return { places: ['file'] }
  try {
    const document: unknown = JSON.parse(text)
    const places = malformedParts(document)
    return places.length > 0 ? { places } : { document: document as JsonObject }
  } catch (error) {
    return { places: placeInText(text, error) }
  }
}

/** Where the content is proven all the same, it is the check sums that were changed. */
function checkParts(sm3: Hash, document: JsonObject, proven: boolean): Step {
  try {
    const changed = changedParts(sm3, document)
    if (changed.length === 0) return passed('parts')
    return failed('parts', proven ? changed.map((part) => `checksums.${part}`) : changed)
  } catch {
    return failed('parts', ['entry'])
  }
}

/** From the entry over the path to the root. */
function checkTree(sm3: Hash, proof: Proof): Step {
  const { entry, seal } = proof
  const facts = { position: String(entry.position), size: String(seal.size), root: seal.root }
  try {
    const leaf = leafHash(sm3, fromHex(proof.salt), entry)
    const path = proof.path.map(fromHex)
    const root = rootFromPath(sm3, leaf, leafIndex(entry.position), seal.size, path)
    if (toHex(root) === seal.root) return passed('tree', facts)
    return failed('tree', ['entry', 'salt', 'path', 'seal.root'], facts)
  } catch {
    return failed('tree', ['entry.position', 'path', 'seal.size'], facts)
  }
}

async function checkSignature(crypto: Crypto, proof: Proof): Promise<Step> {
  const fits = await signatureFits(
    crypto,
    statementOf(proof.seal),
    fromHex(proof.seal.signature),
    fromHex(proof.publicKey),
  )
  const facts = { at: proof.seal.at, origin: proof.seal.origin }
  return fits ? passed('signature', facts) : failed('signature', ['seal', 'publicKey'], facts)
}

/** Whether the signature is the key's on this statement; a malformed key or signature is a no. */
export async function signatureFits(
  crypto: Crypto,
  statement: SealStatement,
  signature: Uint8Array,
  publicKey: Uint8Array,
): Promise<boolean> {
  try {
    return await crypto.verifyEd25519(publicKey, signedBytes(statement), signature)
  } catch {
    return false
  }
}

function checkKey(proof: Proof, trustedKey: Uint8Array | undefined): Step {
  const facts = { keyId: proof.seal.keyId, publicKey: proof.publicKey }
  if (trustedKey === undefined) return { name: 'key', outcome: 'warning', places: [], facts }
  const same = equalBytes(trustedKey, fromHex(proof.publicKey))
  return same ? passed('key', facts) : failed('key', ['publicKey'], facts)
}

/**
 * Verifies the text of a proof file.
 * @param trustedKey the published public key (32 bytes); without it the key in the file is used
 *   and the last step is a warning, because a forger would put in a key of their own
 */
export async function verifyProof(
  text: string,
  crypto: Crypto,
  trustedKey?: Uint8Array,
): Promise<Verdict> {
  const read = readDocument(text)
  if ('places' in read) {
    return { genuine: false, steps: [failed('file', read.places)], proof: null }
  }
  const proof = read.document as unknown as Proof
  const { sm3 } = crypto
  const keyId = keyIdOf(sm3, fromHex(proof.publicKey))
  const chain = [
    checkTree(sm3, proof),
    await checkSignature(crypto, proof),
    keyId === proof.seal.keyId
      ? passed('key-id', { keyId })
      : failed('key-id', ['seal.keyId', 'publicKey'], { keyId }),
  ]
  const proven = chain.every((step) => step.outcome === 'passed')
  const steps = [
    passed('file'),
    checkParts(sm3, read.document, proven),
    ...chain,
    checkKey(proof, trustedKey),
  ]
  return { genuine: steps.every((step) => step.outcome !== 'failed'), steps, proof }
}
