// For services that sell: what a buyer's vouchers would pay of a price, and settling what was metered.
import { sql } from 'kysely'
import { relation } from '#engines/shareholding/related.ts'
import { dateInChina } from '#law/schema.ts'
import type { Ctx, JsonObject, Text } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { callOf, type Occasion, type Outcome, requirePositive, run } from './call.ts'
import type { VoucherParts } from './parts.ts'
import { schemeIdOf, schemeOf } from './schemes.ts'
import { store } from './store.ts'
import { invoiceNumber } from './voucher-use.ts'

export interface Cover {
  voucherId: string
  name: Text
  /** Basis points of the price. */
  ratio: number
  /** Of the price; the rest is paid in money. */
  amount: bigint
  /** The voucher ends then: what it pays has to be over by this time. */
  validUntil: Date | null
}

export type CoverRefusal =
  | { code: 'voucher-none' }
  | { code: 'voucher-not-for-purpose' }
  | { code: 'voucher-ends'; until: string }
  | { code: 'voucher-undecided' }
  | { code: 'voucher-related'; ground: string; chain: JsonObject[] }

export interface CoverRequest {
  payer: string
  payee: string
  /** Any of them will do, such as 'compute' and 'compute.training'. */
  purposes: readonly string[]
  amount: bigint
  /** When the payment will be settled at the latest. */
  until: Date
}

const held = (ctx: Ctx, subject: string) =>
  store(ctx)
    .selectFrom('ledger.voucher as v')
    .innerJoin('ledger.account as a', 'a.id', 'v.account_id')
    .innerJoin('ledger.balance as b', 'b.account_id', 'v.account_id')
    .select(['v.account_id', 'v.asset', 'v.ratio', 'a.purposes', 'a.valid_until', 'b.available'])
    .where('v.subject', '=', subject)
    .where('a.frozen', '=', false)
    .where('b.available', '>', 0n)
    .orderBy(sql`a.valid_until nulls last, a.id`)
    .execute()

/**
 * The voucher that pays most of a price, or why none does. A related seller is refused with the
 * chain; where ownership is not known a person would have to judge, so no voucher is used by itself.
 */
export async function coverOf(
  ctx: Ctx,
  { schemes, ownership }: VoucherParts,
  { payer, payee, purposes, amount, until }: CoverRequest,
): Promise<{ cover: Cover } | { refused: CoverRefusal }> {
  const all = (await held(ctx, payer)).filter(
    ({ valid_until: end }) => end === null || end > ctx.now,
  )
  if (all.length === 0) return { refused: { code: 'voucher-none' } }
  const fitting = all.filter(({ purposes: own }) => own?.some((one) => purposes.includes(one)))
  if (fitting.length === 0) return { refused: { code: 'voucher-not-for-purpose' } }
  const lasting = fitting.filter(({ valid_until: end }) => end === null || end >= until)
  if (lasting.length === 0) {
    const until = fitting.at(-1)!.valid_until!.toISOString()
    return { refused: { code: 'voucher-ends', until } }
  }
  const threshold = schemes.relatedFrom(dateInChina(ctx.now))
  const found = relation(await ownership(ctx, [payer, payee]), payer, payee, threshold)
  if (found.verdict === 'related') {
    const chain = found.chain.map((link) => ({ ...link }) satisfies JsonObject)
    return { refused: { code: 'voucher-related', ground: found.ground, chain } }
  }
  if (found.verdict === 'undecided') return { refused: { code: 'voucher-undecided' } }
  const covers = lasting.map((one): Cover => {
    const share = (amount * BigInt(one.ratio)) / 10_000n
    return {
      voucherId: one.account_id,
      name: schemeOf(schemes, schemeIdOf(one.asset)).name,
      ratio: one.ratio,
      amount: share < one.available ? share : one.available,
      validUntil: one.valid_until,
    }
  })
  const cover = covers.reduce((best, one) => (one.amount > best.amount ? one : best))
  return cover.amount > 0n ? { cover } : { refused: { code: 'voucher-none' } }
}

/** When a voucher ends; null: never. @throws request.not-found */
export async function endOf(ctx: Ctx, voucherId: string): Promise<Date | null> {
  const row = await store(ctx)
    .selectFrom('ledger.account')
    .select('valid_until')
    .where('id', '=', voucherId)
    .executeTakeFirst()
  if (!row) throw problem('request.not-found')
  return row.valid_until
}

/**
 * Verification (核销) of a use that the platform metered itself: the invoice is the platform's own
 * and says what was measured, so that no office has to look at it. Paying it out stays an official
 * act (docs/decisions). Captures the voucher's and the money's part and releases the rest.
 */
export async function settleMetered(
  ctx: Ctx,
  input: Occasion & { useId: string; invoice: string; amount: bigint },
): Promise<Outcome> {
  const { useId, amount } = input
  requirePositive(amount)
  const invoice = invoiceNumber(input.invoice)
  const call = callOf(ctx, 'verify', input, [useId, invoice, amount])
  return run(
    ctx,
    sql`ledger.verify_voucher(${call}, ${ctx.newId()}::uuid, ${useId}::uuid, ${amount}::int8,
      ${invoice}::text, ${amount}::int8)`,
  )
}
