// Amounts go from text to whole units and back without loss; everything else is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatAmount, MOST, parseAmount } from './amount.ts'

test('texts that are amounts', () => {
  for (const [text, scale, amount] of [
    ['0', 4, 0n],
    ['12', 4, 120_000n],
    ['12.5', 4, 125_000n],
    ['0.0001', 4, 1n],
    ['7', 0, 7n],
    ['922337203685477.5807', 4, MOST],
  ] as const) {
    assert.deepEqual(parseAmount(text, scale), { amount })
  }
})

test('texts that are not, each with its reason', () => {
  for (const [text, refusal] of [
    ['-1', 'negative'],
    ['-0.01', 'negative'],
    ['0.00001', 'too-precise'],
    ['1.', 'not-decimal'],
    ['.5', 'not-decimal'],
    ['01', 'not-decimal'],
    ['1e3', 'not-decimal'],
    ['+1', 'not-decimal'],
    [' 1', 'not-decimal'],
    ['1\n', 'not-decimal'],
    ['１２', 'not-decimal'],
    ['', 'not-decimal'],
    ['NaN', 'not-decimal'],
    ['1,000', 'not-decimal'],
    ['922337203685477.5808', 'too-large'],
    ['9'.repeat(1_000_000), 'too-large'],
  ] as const) {
    assert.deepEqual(parseAmount(text, 4), { refusal }, text.slice(0, 30))
  }
})

test('property: what is written is read back', () => {
  const amounts = fc.bigInt({ min: 0n, max: MOST })
  fc.assert(
    fc.property(amounts, fc.integer({ min: 0, max: 9 }), (amount, scale) => {
      assert.deepEqual(parseAmount(formatAmount(amount, scale), scale), { amount })
      if (amount > 0n) {
        assert.equal(formatAmount(-amount, scale), `-${formatAmount(amount, scale)}`)
      }
    }),
  )
})

test('money shows two decimals at least, and no more than it needs', () => {
  assert.equal(formatAmount(120_000n, 4), '12.00')
  assert.equal(formatAmount(120_100n, 4), '12.01')
  assert.equal(formatAmount(120_001n, 4), '12.0001')
  assert.equal(formatAmount(-5n, 4), '-0.0005')
  assert.equal(formatAmount(5n, 0), '5')
  assert.equal(formatAmount(5n, 1), '0.5')
})
