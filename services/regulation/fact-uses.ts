// Counts the facts of the journal by kind, reading each position only once in the life of the process.
import { sql } from 'kysely'
import type { Tx } from '#platform/context.ts'

export interface FactUse {
  count: number
  lastAt: Date
}

/** Kind -> how many facts and when the last one; a kind without facts is absent. */
export type FactUses = ReadonlyMap<string, FactUse>

interface Counted {
  upTo: bigint
  uses: FactUses
}

interface Row {
  kind: string
  count: bigint
  last_at: Date
}

/** Counts the facts of these kinds; the function returned reads what is new since its last call. */
export function countFacts(kinds: readonly string[]): (tx: Tx) => Promise<FactUses> {
  let counted: Counted = { upTo: 0n, uses: new Map() }
  return async (tx) => {
    // Several readers may be here at once: each builds on one finished count, the furthest is kept.
    const before = counted
    const top = await sql<{ top: bigint }>`
      select coalesce(max(position), 0) as top from journal.sequence`.execute(tx)
    const upTo = top.rows[0]!.top
    if (upTo <= before.upTo || kinds.length === 0) return before.uses
    const { rows } = await sql<Row>`
      select k.kind, fresh.count, last.known_at as last_at
      from unnest(${[...kinds]}::text[]) as k (kind)
      cross join lateral (
        select count(*) as count, max(position) as position from journal.sequence s
        where s.kind = k.kind and s.position > ${before.upTo} and s.position <= ${upTo}
      ) fresh
      join journal.sequence last on last.position = fresh.position`.execute(tx)
    const uses = new Map(before.uses)
    for (const { kind, count, last_at } of rows) {
      uses.set(kind, { count: Number(count) + (uses.get(kind)?.count ?? 0), lastAt: last_at })
    }
    if (upTo > counted.upTo) counted = { upTo, uses }
    return uses
  }
}
