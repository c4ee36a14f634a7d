// What keeps a subject from being left: money and open holds are named, and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { system } from '#platform/context.ts'
import { testWorld } from '#platform/test-world.ts'
import { hold, issue, obligations, openAccount } from './index.ts'

const owner = '01890000-0000-7000-8000-00000000a001'

test('money and open holds are obligations; an empty account is none', async (t) => {
  const world = await testWorld(t)
  const ask = () => world.read(system('test'), (ctx) => obligations(ctx, owner))
  assert.deepEqual(await ask(), [])
  await world.transact(system('test'), async (ctx) => {
    const accountId = await openAccount(ctx, { owner, asset: 'cny', kind: 'main' })
    await issue(ctx, { key: 'in', accountId, asset: 'cny', amount: 50_000n, source: 'external' })
  })
  assert.equal((await ask()).length, 1)
  await world.transact(system('test'), async (ctx) => {
    const accountId = await openAccount(ctx, { owner, asset: 'cny', kind: 'main' })
    await hold(ctx, {
      key: 'hold',
      payer: owner,
      payee: '01890000-0000-7000-8000-00000000a002',
      purpose: 'compute',
      expiresAt: new Date(ctx.now.getTime() + 3_600_000),
      parts: [{ accountId, amount: 50_000n }],
    })
  })
  const reasons = await ask()
  assert.equal(reasons.length, 1)
  assert.match(reasons[0]!.zh, /1 笔冻结/)
})
