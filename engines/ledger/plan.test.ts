// Funding order, partial capture and rounding, against brute force over every possible split.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CARD_HOUR, mostOf, priceOf, splitCapture, splitFunding } from './plan.ts'

/** Every way to take `left` from parts that give at most `rooms`, the first part's most first. */
function splits(rooms: readonly bigint[], left: bigint): bigint[][] {
  const [room, ...rest] = rooms
  if (room === undefined) return left === 0n ? [[]] : []
  const found: bigint[][] = []
  for (let take = room < left ? room : left; take >= 0n; take--) {
    for (const more of splits(rest, left - take)) found.push([take, ...more])
  }
  return found
}

const least = (...some: bigint[]) => some.sort((a, b) => (a < b ? -1 : 1))[0]!
const small = fc.bigInt({ min: 0n, max: 6n })
const share = fc.option(fc.integer({ min: 1, max: 10_000 }))

test('vouchers come first, within their share of the payment', () => {
  const sources = [
    { account: 'voucher', available: 900n, share: 3_000 },
    { account: 'cash', available: 5_000n, share: null },
  ]
  assert.deepEqual(splitFunding(sources, 1_000n), {
    parts: [
      { account: 'voucher', amount: 300n, share: 3_000 },
      { account: 'cash', amount: 700n, share: null },
    ],
  })
  assert.deepEqual(splitFunding(sources, 8_000n), { missing: 2_100n })
})

test('property: funding takes the first sources first, as brute force does', () => {
  const source = fc.record({ account: fc.uuid(), available: small, share })
  fc.assert(
    fc.property(fc.array(source, { maxLength: 4 }), small, (sources, needed) => {
      const rooms = sources.map(({ available, share: limit }) =>
        least(available, limit === null ? needed : mostOf(needed, limit)),
      )
      const [best] = splits(rooms, needed)
      const found = splitFunding(sources, needed)
      if (!best) return assert.ok('missing' in found)
      const expected = sources
        .map(({ account, share: limit }, i) => ({ account, amount: best[i]!, share: limit }))
        .filter(({ amount }) => amount > 0n)
      assert.deepEqual(found, { parts: expected })
    }),
  )
})

test('property: a capture takes the first parts first, as brute force does', () => {
  const part = fc
    .record({ amount: small, captured: small, released: small, share })
    .filter(({ amount, captured, released }) => captured + released <= amount)
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), small, (parts, amount) => {
      const total = parts.reduce((sum, { captured }) => sum + captured, amount)
      const rooms = parts.map(({ amount: held, captured, released, share: limit }) => {
        const open = held - captured - released
        const most = limit === null ? open : mostOf(total, limit) - captured
        const room = least(most, open)
        return room > 0n ? room : 0n
      })
      const [best] = splits(rooms, amount)
      const found = splitCapture(parts, amount)
      if (best) assert.deepEqual(found, { takes: best })
      else assert.ok('missing' in found && found.missing > 0n)
    }),
  )
})

test('property: captured in steps, a part never exceeds its share of the whole', () => {
  const steps = fc.array(fc.bigInt({ min: 1n, max: 400n }), { maxLength: 8 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999 }), steps, (limit, amounts) => {
      const voucher = mostOf(1_000n, limit)
      const parts = [
        { amount: voucher, captured: 0n, released: 0n, share: limit },
        { amount: 1_000n - voucher, captured: 0n, released: 0n, share: null },
      ]
      let paid = 0n
      for (const amount of amounts) {
        const found = splitCapture(parts, amount)
        if ('missing' in found) continue
        paid += amount
        for (const [i, take] of found.takes.entries()) parts[i]!.captured += take
        assert.equal(parts[0]!.captured + parts[1]!.captured, paid)
        assert.ok(parts[0]!.captured <= mostOf(paid, limit))
      }
    }),
  )
})

test('metering is priced once and rounded down: never against the user', () => {
  assert.equal(priceOf(CARD_HOUR, 125_000n), 125_000n)
  assert.equal(priceOf(CARD_HOUR / 3n, 100_000n), 33_333n)
  assert.equal(priceOf(1n, 125_000n), 0n)
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
      fc.bigInt({ min: 0n, max: 10n ** 7n }),
      (used, hourly) => {
        const price = priceOf(used, hourly)
        assert.ok(price * CARD_HOUR <= used * hourly)
        assert.ok((price + 1n) * CARD_HOUR > used * hourly)
      },
    ),
  )
})
