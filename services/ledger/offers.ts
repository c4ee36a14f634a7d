// What a subject could claim of each scheme now, and why: computed by the rules in force, no decision.
import { Decimal } from '#engines/feel/values.ts'
import { formatAmount } from '#engines/ledger/amount.ts'
import { sayNumber } from '#engines/rules/say.ts'
import { dateInChina } from '#law/schema.ts'
import type { Ctx, Text } from '#platform/context.ts'
import type { VoucherParts } from './parts.ts'
import { assetOfYear, type Scheme } from './schemes.ts'
import { store } from './store.ts'
import { RULES, type TermsFound, termsOf } from './terms.ts'

const SCALE = 4
const money = (amount: bigint) => formatAmount(amount, SCALE)

/** Math.min knows no bigint. */
function least(one: bigint, other: bigint): bigint {
  if (other < one) return other
  return one
}

type Closed = 'used-up' | 'no-pool'

const WORDS: Record<Exclude<TermsFound['outcome'], 'open' | 'outside' | 'unknown'> | Closed, Text> =
  {
    'used-up': { zh: '本年度额度已用完。', en: 'This year’s amount is used up.' },
    'no-pool': {
      zh: '符合条件，但本年度券池尚未设立。',
      en: 'Eligible; this year’s pool is not open yet.',
    },
    'no-rule': {
      zh: '当日没有有效的比例或上限，不能申领。',
      en: 'No ratio or cap is in force today.',
    },
    area: { zh: '本单位不在该券适用的地区。', en: 'Your organisation lies outside its area.' },
  }

function closedReason(found: Exclude<TermsFound, { outcome: 'open' }>): Text {
  if (found.outcome === 'outside') return found.reason
  if (found.outcome !== 'unknown') return WORDS[found.outcome]
  return {
    zh: `还不能判断：缺少${found.facts.join('、')}，补充后即可测算。`,
    en: `Cannot be said yet; missing: ${found.facts.join(', ')}.`,
  }
}

/** What was claimed of this year's pool and not returned, and what the pool has left; null: no pool. */
async function claimedOf(ctx: Ctx, scheme: Scheme, subject: string) {
  const asset = assetOfYear(scheme.id, Number(dateInChina(ctx.now).slice(0, 4)))
  const pool = await store(ctx)
    .selectFrom('ledger.voucher_pool as p')
    .innerJoin('ledger.balance as b', 'b.account_id', 'p.pool')
    .select('b.available')
    .where('p.asset', '=', asset)
    .executeTakeFirst()
  if (!pool) return null
  const vouchers = await store(ctx)
    .selectFrom('ledger.voucher')
    .select(['claimed', 'expired'])
    .where('asset', '=', asset)
    .where('subject', '=', subject)
    .execute()
  const claimed = vouchers.reduce((sum, one) => sum + one.claimed - one.expired, 0n)
  return { claimed, left: pool.available }
}

async function offerOf(ctx: Ctx, parts: VoucherParts, scheme: Scheme, subject: string) {
  const base = { scheme: scheme.id, name: scheme.name, set: RULES[scheme.id]?.set ?? null }
  const found = await termsOf(ctx, parts, scheme, subject)
  if (found.outcome !== 'open') {
    return { ...base, outcome: found.outcome, reason: closedReason(found) }
  }
  const pool = await claimedOf(ctx, scheme, subject)
  if (!pool) return { ...base, outcome: 'no-pool' as const, reason: WORDS['no-pool'] }
  const amount = least(found.cap - pool.claimed, pool.left)
  if (amount <= 0n) return { ...base, outcome: 'used-up' as const, reason: WORDS['used-up'] }
  const used = money(pool.claimed)
  const so = {
    zh: pool.claimed === 0n ? '；尚未申领。' : `；已申领 ${sayNumber(new Decimal(used), '元')}。`,
    en:
      pool.claimed === 0n
        ? '; nothing claimed yet.'
        : `; ${sayNumber(new Decimal(used), 'yuan')} claimed.`,
  }
  const { class: kind, ratio, reason } = found
  return {
    ...base,
    outcome: 'open' as const,
    reason: { zh: reason.zh + so.zh, en: reason.en + so.en },
    class: kind,
    ratio,
    amount: money(amount),
    claimed: used,
  }
}

/** Offers of all schemes, in their order. */
export async function offersOf(ctx: Ctx, parts: VoucherParts, subject: string) {
  const offers = []
  for (const scheme of parts.schemes.list) offers.push(await offerOf(ctx, parts, scheme, subject))
  return offers
}
