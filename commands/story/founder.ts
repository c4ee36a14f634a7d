// Chain 1, the founder's day, as far as it is built: from one click to a voucher that pays.
import type { Chain, Teller } from './teller.ts'

interface Session {
  subject: { id: string; name: string }
}
interface Scheme {
  id: string
  name: { zh: string }
  area: string
  pool: { left: string } | null
}
interface Voucher {
  id: string
  ratio: number
  validUntil: string
  available: string
}
interface Done {
  entryId: string
}
const purchase = { contract: '4000.00', voucher: '2000.00', cash: '2000.00' }

/** Enters, claims, is refused where it must be, pays an operator, and the office pays out. */
export const founder: Chain = async (teller: Teller) => {
  teller.chapter('一、创办人的一天', 'The founder’s day (as far as it is built)')
  const one = await teller.as('founder')
  const { subject } = await one.get<Session>('/api/session')
  teller.step(`${subject.name} 一键进入`, 'A one-person company enters with one click')

  const { items: schemes } = await one.get<{ items: Scheme[] }>('/api/vouchers/schemes')
  const scheme = schemes.find(({ id }) => id === 'guangdong.compute')
  teller.sure(scheme?.pool !== undefined && scheme.pool !== null, 'a pool of this year is open')
  teller.step(
    `${scheme.name.zh}本年度资金池还有 ${scheme.pool.left} 元；数值为示例值（非官方）`,
    `The pool of this year still holds ${scheme.pool.left} yuan (example value)`,
  )
  const claimed = await one.post<{ voucherId: string }>('/api/vouchers', {
    scheme: scheme.id,
    amount: '5000.00',
  })
  const voucherOf = async (): Promise<Voucher> => {
    const { items } = await one.get<{ items: Voucher[] }>('/api/vouchers')
    return items.find(({ id }) => id === claimed.voucherId)!
  }
  const voucher = await voucherOf()
  teller.sure(voucher.available === '5000.00', 'the voucher holds 5,000.00')
  teller.step(
    `申领 5000.00 元算力券，可抵合同额的 ${voucher.ratio / 100}%，有效至 ${voucher.validUntil.slice(0, 10)}`,
    `Claims 5,000.00; it pays ${voucher.ratio / 100} % of a contract, until ${voucher.validUntil.slice(0, 10)}`,
  )
  const far = await one.refused('/api/vouchers', { scheme: scheme.id, amount: '99999999.00' })
  teller.step(
    `想超额申领：被拒绝，${far.detail.zh}`,
    `Asking for far too much is refused: ${far.code}`,
  )

  const operator = await teller.as('operator')
  const { subject: site } = await operator.get<Session>('/api/session')
  const invoice = `2644${String(Date.now()).padStart(16, '0')}`
  const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString()
  const { entryId: useId } = await one.post<Done>(`/api/vouchers/${voucher.id}/uses`, {
    payee: site.id,
    amount: purchase.voucher,
    cash: purchase.cash,
    contractAmount: purchase.contract,
    invoice,
    expiresAt: inAMonth,
  })
  teller.step(
    `与${site.name}签 ${purchase.contract} 元合同：券 ${purchase.voucher}、自付 ${purchase.cash}，两者同时占用；查过股权，双方无关联`,
    'A contract with a compute operator: voucher and cash are held together; the parties are unrelated',
  )
  const office = await teller.as('official')
  await office.post(`/api/vouchers/uses/${useId}/verification`, {
    invoice,
    invoiceAmount: purchase.contract,
  })
  await office.post(`/api/vouchers/uses/${useId}/payment`, { basis: 'voucher.paid' })
  teller.step('主管部门按发票核销并兑付', 'The office verifies against the invoice and pays out')
  const after = await voucherOf()
  teller.sure(after.available === '3000.00', `3,000.00 are left, not ${after.available}`)
  teller.step('券余 3000.00 元，分文不差', '3,000.00 are left on the voucher, to the cent')

  const related = await teller.as('related-sme')
  const { voucherId } = await related.post<{ voucherId: string }>('/api/vouchers', {
    scheme: scheme.id,
    amount: '1000.00',
  })
  const refused = await related.refused(`/api/vouchers/${voucherId}/uses`, {
    payee: site.id,
    amount: '100.00',
    contractAmount: '1000.00',
    expiresAt: inAMonth,
  })
  teller.step(
    `同一运营方的三层关联企业想用券：被拒绝，${refused.detail.zh}`,
    `A company related to the operator through three levels is refused: ${refused.code}`,
  )
  teller.note('数据合同、备案辅导、场景对接', 'data, filing and scenarios: not built yet')
}
