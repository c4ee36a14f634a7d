// Reading what is sealed: entries in the form that leaves cover, tiles, and seals.
import { type Kysely, sql } from 'kysely'
import { toHex } from '#engines/evidence/bytes.ts'
import { leafHash, type SealedEntry } from '#engines/evidence/leaf.ts'
import type { Seal } from '#engines/evidence/seal.ts'
import type { ReadTile, Tile, TileId } from '#engines/evidence/tiles.ts'
import type { JsonObject } from './context.ts'
import { tables } from './database.ts'
import { sm3 } from './seal-key.ts'

interface TileRow {
  level: number
  index: bigint
  hashes: Buffer
}

/** A seal as it is stored, with the journal's name and the key that signed it. */
export interface SealRow {
  size: bigint
  root: Buffer
  at: Date
  previous: Buffer | null
  key_id: string
  signature: Buffer
  origin: string
  public_key: Buffer
}

interface SealTables {
  'journal.seal': Omit<SealRow, 'origin' | 'public_key'>
  'journal.seal_key': { key_id: string; public_key: Buffer }
  'journal.origin': { name: string }
}

interface EntryRow {
  position: bigint
  kind: string
  version: number
  actor: JsonObject
  subject: string | null
  valid_at: string
  known_at: string
  payload: JsonObject
  salt: Buffer
}

/** An entry with its salt, as its leaf covers it. */
export interface SaltedEntry {
  entry: SealedEntry
  salt: Buffer
}

/** RFC 3339 with microseconds: everything that PostgreSQL keeps of a time is below the hash. */
const utc = (column: string) =>
  sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`)

/** Numbered entries with `after` < position <= `last`, in order, at most `limit`. */
export async function readSalted(
  db: Kysely<unknown>,
  after: number,
  last: number,
  limit: number,
): Promise<SaltedEntry[]> {
  const { rows } = await sql<EntryRow>`
    select s.position, e.kind, e.version, e.actor, e.subject, ${utc('e.valid_at')} as valid_at,
           ${utc('e.known_at')} as known_at, e.payload, e.salt
    from journal.sequence s join journal.entry e on e.id = s.entry_id
    where s.position > ${after}::bigint and s.position <= ${last}::bigint
    order by s.position limit ${limit}::int`.execute(db)
  return rows.map(({ position, valid_at, known_at, salt, ...rest }) => ({
    entry: { ...rest, position: Number(position), validAt: valid_at, knownAt: known_at },
    salt,
  }))
}

export function leafOf({ entry, salt }: SaltedEntry): Uint8Array {
  return leafHash(sm3, salt, entry)
}

/** Up to which position entries are numbered. */
export async function numberedUpTo(db: Kysely<unknown>): Promise<number> {
  const { rows } = await sql<{ position: bigint }>`select position from journal.cursor`.execute(db)
  return Number(rows[0]!.position)
}

export function sealFrom(row: SealRow): Seal {
  return {
    format: 'kapok-seal/1',
    origin: row.origin,
    size: Number(row.size),
    root: toHex(row.root),
    at: row.at.toISOString(),
    previous: row.previous && toHex(row.previous),
    algorithm: 'Ed25519',
    keyId: row.key_id,
    signature: toHex(row.signature),
  }
}

function selectSeals(db: Kysely<unknown>) {
  return tables<SealTables>(db)
    .selectFrom('journal.seal as s')
    .innerJoin('journal.seal_key as k', 'k.key_id', 's.key_id')
    .innerJoin('journal.origin as o', (join) => join.onTrue())
    .selectAll('s')
    .select(['o.name as origin', 'k.public_key'])
}

/** Seals, the newest first; `before` is exclusive. */
export async function readSeals(
  db: Kysely<unknown>,
  limit: number,
  before?: number,
): Promise<SealRow[]> {
  const newest = selectSeals(db).orderBy('s.size', 'desc').limit(limit)
  return (before === undefined ? newest : newest.where('s.size', '<', BigInt(before))).execute()
}

/** All seals, the oldest first, a page at a time. */
export async function* readSealsFrom(db: Kysely<unknown>): AsyncGenerator<SealRow> {
  const page = 1_000
  for (let after = 0n; ; ) {
    const oldest = selectSeals(db).orderBy('s.size').limit(page)
    const rows = await oldest.where('s.size', '>', after).execute()
    yield* rows
    if (rows.length < page) return
    after = rows.at(-1)!.size
  }
}

/** The seal of exactly this size, if there is one. */
export async function readSeal(db: Kysely<unknown>, size: number): Promise<SealRow | undefined> {
  return selectSeals(db).where('s.size', '=', BigInt(size)).executeTakeFirst()
}

/** The named tiles that are there. */
export async function readTiles(db: Kysely<unknown>, ids: readonly TileId[]): Promise<Tile[]> {
  const levels = ids.map(({ level }) => level)
  const indexes = ids.map(({ index }) => index)
  const { rows } = await sql<TileRow>`
    select t.level, t.index, t.hashes
    from unnest(${levels}::int[], ${indexes}::bigint[]) as wanted(level, index)
    join journal.tile t on t.level = wanted.level and t.index = wanted.index`.execute(db)
  return rows.map(({ level, index, hashes }) => ({ level, index: Number(index), hashes }))
}

/** A reader over tiles in memory; a tile that is not among them is an Error naming it. */
export function readerOf(tiles: readonly Tile[]): ReadTile {
  const known = new Map(tiles.map((tile) => [`${tile.level}/${tile.index}`, tile.hashes]))
  return ({ level, index }) => {
    const hashes = known.get(`${level}/${index}`)
    if (!hashes) throw new Error(`tile ${level}/${index} of the journal is missing`)
    return hashes
  }
}
