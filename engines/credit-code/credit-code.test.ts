// Both check digits of the credit code: known codes, and every way to get one wrong.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  alphabet,
  checkCreditCode,
  completeCreditCode,
  normaliseCreditCode,
  readCreditCode,
} from './credit-code.ts'

const known = ['91110102MAD55U9H0F', '91440300708461136T', '91320118MAK93FC72D']
const digit = fc.constantFrom(...alphabet)
const code = fc
  .array(digit, { minLength: 16, maxLength: 16 })
  .map((digits) => completeCreditCode(digits.join('')))

const replace = (text: string, index: number, by: string): string =>
  text.slice(0, index) + by + text.slice(index + 1)

test('codes known to be right pass', () => {
  for (const text of known) assert.deepEqual(checkCreditCode(text), { ok: true, code: text })
})

test('a completed code passes, and only its own two check digits do', () => {
  fc.assert(
    fc.property(code, digit, digit, (text, seventeenth, eighteenth) => {
      const other = text.slice(0, 16) + seventeenth + eighteenth
      assert.equal(checkCreditCode(other).ok, other === text)
    }),
  )
})

test('any one changed digit is found', () => {
  fc.assert(
    fc.property(code, fc.nat(17), digit, (text, index, by) => {
      fc.pre(text[index] !== by)
      assert.equal(checkCreditCode(replace(text, index, by)).ok, false)
    }),
    { numRuns: 1_000 },
  )
})

test('any two neighbours exchanged are found', () => {
  fc.assert(
    fc.property(code, fc.nat(16), (text, index) => {
      fc.pre(text[index] !== text[index + 1])
      const swapped = replace(replace(text, index, text[index + 1]!), index + 1, text[index]!)
      assert.equal(checkCreditCode(swapped).ok, false)
    }),
    { numRuns: 1_000 },
  )
})

test('a wrong check digit is named with what it would have to be', () => {
  fc.assert(
    fc.property(code, fc.constantFrom(16, 17), digit, (text, index, by) => {
      fc.pre(text[index] !== by)
      assert.deepEqual(checkCreditCode(replace(text, index, by)), {
        ok: false,
        fault: 'check',
        wrong: [{ position: index + 1, found: by, expected: text[index] }],
      })
    }),
  )
})

test('putting every named digit right gives a code that passes', () => {
  fc.assert(
    fc.property(code, fc.nat(15), digit, (text, index, by) => {
      fc.pre(text[index] !== by)
      const answer = checkCreditCode(replace(text, index, by))
      assert.ok(!answer.ok && answer.fault === 'check')
      const mended = answer.wrong.reduce(
        (so, { position, expected }) => replace(so, position - 1, expected),
        replace(text, index, by),
      )
      assert.equal(checkCreditCode(mended).ok, true)
    }),
  )
})

test('letters outside the alphabet and wrong lengths are named', () => {
  assert.deepEqual(checkCreditCode('9144030070846113OT'), {
    ok: false,
    fault: 'character',
    position: 17,
    found: 'O',
  })
  assert.deepEqual(checkCreditCode('91440300708461136'), { ok: false, fault: 'length', length: 17 })
  assert.deepEqual(checkCreditCode(''), { ok: false, fault: 'length', length: 0 })
  assert.throws(() => completeCreditCode('9144030070846113O'), RangeError)
})

test('any text at all gets an answer', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: digit })), (text) => {
      assert.equal(typeof checkCreditCode(text).ok, 'boolean')
    }),
  )
})

test('a code is read as it is written on paper', () => {
  assert.equal(normaliseCreditCode(' 9144 0300-7084 61136t '), '91440300708461136T')
  assert.deepEqual(readCreditCode('91440300708461136T'), {
    registry: '9',
    class: '1',
    area: '440300',
  })
})
