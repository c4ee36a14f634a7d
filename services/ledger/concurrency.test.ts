// Many at once: money is never spent twice, keys act once, crossing transfers end.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { Problem } from '#platform/errors.ts'
import { testWorld } from '#platform/test-world.ts'
import { capture, hold } from './hold.ts'
import { transfer } from './move.ts'
import { fund, HOUR, ids, ledgerOf } from './test-ledger.ts'

const many = <T>(count: number, work: (nth: number) => Promise<T>) =>
  Promise.all(
    Array.from({ length: count }, (_, nth) =>
      work(nth).catch((error: unknown) => {
        if (error instanceof Problem) return error
        throw error
      }),
    ),
  )

test('forty holds compete for the money of ten: ten win, and each capture pays once', async (t) => {
  const world = await testWorld(t)
  const { payer, payee } = ids()
  const cash = await fund(world, payer, 100n)
  const grant = await fund(world, payer, 1_000n, { purposes: ['compute'], validUntil: null })
  const at = ledgerOf(world)
  const expiresAt = new Date(world.clock.now().getTime() + HOUR)
  const results = await many(40, (nth) =>
    at((ctx) =>
      hold(ctx, {
        payer,
        payee,
        purpose: 'compute',
        expiresAt,
        // Parts in either order: locks are taken in one.
        parts: [
          { accountId: nth % 2 ? cash : grant, amount: 10n },
          { accountId: nth % 2 ? grant : cash, amount: 10n },
        ],
        key: `hold-${nth}`,
      }),
    ),
  )
  const won = results.flatMap((result) => (result instanceof Problem ? [] : [result.entryId]))
  const lost = results.flatMap((result) => (result instanceof Problem ? [result.code] : []))
  assert.equal(won.length, 10)
  assert.deepEqual(new Set(lost), new Set(['ledger.insufficient']))
  const paid = await many(40, (nth) =>
    at((ctx) => capture(ctx, { holdId: won[nth % 10]!, key: `capture-${nth}` })),
  )
  assert.equal(paid.filter((one) => !(one instanceof Problem)).length, 10)
  assert.deepEqual(await at.balances(payer), { [cash]: [0n, 0n], [grant]: [900n, 0n] })
  assert.deepEqual(Object.values(await at.balances(payee)), [[200n, 0n]])
  assert.deepEqual(await at.check(), [])
})

test('one key from twenty clients acts once and answers all', async (t) => {
  const world = await testWorld(t)
  const { payer, payee } = ids()
  const [from, to] = [await fund(world, payer, 100n), await fund(world, payee, 0n)]
  const at = ledgerOf(world)
  const results = await many(20, () =>
    at((ctx) => transfer(ctx, { payer, from, to, amount: 7n, key: 'same' })),
  )
  assert.equal(new Set(results.map((one) => (one instanceof Problem ? one : one.entryId))).size, 1)
  assert.equal(results.filter((one) => !(one instanceof Problem) && !one.replayed).length, 1)
  assert.deepEqual(Object.values(await at.balances(payee)), [[7n, 0n]])
})

test('one key with two bodies at once: one is done, the other told', async (t) => {
  const world = await testWorld(t)
  const { payer, payee } = ids()
  const [from, to] = [await fund(world, payer, 100n), await fund(world, payee, 0n)]
  const at = ledgerOf(world)
  const results = await many(10, (nth) =>
    at((ctx) => transfer(ctx, { payer, from, to, amount: BigInt(1 + (nth % 2)), key: 'same' })),
  )
  const codes = results.map((one) => (one instanceof Problem ? one.code : 'done'))
  assert.deepEqual(new Set(codes), new Set(['done', 'request.key-reused']))
  assert.equal(codes.filter((code) => code === 'done').length, 5)
})

test('transfers that cross between all accounts end, and the sum stays', async (t) => {
  const world = await testWorld(t)
  const subjects = [randomUUID(), randomUUID(), randomUUID()]
  const accounts = await Promise.all(subjects.map((one) => fund(world, one, 1_000n)))
  const at = ledgerOf(world)
  await many(90, (nth) => {
    const [from, to] = [nth % 3, (nth + 1 + (nth % 2)) % 3]
    return at((ctx) =>
      transfer(ctx, {
        payer: subjects[from]!,
        from: accounts[from]!,
        to: accounts[to]!,
        amount: 3n,
        key: `t-${nth}`,
      }),
    )
  })
  const balances = await Promise.all(subjects.map((one) => at.balances(one)))
  const sum = balances.flatMap(Object.values).reduce((total, [available]) => total + available, 0n)
  assert.equal(sum, 3_000n)
  assert.deepEqual(await at.check(), [])
})

test('a payee without an account gets one, however many pay at once', async (t) => {
  const world = await testWorld(t)
  const { payee } = ids()
  const at = ledgerOf(world)
  const payers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const payer = randomUUID()
      const account = await fund(world, payer, 10n)
      const expiresAt = new Date(world.clock.now().getTime() + HOUR)
      const parts = [{ accountId: account, amount: 10n }]
      return at((ctx) =>
        hold(ctx, { payer, payee, purpose: 'compute', expiresAt, parts, key: randomUUID() }),
      )
    }),
  )
  await many(8, (nth) =>
    at((ctx) => capture(ctx, { holdId: payers[nth]!.entryId, key: `c-${nth}` })),
  )
  assert.deepEqual(Object.values(await at.balances(payee)), [[80n, 0n]])
})
