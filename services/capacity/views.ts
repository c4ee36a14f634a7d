// What is taken, as people and other services read it: claims with the hold they belong to.
import { sql } from 'kysely'
import type { Claim } from '#engines/intervals/types.ts'
import type { Ctx } from '#platform/context.ts'
import { idInCursor, page } from '#platform/routes.ts'
import { type HoldKind, type HoldState, readUnits, store } from './store.ts'

type Reader = Pick<Ctx, 'tx'>

/** A claim as it stands, and whose it is. */
export type TakenClaim = Claim & {
  id: number
  holdId: string
  service: string
  holder: string
  subjectId: string | null
  kind: HoldKind
  state: HoldState
}

const claims = (ctx: Reader) =>
  store(ctx)
    .selectFrom('capacity.claim as c')
    .innerJoin('capacity.hold as h', 'h.id', 'c.hold')
    .select(['c.resource', 'c.units', 'h.id as hold', 'h.service', 'h.holder', 'h.subject'])
    .select(['h.kind', 'h.state'])
    .select([
      sql<number>`c.id::float8`.as('id'),
      sql<number | null>`c.amount::float8`.as('amount'),
      sql<number>`lower(c.period)::float8`.as('starts'),
      sql<number>`upper(c.period)::float8`.as('ends'),
    ])
    .where(sql<boolean>`not isempty(c.period)`)
    .orderBy('c.id')

type Row = Awaited<ReturnType<ReturnType<typeof claims>['executeTakeFirstOrThrow']>>

const asClaim = (row: Row): TakenClaim => ({
  id: row.id,
  resource: row.resource,
  from: row.starts,
  to: row.ends,
  ...(row.units === null ? { amount: row.amount! } : { units: readUnits(row.units) }),
  holdId: row.hold,
  service: row.service,
  holder: row.holder,
  subjectId: row.subject,
  kind: row.kind,
  state: row.state,
})

/** What holds take; claims that were never used are left out. */
export async function claimsOf(ctx: Reader, holdIds: readonly string[]): Promise<TakenClaim[]> {
  const rows = await claims(ctx).where(sql<boolean>`c.hold = any (${holdIds}::uuid[])`).execute()
  return rows.map(asClaim)
}

/** What is or was taken of resources at some moment of [from, to): all, or holds or blocks only. */
export async function takenOf(
  ctx: Reader,
  resourceIds: readonly string[],
  { from, to, most, only }: { from: number; to: number; most?: number; only?: HoldKind },
): Promise<TakenClaim[]> {
  let select = claims(ctx)
    .where(sql<boolean>`c.resource = any (${resourceIds}::uuid[])`)
    .where(sql<boolean>`c.period && int8range(${from}, ${to})`)
  if (most !== undefined) select = select.limit(most)
  if (only !== undefined) select = select.where('h.kind', '=', only)
  return (await select.execute()).map(asClaim)
}

/** The most of a pooled resource that is taken at one moment from now on. */
export async function peakOf(ctx: Pick<Ctx, 'tx' | 'now'>, resourceId: string): Promise<number> {
  const now = ctx.now.getTime()
  const { rows } = await sql<{ peak: number }>`
    select coalesce(max(total), 0)::float8 as peak from (
      select sum(sum(e.delta)) over (order by e.at) as total
      from capacity.claim c cross join lateral (values
        (greatest(lower(c.period), ${now}::int8), c.amount), (upper(c.period), -c.amount)
      ) as e (at, delta)
      where c.resource = ${resourceId}::uuid and c.units is null and not isempty(c.period)
        and upper(c.period) > ${now}::int8
      group by e.at) s`.execute(ctx.tx)
  return rows[0]!.peak
}

interface PageQuery {
  cursor?: string
  limit: number
}

/** The id after which a page starts. */
function afterOf({ cursor }: PageQuery): string | null {
  if (cursor === undefined) return null
  return idInCursor(cursor)
}

/** Resources of an owner, by id. */
export async function listResources(ctx: Reader, owner: string, query: PageQuery) {
  const after = afterOf(query)
  let select = store(ctx).selectFrom('capacity.resource').selectAll().where('owner', '=', owner)
  if (after !== null) select = select.where('id', '>', after)
  const rows = await select
    .orderBy('id')
    .limit(query.limit + 1)
    .execute()
  return page(rows, query.limit, ({ id }) => [id])
}

/** Holds for a subject, the newest first. */
export async function listHolds(ctx: Reader, subject: string, query: PageQuery) {
  const after = afterOf(query)
  let select = store(ctx).selectFrom('capacity.hold').selectAll().where('subject', '=', subject)
  if (after !== null) select = select.where('id', '<', after)
  const rows = await select
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(rows, query.limit, ({ id }) => [id])
}
