// Offers: who may claim how much and why, at the borders of age, size, cap, pool and area.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Claimant, offerOf, reasonOf, type SchemeNumbers, unitsOf, yuanOf } from './offers.ts'
import type { Scheme, Voucher } from './vouchers.ts'

const text = { zh: '广东省算力券', en: 'Guangdong compute vouchers' }
const scheme = (part: Partial<Scheme> = {}): Scheme => ({
  id: 'guangdong.compute',
  name: text,
  area: '440000',
  purposes: ['compute'],
  rules: [],
  pool: { year: 2026, amount: '100000000.00', left: '100000000.00' },
  ...part,
})
const numbers: SchemeNumbers = { general: 3000, startup: 5000, cap: '2000000', startupMonths: 36 }
const founder: Claimant = {
  kind: 'organisation',
  class: 'enterprise',
  size: 'micro',
  foundedOn: '2026-03-18',
  area: '440106',
}
const voucher = (claimed: string, expired = '0.00', year = 2026) =>
  ({ scheme: 'guangdong.compute', year, claimed, expired }) as Voucher

interface Given {
  claimant?: Partial<Claimant>
  of?: Partial<Scheme>
  by?: Partial<SchemeNumbers>
  vouchers?: Voucher[]
  today?: string
}

const offer = ({ claimant, of, by, vouchers = [], today = '2026-11-24' }: Given = {}) =>
  offerOf(
    scheme(of),
    { ...numbers, ...by },
    { claimant: { ...founder, ...claimant }, vouchers, today },
  )

test('a start-up is paid its higher ratio until its age ends, then the general one', () => {
  const young = offer({ today: '2029-03-17' })
  assert.equal(young.outcome === 'open' && young.ratio, 5000)
  const grown = offer({ today: '2029-03-18' })
  assert.equal(grown.outcome === 'open' && grown.ratio, 3000)
  assert.match(reasonOf(young).zh, /成立于 2026-03-18，不满 36 个月，属初创企业；按合同额 50% 支付/)
  assert.doesNotMatch(reasonOf(grown).zh, /初创/)
})

test('what was claimed this year is taken off, what expired or is of another year is not', () => {
  const rest = offer({
    vouchers: [voucher('300000.00', '100000.00'), voucher('1500000.00', '0.00', 2025)],
  })
  assert.equal(rest.outcome === 'open' && rest.amount, '1800000.0000')
  assert.match(reasonOf(rest).zh, /已申领 ¥200,000/)
  assert.equal(offer({ vouchers: [voucher('2000000.00')] }).outcome, 'used-up')
})

test('the pool bounds what is offered', () => {
  const little = offer({ of: { pool: { year: 2026, amount: '5.00', left: '0.5000' } } })
  assert.equal(little.outcome === 'open' && little.amount, '0.5000')
  assert.equal(
    offer({ of: { pool: { year: 2026, amount: '5.00', left: '0.00' } } }).outcome,
    'used-up',
  )
  assert.equal(offer({ of: { pool: null } }).outcome, 'no-pool')
})

test('outside, unknown, elsewhere and without a rule are four different answers', () => {
  assert.equal(offer({ claimant: { size: 'large' } }).outcome, 'outside')
  assert.equal(offer({ claimant: { class: 'government' } }).outcome, 'outside')
  assert.equal(offer({ claimant: { size: null } }).outcome, 'unknown')
  assert.equal(offer({ claimant: { foundedOn: null } }).outcome, 'unknown')
  assert.equal(offer({ of: { area: '440300' } }).outcome, 'area')
  assert.equal(offer({ of: { area: '440100' } }).outcome, 'open')
  assert.equal(offer({ by: { cap: null } }).outcome, 'no-rule')
  assert.equal(offer({ claimant: { class: 'university', size: null } }).outcome, 'open')
})

test('Shenzhen’s scheme is for firms of every size, the province’s is not', () => {
  const large = { size: 'large', area: '440305' }
  assert.equal(offer({ claimant: large, of: { area: '440300' } }).outcome, 'open')
  assert.equal(offer({ claimant: large }).outcome, 'outside')
})

test('every answer has its sentence', () => {
  const all = [
    offer(),
    offer({ of: { pool: null } }),
    offer({ by: { cap: null } }),
    offer({ claimant: { size: null } }),
    offer({ claimant: { size: 'large' } }),
    offer({ of: { area: '440300' } }),
  ]
  for (const one of all) {
    const { zh, en } = reasonOf(one)
    assert.match(zh, /。$/)
    assert.match(en, /\.$/)
  }
  assert.equal(new Set(all.map((one) => reasonOf(one).zh)).size, all.length)
})

test('yuan and their ten-thousandths', () => {
  assert.equal(unitsOf('12.5'), 125_000n)
  assert.equal(unitsOf('2000000'), 20_000_000_000n)
  assert.equal(yuanOf(5_000n), '0.5000')
})
