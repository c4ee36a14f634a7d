// Makes proofs from the sealed journal: that an entry is in it, and that it only ever grew.
import { type Kysely, sql } from 'kysely'
import { toHex } from '#engines/evidence/bytes.ts'
import { leafIndex } from '#engines/evidence/leaf.ts'
import { makeProof, type Proof } from '#engines/evidence/proof.ts'
import type { Seal } from '#engines/evidence/seal.ts'
import { rangeHash, tilesFor } from '#engines/evidence/tiles.ts'
import { consistencyRanges, inclusionRanges, type Range } from '#engines/evidence/tree.ts'
import { problem } from './errors.ts'
import { sm3 } from './seal-key.ts'
import { readerOf, readSalted, readSeal, readSeals, readTiles, sealFrom } from './seal-store.ts'

/** Roots of the subtrees over the ranges, from a handful of tiles, as hex. */
async function hashesOf(db: Kysely<unknown>, ranges: readonly Range[]): Promise<string[]> {
  if (ranges.length === 0) return []
  const read = readerOf(await readTiles(db, tilesFor(ranges)))
  return ranges.map((range) => toHex(rangeHash(sm3, read, range)))
}

/**
 * The proof of one position under the newest seal. Who may see the entry is the caller's question.
 * @throws Problem request.not-found, or journal.not-sealed while the next seal is still to come
 */
export async function proofOf(db: Kysely<unknown>, position: number): Promise<Proof> {
  const [found] = await readSalted(db, position - 1, position, 1)
  if (!found) throw problem('request.not-found')
  const [newest] = await readSeals(db, 1)
  if (!newest || newest.size < position) throw problem('journal.not-sealed')
  const size = Number(newest.size)
  return makeProof(sm3, {
    entry: found.entry,
    salt: toHex(found.salt),
    path: await hashesOf(db, inclusionRanges(leafIndex(position), size)),
    seal: sealFrom(newest),
    publicKey: toHex(newest.public_key),
  })
}

/**
 * What shows that the journal below one seal is the beginning of that below a later one.
 * @throws Problem request.not-found when there is no seal of one of the sizes
 */
export async function consistencyOf(
  db: Kysely<unknown>,
  from: number,
  to: number,
): Promise<{ from: Seal; to: Seal; path: string[] }> {
  const [older, newer] = [await readSeal(db, from), await readSeal(db, to)]
  if (!older || !newer || from > to) throw problem('request.not-found')
  return {
    from: sealFrom(older),
    to: sealFrom(newer),
    path: await hashesOf(db, consistencyRanges(from, to)),
  }
}

/** The position of an entry in the journal; null while it is not yet numbered. */
export async function positionOf(db: Kysely<unknown>, entryId: bigint): Promise<number | null> {
  const { rows } = await sql<{ position: bigint }>`
    select position from journal.sequence where entry_id = ${entryId}`.execute(db)
  return rows[0] ? Number(rows[0].position) : null
}
