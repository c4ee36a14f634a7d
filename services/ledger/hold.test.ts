// Holds against the database: all parts or nothing, partial capture, expiry, and what is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { system } from '#platform/context.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import { openAccount, planFunding } from './accounts.ts'
import { capture, hold, release, releaseExpired } from './hold.ts'
import { issue, retire, reverse, transfer } from './move.ts'
import { accounts } from './store.ts'
import { fund, HOUR, ids, ledgerOf } from './test-ledger.ts'

test('a payment of two parts: held, captured in part, the rest released', async (t) => {
  const world = await testWorld(t)
  const { payer, payee } = ids()
  const grant = await fund(world, payer, 50n, { purposes: ['compute'], validUntil: null })
  const cash = await fund(world, payer, 100n)
  const at = ledgerOf(world)
  const held = await at((ctx) =>
    hold(ctx, {
      payer,
      payee,
      purpose: 'compute',
      expiresAt: new Date(+ctx.now + HOUR),
      parts: [
        { accountId: grant, amount: 50n, share: 5_000 },
        { accountId: cash, amount: 50n },
      ],
      key: 'h',
    }),
  )
  const paid = await at((ctx) => capture(ctx, { holdId: held.entryId, amount: 41n, key: 'c' }))
  assert.deepEqual(paid.amounts, [20n, 21n])
  const rest = await at((ctx) =>
    capture(ctx, { holdId: held.entryId, amount: 9n, close: true, key: 'c2' }),
  )
  assert.deepEqual(rest.amounts, [5n, 4n])
  assert.deepEqual(await at.balances(payer), { [grant]: [25n, 0n], [cash]: [75n, 0n] })
  assert.deepEqual(Object.values(await at.balances(payee)), [[50n, 0n]])
  await assert.rejects(
    at((ctx) => release(ctx, { holdId: held.entryId, key: 'r' })),
    { code: 'ledger.hold-closed' },
  )
  assert.deepEqual(await at.check(), [])
})
