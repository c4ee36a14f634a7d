// SM3 against the examples of GB/T 32905 and against OpenSSL on every length up to four blocks.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { toHex, utf8 } from './bytes.ts'
import { sm3 } from './sm3.ts'

const examples = [
  ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
  ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
] as const

test('SM3 gives the digests of GB/T 32905, here and in OpenSSL', () => {
  for (const [message, digest] of examples) {
    assert.equal(toHex(sm3(utf8(message))), digest)
    assert.equal(createHash('sm3').update(message).digest('hex'), digest)
  }
})

test('SM3 agrees with OpenSSL on every length up to 260 bytes and on random messages', () => {
  const agrees = (message: Uint8Array) =>
    assert.equal(toHex(sm3(message)), createHash('sm3').update(message).digest('hex'))
  for (let length = 0; length <= 260; length++) agrees(new Uint8Array(length).fill(length))
  fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), agrees))
})
