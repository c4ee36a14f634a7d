// What the ledger shows: accounts, open holds, schemes, vouchers and their uses.
import { formatAmount } from '#engines/ledger/amount.ts'
import { dateInChina, type Parameter, valueOn } from '#law/schema.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { decodeCursor, idInCursor, page } from '#platform/routes.ts'
import { findSubjects } from '#services/identity/index.ts'
import type { VoucherParts } from './parts.ts'
import { isOfficialFor } from './policy.ts'
import { assetOfYear, type Scheme, type Schemes, schemeIdOf, schemeOf } from './schemes.ts'
import { type AccountView, accounts, store, type UseState } from './store.ts'
import { RULES } from './terms.ts'

const MONEY_SCALE = 4
const NOBODY = '00000000-0000-0000-0000-000000000000'
const money = (amount: bigint) => formatAmount(amount, MONEY_SCALE)

export function accountView(row: AccountView) {
  return {
    id: row.id,
    kind: row.kind,
    asset: {
      code: row.asset,
      class: row.class,
      scale: row.scale,
      name: { zh: row.name_zh, en: row.name_en },
      unit: { zh: row.unit_zh, en: row.unit_en },
    },
    earmark: row.purposes && {
      purposes: row.purposes,
      validUntil: row.valid_until?.toISOString() ?? null,
    },
    frozen: row.frozen,
    available: formatAmount(row.available, row.scale),
    held: formatAmount(row.held, row.scale),
    version: row.version.toString(),
    openedAt: row.opened_at.toISOString(),
  }
}

/** All accounts of a subject; there are few of each. */
export async function listAccounts(ctx: Ctx, owner: string) {
  const rows = await accounts(ctx)
    .where('a.owner', '=', owner)
    .orderBy('a.asset')
    .orderBy('a.kind')
    .orderBy('a.opened_at')
    .execute()
  return rows.map(accountView)
}

/** Open holds of a payer, soonest end first. */
export async function listHolds(
  ctx: Ctx,
  payer: string,
  query: { cursor?: string; limit: number },
) {
  let select = store(ctx)
    .selectFrom('ledger.hold as h')
    .selectAll()
    .where('h.payer', '=', payer)
    .where('h.remaining', '>', 0n)
  if (query.cursor !== undefined) {
    const [at, id] = decodeCursor(query.cursor)
    if (typeof at !== 'string' || typeof id !== 'string' || Number.isNaN(Date.parse(at))) {
      throw problem('request.cursor')
    }
    select = select.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('h.expires_at', 'h.id'), '>', tuple(new Date(at), id)),
    )
  }
  const rows = await select
    .orderBy('h.expires_at')
    .orderBy('h.id')
    .limit(query.limit + 1)
    .execute()
  const assets = new Map(
    (await store(ctx).selectFrom('ledger.asset').selectAll().execute()).map((row) => [
      row.code,
      row,
    ]),
  )
  const items = rows.map((row) => {
    const asset = assets.get(row.assets[0]!)!
    return {
      id: row.id,
      payee: row.payee,
      purpose: row.purpose,
      expiresAt: row.expires_at.toISOString(),
      remaining: formatAmount(row.remaining, asset.scale),
      unit: { zh: asset.unit_zh, en: asset.unit_en },
    }
  })
  return page(items, query.limit, (last) => [last.expiresAt, last.id])
}

function ruleView(parameter: Parameter | undefined, on: string) {
  const found = parameter && valueOn(parameter, on)
  if (!parameter || !found) return []
  const { value, ...rest } = found
  return [{ title: parameter.title, unit: parameter.unit, value: String(value), ...rest }]
}

/** A value in the units in which parameters of the law are shown. */
function asParameter(unit: string, value: string): { unit: string; value: string } {
  if (unit === '%') return { unit: 'bp', value: String(Math.round(Number(value) * 100)) }
  if (unit === '元') return { unit: 'CNY', value }
  return { unit: unit === '个月' ? 'month' : unit, value }
}

/** The parameters of a scheme's rule set, with the values in force on a day. */
async function ruleViews(ctx: Ctx, { rules }: VoucherParts, scheme: Scheme, on: string) {
  const rule = RULES[scheme.id]
  const looked =
    rule && (await rules.look(ctx, { set: rule.set, subjectId: NOBODY, facts: {}, on }))
  if (!looked) return []
  return looked.version.definition.nodes.flatMap((node) => {
    if (node.kind !== 'parameter' || node.type.kind !== 'number') return []
    const found = node.values.find(({ from, to }) => from <= on && (to === null || on < to))
    if (!found) return []
    const { value, from, to, cite } = found
    const title = { zh: node.name, en: node.name }
    return [{ title, ...asParameter(node.type.unit, value), from, to, ...cite, note: '' }]
  })
}

