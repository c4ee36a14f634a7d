// Vouchers from the pool to the payment: who may claim, caps, expiry, clawback, offices.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { Problem } from '#platform/errors.ts'
import { demoId } from '#services/identity/index.ts'
import { releaseDueHolds, returnDueVouchers } from './due.ts'
import { HOUR, ledgerOf } from './test-ledger.ts'
import { actorOf, invoice, office, official, voucherBed, yuan } from './test-vouchers.ts'
import { claimVoucher, openPool, withdrawVoucher } from './voucher-pool.ts'
import { clawBack, judgeUnrelated, payUse, verifyUse } from './voucher-use.ts'

const DAY = 24 * HOUR

test('claim, use beside own money, verification, payment: each yuan in its place', async (t) => {
  const it = await voucherBed(t)
  const cash = await it.money('liyu', 10_000)
  const { voucherId } = await it.claim('liyu', 3_000)
  const { entryId: useId } = await it.use('liyu', voucherId, {
    amount: yuan(1_000),
    cash: yuan(1_000),
    contractAmount: yuan(2_000),
  })
  assert.deepEqual(await it.balance(demoId('liyu'), voucherId), [yuan(2_000), yuan(1_000)])
  // The job cost 1,500 in the end: the voucher pays its half, the rest is released.
  const verified = await it.at((ctx) =>
    verifyUse(ctx, it.parts, {
      useId,
      invoice: invoice(1),
      invoiceAmount: yuan(1_500),
      amount: yuan(1_500),
      key: 'verify',
    }),
  )
  assert.deepEqual(verified.amounts, [yuan(750), yuan(750)])
  assert.deepEqual(await it.balance(demoId('liyu'), voucherId), [yuan(2_250), 0n])
  assert.deepEqual(await it.balance(demoId('liyu'), cash), [yuan(9_250), 0n])
  await it.at((ctx) => payUse(ctx, it.parts, { useId, key: 'pay' }))
  const operator = Object.values(await it.at.balances(demoId('yunling')))
  assert.deepEqual(operator.sort(), [
    [0n, 0n],
    [yuan(1_500), 0n],
  ])
  assert.deepEqual(Object.values(await it.at.balances(office)), [[yuan(999_250), 0n]])
  await assert.rejects(
    it.at((ctx) => payUse(ctx, it.parts, { useId, key: 'again' })),
    { code: 'ledger.use-state' },
  )
  const repeated = await it.at((ctx) => payUse(ctx, it.parts, { useId, key: 'pay' }))
  assert.equal(repeated.replayed, true)
  assert.deepEqual(await it.check(), [])
})

test('only an official of the area opens a pool, once, within the rule', async (t) => {
  const it = await voucherBed(t)
  const open = (scheme: string, amount: number, actor = official, year = 2026) =>
    ledgerOf(
      it.world,
      actor,
    )((ctx) => openPool(ctx, it.schemes, { scheme, year, amount: yuan(amount), key: randomUUID() }))
  await assert.rejects(open('guangdong.compute', 1), { code: 'ledger.pool-open' })
  await assert.rejects(open('guangdong.model', 50_000_000.01), {
    code: 'ledger.pool-limit',
    params: { available: '50000000.00' },
  })
  await open('guangdong.model', 50_000_000)
  await assert.rejects(open('guangdong.none', 1), { code: 'ledger.scheme-unknown' })
  await assert.rejects(open('guangdong.corpus', 1, official, 2025), {
    code: 'ledger.scheme-not-in-force',
  })
  // A county's office does not open the province's pool.
  const grants = official.grants.map((grant) => ({ ...grant, area: '440106' }))
  await assert.rejects(open('guangdong.corpus', 1, { ...official, grants }), {
    code: 'request.not-found',
  })
})

