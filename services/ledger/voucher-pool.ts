// The pool of a year, claims against it, and what returns to it.
import { sql } from 'kysely'
import { formatAmount } from '#engines/ledger/amount.ts'
import { dateInChina, valueOn } from '#law/schema.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { callOf, type Occasion, type Outcome, requirePositive, run } from './call.ts'
import type { VoucherParts } from './parts.ts'
import { isOfficialFor } from './policy.ts'
import {
  assetOfYear,
  type Scheme,
  type Schemes,
  schemeIdOf,
  schemeOf,
  validUntil,
  yuan,
} from './schemes.ts'
import { store } from './store.ts'
import { termsOf } from './terms.ts'

const SCALE = 4

/** The official act that opens the vouchers of a year, within what the rule allows for it. */
export async function openPool(
  ctx: Ctx,
  schemes: Schemes,
  input: Occasion & { scheme: string; year: number; amount: bigint },
): Promise<Outcome> {
  const scheme = schemeOf(schemes, input.scheme)
  if (!isOfficialFor(ctx.actor, scheme.area)) throw problem('request.not-found')
  requirePositive(input.amount)
  const today = dateInChina(ctx.now)
  const limit = valueOn(
    scheme.pool,
    today.startsWith(`${input.year}-`) ? today : `${input.year}-01-01`,
  )
  if (!limit) throw problem('ledger.scheme-not-in-force')
  if (input.amount > yuan(limit)) {
    throw problem('ledger.pool-limit', { available: formatAmount(yuan(limit), SCALE) })
  }
  const asset = assetOfYear(scheme.id, input.year)
  const call = callOf(ctx, 'open-pool', input, [asset, input.amount])
  return run(
    ctx,
    sql`ledger.open_pool(${call}, ${ctx.newId()}::uuid, ${asset}::text, ${scheme.id}::text,
      ${input.year}::int, ${`${scheme.name.zh}（${input.year} 年）`}::text,
      ${`${scheme.name.en} (${input.year})`}::text, ${input.amount}::int8)`,
  )
}

/** The terms of a claim now. @throws ledger.not-eligible and the like */
async function requireTerms(ctx: Ctx, parts: VoucherParts, scheme: Scheme, subjectId: string) {
  const found = await termsOf(ctx, parts, scheme, subjectId)
  switch (found.outcome) {
    case 'open':
      return found
    case 'unknown':
      throw problem('ledger.eligibility-unknown', { missing: found.facts.join('、') })
    case 'no-rule':
      throw problem('ledger.scheme-not-in-force')
    case 'area':
      throw problem('ledger.not-eligible', { reason: '不在本地区' })
    default:
      throw problem('ledger.not-eligible', { reason: found.reason.zh })
  }
}

/**
 * Claims a voucher from this year's pool; it belongs to the subject, for the scheme's purposes,
 * until its end. Whatever is claimed at the same time, neither cap nor pool is exceeded.
 * @returns the outcome and the voucher's account
 */
export async function claimVoucher(
  ctx: Ctx,
  parts: VoucherParts,
  input: Occasion & { scheme: string; subjectId: string; amount: bigint },
): Promise<Outcome & { voucherId: string }> {
  const { subjectId, amount } = input
  requirePositive(amount)
  const scheme = schemeOf(parts.schemes, input.scheme)
  const { rule, class: kind, ratio, cap } = await requireTerms(ctx, parts, scheme, subjectId)
  const today = dateInChina(ctx.now)
  const asset = assetOfYear(scheme.id, Number(today.slice(0, 4)))
  const call = callOf(ctx, 'claim-voucher', input, [asset, subjectId, amount])
  const outcome = await run(
    ctx,
    sql`ledger.claim_voucher(${call}, ${ctx.newId()}::uuid, ${ctx.newId()}::uuid, ${asset}::text,
      ${subjectId}::uuid, ${kind}::text, ${ratio}::int, ${amount}::int8, ${cap}::int8,
      ${scheme.purposes}::text[], ${validUntil(scheme, ctx.now)}::timestamptz)`,
  )
  const { account_id: voucherId } = await store(ctx)
    .selectFrom('ledger.posting as p')
    .innerJoin('ledger.voucher as v', 'v.account_id', 'p.account_id')
    .select('p.account_id')
    .where('p.entry_id', '=', outcome.entryId)
    .executeTakeFirstOrThrow()
  if (!outcome.replayed) {
    const { id } = await parts.rules.decide(ctx, {
      set: rule.set,
      subjectId,
      facts: {},
      on: today,
      purpose: 'ledger.voucher',
    })
    await sql`select ledger.name_decision(${voucherId}::uuid, ${id}::uuid)`.execute(ctx.tx)
  }
  return { ...outcome, voucherId }
}

/** What is left of an expired voucher goes back to its pool. @throws ledger.voucher-valid */
export async function expireVoucher(ctx: Ctx, voucherId: string): Promise<Outcome> {
  // The rest of a hold may come back after the first return: each return has its own key.
  const { version } = await store(ctx)
    .selectFrom('ledger.balance')
    .select('version')
    .where('account_id', '=', voucherId)
    .executeTakeFirstOrThrow()
  return returnVoucher(ctx, 'voucher-expired', {
    voucherId,
    key: `expired:${voucherId}:${version}`,
  })
}

/** The official act that takes back what is left of a voucher and suspends it. */
export async function withdrawVoucher(
  ctx: Ctx,
  schemes: Schemes,
  input: Occasion & { voucherId: string },
): Promise<Outcome> {
  await requireOffice(ctx, schemes, input.voucherId)
  return returnVoucher(ctx, 'voucher-clawed-back', input)
}

function returnVoucher(ctx: Ctx, kind: string, input: Occasion & { voucherId: string }) {
  const call = callOf(ctx, kind, input, [input.voucherId])
  return run(
    ctx,
    sql`ledger.return_voucher(${call}, ${ctx.newId()}::uuid, ${kind}::text,
      ${input.voucherId}::uuid)`,
  )
}

/** Refuses all but officials of the scheme's area. @throws request.not-found */
export async function requireOffice(ctx: Ctx, schemes: Schemes, voucherId: string): Promise<void> {
  const voucher = await store(ctx)
    .selectFrom('ledger.voucher')
    .select('asset')
    .where('account_id', '=', voucherId)
    .executeTakeFirst()
  const scheme = voucher && schemeOf(schemes, schemeIdOf(voucher.asset))
  if (!scheme || !isOfficialFor(ctx.actor, scheme.area)) throw problem('request.not-found')
}
