// Settlement: what was metered is paid to the operator, the rest is given back, a document is made.
import { sql } from 'kysely'
import { cost, taxWithin } from '#engines/metering/cost.ts'
import type { Ctx } from '#platform/context.ts'
import { capture, hold, planFunding, release, remainingOf } from '#services/ledger/index.ts'
import { settleBudget } from './budgets.ts'
import { numberOn } from './parameters.ts'
import type { Parts } from './parts.ts'
import { SETTLING_MS } from './quote.ts'
import { record } from './steps.ts'
import { inYuan, least, store, type WorkloadRow } from './store.ts'

const DIGITS = 20

/**
 * The number of a document: 20 digits, as electronic invoices have. Ours begin with 99, where those
 * have their year, so that nobody takes an example for an invoice.
 */
async function nextInvoiceNumber(ctx: Ctx): Promise<string> {
  const { rows } = await sql<{ n: bigint }>`
    select nextval('compute.invoice_number') as n`.execute(ctx.tx)
  return `99${String(rows[0]!.n).padStart(DIGITS - 2, '0')}`
}

interface Paid {
  entryId: string | null
  voucher: bigint
}

/** Pays `amount` from what is held and gives the rest back. */
async function pay(
  ctx: Ctx,
  { vouchers }: Parts,
  workload: WorkloadRow,
  amount: bigint,
  invoice: string | null,
): Promise<Paid> {
  const { id, money_hold: holdId, voucher, operator, subject } = workload
  if (holdId === null) return { entryId: null, voucher: 0n }
  const key = `compute:${id}:settle`
  const open = (await remainingOf(ctx, holdId)) > 0n
  if (amount === 0n || invoice === null) {
    if (!open) return { entryId: null, voucher: 0n }
    const { entryId } = await release(ctx, { key, holdId, memo: 'job.settled' })
    return { entryId, voucher: 0n }
  }
  if (open && voucher) {
    const use = { key, useId: holdId, invoice, amount, memo: 'job.settled' }
    const { entryId, amounts } = await vouchers.settleMetered(ctx, use)
    return { entryId, voucher: amounts![0]! }
  }
  if (open) {
    const all = { key, holdId, amount, close: true, memo: 'job.settled' }
    return { entryId: (await capture(ctx, all)).entryId, voucher: 0n }
  }
  // The hold ended before the job did (a voucher's last day): what was used is paid in money.
  const again = await hold(ctx, {
    key: `${key}:hold`,
    payer: subject,
    payee: operator,
    purpose: 'compute',
    parts: await planFunding(ctx, { payer: subject, purpose: 'compute', asset: 'cny', amount }),
    expiresAt: new Date(ctx.now.getTime() + SETTLING_MS),
  })
  const paid = await capture(ctx, { key: `${key}:late`, holdId: again.entryId, close: true })
  return { entryId: paid.entryId, voucher: 0n }
}

/**
 * Settles an ended workload (its row locked by the caller), once.
 * @throws Problem when the ledger refuses; the workload then stays as it ended, to be tried again
 */
export async function settle(ctx: Ctx, parts: Parts, workload: WorkloadRow): Promise<void> {
  const most = workload.most
  const exact = cost(workload.metered, workload.price)
  // The meter may run a moment past the limit; nobody pays more than was set aside.
  const amount = workload.money_hold === null ? 0n : least(exact, most)
  const number = amount > 0n ? await nextInvoiceNumber(ctx) : null
  const paid = await pay(ctx, parts, workload, amount, number)
  if (number !== null) await issueInvoice(ctx, workload, number, amount)
  if (workload.budget_id !== null) {
    await settleBudget(ctx, workload.budget_id, { held: most, spent: amount })
  }
  await record(ctx, workload, 'settled', {
    amount: inYuan(amount),
    voucher: inYuan(paid.voucher),
    metered: workload.metered.toString(),
    entry: paid.entryId,
    invoice: number,
  })
  await store(ctx)
    .updateTable('compute.workload')
    .set({
      state: 'settled',
      amount,
      voucher_amount: paid.voucher,
      version: workload.version + 1,
    })
    .where('id', '=', workload.id)
    .execute()
}

async function issueInvoice(
  ctx: Ctx,
  { id, operator, subject, metered, price }: WorkloadRow,
  number: string,
  total: bigint,
): Promise<void> {
  const rate = numberOn('invoice.tax', ctx.now)
  await store(ctx)
    .insertInto('compute.invoice')
    .values({
      id: ctx.newId(),
      number,
      workload_id: id,
      seller: operator,
      buyer: subject,
      issued_at: ctx.now,
      metered,
      price,
      total,
      tax: taxWithin(total, rate),
      tax_rate: rate,
    })
    .execute()
}
