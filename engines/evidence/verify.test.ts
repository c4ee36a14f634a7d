// A genuine proof verifies; one changed byte anywhere is found, and its place is named.
import assert from 'node:assert/strict'
import { createPublicKey, hash as digest, generateKeyPairSync, sign, verify } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromHex, toHex } from './bytes.ts'
import { type JsonObject, leafHash, type SealedEntry } from './leaf.ts'
import { makeProof, type Proof } from './proof.ts'
import { keyIdOf, type SealStatement, sealHash, signedBytes } from './seal.ts'
import { EMPTY_EDGE, extend, type ReadTile, rangeHash } from './tiles.ts'
import { inclusionRanges } from './tree.ts'
import { type Crypto, type Verdict, verifyProof } from './verify.ts'
import { canVerify, webCrypto } from './web-crypto.ts'
import { conclusionInWords, stepInWords } from './words.ts'

const sm3 = (data: Uint8Array) => digest('sm3', data, 'buffer')
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const rawKey = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url')

const crypto: Crypto = {
  sm3,
  verifyEd25519: (key, message, signature) =>
    verify(
      null,
      message,
      createPublicKey({
        format: 'jwk',
        key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') },
      }),
      signature,
    ),
}

function entryAt(position: number): SealedEntry {
  return {
    position,
    kind: 'ledger.captured',
    version: 1,
    actor: { kind: 'person', name: '0198', person: '0198-a', subject: null, mandate: null },
    subject: '0198c0de-0000-7000-8000-000000000001',
    validAt: '2026-11-23T08:00:00.000000Z',
    knownAt: '2026-11-23T08:00:01.500000Z',
    payload: { amount: '12.0000', hold: '0198-h', lines: [{ n: 1 }, { n: 2 }], 备注: null },
  }
}

/** A real proof of one position in a log of `size` entries. */
function proofOf(position: number, size: number): Proof {
  const salts = Array.from({ length: size }, (_, i) => sm3(Uint8Array.of(9, i)).subarray(0, 16))
  const leaves = salts.map((salt, i) => leafHash(sm3, salt, entryAt(i + 1)))
  const tiles = new Map(
    extend(sm3, EMPTY_EDGE, leaves).changed.map((tile) => [`${tile.level}/${tile.index}`, tile]),
  )
  const read: ReadTile = ({ level, index }) => tiles.get(`${level}/${index}`)!.hashes
  const statement: SealStatement = {
    format: 'kapok-seal/1',
    origin: 'kapok/test',
    size,
    root: toHex(rangeHash(sm3, read, { start: 0, end: size })),
    at: '2026-11-23T08:00:02.000Z',
    previous: toHex(sm3(Uint8Array.of(5))),
    algorithm: 'Ed25519',
    keyId: keyIdOf(sm3, rawKey),
  }
  return makeProof(sm3, {
    entry: entryAt(position),
    salt: toHex(salts[position - 1]!),
    path: inclusionRanges(position - 1, size).map((range) => toHex(rangeHash(sm3, read, range))),
    seal: { ...statement, signature: toHex(sign(null, signedBytes(statement), privateKey)) },
    publicKey: toHex(rawKey),
  })
}

const proof = proofOf(200, 300)
const text = JSON.stringify(proof, null, 2)

const failures = (verdict: Verdict) =>
  verdict.steps.filter((step) => step.outcome === 'failed').map((step) => step.name)
const places = (verdict: Verdict) =>
  verdict.steps.filter((step) => step.outcome === 'failed').flatMap((step) => step.places)

test('a genuine proof verifies, with OpenSSL and with what a browser has', async () => {
  assert.equal(await canVerify(), true)
  for (const each of [crypto, webCrypto]) {
    const compared = await verifyProof(text, each, rawKey)
    assert.deepEqual(failures(compared), [])
    assert.equal(compared.genuine, true)
    assert.equal(conclusionInWords(compared).zh, '证明有效。')
    const open = await verifyProof(text, each)
    assert.equal(open.genuine, true)
    assert.equal(open.steps.at(-1)?.outcome, 'warning')
    assert.match(conclusionInWords(open).en, /still to be compared/)
  }
})

