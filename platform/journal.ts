// Reading the journal by position, and numbering new entries in commit order.
import { type Kysely, sql } from 'kysely'
import type { Actor, Fact, JsonObject } from './context.ts'
import { tables } from './database.ts'

/** An entry with its position; positions are dense and follow commit order. */
export interface JournalEntry {
  position: bigint
  id: bigint
  kind: string
  version: number
  actor: JsonObject
  subjectId: string | null
  validAt: Date
  knownAt: Date
  payload: JsonObject
}

interface EntryRow {
  id: bigint
  kind: string
  version: number
  actor: JsonObject
  subject: string | null
  valid_at: Date
  known_at: Date
  payload: JsonObject
}

export interface JournalTables {
  'journal.entry': EntryRow
  'journal.sequence': {
    position: bigint
    entry_id: bigint
    kind: string
    subject: string | null
    person: string | null
    known_at: Date
  }
  'journal.cursor': { position: bigint }
}

/** Who acted, as the journal keeps it: ids only. */
export function journalActor(actor: Actor): JsonObject {
  return {
    kind: actor.kind,
    name: actor.name,
    person: actor.personId,
    subject: actor.subjectId,
    mandate: actor.mandateId,
  }
}

/** Appends a fact in the given transaction; returns the entry's id. */
export async function append(
  tx: Kysely<unknown>,
  actor: Actor,
  now: Date,
  fact: Fact,
): Promise<bigint> {
  const { rows } = await sql<{ id: bigint }>`select journal.append(
    ${fact.kind}, ${fact.version}, ${JSON.stringify(journalActor(actor))}::jsonb,
    ${fact.subjectId}::uuid, ${fact.validAt ?? now}, ${now},
    ${JSON.stringify(fact.payload)}::jsonb) as id`.execute(tx)
  return rows[0]!.id
}

/** Appends facts in their order, in one statement; returns the entries' ids in the same order. */
export async function appendAll(
  tx: Kysely<unknown>,
  actor: Actor,
  now: Date,
  facts: readonly Fact[],
): Promise<bigint[]> {
  const { rows } = await sql<{ id: bigint }>`select journal.append(
      f.kind, f.version, ${JSON.stringify(journalActor(actor))}::jsonb,
      f.subject, f.valid_at, ${now}, f.payload::jsonb) as id
    from unnest(${facts.map(({ kind }) => kind)}::text[],
      ${facts.map(({ version }) => version)}::int[],
      ${facts.map(({ subjectId }) => subjectId)}::uuid[],
      ${facts.map(({ validAt }) => validAt ?? now)}::timestamptz[],
      ${facts.map(({ payload }) => JSON.stringify(payload))}::text[])
      with ordinality as f (kind, version, subject, valid_at, payload, nth)
    order by f.nth`.execute(tx)
  return rows.map(({ id }) => id)
}

const BATCH = 5_000

/** Numbers every entry whose transaction is over; returns how many were numbered. */
export async function numberEntries(db: Kysely<unknown>): Promise<number> {
  let total = 0
  for (;;) {
    const { rows } = await sql<{ n: number }>`select journal.number(${BATCH}) as n`.execute(db)
    const taken = rows[0]!.n
    total += taken
    if (taken < BATCH) return total
  }
}

export interface JournalFilter {
  after?: bigint
  before?: bigint
  kinds?: readonly string[]
  subjectId?: string
  personId?: string
  newestFirst?: boolean
  limit: number
}

/** Entries by position; `after` and `before` are exclusive. */
export async function readEntries(
  db: Kysely<unknown>,
  filter: JournalFilter,
): Promise<JournalEntry[]> {
  let query = tables<JournalTables>(db)
    .selectFrom('journal.sequence as s')
    .innerJoin('journal.entry as e', 'e.id', 's.entry_id')
    .select([
      's.position',
      'e.id',
      'e.kind',
      'e.version',
      'e.actor',
      'e.subject as subjectId',
      'e.valid_at as validAt',
      'e.known_at as knownAt',
      'e.payload',
    ])
    .orderBy('s.position', filter.newestFirst ? 'desc' : 'asc')
    .limit(filter.limit)
  if (filter.after !== undefined) query = query.where('s.position', '>', filter.after)
  if (filter.before !== undefined) query = query.where('s.position', '<', filter.before)
  if (filter.kinds) query = query.where('s.kind', 'in', [...filter.kinds])
  if (filter.subjectId) query = query.where('s.subject', '=', filter.subjectId)
  if (filter.personId) query = query.where('s.person', '=', filter.personId)
  return query.execute()
}

/** The highest position given so far. */
export async function lastPosition(db: Kysely<unknown>): Promise<bigint> {
  const row = await tables<JournalTables>(db)
    .selectFrom('journal.cursor')
    .select('position')
    .executeTakeFirstOrThrow()
  return row.position
}
