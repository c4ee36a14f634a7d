// Numbers and times as they are shown: no float, no rounding, Asia/Shanghai.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  chineseNumber,
  columnDecimals,
  dateTime,
  decimal,
  decimalsOf,
  duration,
  isoDate,
  nearTime,
  signOf,
} from './format.ts'

test('a day begins at midnight in Asia/Shanghai, wherever the reader is', () => {
  assert.equal(isoDate(new Date('2026-12-31T15:59:59Z')), '2026-12-31')
  assert.equal(isoDate(new Date('2026-12-31T16:00:00Z')), '2027-01-01')
  assert.equal(dateTime(new Date('2026-11-23T16:05:09Z')), '2026-11-24 00:05')
  assert.equal(dateTime(new Date('2026-11-23T16:05:09Z'), true), '2026-11-24 00:05:09')
})

test('a time of today goes without its date, one of this year without its year', () => {
  const now = new Date('2026-11-23T16:30:00Z')
  assert.equal(nearTime(new Date('2026-11-23T16:05:09Z'), now), '00:05')
  assert.equal(nearTime(new Date('2026-11-23T16:05:09Z'), now, true), '00:05:09')
  assert.equal(nearTime(new Date('2026-11-23T15:59:00Z'), now), '11-23 23:59')
  assert.equal(nearTime(new Date('2027-01-01T00:00:00Z'), now), '2027-01-01 08:00')
})

test('money is grouped and never rounded', () => {
  assert.equal(decimal('186000.0000', 2), '186,000.00')
  assert.equal(decimal('0.0001', 2), '0.0001')
  assert.equal(decimal('-1234567.5000', 2), '−1,234,567.50')
  assert.equal(decimal('9007199254740993.25', 2), '9,007,199,254,740,993.25')
  assert.equal(decimal('12'), '12')
})

test('grouping keeps every digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (amount) => {
      const back = decimal(String(amount)).replaceAll(',', '').replace('−', '-')
      assert.equal(back, String(amount))
    }),
  )
})

test('a column takes the decimals that its finest amount needs', () => {
  assert.equal(decimalsOf('12.5000'), 1)
  assert.equal(columnDecimals(['1', '2.50', '0.0125'], 2), 4)
  assert.equal(columnDecimals(['1', '2'], 2), 2)
})

test('the sign of zero is none, however it is written', () => {
  assert.deepEqual(['0', '0.0000', '-0.00'].map(signOf), [0, 0, 0])
  assert.deepEqual(['0.0001', '-0.0001'].map(signOf), [1, -1])
})

test('durations name their two largest units', () => {
  assert.equal(duration(93_784, 'zh-CN'), '1 天 2 小时')
  assert.equal(duration(86_400, 'en'), '1 d')
  assert.equal(duration(59, 'zh-CN'), '59 秒')
  assert.equal(duration(0, 'en'), '0 s')
})

test('articles are counted as the law counts them', () => {
  assert.deepEqual([1, 9, 10, 11, 19, 20, 34, 99].map(chineseNumber), [
    '一',
    '九',
    '十',
    '十一',
    '十九',
    '二十',
    '三十四',
    '九十九',
  ])
})