test('a browser that knows no Ed25519 says so beforehand', async (t) => {
  t.mock.method(globalThis.crypto.subtle, 'importKey', () => Promise.reject(new Error('unknown')))
  assert.equal(await canVerify(), false)
})

test('proofs of the first, the last and the only entry verify', async () => {
  for (const [position, size] of [
    [1, 1],
    [1, 257],
    [257, 257],
    [256, 257],
  ] as const) {
    const verdict = await verifyProof(JSON.stringify(proofOf(position, size)), crypto, rawKey)
    assert.ok(verdict.genuine, `${position} of ${size}`)
  }
})

/** Sets a value deep in a copy of the proof. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const copy = structuredClone(proof) as unknown as JsonObject
  const last = path.at(-1)!
  const parent = path.slice(0, -1).reduce((at: unknown, key) => (at as JsonObject)[key], copy)
  ;(parent as { [key: string | number]: unknown })[last] = value
  return JSON.stringify(copy)
}

const flip = (hex: string) => (hex.startsWith('0') ? '1' : '0') + hex.slice(1)

test('each changed part is named', async () => {
  const cases: [(string | number)[], unknown, string][] = [
    [['entry', 'position'], 201, 'entry.position'],
    [['entry', 'kind'], 'ledger.released', 'entry.kind'],
    [['entry', 'version'], 2, 'entry.version'],
    [['entry', 'actor', 'person'], '0198-b', 'entry.actor.person'],
    [['entry', 'subject'], null, 'entry.subject'],
    [['entry', 'validAt'], '2026-11-23T08:00:00.000001Z', 'entry.validAt'],
    [['entry', 'knownAt'], '2026-11-24T08:00:01.500000Z', 'entry.knownAt'],
    [['entry', 'payload', 'amount'], '12.0001', 'entry.payload.amount'],
    [['entry', 'payload', 'extra'], 1, 'entry.payload.extra'],
    [['salt'], flip(proof.salt), 'salt'],
    [['path', 2], flip(proof.path[2]!), 'path.3'],
    [['seal', 'size'], 301, 'seal.size'],
    [['seal', 'root'], flip(proof.seal.root), 'seal.root'],
    [['seal', 'at'], '2026-11-23T08:00:03.000Z', 'seal.at'],
    [['seal', 'origin'], 'kapok/other', 'seal.origin'],
    [['seal', 'previous'], null, 'seal.previous'],
    [['seal', 'keyId'], flip(proof.seal.keyId), 'seal.keyId'],
    [['seal', 'signature'], flip(proof.seal.signature), 'seal.signature'],
    [['publicKey'], flip(proof.publicKey), 'publicKey'],
    [['checksums', 'salt'], flip(proof.checksums.salt!), 'checksums.salt'],
    [['format'], 'kapok-proof/2', 'format'],
    [['more'], 1, 'more'],
    [['entry', 'nested'], {}, 'entry.nested'],
    [['path', 0], 'zz', 'path.1'],
  ]
  for (const [path, value, place] of cases) {
    const verdict = await verifyProof(changed(path, value), crypto, rawKey)
    assert.equal(verdict.genuine, false, place)
    assert.ok(places(verdict).includes(place), `${place} in ${places(verdict)}`)
    if (failures(verdict)[0] === 'parts') {
      assert.deepEqual(verdict.steps[1]?.places, [place], 'this part and no other')
    }
  }
})

test('any one flipped byte of the file is found, except where the document stays the same', async () => {
  const bytes = Buffer.from(text)
  await fc.assert(
    fc.asyncProperty(
      fc.nat(bytes.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, mask) => {
        const copy = Buffer.from(bytes)
        copy[at]! ^= mask
        const changedText = copy.toString()
        const verdict = await verifyProof(changedText, crypto, rawKey)
        let same = false
        try {
          assert.deepEqual(JSON.parse(changedText), proof)
          same = true
        } catch {}
        assert.equal(verdict.genuine, same)
        if (!same) assert.ok(places(verdict).length > 0)
      },
    ),
    { numRuns: 3000 },
  )
})

test('a forger who also repairs the check sums is still found', async () => {
  const { format: _, checksums: __, ...content } = structuredClone(proof)
  content.entry.payload.amount = '99.0000'
  const forged = await verifyProof(JSON.stringify(makeProof(sm3, content)), crypto, rawKey)
  assert.deepEqual(failures(forged), ['tree'])

  const { format: ___, checksums: ____, ...other } = structuredClone(proof)
  other.seal.at = '2020-01-01T00:00:00.000Z'
  const resealed = await verifyProof(JSON.stringify(makeProof(sm3, other)), crypto, rawKey)
  assert.deepEqual(failures(resealed), ['signature'])
})

test('a whole forgery under another key verifies alone, and fails against the published key', async () => {
  const verdict = await verifyProof(text, crypto, sm3(rawKey))
  assert.deepEqual(failures(verdict), ['key'])
  assert.equal(verdict.genuine, false)
})

test('what is no proof is told with its place', async () => {
  const cases: [string, string][] = [
    ['', 'file'],
    ['[]', 'format'],
    ['null', 'format'],
    ['{}', 'seal'],
    [`${text.slice(0, 400)}\u0000${text.slice(401)}`, 'line 13'],
    [text.replace('"kind"', '"kinb"'), 'entry.kinb'],
    ['['.repeat(500_000), 'file'],
    [`{"x":"${'a'.repeat(1_000_000)}"}`, 'file'],
  ]
  for (const [file, place] of cases) {
    const verdict = await verifyProof(file, crypto)
    assert.deepEqual(failures(verdict), ['file'])
    if (place.startsWith('line')) assert.match(places(verdict)[0]!, /^line \d+$/)
    else assert.ok(places(verdict).includes(place), `${place} in ${places(verdict)}`)
    assert.equal(verdict.proof, null)
  }
  const surrogate = await verifyProof(changed(['entry', 'kind'], '\ud800'), crypto)
  assert.equal(surrogate.genuine, false)
  const deep = JSON.stringify(proof).replace(
    '"备注":null',
    `"备注":${'['.repeat(9000)}${']'.repeat(9000)}`,
  )
  assert.equal((await verifyProof(deep, crypto)).genuine, false)
})

test('every step has its sentence in both languages, with every hole filled', async () => {
  const verdicts = [
    await verifyProof(text, crypto),
    await verifyProof(text, crypto, rawKey),
    await verifyProof(text, crypto, sm3(rawKey)),
    await verifyProof('{', crypto),
    await verifyProof(changed(['path', 1], flip(proof.path[1]!)), crypto),
    await verifyProof(changed(['seal', 'keyId'], flip(proof.seal.keyId)), crypto),
  ]
  const seen = new Set<string>()
  for (const step of verdicts.flatMap((verdict) => verdict.steps)) {
    seen.add(`${step.name} ${step.outcome}`)
    const words = stepInWords(step)
    assert.ok(words.zh.endsWith('。') && words.en.endsWith('.'))
    assert.doesNotMatch(words.zh + words.en, /[{}]|undefined/)
  }
  assert.equal(seen.size, 13)
  const located = stepInWords(verdicts[4]!.steps[1]!)
  assert.deepEqual(located, {
    zh: '以下部分已被改动：路径节点 2。',
    en: 'These parts were changed: path node 2.',
  })
})

test('a seal names the one before it by a hash of all that was signed', () => {
  const { signature: _, ...statement } = proof.seal
  const name = sealHash(sm3, statement)
  assert.equal(fromHex(name).length, 32)
  for (const field of Object.keys(statement) as (keyof SealStatement)[]) {
    assert.notEqual(sealHash(sm3, { ...statement, [field]: 'x' } as SealStatement), name)
  }
})
