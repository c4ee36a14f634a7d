// The ledger's tables as TypeScript sees them; they change through functions of the database only.
import { type AmountRefusal, parseAmount } from '#engines/ledger/amount.ts'
import type { Ctx } from '#platform/context.ts'
import { tables } from '#platform/database.ts'
import { problem } from '#platform/errors.ts'

export type AssetClass = 'money' | 'voucher' | 'card-time' | 'energy' | 'token'
export type AccountKind =
  | 'main'
  | 'earmarked'
  | 'pool'
  | 'fund'
  | 'issuance'
  | 'external'
  | 'recovery'

export interface AssetRow {
  code: string
  class: AssetClass
  scale: number
  name_zh: string
  name_en: string
  unit_zh: string
  unit_en: string
}

export interface AccountRow {
  id: string
  owner: string | null
  asset: string
  kind: AccountKind
  purposes: string[] | null
  valid_until: Date | null
  frozen: boolean
  opened_at: Date
}

export interface HoldRow {
  id: string
  payer: string
  sponsor: string | null
  payee: string | null
  purpose: string
  expires_at: Date
  accounts: string[]
  assets: string[]
  shares: (number | null)[]
  // Arrays of int8 arrive as decimal texts.
  amounts: string[]
  captured: string[]
  released: string[]
  remaining: bigint
}

export type UseState = 'held' | 'released' | 'verified' | 'paid' | 'clawed-back'
export type Relation = 'unrelated' | 'undecided' | 'judged-unrelated'

export interface LedgerTables {
  'ledger.asset': AssetRow
  'ledger.account': AccountRow
  'ledger.balance': {
    account_id: string
    asset: string
    source: boolean
    available: bigint
    held: bigint
    version: bigint
    changed_at: Date
  }
  'ledger.entry': {
    id: string
    kind: string
    at: Date
    known_at: Date
    memo: string | null
    reversal_of: string | null
    hold_id: string | null
    journal_id: bigint
  }
  'ledger.posting': {
    account_id: string
    version: bigint
    entry_id: string
    available: bigint
    held: bigint
    available_after: bigint
    held_after: bigint
    at: Date
  }
  'ledger.hold': HoldRow
  'ledger.voucher_pool': {
    asset: string
    scheme: string
    year: number
    pool: string
    amount: bigint
    opened_at: Date
  }
  'ledger.voucher': {
    account_id: string
    asset: string
    subject: string
    class: string
    ratio: number
    claimed: bigint
    expired: bigint
    clawed_back: bigint
    claimed_at: Date
    decision: string | null
  }
  'ledger.voucher_use': {
    hold_id: string
    voucher: string
    contract_amount: bigint
    invoice: string | null
    relation: Relation
    state: UseState
    amount: bigint
  }
}

export const store = (ctx: Pick<Ctx, 'tx'>) => tables<LedgerTables>(ctx.tx)

/** An account with its asset and balance. */
export function accounts(ctx: Pick<Ctx, 'tx'>) {
  return store(ctx)
    .selectFrom('ledger.account as a')
    .innerJoin('ledger.balance as b', 'b.account_id', 'a.id')
    .innerJoin('ledger.asset as s', 's.code', 'a.asset')
    .select([
      'a.id',
      'a.owner',
      'a.asset',
      'a.kind',
      'a.purposes',
      'a.valid_until',
      'a.frozen',
      'a.opened_at',
      'b.available',
      'b.held',
      'b.version',
      's.class',
      's.scale',
      's.name_zh',
      's.name_en',
      's.unit_zh',
      's.unit_en',
    ])
}

export type AccountView = Awaited<
  ReturnType<ReturnType<typeof accounts>['executeTakeFirstOrThrow']>
>

/**
 * An account of an owner.
 * @throws request.not-found for an unknown id and for one of somebody else alike
 */
export async function accountOf(ctx: Ctx, id: string, owner: string | null): Promise<AccountView> {
  const row = await accounts(ctx).where('a.id', '=', id).executeTakeFirst()
  if (!row || owner === null || row.owner !== owner) throw problem('request.not-found')
  return row
}

/** @throws request.not-found */
export async function assetOf(ctx: Pick<Ctx, 'tx'>, code: string): Promise<AssetRow> {
  const row = await store(ctx)
    .selectFrom('ledger.asset')
    .selectAll()
    .where('code', '=', code)
    .executeTakeFirst()
  if (!row) throw problem('request.not-found')
  return row
}

/** Reads an amount that a person gave. @throws ledger.amount with the reason */
export function amountFrom(text: string, scale: number): bigint {
  const parsed = parseAmount(text, scale)
  if ('amount' in parsed) {
    if (parsed.amount > 0n) return parsed.amount
    throw problem('ledger.amount', { reason: '须大于零', scale })
  }
  throw problem('ledger.amount', { reason: reasons[parsed.refusal], scale })
}

const reasons: Record<AmountRefusal, string> = {
  'not-decimal': '不是十进制数',
  negative: '不能为负数',
  'too-precise': '小数位过多',
  'too-large': '数额过大',
}
