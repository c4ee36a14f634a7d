// Holds and movements against the database: what works, what is refused and why, what time does.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import { system } from '#platform/context.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import { balanceAt, openAccount, planFunding, setFrozen } from './accounts.ts'
import { releaseDueHolds } from './due.ts'
import { capture, type HoldInput, hold, release } from './hold.ts'
import { issue, retire, reverse, transfer } from './move.ts'
import { fund, HOUR, ids, ledgerOf } from './test-ledger.ts'

async function bed(world: TestWorld) {
  const { payer, payee, other } = ids()
  const cash = await fund(world, payer, 100n)
  const at = ledgerOf(world)
  const expiresAt = new Date(world.clock.now().getTime() + HOUR)
  const base = { payer, payee, purpose: 'compute', expiresAt }
  const place = (more: Partial<HoldInput> = {}) =>
    at((ctx) =>
      hold(ctx, {
        ...base,
        parts: [{ accountId: cash, amount: 60n }],
        key: randomUUID(),
        ...more,
      }),
    )
  return { payer, payee, other, cash, at, place }
}

test('two parts: held, captured in part within their shares, the rest released', async (t) => {
  const world = await testWorld(t)
  const it = await bed(world)
  const grant = await fund(world, it.payer, 50n, { purposes: ['compute'], validUntil: null })
  const { entryId: holdId } = await it.place({
    parts: [
      { accountId: grant, amount: 50n, share: 5_000 },
      { accountId: it.cash, amount: 50n },
    ],
  })
  const paid = await it.at((ctx) => capture(ctx, { holdId, amount: 41n, key: 'c' }))
  assert.deepEqual(paid.amounts, [20n, 21n])
  const rest = await it.at((ctx) => capture(ctx, { holdId, amount: 9n, close: true, key: 'c2' }))
  assert.deepEqual(rest.amounts, [5n, 4n])
  assert.deepEqual(await it.at.balances(it.payer), { [grant]: [25n, 0n], [it.cash]: [75n, 0n] })
  assert.deepEqual(Object.values(await it.at.balances(it.payee)), [[50n, 0n]])
  assert.deepEqual(await it.at.check(), [])
})

test('all parts or nothing', async (t) => {
  const world = await testWorld(t)
  const it = await bed(world)
  const grant = await fund(world, it.payer, 10n, { purposes: ['compute'], validUntil: null })
  const parts = [
    { accountId: it.cash, amount: 60n },
    { accountId: grant, amount: 11n },
  ]
  await assert.rejects(it.place({ parts }), {
    code: 'ledger.insufficient',
    params: { account: grant, asset: 'cny', available: '0.001', needed: '0.0011', unit: '元' },
  })
  assert.deepEqual(await it.at.balances(it.payer), { [it.cash]: [100n, 0n], [grant]: [10n, 0n] })
})

test('another’s account and an unknown one are not found, a repeated one is refused', async (t) => {
  const world = await testWorld(t)
  const it = await bed(world)
  const theirs = await fund(world, it.other, 100n)
  const parts = (accountId: string) => [{ accountId, amount: 1n }]
  await assert.rejects(it.place({ parts: parts(theirs) }), { code: 'request.not-found' })
  await assert.rejects(it.place({ parts: parts(randomUUID()) }), { code: 'request.not-found' })
  await assert.rejects(it.place({ parts: [...parts(it.cash), ...parts(it.cash)] }))
  await assert.rejects(it.place({ parts: [] }))
  const { entryId } = await it.place({ parts: parts(theirs), sponsor: it.other })
  const paid = await it.at((ctx) => capture(ctx, { holdId: entryId, key: 'sponsored' }))
  const { rows } = await sql`select subject, payload -> 'parties' as parties
    from journal.entry where id = ${paid.journalId}`.execute(world.db)
  assert.deepEqual(rows, [{ subject: it.payer, parties: [it.payer, it.other, it.payee] }])
  for (const amount of [0n, -1n, 2n ** 63n]) {
    await assert.rejects(it.place({ parts: [{ accountId: it.cash, amount }] }), {
      code: 'ledger.amount',
    })
  }
})

