// The reducer: whatever entries come, money is conserved and nothing falls below zero.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Book, type Entry, type Leg, type RefusalCode, reduce } from './reduce.ts'

const leg = (account: string, available: bigint, held = 0n): Leg => ({ account, available, held })
const entry = (id: string, legs: Leg[], more: Partial<Entry> = {}): Entry => ({
  id,
  kind: 'transferred',
  hold: null,
  reversalOf: null,
  legs,
  ...more,
})

function funded(): Book {
  const book = new Book()
  book.open({ id: 'mint', asset: 'cny', source: true })
  for (const id of ['a', 'b']) book.open({ id, asset: 'cny', source: false })
  book.open({ id: 't', asset: 'token', source: false })
  assert.equal(book.apply(entry('e0', [leg('mint', -100n), leg('a', 100n)])), null)
  return book
}

test('hold, capture in part, release: the way of a payment', () => {
  const book = funded()
  const steps: Entry[] = [
    entry('h', [leg('a', -60n, 60n)], { kind: 'held', hold: 'h' }),
    entry('c', [leg('a', 0n, -25n), leg('b', 25n)], { kind: 'captured', hold: 'h' }),
    entry('r', [leg('a', 35n, -35n)], { kind: 'released', hold: 'h' }),
  ]
  for (const step of steps) assert.equal(book.apply(step), null)
  assert.equal(book.accounts.get('a')!.available, 75n)
  assert.equal(book.accounts.get('b')!.available, 25n)
  assert.deepEqual(book.holds.get('h'), [
    { account: 'a', amount: 60n, captured: 25n, released: 35n },
  ])
})

test('every refusal names its reason and changes nothing', () => {
  const cases: [RefusalCode, string, Entry][] = [
    ['no-legs', 'x', entry('x', [])],
    ['repeated-entry', 'e0', entry('e0', [leg('a', -1n), leg('b', 1n)])],
    ['repeated-account', 'a', entry('x', [leg('a', -1n), leg('a', 1n)])],
    ['unknown-account', 'z', entry('x', [leg('z', -1n), leg('a', 1n)])],
    ['unbalanced', 'cny', entry('x', [leg('a', -1n), leg('b', 2n)])],
    ['unbalanced', 'cny', entry('x', [leg('a', -1n), leg('t', 1n)])],
    ['negative-available', 'b', entry('x', [leg('b', -1n), leg('a', 1n)])],
    ['negative-held', 'b', entry('x', [leg('b', 1n, -1n)])],
    ['hold-exists', 'h', entry('x', [leg('a', -1n, 1n)], { kind: 'held', hold: 'h' })],
    ['unknown-hold', 'k', entry('x', [leg('a', 1n, -1n)], { kind: 'released', hold: 'k' })],
    ['hold-exceeded', 'h', entry('x', [leg('a', 11n, -11n)], { kind: 'released', hold: 'h' })],
    ['unknown-original', 'y', entry('x', [leg('a', -1n), leg('b', 1n)], { reversalOf: 'y' })],
    ['not-opposite', 'e0', entry('x', [leg('a', -99n), leg('mint', 99n)], { reversalOf: 'e0' })],
  ]
  for (const [code, place, wrong] of cases) {
    const book = funded()
    book.apply(entry('h', [leg('a', -10n, 10n)], { kind: 'held', hold: 'h' }))
    book.apply(entry('h2', [leg('a', -10n, 10n)], { kind: 'held', hold: 'h2' }))
    const before = structuredClone([book.accounts, book.holds, book.entries])
    assert.deepEqual(book.apply(wrong), { code, place })
    assert.deepEqual([book.accounts, book.holds, book.entries], before)
  }
})

test('a reversal restores, once', () => {
  const book = funded()
  const before = structuredClone([...book.accounts.values()])
  book.apply(entry('t', [leg('a', -30n), leg('b', 30n)]))
  const back = entry('r', [leg('b', -30n), leg('a', 30n)], { reversalOf: 't' })
  assert.equal(book.apply(back), null)
  const unversioned = (accounts: typeof before) => accounts.map((one) => ({ ...one, version: 0n }))
  assert.deepEqual(unversioned([...book.accounts.values()]), unversioned(before))
  const again = { ...back, id: 'r2' }
  assert.deepEqual(book.apply(again), { code: 'already-reversed', place: 't' })
})

const names = ['mint', 'a', 'b', 't', 'z']
const legs = fc.array(
  fc.record(
    {
      account: fc.constantFrom(...names),
      available: fc.bigInt({ min: -50n, max: 50n }),
      held: fc.bigInt({ min: -50n, max: 50n }),
    },
    { noNullPrototype: true },
  ),
  { maxLength: 4 },
)
const balanced = legs.map((some) => {
  const sum = some.reduce((total, one) => total + one.available + one.held, 0n)
  return [...some.filter(({ account }) => account !== 'mint'), leg('mint', -sum)]
})
const entries = fc.array(
  fc.record(
    {
      id: fc.constantFrom(...'123456789'),
      kind: fc.constantFrom('held', 'captured', 'released', 'transferred'),
      hold: fc.option(fc.constantFrom(...'123')),
      reversalOf: fc.option(fc.constantFrom(...'123456789')),
      legs: fc.oneof(legs, balanced, balanced),
    },
    { noNullPrototype: true },
  ),
  { maxLength: 30 },
)

test('property: per asset the sum stays zero, and only sources fall below zero', () => {
  fc.assert(
    fc.property(entries, (some) => {
      const book = funded()
      for (const one of some) book.apply(one)
      const sums = new Map<string, bigint>()
      for (const { asset, available, held, source } of book.accounts.values()) {
        sums.set(asset, (sums.get(asset) ?? 0n) + available + held)
        assert.ok(held >= 0n && (source || available >= 0n))
      }
      for (const sum of sums.values()) assert.equal(sum, 0n)
      for (const parts of book.holds.values()) {
        for (const { amount, captured, released } of parts) {
          assert.ok(captured >= 0n && released >= 0n && captured + released <= amount)
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('property: the reducer reads its state and never writes it', () => {
  fc.assert(
    fc.property(entries, (some) => {
      const book = funded()
      for (const one of some) {
        const before = structuredClone({ ...book })
        reduce(book, one)
        assert.deepEqual({ ...book }, before)
        book.apply(one)
      }
    }),
  )
})