test('who may claim, which ratio, and until when', async (t) => {
  const it = await voucherBed(t)
  const refused = async (organisation: string, scheme?: string) => {
    const error = await it.claim(organisation, 100, scheme).catch((reason: unknown) => reason)
    assert.ok(error instanceof Problem)
    return [error.code, error.params.reason ?? null]
  }
  assert.deepEqual(await refused('yunling'), [
    'ledger.not-eligible',
    '广东省算力券（示例）第 1 版“大型企业”一行：不予补贴',
  ])
  assert.deepEqual(await refused('xiehui'), [
    'ledger.not-eligible',
    '广东省算力券（示例）第 1 版“其他主体”一行：不予补贴',
  ])
  assert.deepEqual(await refused('liyu', 'shenzhen.compute'), ['ledger.not-eligible', '不在本地区'])
  assert.deepEqual(await refused('chaoxi', 'shenzhen.compute'), [
    'ledger.eligibility-unknown',
    null,
  ])
  assert.deepEqual(await refused('liyu', 'shenzhen.model'), ['ledger.scheme-not-in-force', null])
  assert.deepEqual(await refused('liyu', 'x'), ['ledger.scheme-unknown', null])
  const startup = await it.claim('liyu', 100)
  const university = await it.claim('linghai', 100)
  const { rows } = await it.world.pool.query(
    `select v.class, v.ratio, a.valid_until, a.purposes
     from ledger.voucher v join ledger.account a on a.id = v.account_id
     where v.account_id = any ($1) order by v.ratio`,
    [[startup.voucherId, university.voucherId]],
  )
  // Claimed on 2026-11-23: the 365th day after is 2027-11-23, good to the end of that day.
  const until = new Date('2027-11-24T00:00:00+08:00')
  assert.deepEqual(rows, [
    { class: 'general', ratio: 3_000, valid_until: until, purposes: ['compute'] },
    { class: 'startup', ratio: 5_000, valid_until: until, purposes: ['compute'] },
  ])
  const decided = await it.world.pool.query(
    `select d.set_id, d.purpose, d.subject = v.subject as own, d.outcomes -> '补贴比例' ->> 'plain' as ratio
     from ledger.voucher v join rulebook.decision d on d.id = v.decision order by ratio`,
  )
  assert.deepEqual(decided.rows, [
    { set_id: 'compute-voucher', purpose: 'ledger.voucher', own: true, ratio: '0.3' },
    { set_id: 'compute-voucher', purpose: 'ledger.voucher', own: true, ratio: '0.5' },
  ])
})

test('thirty claims at once exceed neither the cap of a subject nor the pool', async (t) => {
  const it = await voucherBed(t, { pool: 2_500_000 })
  const claims = await Promise.allSettled([
    ...Array.from({ length: 15 }, () => it.claim('liyu', 300_000)),
    ...Array.from({ length: 15 }, () => it.claim('chaoxi', 300_000)),
  ])
  const codes = claims.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
  const won = claims.length - codes.length
  // 2,000,000 each allows six claims; the pool has room for eight in all.
  assert.equal(won, 8)
  assert.ok(codes.every((code) => code === 'ledger.cap' || code === 'ledger.insufficient'))
  await assert.rejects(it.claim('liyu', 2_000_000.01), { code: 'ledger.cap' })
  const held = await it.at.balances(demoId('liyu'))
  assert.ok(Object.keys(held).length <= 6)
  assert.deepEqual(await it.check(), [])
})

test('an expired voucher returns to the pool, also what a hold gives back later', async (t) => {
  const it = await voucherBed(t)
  const { voucherId } = await it.claim('liyu', 1_000)
  const expiresAt = new Date(it.world.clock.now().getTime() + 365 * DAY)
  const tooLate = new Date(expiresAt.getTime() + DAY)
  await assert.rejects(it.use('liyu', voucherId, { amount: yuan(1), expiresAt: tooLate }), {
    code: 'ledger.hold-until',
  })
  await it.use('liyu', voucherId, { amount: yuan(300), expiresAt })
  const pool = async () =>
    Object.values(await it.at.balances(null)).find(([available]) => available > yuan(900_000))![0]
  assert.equal(await pool(), yuan(999_000))
  assert.equal(await returnDueVouchers(it.world), 0)
  it.world.clock.advance(366 * DAY)
  await assert.rejects(it.use('liyu', voucherId, { amount: yuan(1) }))
  assert.equal(await returnDueVouchers(it.world), 1)
  assert.equal(await pool(), yuan(999_700))
  assert.equal(await returnDueVouchers(it.world), 0)
  await releaseDueHolds(it.world)
  assert.equal(await returnDueVouchers(it.world), 1)
  assert.equal(await pool(), yuan(1_000_000))
  assert.deepEqual(await it.check(), [])
})