test('earmarked money: for its purpose, until its end; one kind of asset a payment', async (t) => {
  const world = await testWorld(t)
  const it = await bed(world)
  const validUntil = new Date(world.clock.now().getTime() + HOUR)
  const grant = await fund(world, it.payer, 10n, { purposes: ['model', 'corpus'], validUntil })
  const parts = [{ accountId: grant, amount: 10n }]
  await assert.rejects(it.place({ parts }), {
    code: 'ledger.earmark',
    params: { account: grant, purpose: 'compute', purposes: ['model', 'corpus'] },
  })
  const held = await it.place({ parts, purpose: 'corpus' })
  world.clock.advance(HOUR)
  // What was held in time is paid in time, although both hold and earmark have ended.
  await it.at((ctx) => capture(ctx, { holdId: held.entryId, amount: 4n, close: true, key: 'c' }))
  await assert.rejects(it.place({ parts: [{ accountId: grant, amount: 1n }], purpose: 'corpus' }), {
    code: 'ledger.earmark-expired',
  })
  const tokens = await it.at((ctx) =>
    openAccount(ctx, { owner: it.payer, asset: 'token', kind: 'main' }),
  )
  const mixed = [
    { accountId: it.cash, amount: 1n },
    { accountId: tokens, amount: 1n },
  ]
  await assert.rejects(it.place({ parts: mixed }), { code: 'ledger.mixed-assets' })
})

test('a suspended account gives nothing, receives, and pays what was held before', async (t) => {
  const world = await testWorld(t)
  const it = await bed(world)
  const { entryId: holdId } = await it.place()
  const suspend = (frozen: boolean) =>
    it.at((ctx) => setFrozen(ctx, { accountId: it.cash, frozen, memo: 'court.order' }))
  await suspend(true)
  await assert.rejects(it.place(), { code: 'ledger.frozen' })
  await fund(world, it.payer, 1n)
  await it.at((ctx) => capture(ctx, { holdId, key: 'c' }))
  await suspend(false)
  await it.place({ parts: [{ accountId: it.cash, amount: 41n }] })
})

test('captures: never more than held, to nobody else, once per key', async (t) => {
  const world = await testWorld(t)
  const it = await bed(world)
  const { entryId: holdId } = await it.place()
  const pay = (amount: bigint, key: string, payee?: string) =>
    it.at((ctx) => capture(ctx, { holdId, amount, key, payee }))
  await assert.rejects(pay(61n, 'a'), {
    code: 'ledger.hold-exceeded',
    params: { asset: 'cny', available: '0.006', needed: '0.0061', unit: '元' },
  })
  await assert.rejects(pay(1n, 'b', it.other), { code: 'ledger.payee' })
  const first = await pay(20n, 'c')
  const again = await pay(20n, 'c')
  assert.deepEqual(again, { ...first, replayed: true, amounts: null })
  await assert.rejects(pay(21n, 'c'), { code: 'request.key-reused', status: 422 })
  await pay(40n, 'd')
  await assert.rejects(pay(1n, 'e'), { code: 'ledger.hold-closed' })
  await assert.rejects(
    it.at((ctx) => release(ctx, { holdId, key: 'f' })),
    { code: 'ledger.hold-closed' },
  )
  await assert.rejects(
    it.at((ctx) => capture(ctx, { holdId: randomUUID(), key: 'g' })),
    { code: 'request.not-found' },
  )
  const open = await it.place({ payee: null, parts: [{ accountId: it.cash, amount: 5n }] })
  const of = (payee?: string) =>
    it.at((ctx) => capture(ctx, { holdId: open.entryId, payee, key: randomUUID() }))
  await assert.rejects(of(), { code: 'ledger.payee' })
  await assert.rejects(of(it.payer), { code: 'ledger.payee' })
  await of(it.other)
  assert.deepEqual(await it.at.check(), [])
})

test('the same key belongs to each subject on its own', async (t) => {
  const world = await testWorld(t)
  const it = await bed(world)
  const as = (subjectId: string) => ledgerOf(world, { ...system('test'), subjectId })
  const from = await fund(world, it.other, 10n)
  const to = await fund(world, it.payee, 0n)
  const both = [
    await as(it.payer)((ctx) =>
      transfer(ctx, { payer: it.payer, from: it.cash, to, amount: 1n, key: 'one' }),
    ),
    await as(it.other)((ctx) =>
      transfer(ctx, { payer: it.other, from, to, amount: 1n, key: 'one' }),
    ),
  ]
  assert.deepEqual(
    both.map(({ replayed }) => replayed),
    [false, false],
  )
})

test('an expired hold waits: a capture in time is good, the job gives back the rest', async (t) => {
  const world = await testWorld(t)
  const it = await bed(world)
  const [late, idle] = [
    await it.place({ parts: [{ accountId: it.cash, amount: 10n }] }),
    await it.place({ parts: [{ accountId: it.cash, amount: 20n }] }),
  ]
  assert.equal(await releaseDueHolds(world), 0)
  world.clock.advance(HOUR)
  await it.at((ctx) => capture(ctx, { holdId: late.entryId, amount: 4n, key: 'late' }))
  assert.equal(await releaseDueHolds(world), 2)
  assert.equal(await releaseDueHolds(world), 0)
  assert.deepEqual(await it.at.balances(it.payer), { [it.cash]: [96n, 0n] })
  await assert.rejects(
    it.at((ctx) => capture(ctx, { holdId: idle.entryId, key: 'too-late' })),
    { code: 'ledger.hold-closed' },
  )
  assert.deepEqual(await it.at.check(), [])
})

