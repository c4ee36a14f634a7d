// The choice among ways to run a job: in time, affordable, early, cheap, and every loser told why.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Candidate, choose } from './choose.ts'

const MINUTE = 60_000
const way = (
  key: string,
  startsBy: number | null,
  cash: bigint,
  more: Partial<Candidate> = {},
) => ({
  key,
  name: { zh: key, en: key },
  cash,
  purse: null,
  startsBy,
  endsBy: startsBy === null ? null : startsBy + 10 * MINUTE,
  refused: null,
  ...more,
})

test('the cheapest of the early ones wins; a later or dearer one is told so', () => {
  const { chosen, reasons } = choose(
    [
      way('late', 60 * MINUTE, 100n),
      way('dear', 0, 30_000n),
      way('good', 0, 20_000n),
      way('none', null, 0n, { refused: { code: 'too-large', params: { asked: 9, largest: 8 } } }),
    ],
    null,
  )
  assert.equal(chosen, 'good')
  assert.deepEqual(
    reasons.get('good')!.map(({ code }) => code),
    ['chosen-earliest', 'chosen-cheapest'],
  )
  assert.equal(reasons.get('late')![0]!.code, 'later-than')
  assert.deepEqual(reasons.get('dear'), [
    { code: 'dearer-than', params: { other: 'good', percent: 50 } },
  ])
  assert.equal(reasons.get('none')![0]!.code, 'too-large')
})

test('a deadline and an empty purse are reasons, not errors', () => {
  const ways = [
    way('a', 0, 50_000n, { purse: 10_000n }),
    way('b', 30 * MINUTE, 100n, { purse: 10_000n }),
  ]
  const late = choose(ways, 20 * MINUTE)
  assert.equal(late.chosen, null)
  assert.equal(late.reasons.get('a')![0]!.code, 'insufficient-funds')
  assert.equal(late.reasons.get('b')![0]!.code, 'deadline-missed')
  assert.equal(choose(ways, null).chosen, 'b')
})

test('whatever the ways: each has a reason, the chosen one is possible and none early is cheaper', () => {
  const ways = fc.array(
    fc.record({ at: fc.option(fc.nat(100)), cash: fc.bigInt(0n, 1_000_000n) }),
    { minLength: 1, maxLength: 8 },
  )
  fc.assert(
    fc.property(
      ways,
      fc.option(fc.nat(120)),
      fc.option(fc.bigInt(0n, 1_000_000n)),
      (all, by, room) => {
        const candidates = all.map(({ at, cash }, nth) =>
          way(`w${nth}`, at === null ? null : at * MINUTE, cash, {
            purse: room,
            refused: at === null ? { code: 'too-large', params: {} } : null,
          }),
        )
        const deadline = by === null ? null : by * MINUTE
        const { chosen, reasons } = choose(candidates, deadline)
        for (const { key } of candidates) assert.ok(reasons.get(key)!.length > 0)
        const able = candidates.filter(
          (one) =>
            one.startsBy !== null &&
            (deadline === null || one.endsBy! <= deadline) &&
            (room === null || one.cash <= room),
        )
        const best = candidates.find(({ key }) => key === chosen)
        assert.equal(best === undefined, able.length === 0)
        if (!best) return
        assert.ok(able.includes(best))
        const earliest = Math.min(...able.map(({ startsBy }) => startsBy!))
        assert.ok(best.startsBy! <= earliest + MINUTE)
        const early = able.filter(({ startsBy }) => startsBy! <= earliest + MINUTE)
        assert.ok(early.every(({ cash }) => cash >= best.cash))
      },
    ),
  )
})
