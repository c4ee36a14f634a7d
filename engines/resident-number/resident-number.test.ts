// The check digit and date of birth of the citizen identification number.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isResidentNumber, residentCheckDigit } from './resident-number.ts'

const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2026-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10).replaceAll('-', ''))
const number = fc
  .tuple(fc.integer({ min: 110000, max: 659999 }), day, fc.integer({ min: 0, max: 999 }))
  .map(([area, birth, order]) => `${area}${birth}${String(order).padStart(3, '0')}`)
  .map((body) => body + residentCheckDigit(body))

test('the example printed in the standard passes', () => {
  assert.equal(isResidentNumber('11010519491231002X'), true)
})

test('numbers with their check digit pass, any one changed digit is found', () => {
  fc.assert(
    fc.property(number, fc.nat(17), fc.nat(9), (text, index, by) => {
      assert.equal(isResidentNumber(text), true)
      fc.pre(text[index] !== String(by))
      const changed = text.slice(0, index) + by + text.slice(index + 1)
      assert.equal(isResidentNumber(changed), false)
    }),
    { numRuns: 500 },
  )
})

test('a day that does not exist is refused', () => {
  const body = '44010619990230001'
  assert.equal(isResidentNumber(body + residentCheckDigit(body)), false)
  assert.equal(isResidentNumber('<script>alert(1)</script>'), false)
})
