// One-time passwords against the vectors of RFC 6238, and what is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { base32, findStep, newRecoveryCodes, totpCode, totpStep, totpUri } from './totp.ts'

const secret = Buffer.from('12345678901234567890')
const at = (seconds: number) => new Date(seconds * 1000)

test('the vectors of RFC 6238, appendix B (SHA-1), in six digits', () => {
  const vectors = [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ] as const
  for (const [seconds, code] of vectors) {
    assert.equal(totpCode(secret, totpStep(at(seconds))), code)
    assert.equal(findStep(secret, code, at(seconds), 0), totpStep(at(seconds)))
  }
})

test('a code is taken one step early or late, and no further', () => {
  const code = totpCode(secret, 100)
  for (const step of [99, 100, 101]) assert.equal(findStep(secret, code, at(step * 30), 0), 100)
  for (const step of [97, 98, 102, 103]) {
    assert.equal(findStep(secret, code, at(step * 30), 0), null, String(step))
  }
})

test('a step that was used, and every earlier one, is refused', () => {
  assert.equal(findStep(secret, totpCode(secret, 100), at(3000), 100), null)
  assert.equal(findStep(secret, totpCode(secret, 99), at(3000), 100), null)
  assert.equal(findStep(secret, totpCode(secret, 101), at(3000), 100), 101)
})

test('anything that is not six digits is no code', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^\d{6}$/.test(text))
      assert.equal(findStep(secret, text, at(59), 0), null)
    }),
  )
})

test('base32 as in RFC 4648, and an address that authenticators read', () => {
  const vectors = {
    '': '',
    f: 'MY',
    fo: 'MZXQ',
    foo: 'MZXW6',
    foob: 'MZXW6YQ',
    foobar: 'MZXW6YTBOI',
  }
  for (const [text, code] of Object.entries(vectors)) assert.equal(base32(Buffer.from(text)), code)
  const uri = new URL(totpUri(secret, 'lin&co'))
  assert.equal(uri.protocol, 'otpauth:')
  assert.equal(uri.searchParams.get('secret'), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
})

test('recovery codes differ and have one form', () => {
  const codes = newRecoveryCodes()
  assert.equal(new Set(codes).size, 10)
  for (const code of codes) assert.match(code, /^[a-z2-7]{5}-[a-z2-7]{5}$/)
})
