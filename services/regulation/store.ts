// Counts the facts of the journal by kind: what was counted before, and what has come since.
import { sql } from 'kysely'
import type { Tx } from '#platform/context.ts'

export interface FactUse {
  count: number
  lastAt: Date
}

/** Kind -> how many facts and when the last one; a kind without facts is absent. */
export type FactUses = ReadonlyMap<string, FactUse>

interface Row {
  kind: string
  count: bigint
  last_at: Date
}

/** One statement, so that what is kept and what is fresh belong to one snapshot. */
const counted = (kinds: readonly string[]) => sql`
  select k.kind, coalesce(last.position, kept.position) as position,
         coalesce(kept.count, 0) + fresh.count as count, fresh.count as fresh,
         coalesce(last.known_at, kept.last_at) as last_at
  from unnest(${[...kinds]}::text[]) as k (kind)
  left join regulation.use kept on kept.kind = k.kind
  cross join lateral (
    select count(*) as count, max(s.position) as position from journal.sequence s
    where s.kind = k.kind and s.position > coalesce(kept.position, 0)
  ) fresh
  left join journal.sequence last on last.position = fresh.position`

/** Counts the facts of these kinds up to this moment. */
export async function readUses(tx: Tx, kinds: readonly string[]): Promise<FactUses> {
  const { rows } = await sql<Row>`
    select kind, count, last_at from (${counted(kinds)}) c where count > 0`.execute(tx)
  return new Map(
    rows.map(({ kind, count, last_at }) => [kind, { count: Number(count), lastAt: last_at }]),
  )
}

/**
 * Keeps the count so far. Each row is whole in itself (a count up to a position), so that nothing is
 * counted twice whichever of two writers comes last.
 */
export async function keepUses(tx: Tx, kinds: readonly string[]): Promise<void> {
  await sql`
    insert into regulation.use (kind, position, count, last_at)
    select kind, position, count, last_at from (${counted(kinds)}) c where fresh > 0
    on conflict (kind) do update set
      position = excluded.position, count = excluded.count, last_at = excluded.last_at`.execute(tx)
}