/** Every scheme with the numbers in force today, their sources, and this year's pool. */
export async function listSchemes(ctx: Ctx, parts: VoucherParts) {
  const today = dateInChina(ctx.now)
  const year = Number(today.slice(0, 4))
  const pools = await store(ctx)
    .selectFrom('ledger.voucher_pool as p')
    .innerJoin('ledger.balance as b', 'b.account_id', 'p.pool')
    .select(['p.asset', 'p.amount', 'b.available'])
    .where('p.year', '=', year)
    .execute()
  const items = []
  for (const scheme of parts.schemes.list) {
    const { id, name, area, purposes, pool, validity } = scheme
    const open = pools.find(({ asset }) => asset === assetOfYear(id, year))
    const told = [pool, validity].flatMap((one) => ruleView(one, today))
    items.push({
      id,
      name,
      area,
      purposes,
      set: RULES[id]?.set ?? null,
      rules: [...told, ...(await ruleViews(ctx, parts, scheme, today))],
      pool: open ? { year, amount: money(open.amount), left: money(open.available) } : null,
    })
  }
  return { year, items }
}

/** The vouchers of a subject, newest first. */
export async function listVouchers(ctx: Ctx, schemes: Schemes, subject: string) {
  const rows = await store(ctx)
    .selectFrom('ledger.voucher as v')
    .innerJoin('ledger.account as a', 'a.id', 'v.account_id')
    .innerJoin('ledger.balance as b', 'b.account_id', 'v.account_id')
    .innerJoin('ledger.voucher_pool as p', 'p.asset', 'v.asset')
    .selectAll('v')
    .select(['a.purposes', 'a.valid_until', 'a.frozen', 'b.available', 'b.held', 'p.year'])
    .where('v.subject', '=', subject)
    .orderBy('v.claimed_at', 'desc')
    .orderBy('v.account_id')
    .execute()
  return rows.map((row) => {
    const scheme = schemeOf(schemes, schemeIdOf(row.asset))
    return {
      id: row.account_id,
      scheme: scheme.id,
      name: scheme.name,
      year: row.year,
      class: row.class,
      ratio: row.ratio,
      purposes: row.purposes ?? [],
      validUntil: row.valid_until?.toISOString() ?? null,
      frozen: row.frozen,
      claimed: money(row.claimed),
      available: money(row.available),
      held: money(row.held),
      expired: money(row.expired),
      clawedBack: money(row.clawed_back),
      claimedAt: row.claimed_at.toISOString(),
      decision: row.decision,
    }
  })
}

function selectUses(ctx: Ctx, query: { cursor?: string; limit: number; state?: UseState }) {
  let select = store(ctx)
    .selectFrom('ledger.voucher_use as u')
    .innerJoin('ledger.hold as h', 'h.id', 'u.hold_id')
    .innerJoin('ledger.voucher as v', 'v.account_id', 'u.voucher')
    .selectAll('u')
    .select(['h.payer', 'h.payee', 'h.expires_at', 'v.asset'])
  if (query.state) select = select.where('u.state', '=', query.state)
  if (query.cursor !== undefined) {
    const id = idInCursor(query.cursor)
    select = select.where('u.hold_id', '<', id)
  }
  // Ids sort by time: the newest comes first.
  return select.orderBy('u.hold_id', 'desc').limit(query.limit + 1)
}

type UseRow = Awaited<ReturnType<ReturnType<typeof selectUses>['execute']>>[number]

async function useViews(ctx: Ctx, rows: UseRow[], limit: number) {
  const parties = await findSubjects(
    ctx,
    rows.flatMap(({ payer, payee }) => [payer, payee!]),
  )
  const party = (id: string) => {
    const found = parties.get(id)
    return { id, name: found && found.kind !== 'person' ? found.name : null }
  }
  const items = rows.map((row) => ({
    id: row.hold_id,
    voucherId: row.voucher,
    scheme: schemeIdOf(row.asset),
    payer: party(row.payer),
    payee: party(row.payee!),
    state: row.state,
    relation: row.relation,
    amount: money(row.amount),
    contractAmount: money(row.contract_amount),
    invoice: row.invoice,
    expiresAt: row.expires_at.toISOString(),
  }))
  return page(items, limit, ({ id }) => [id])
}

type UseQuery = { cursor?: string; limit: number; state?: UseState }

/** Uses in which the subject pays or is paid. */
export async function listUses(ctx: Ctx, subject: string, query: UseQuery) {
  const rows = await selectUses(ctx, query)
    .where((where) => where.or([where('h.payer', '=', subject), where('h.payee', '=', subject)]))
    .execute()
  return useViews(ctx, rows, query.limit)
}

/** Uses of the schemes that the actor's office is responsible for. */
export async function listOfficeUses(ctx: Ctx, schemes: Schemes, query: UseQuery) {
  const mine = schemes.list.filter(({ area }) => isOfficialFor(ctx.actor, area))
  const assets = store(ctx)
    .selectFrom('ledger.voucher_pool')
    .select('asset')
    .where('scheme', 'in', ['', ...mine.map(({ id }) => id)])
  const rows = await selectUses(ctx, query).where('v.asset', 'in', assets).execute()
  return useViews(ctx, rows, query.limit)
}
