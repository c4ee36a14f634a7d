// The statement of an account: pages from the newest back, and the same as a CSV file.
import { formatAmount } from '#engines/ledger/amount.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { decodeCursor, page } from '#platform/routes.ts'
import { versionAt } from './accounts.ts'
import { entryKinds } from './contract.ts'
import { csvOf } from './csv.ts'
import { type AccountView, store } from './store.ts'

const MOST_ROWS = 50_000

export interface Period {
  /** First moment. */
  from?: Date
  /** First moment no longer part of it. */
  to?: Date
}

/** Rows of an account, newest first: `version` runs from 1 without a gap. */
function rowsOf(ctx: Ctx, accountId: string, above: bigint, upTo: bigint, limit: number) {
  return store(ctx)
    .selectFrom('ledger.posting as p')
    .innerJoin('ledger.entry as e', 'e.id', 'p.entry_id')
    .select([
      'p.version',
      'p.entry_id',
      'p.available',
      'p.held',
      'p.available_after',
      'p.held_after',
      'p.at as booked_at',
      'e.kind',
      'e.at',
      'e.memo',
      'e.journal_id',
    ])
    .where('p.account_id', '=', accountId)
    .where('p.version', '>', above)
    .where('p.version', '<=', upTo)
    .orderBy('p.version', 'desc')
    .limit(limit)
    .execute()
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number]

async function versionsIn(ctx: Ctx, accountId: string, { from, to }: Period) {
  const before = (moment: Date) => versionAt(ctx, accountId, new Date(moment.getTime() - 1))
  const above = from ? await before(from) : 0n
  const upTo = to ? await before(to) : await versionAt(ctx, accountId, ctx.now)
  return { above, upTo }
}

function viewOf(row: Row, scale: number) {
  return {
    version: row.version.toString(),
    entryId: row.entry_id,
    kind: row.kind,
    at: row.at.toISOString(),
    bookedAt: row.booked_at.toISOString(),
    available: formatAmount(row.available, scale),
    held: formatAmount(row.held, scale),
    availableAfter: formatAmount(row.available_after, scale),
    heldAfter: formatAmount(row.held_after, scale),
    memo: row.memo,
    journalId: row.journal_id.toString(),
  }
}

/** One page of a statement. */
export async function readStatement(
  ctx: Ctx,
  account: AccountView,
  query: Period & { cursor?: string; limit: number },
) {
  const { above, upTo } = await versionsIn(ctx, account.id, query)
  let last = upTo
  if (query.cursor !== undefined) {
    const [version] = decodeCursor(query.cursor)
    if (typeof version !== 'string' || !/^[1-9]\d{0,18}$/.test(version)) {
      throw problem('request.cursor')
    }
    last = BigInt(version) - 1n
  }
  const rows = await rowsOf(ctx, account.id, above, last, query.limit + 1)
  const items = rows.map((row) => viewOf(row, account.scale))
  return page(items, query.limit, ({ version }) => [version])
}

const titles = [
  '发生时间 Time',
  '入账时间 Booked',
  '类型 Kind',
  '可用变动 Available change',
  '冻结变动 Held change',
  '可用余额 Available',
  '冻结余额 Held',
  '单位 Unit',
  '备注代码 Memo',
  '记录编号 Entry',
  '日志编号 Journal',
]

/** A statement as CSV, oldest first. @throws ledger.too-many */
export async function statementCsv(ctx: Ctx, account: AccountView, period: Period) {
  const { above, upTo } = await versionsIn(ctx, account.id, period)
  if (upTo - above > BigInt(MOST_ROWS)) throw problem('ledger.too-many', { limit: MOST_ROWS })
  const rows = await rowsOf(ctx, account.id, above, upTo, MOST_ROWS)
  const lines = rows.reverse().map((row) => {
    const view = viewOf(row, account.scale)
    const kind = entryKinds[row.kind as keyof typeof entryKinds]
    return [
      view.at,
      view.bookedAt,
      kind ? `${kind.zh} ${kind.en}` : row.kind,
      view.available,
      view.held,
      view.availableAfter,
      view.heldAfter,
      `${account.unit_zh} ${account.unit_en}`,
      view.memo ?? '',
      view.entryId,
      view.journalId,
    ]
  })
  return csvOf([titles, ...lines])
}
