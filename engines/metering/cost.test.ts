// Costs: exact, monotonous, never above what was set aside.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cardHours, cardTime, cost, mostCost, taxWithin } from './cost.ts'

const HOUR = 3_600_000

test('an hour of eight cards at 8.05 yuan is 64.40 yuan', () => {
  assert.equal(cost(cardTime(1, 8_000, HOUR), 80_500n), 644_000n)
  assert.equal(mostCost(cardTime(1, 8_000, HOUR), 80_500n), 644_000n)
})

test('a part of a fen is not charged, and is set aside', () => {
  const second = cardTime(1, 1_000, 1_000)
  assert.equal(cost(second, 80_500n), 0n)
  assert.equal(mostCost(second, 80_500n), 100n)
})

test('card-hours and tax as on a document', () => {
  assert.equal(cardHours(cardTime(8, 1_000, HOUR + HOUR / 4)), '10.0000')
  assert.equal(cardHours(cardTime(1, 470, HOUR)), '0.4700')
  assert.equal(cardHours(cardTime(8, 1_000, 3_060)), '0.0068', 'three seconds are not nothing')
  assert.equal(taxWithin(1_060_000n, 600), 60_000n)
})

const time = fc.tuple(fc.nat(64), fc.integer({ min: 1, max: 64_000 }), fc.nat(100 * HOUR))
const price = fc.bigInt(0n, 10_000_000n)

test('cost is whole fen, below the exact amount by less than one, and grows with time', () => {
  fc.assert(
    fc.property(time, price, fc.nat(HOUR), ([tasks, milli, ms], at, more) => {
      const metered = cardTime(tasks, milli, ms)
      const charged = cost(metered, at)
      const exact = metered * at
      const unit = 3_600_000_000n
      assert.equal(charged % 100n, 0n)
      assert.ok(charged * unit <= exact)
      assert.ok(exact < (charged + 100n) * unit)
      assert.ok(cost(cardTime(tasks, milli, ms + more), at) >= charged)
    }),
  )
})

test('what is set aside for a limit covers every run within it', () => {
  fc.assert(
    fc.property(
      time,
      price,
      fc.double({ min: 0, max: 1, noNaN: true }),
      ([n, milli, ms], at, part) => {
        const ran = Math.floor(ms * part)
        assert.ok(cost(cardTime(n, milli, ran), at) <= mostCost(cardTime(n, milli, ms), at))
      },
    ),
  )
})