test('clawback: from the voucher, from the operator, as a debt once paid', async (t) => {
  const it = await voucherBed(t)
  const { voucherId } = await it.claim('liyu', 3_000)
  const used = async (n: number) => {
    const { entryId: useId } = await it.use('liyu', voucherId)
    await it.at((ctx) =>
      verifyUse(ctx, it.parts, {
        useId,
        invoice: invoice(n),
        invoiceAmount: yuan(1_000),
        key: `verify-${n}`,
      }),
    )
    return useId
  }
  const [early, late] = [await used(1), await used(2)]
  await it.at((ctx) => payUse(ctx, it.parts, { useId: late, key: 'pay' }))
  const back = (useId: string, key: string) =>
    it.at((ctx) => clawBack(ctx, it.parts, { useId, memo: 'scheme.misuse', key }))
  await back(early, 'a')
  await back(late, 'b')
  await assert.rejects(back(late, 'c'), { code: 'ledger.use-state' })
  const withdraw = (key: string) =>
    it.at((ctx) => withdrawVoucher(ctx, it.schemes, { voucherId, memo: 'scheme.misuse', key }))
  await withdraw('d')
  await assert.rejects(withdraw('e'), { code: 'ledger.nothing-left' })
  const mine = Object.values(await it.at.balances(demoId('liyu')))
  assert.ok(
    mine.some(([available]) => available === -yuan(500)),
    'the debt to the fund',
  )
  const offices = Object.values(await it.at.balances(office)).sort()
  // Paid out for good until it is repaid: the fund holds a claim, which nobody can spend.
  assert.deepEqual(
    offices.map(([available]) => available).sort(),
    [yuan(500), yuan(999_500)].sort(),
  )
  await assert.rejects(it.use('liyu', voucherId), { code: 'ledger.frozen' })
  // What was clawed back counts against the cap: no second helping.
  await assert.rejects(it.claim('liyu', 1_999_000), { code: 'ledger.cap' })
  assert.deepEqual(await it.check(), [])
})

test('official acts are for the scheme’s office; one key is one claim', async (t) => {
  const it = await voucherBed(t)
  const { voucherId } = await it.claim('liyu', 1_000)
  const { entryId: useId } = await it.use('liyu', voucherId)
  const me = ledgerOf(it.world, actorOf('liyu'))
  const attempts = [
    () => me((ctx) => payUse(ctx, it.parts, { useId, key: 'a' })),
    () => me((ctx) => clawBack(ctx, it.parts, { useId, memo: 'x', key: 'b' })),
    () => me((ctx) => judgeUnrelated(ctx, it.parts, { useId, memo: 'x' })),
    () => me((ctx) => withdrawVoucher(ctx, it.schemes, { voucherId, memo: 'x', key: 'c' })),
    () =>
      me((ctx) =>
        verifyUse(ctx, it.parts, { useId, invoice: invoice(1), invoiceAmount: 1n, key: 'd' }),
      ),
  ]
  for (const attempt of attempts) await assert.rejects(attempt(), { code: 'request.not-found' })
  const claim = () =>
    me((ctx) =>
      claimVoucher(ctx, it.parts, {
        scheme: 'guangdong.compute',
        subjectId: demoId('liyu'),
        amount: yuan(10),
        key: 'once',
      }),
    )
  const [first, again] = [await claim(), await claim()]
  assert.equal(again.voucherId, first.voucherId)
  assert.equal(again.replayed, true)
})