test('transfers, money in and out, and reversal once', async (t) => {
  const world = await testWorld(t)
  const it = await bed(world)
  const to = await fund(world, it.payee, 0n)
  const move = (amount: bigint, key: string, from = it.cash) =>
    it.at((ctx) => transfer(ctx, { payer: it.payer, from, to, amount, key }))
  const moved = await move(30n, 'a')
  await assert.rejects(move(71n, 'b'), { code: 'ledger.insufficient' })
  await assert.rejects(move(1n, 'c', to), { code: 'request.not-found' })
  const undo = (entryId: string, key: string) => it.at((ctx) => reverse(ctx, { entryId, key }))
  const back = await undo(moved.entryId, 'd')
  assert.deepEqual(await it.at.balances(it.payer), { [it.cash]: [100n, 0n] })
  await assert.rejects(undo(moved.entryId, 'e'), { code: 'ledger.already-reversed' })
  await assert.rejects(undo(back.entryId, 'f'), { code: 'ledger.not-reversible' })
  await assert.rejects(undo(randomUUID(), 'g'), { code: 'request.not-found' })
  const gone = await move(30n, 'h')
  await it.at((ctx) =>
    retire(ctx, {
      owner: it.payee,
      accountId: to,
      asset: 'cny',
      amount: 30n,
      source: 'external',
      key: 'i',
    }),
  )
  await assert.rejects(undo(gone.entryId, 'j'), { code: 'ledger.insufficient' })
  assert.deepEqual(await it.at.check(), [])
})

test('a reversed capture is held again and can be released', async (t) => {
  const world = await testWorld(t)
  const it = await bed(world)
  const { entryId: holdId } = await it.place()
  const paid = await it.at((ctx) => capture(ctx, { holdId, amount: 25n, close: true, key: 'a' }))
  await it.at((ctx) => reverse(ctx, { entryId: paid.entryId, key: 'b' }))
  assert.deepEqual(await it.at.balances(it.payer), { [it.cash]: [40n, 60n] })
  assert.deepEqual(await it.at.check(), [])
  await it.at((ctx) => release(ctx, { holdId, key: 'c' }))
  assert.deepEqual(await it.at.balances(it.payer), { [it.cash]: [100n, 0n] })
})

test('the balance of any moment; a clock set back changes no order', async (t) => {
  const world = await testWorld(t)
  const { payer } = ids()
  const before = world.clock.now()
  world.clock.advance(1_000)
  const account = await fund(world, payer, 1n)
  const times: Date[] = []
  for (const amount of [10n, 100n, 1_000n]) {
    world.clock.advance(amount === 100n ? -5_000 : 1_000)
    times.push(world.clock.now())
    await world.transact(system('test'), (ctx) =>
      issue(ctx, {
        accountId: account,
        asset: 'cny',
        amount,
        source: 'external',
        key: randomUUID(),
      }),
    )
  }
  const at = (moment: Date) =>
    world.read(system('test'), async (ctx) => (await balanceAt(ctx, account, moment)).available)
  assert.equal(await at(before), 0n)
  assert.equal(await at(new Date(before.getTime() + 1_000)), 1n)
  assert.equal(await at(new Date('2999-01-01')), 1_111n)
  // The second arrived with the clock set back: it counts from the moment of the first.
  assert.equal(await at(times[1]!), 0n)
  assert.equal(await at(times[0]!), 1_111n)
  assert.deepEqual(await ledgerOf(world).check(), [])
})

test('funding: what ends soonest first, other purposes and vouchers left alone', async (t) => {
  const world = await testWorld(t)
  const it = await bed(world)
  const day = (n: number) => new Date(world.clock.now().getTime() + n * 24 * HOUR)
  const earmark = (purpose: string, validUntil: Date | null) =>
    fund(world, it.payer, 10n, { purposes: [purpose], validUntil })
  const open = await earmark('compute', null)
  const later = await earmark('compute', day(9))
  const sooner = await earmark('compute', day(1))
  await earmark('compute', day(-1))
  await earmark('model', day(5))
  const plan = (amount: bigint) =>
    it.at((ctx) => planFunding(ctx, { payer: it.payer, purpose: 'compute', asset: 'cny', amount }))
  assert.deepEqual(await plan(45n), [
    { accountId: sooner, amount: 10n },
    { accountId: later, amount: 10n },
    { accountId: open, amount: 10n },
    { accountId: it.cash, amount: 15n },
  ])
  await assert.rejects(plan(131n), {
    code: 'ledger.insufficient',
    params: { available: '0.013', needed: '0.0131' },
  })
  await it.place({ parts: await plan(130n) })
})
