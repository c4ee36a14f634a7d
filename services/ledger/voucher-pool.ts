// The pool of a year, claims against it, and what returns to it.
import { sql } from 'kysely'
import { formatAmount } from '#engines/ledger/amount.ts'
import { eligibility } from '#engines/ledger/eligibility.ts'
import { dateInChina, valueOn } from '#law/schema.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { findSubjects, reaches } from '#services/identity/index.ts'
import { callOf, type Occasion, type Outcome, requirePositive, run } from './call.ts'
import { isOfficialFor } from './policy.ts'
import { assetOfYear, claimRule, type Schemes, schemeIdOf, schemeOf, yuan } from './schemes.ts'
import { store } from './store.ts'

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

const outsideWords = { kind: '单位类型不在范围内', size: '企业规模不在范围内', area: '不在本地区' }
const unknownWords = { class: '单位类型', size: '企业规模', 'founding-date': '成立日期' }

/** Which of the scheme's ratios a subject has today. @throws ledger.not-eligible and the like */
async function ratioOf(ctx: Ctx, schemes: Schemes, schemeId: string, subjectId: string) {
  const scheme = schemeOf(schemes, schemeId)
  const rule = claimRule(schemes, scheme, ctx.now)
  const profile = (await findSubjects(ctx, [subjectId])).get(subjectId)
  if (!profile) throw problem('request.not-found')
  const found = eligibility(profile, rule.scope, dateInChina(ctx.now))
  if ('unknown' in found) {
    throw problem('ledger.eligibility-unknown', { missing: unknownWords[found.unknown] })
  }
  if ('outside' in found) {
    throw problem('ledger.not-eligible', { reason: outsideWords[found.outside] })
  }
  if (profile.area === null || !reaches(scheme.area, profile.area)) {
    throw problem('ledger.not-eligible', { reason: outsideWords.area })
  }
  const ratio = rule.ratios[found.class] ?? rule.ratios.general
  return { scheme, rule, class: found.class, ratio }
}

/**
 * Claims a voucher from this year's pool; it belongs to the subject, for the scheme's purposes,
 * until its end. Whatever is claimed at the same time, neither cap nor pool is exceeded.
 * @returns the outcome and the voucher's account
 */
export async function claimVoucher(
  ctx: Ctx,
  schemes: Schemes,
  input: Occasion & { scheme: string; subjectId: string; amount: bigint },
): Promise<Outcome & { voucherId: string }> {
  requirePositive(input.amount)
  const {
    scheme,
    rule,
    class: kind,
    ratio,
  } = await ratioOf(ctx, schemes, input.scheme, input.subjectId)
  const year = Number(dateInChina(ctx.now).slice(0, 4))
  const asset = assetOfYear(scheme.id, year)
  const call = callOf(ctx, 'claim-voucher', input, [asset, input.subjectId, input.amount])
  const outcome = await run(
    ctx,
    sql`ledger.claim_voucher(${call}, ${ctx.newId()}::uuid, ${ctx.newId()}::uuid, ${asset}::text,
      ${input.subjectId}::uuid, ${kind}::text, ${ratio}::int, ${input.amount}::int8,
      ${rule.cap}::int8, ${scheme.purposes}::text[], ${rule.validUntil}::timestamptz)`,
  )
  const { account_id: voucherId } = await store(ctx)
    .selectFrom('ledger.posting as p')
    .innerJoin('ledger.voucher as v', 'v.account_id', 'p.account_id')
    .select('p.account_id')
    .where('p.entry_id', '=', outcome.entryId)
    .executeTakeFirstOrThrow()
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
