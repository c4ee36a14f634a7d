// Figures of an impact: units, signs, percent.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amountIn, percentOf, signed } from './impact-words.ts'

test('yuan are shown in ten thousands, other units as they are', () => {
  assert.deepEqual(amountIn(44_907_186.6, '元'), { value: '4,491', unit: '万元' })
  assert.deepEqual(amountIn(-15_000, '元'), { value: '−1.5', unit: '万元' })
  assert.deepEqual(amountIn(0, '元'), { value: '0', unit: '万元' })
  assert.deepEqual(amountIn(12, '万元'), { value: '12', unit: '万元' })
})

test('a change bears its sign, nothing bears none', () => {
  assert.deepEqual(['4,491', '−1.5', '0', '-3'].map(signed), ['+4,491', '−1.5', '0', '−3'])
  assert.equal(percentOf({ before: 100, after: 113.04 }), '+13.0%')
  assert.equal(percentOf({ before: 100, after: 92.9 }), '−7.1%')
  assert.equal(percentOf({ before: 100, after: 100 }), '0%')
  assert.equal(percentOf({ before: 0, after: 5 }), '—')
})
