// The life of a use: held for a contract, verified against an invoice, paid out, or clawed back.
import { sql } from 'kysely'
import { relation, type Verdict } from '#engines/shareholding/related.ts'
import { dateInChina } from '#law/schema.ts'
import type { Ctx, JsonObject } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { findSubjects } from '#services/identity/index.ts'
import { callOf, type Occasion, type Outcome, one, requirePositive, run } from './call.ts'
import type { VoucherParts } from './parts.ts'
import { accountOf, accounts, type Relation, store } from './store.ts'
import { requireOffice } from './voucher-pool.ts'

/**
 * An invoice number in one spelling, so that nobody uses it twice: the 20 digits of an electronic
 * invoice, or code (10 or 12) and number (8) together; full-width digits, spaces and dashes go.
 * @throws ledger.invoice
 */
export function invoiceNumber(text: string): string {
  const digits = text.normalize('NFKC').replaceAll(/[\s\-–—]/g, '')
  if (!/^(\d{18}|\d{20})$/.test(digits)) throw problem('ledger.invoice')
  return digits
}

/** @throws ledger.related-party with the chain that shows it */
async function relationOf(
  ctx: Ctx,
  { schemes, ownership }: VoucherParts,
  payer: string,
  payee: string,
): Promise<Relation> {
  const threshold = schemes.relatedFrom(dateInChina(ctx.now))
  const verdict: Verdict = relation(await ownership(ctx, [payer, payee]), payer, payee, threshold)
  if (verdict.verdict === 'related') {
    const chain = verdict.chain.map((link) => ({ ...link }) satisfies JsonObject)
    throw problem('ledger.related-party', { ground: verdict.ground, threshold, chain })
  }
  return verdict.verdict
}

export interface UseInput extends Occasion {
  subjectId: string
  voucherId: string
  payee: string
  /** The voucher's part of the payment. */
  amount: bigint
  /** What is paid beside it from the subject's own money here; the rest is paid elsewhere. */
  cash?: bigint
  contractAmount: bigint
  invoice?: string
  expiresAt: Date
}

/**
 * Sets a voucher aside for one contract, perhaps with money beside it. The outcome's entryId is the
 * id of the use (and of its hold). Unknown ownership holds the voucher but waits for a judgement.
 */
export async function useVoucher(ctx: Ctx, parts: VoucherParts, input: UseInput): Promise<Outcome> {
  const { subjectId, voucherId, payee, amount, cash = 0n, contractAmount, expiresAt } = input
  requirePositive(amount, contractAmount)
  if (payee === subjectId) throw problem('ledger.payee')
  const known = (await findSubjects(ctx, [payee])).get(payee)
  if (known?.kind !== 'organisation') throw problem('request.not-found')
  const voucher = await accountOf(ctx, voucherId, subjectId)
  const purpose = voucher.purposes?.[0]
  if (voucher.class !== 'voucher' || purpose === undefined) throw problem('request.not-found')
  if (expiresAt <= ctx.now || (voucher.valid_until && expiresAt > voucher.valid_until)) {
    throw problem('ledger.hold-until', { until: voucher.valid_until?.toISOString() ?? '—' })
  }
  const invoice = input.invoice === undefined ? null : invoiceNumber(input.invoice)
  const ids = [voucherId]
  const amounts = [amount]
  if (cash > 0n) {
    const main = await accounts(ctx)
      .where('a.owner', '=', subjectId)
      .where('a.asset', '=', 'cny')
      .where('a.kind', '=', 'main')
      .executeTakeFirst()
    if (!main) throw problem('ledger.insufficient', { available: '0.00', needed: '' })
    ids.push(main.id)
    amounts.push(cash)
  }
  const found = await relationOf(ctx, parts, subjectId, payee)
  const request = [subjectId, payee, ids, amounts, contractAmount, invoice, expiresAt]
  const call = callOf(ctx, 'use-voucher', input, request)
  return run(
    ctx,
    sql`ledger.use_voucher(${call}, ${ctx.newId()}::uuid, ${subjectId}::uuid, ${payee}::uuid,
      ${purpose}::text, ${expiresAt}::timestamptz, ${ids}::uuid[], ${amounts}::int8[],
      ${contractAmount}::int8, ${invoice}::text, ${found}::text)`,
  )
}

/** A use with its parties, for an official of the scheme's area. @throws request.not-found */
async function useFor(ctx: Ctx, { schemes }: VoucherParts, useId: string) {
  const use = await store(ctx)
    .selectFrom('ledger.voucher_use as u')
    .innerJoin('ledger.hold as h', 'h.id', 'u.hold_id')
    .select(['u.voucher', 'u.contract_amount', 'h.payer', 'h.payee'])
    .where('u.hold_id', '=', useId)
    .executeTakeFirst()
  if (!use) throw problem('request.not-found')
  await requireOffice(ctx, schemes, use.voucher)
  return use
}

/** A person decides, on a stated basis, that parties of unknown ownership are not related. */
export async function judgeUnrelated(
  ctx: Ctx,
  parts: VoucherParts,
  input: { useId: string; memo: string },
): Promise<void> {
  await useFor(ctx, parts, input.useId)
  const call = callOf(ctx, 'judge', { key: 'judge', memo: input.memo }, [])
  await one(ctx, sql`select ledger.judge_unrelated(${call}, ${input.useId}::uuid)`)
}

export interface VerifyInput extends Occasion {
  useId: string
  invoice: string
  /** What the invoice says; the voucher's part of it stays within its ratio. */
  invoiceAmount: bigint
  /** What is captured, voucher and money together; everything held when missing. */
  amount?: bigint
}

/** Verification (核销): captures what was really paid and releases the rest. */
export async function verifyUse(
  ctx: Ctx,
  parts: VoucherParts,
  input: VerifyInput,
): Promise<Outcome> {
  const { useId, invoiceAmount, amount = null } = input
  requirePositive(invoiceAmount)
  if (amount !== null) requirePositive(amount)
  const use = await useFor(ctx, parts, useId)
  const invoice = invoiceNumber(input.invoice)
  // Who owns whom may have changed since the use.
  await relationOf(ctx, parts, use.payer, use.payee!)
  const call = callOf(ctx, 'verify', input, [useId, invoice, invoiceAmount, amount])
  return run(
    ctx,
    sql`ledger.verify_voucher(${call}, ${ctx.newId()}::uuid, ${useId}::uuid, ${amount}::int8,
      ${invoice}::text, ${invoiceAmount}::int8)`,
  )
}

/** Payment (兑付): the operator's verified voucher becomes money of the acting office's fund. */
export async function payUse(
  ctx: Ctx,
  parts: VoucherParts,
  input: Occasion & { useId: string },
): Promise<Outcome> {
  await useFor(ctx, parts, input.useId)
  const call = callOf(ctx, 'pay', input, [input.useId])
  return run(
    ctx,
    sql`ledger.pay_voucher(${call}, ${ctx.newId()}::uuid, ${input.useId}::uuid,
      ${ctx.actor.subjectId}::uuid)`,
  )
}

/** Takes back what a use brought, by new entries; what was paid becomes a debt to the fund. */
export async function clawBack(
  ctx: Ctx,
  parts: VoucherParts,
  input: Occasion & { useId: string; memo: string },
): Promise<Outcome> {
  await useFor(ctx, parts, input.useId)
  const call = callOf(ctx, 'claw-back', input, [input.useId])
  return run(ctx, sql`ledger.claw_back(${call}, ${ctx.newId()}::uuid, ${input.useId}::uuid)`)
}
