// Random operations against the database and against the pure engine at once: both say the same.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { Book } from '#engines/ledger/reduce.ts'
import type { JsonObject } from '#platform/context.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import { balanceAt } from './accounts.ts'
import type { Outcome } from './call.ts'
import { entryFact } from './contract.ts'
import { leg, type Operation, Twin } from './test-twin.ts'

const amount = fc.bigInt({ min: 1n, max: 60n })
const nth = fc.nat({ max: 5 })
const operations = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('hold' as const),
      who: nth,
      parts: fc.tuple(amount, amount),
      two: fc.boolean(),
      share: fc.option(fc.integer({ min: 1, max: 10_000 })),
    }),
    fc.record({
      do: fc.constant('capture' as const),
      of: nth,
      amount: fc.option(amount),
      close: fc.boolean(),
    }),
    fc.record({
      do: fc.constant('capture' as const),
      of: nth,
      amount: fc.option(amount),
      close: fc.boolean(),
    }),
    fc.record({ do: fc.constant('release' as const), of: nth }),
    fc.record({ do: fc.constant('transfer' as const), who: nth, to: nth, amount }),
    fc.record({ do: fc.constant('reverse' as const), of: nth }),
    fc.record({ do: fc.constant('repeat' as const), of: nth }),
  ),
  { minLength: 5, maxLength: 25 },
)
/** The facts of the journal, applied to an empty book. */
async function replayed(world: TestWorld, twin: Twin): Promise<Book> {
  const book = new Book()
  const { rows } = await sql<{ kind: string; payload: JsonObject }>`
    select kind, payload from journal.entry where kind like 'ledger.%' order by id`.execute(
    world.db,
  )
  const mine = new Set([...twin.main, ...twin.earmarked])
  for (const { kind, payload } of rows) {
    if (kind === 'ledger.opened') {
      const { account, asset, kind: of } = payload
      book.open({ id: String(account), asset: String(asset), source: of === 'external' })
      continue
    }
    const fact = entryFact.parse(payload)
    if (!fact.accounts.some((id) => mine.has(id))) continue
    const legs = fact.accounts.map((id, i) =>
      leg(id, BigInt(fact.available[i]!), BigInt(fact.held[i]!)),
    )
    const { entry: id, hold, reversalOf } = fact
    const refusal = book.apply({ id, kind: kind.slice('ledger.'.length), hold, reversalOf, legs })
    assert.equal(refusal, null)
  }
  return book
}

test('property: the database and the engine agree on every step; the journal replays to the same', {
  timeout: 120_000,
}, async (t) => {
  const world = await testWorld(t)
  await fc.assert(
    fc.asyncProperty(operations, async (some) => {
      const twin = new Twin(world)
      await twin.open()
      const past: { at: Date; balances: Map<string, [bigint, bigint]> }[] = []
      const done: [Operation, string, Outcome][] = []
      for (const operation of some) {
        world.clock.advance(1_000)
        if (operation.do === 'repeat') {
          const [earlier, key, first] = done[operation.of % Math.max(1, done.length)] ?? []
          if (!earlier || !key || !first) continue
          const again = await twin.perform(earlier, key)
          assert.deepEqual(again, { ...first, replayed: true, amounts: again.amounts })
        } else {
          const key = randomUUID()
          const outcome = await twin.step(operation, key)
          // A hold or entry is named by its number, which must not move for the repetition.
          if (outcome && (operation.do === 'hold' || operation.do === 'transfer')) {
            done.push([operation, key, outcome])
          }
        }
        const balances = new Map(
          [...twin.book.accounts.values()].map(
            (one) => [one.id, [one.available, one.held]] as const,
          ),
        ) as Map<string, [bigint, bigint]>
        past.push({ at: world.clock.now(), balances })
      }
      await twin.same()
      const book = await replayed(world, twin)
      for (const id of [...twin.main, ...twin.earmarked]) {
        assert.deepEqual(book.accounts.get(id), twin.book.accounts.get(id))
      }
      for (const { id } of twin.holds) assert.deepEqual(book.holds.get(id), twin.book.holds.get(id))
      for (const { at, balances } of past.filter((_, i) => i % 4 === 0)) {
        for (const id of twin.main) {
          const then = await twin.at((ctx) => balanceAt(ctx, id, at))
          assert.deepEqual([then.available, then.held], balances.get(id))
        }
      }
      assert.deepEqual(await twin.at.check(), [])
    }),
    { numRuns: 25 },
  )
})
