// What a voucher cannot pay: more than its ratio, related parties, an invoice twice, anything else.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { demoId } from '#services/identity/index.ts'
import { capture, hold, release } from './hold.ts'
import { transfer } from './move.ts'
import { HOUR, ledgerOf } from './test-ledger.ts'
import { actorOf, invoice, voucherBed, yuan } from './test-vouchers.ts'
import { invoiceNumber, judgeUnrelated, verifyUse } from './voucher-use.ts'

test('a voucher pays its ratio of the contract and not a fen more', async (t) => {
  const it = await voucherBed(t)
  const { voucherId } = await it.claim('liyu', 10_000)
  await assert.rejects(it.use('liyu', voucherId, { amount: yuan(500.01) }), {
    code: 'ledger.over-ratio',
    params: {
      asset: 'voucher:guangdong.compute:2026',
      ratio: 5_000,
      available: '500.00',
      needed: '500.01',
      unit: '元',
    },
  })
  await assert.rejects(
    it.use('liyu', voucherId, { amount: yuan(1), cash: 0n, contractAmount: yuan(0.5) }),
    {
      code: 'ledger.over-contract',
    },
  )
  const { entryId: useId } = await it.use('liyu', voucherId)
  const verify = (invoiceAmount: number) =>
    it.at((ctx) =>
      verifyUse(ctx, it.parts, {
        useId,
        invoice: invoice(1),
        invoiceAmount: yuan(invoiceAmount),
        key: randomUUID(),
      }),
    )
  // The invoice came out lower than the contract: the voucher may not pay all of its part.
  await assert.rejects(verify(999.99), { code: 'ledger.over-ratio' })
  await verify(1_000)
})

test('a voucher is not money: no transfer, no ordinary hold, no capture unverified', async (t) => {
  const it = await voucherBed(t)
  const { voucherId } = await it.claim('liyu', 1_000)
  const me = ledgerOf(it.world, actorOf('liyu'))
  const cash = await it.money('chaoxi', 1)
  const expiresAt = new Date(it.world.clock.now().getTime() + HOUR)
  const [payer, payee] = [demoId('liyu'), demoId('yunling')]
  const parts = [{ accountId: voucherId, amount: 1n }]
  await assert.rejects(
    me((ctx) => hold(ctx, { payer, payee, purpose: 'compute', expiresAt, parts, key: 'a' })),
    { code: 'ledger.not-spendable' },
  )
  await assert.rejects(
    me((ctx) => transfer(ctx, { payer, from: voucherId, to: cash, amount: 1n, key: 'b' })),
    { code: 'ledger.mixed-assets' },
  )
  const { entryId: holdId } = await it.use('liyu', voucherId)
  await assert.rejects(
    me((ctx) => capture(ctx, { holdId, key: 'c' })),
    { code: 'ledger.not-verified' },
  )
  // Verified vouchers of an operator are redeemed, never spent.
  await it.at((ctx) =>
    verifyUse(ctx, it.parts, {
      useId: holdId,
      invoice: invoice(1),
      invoiceAmount: yuan(1_000),
      key: 'd',
    }),
  )
  const [theirs] = Object.keys(await it.at.balances(payee))
  await assert.rejects(
    it.at((ctx) =>
      hold(ctx, {
        payer: payee,
        payee: payer,
        purpose: 'compute',
        expiresAt,
        parts: [{ accountId: theirs!, amount: 1n }],
        key: 'e',
      }),
    ),
    { code: 'ledger.not-spendable' },
  )
})

test('related parties are refused with the chain; the unknown wait for a judgement', async (t) => {
  const it = await voucherBed(t)
  const chained = await it.claim('taozhi', 1_000)
  const error = await it.use('taozhi', chained.voucherId, { amount: yuan(300) }).catch((e) => e)
  assert.equal(error.code, 'ledger.related-party')
  assert.equal(error.params.ground, 'shareholding')
  const names = new Map(
    ['yunling', 'touzi', 'chanye', 'taozhi'].map((name) => [demoId(name), name]),
  )
  assert.deepEqual(
    error.params.chain.map((link: { from: string; to: string; basisPoints: number }) => [
      names.get(link.from),
      names.get(link.to),
      link.basisPoints,
    ]),
    [
      ['yunling', 'touzi', 8_000],
      ['touzi', 'chanye', 7_500],
      ['chanye', 'taozhi', 7_000],
    ],
  )
  await assert.rejects(it.use('taozhi', chained.voucherId, { payee: demoId('taozhi') }), {
    code: 'ledger.payee',
  })

  // Nothing is recorded of who holds haigang.
  const unknown = await it.claim('haigang', 1_000)
  const { entryId: useId } = await it.use('haigang', unknown.voucherId, { amount: yuan(300) })
  const verify = () =>
    it.at((ctx) =>
      verifyUse(ctx, it.parts, {
        useId,
        invoice: invoice(7),
        invoiceAmount: yuan(1_000),
        key: randomUUID(),
      }),
    )
  await assert.rejects(verify(), { code: 'ledger.needs-judgement' })
  await it.at((ctx) => judgeUnrelated(ctx, it.parts, { useId, memo: 'register.extract' }))
  await assert.rejects(
    it.at((ctx) => judgeUnrelated(ctx, it.parts, { useId, memo: 'register.extract' })),
    { code: 'ledger.use-state' },
  )
  await verify()
})

test('one invoice bears one voucher, however it is written, whoever comes first', async (t) => {
  const it = await voucherBed(t)
  const mine = await it.claim('liyu', 5_000)
  const theirs = await it.claim('chaoxi', 5_000)
  const number = '12345678901234567890'
  const first = await it.use('liyu', mine.voucherId, { invoice: number })
  for (const spelling of [
    number,
    '1234567890 12-34567890',
    '１２３４５６７８９０１２３４５６７８９０',
  ]) {
    await assert.rejects(
      it.use('chaoxi', theirs.voucherId, { invoice: spelling, amount: yuan(300) }),
      {
        code: 'ledger.invoice-used',
      },
    )
  }
  // Taken back, the invoice is free again; of many at once one gets it.
  await it.at((ctx) => release(ctx, { holdId: first.entryId, key: 'back' }))
  const race = await Promise.allSettled(
    Array.from({ length: 6 }, (_, nth) =>
      it.use(nth % 2 ? 'liyu' : 'chaoxi', nth % 2 ? mine.voucherId : theirs.voucherId, {
        invoice: number,
        amount: yuan(100),
      }),
    ),
  )
  assert.equal(race.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const one of race) {
    if (one.status === 'rejected') assert.equal(one.reason.code, 'ledger.invoice-used')
  }
  // Named only at verification, it is refused there as well.
  const late = await it.use('liyu', mine.voucherId, { amount: yuan(100) })
  const verify = (invoiceText: string) =>
    it.at((ctx) =>
      verifyUse(ctx, it.parts, {
        useId: late.entryId,
        invoice: invoiceText,
        invoiceAmount: yuan(1_000),
        key: randomUUID(),
      }),
    )
  await assert.rejects(verify(number), { code: 'ledger.invoice-used' })
  for (const wrong of ['', '1', '123456789012345678901', '1234567890123456789x']) {
    assert.throws(() => invoiceNumber(wrong), { code: 'ledger.invoice' })
  }
  await verify(invoice(3))
  assert.deepEqual(await it.check(), [])
})
