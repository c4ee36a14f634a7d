// Accounts: opening, suspending, and what they held at any moment.
import { sql } from 'kysely'
import { formatAmount } from '#engines/ledger/amount.ts'
import { splitFunding } from '#engines/ledger/plan.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { callOf, one, requirePositive } from './call.ts'
import { type AccountKind, accounts, assetOf, store } from './store.ts'

export type NewAccount =
  | { owner: string | null; asset: string; kind: Exclude<AccountKind, 'earmarked'> }
  | { owner: string; asset: string; kind: 'earmarked'; purposes: string[]; validUntil: Date | null }

/**
 * Opens an account and returns its id. Of every kind but 'earmarked' an owner has one per asset:
 * then the id of the one there is comes back.
 */
export async function openAccount(ctx: Ctx, account: NewAccount): Promise<string> {
  const { owner, asset, kind } = account
  const earmarked = account.kind === 'earmarked' ? account : null
  const call = callOf(ctx, 'open', { key: 'open' }, [])
  const { id } = await one<{ id: string }>(
    ctx,
    sql`select ledger.open_account(${call}, ${ctx.newId()}::uuid, ${owner}::uuid, ${asset}::text,
      ${kind}::text, ${earmarked?.purposes ?? null}::text[],
      ${earmarked?.validUntil ?? null}::timestamptz) as id`,
  )
  return id
}

/** Suspends an account (nothing leaves it) or ends the suspension; `memo` says on what ground. */
export async function setFrozen(
  ctx: Ctx,
  input: { accountId: string; frozen: boolean; memo: string },
): Promise<void> {
  const call = callOf(ctx, 'freeze', { key: 'freeze', memo: input.memo }, [])
  await one(ctx, sql`select ledger.set_frozen(${call}, ${input.accountId}::uuid, ${input.frozen})`)
}

/** What an account held at a moment: everything the ledger knew then. */
export async function balanceAt(
  ctx: Ctx,
  accountId: string,
  moment: Date,
): Promise<{ available: bigint; held: bigint; version: bigint }> {
  const version = await versionAt(ctx, accountId, moment)
  const posting = await store(ctx)
    .selectFrom('ledger.posting')
    .select(['available_after', 'held_after'])
    .where('account_id', '=', accountId)
    .where('version', '=', version)
    .executeTakeFirst()
  return {
    available: posting?.available_after ?? 0n,
    held: posting?.held_after ?? 0n,
    version,
  }
}

/** The last version of an account at a moment; 0 when nothing had happened yet. */
export async function versionAt(ctx: Ctx, accountId: string, moment: Date): Promise<bigint> {
  const { version } = await one<{ version: bigint | null }>(
    ctx,
    sql`select ledger.version_at(${accountId}::uuid, ${moment}::timestamptz) as version`,
  )
  return version ?? 0n
}

export interface FundingRequest {
  payer: string
  purpose: string
  asset: string
  amount: bigint
}

/** The accounts that may fund a payment, in the order in which they do. */
function sources(ctx: Ctx, { payer, purpose, asset }: Omit<FundingRequest, 'amount'>) {
  return accounts(ctx)
    .where('a.owner', '=', payer)
    .where('a.asset', '=', asset)
    .where('a.kind', 'in', ['earmarked', 'main'])
    .where('a.frozen', '=', false)
    .where('b.available', '>', 0n)
    .where((where) =>
      where.or([where('a.valid_until', 'is', null), where('a.valid_until', '>', ctx.now)]),
    )
    .where(sql<boolean>`(a.purposes is null or ${purpose} = any (a.purposes))`)
    .orderBy(sql`a.kind = 'main', a.valid_until nulls last, a.id`)
    .execute()
}

/** What a payer can spend on a purpose now: earmarked and ordinary money, no vouchers. */
export async function spendable(
  ctx: Ctx,
  request: Omit<FundingRequest, 'amount'>,
): Promise<{ all: bigint; main: bigint }> {
  const rows = await sources(ctx, request)
  const sum = (kinds: readonly string[]) =>
    rows.reduce((total, row) => (kinds.includes(row.kind) ? total + row.available : total), 0n)
  return { all: sum(['earmarked', 'main']), main: sum(['main']) }
}

/**
 * Chooses the parts of a hold: earmarked money for this purpose first (what ends soonest before the
 * rest), then the ordinary account. Vouchers are not among them: they are used by `useVoucher`.
 * @throws ledger.insufficient
 */
export async function planFunding(ctx: Ctx, { payer, purpose, asset, amount }: FundingRequest) {
  requirePositive(amount)
  const rows = await sources(ctx, { payer, purpose, asset })
  const given = rows.map(({ id, available }) => ({ account: id, available, share: null }))
  const split = splitFunding(given, amount)
  if ('missing' in split) {
    const { scale } = await assetOf(ctx, asset)
    throw problem('ledger.insufficient', {
      available: formatAmount(amount - split.missing, scale),
      needed: formatAmount(amount, scale),
    })
  }
  return split.parts.map(({ account, amount: part }) => ({ accountId: account, amount: part }))
}
