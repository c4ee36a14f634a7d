// Seals the journal in the background: hashes new positions into the tree and signs its root.
import { sql } from 'kysely'
import { fromHex, toHex } from '#engines/evidence/bytes.ts'
import { type SealStatement, sealHash, signedBytes, statementOf } from '#engines/evidence/seal.ts'
import { type Edge, edgeTiles, extend, rangeHash, type Tile } from '#engines/evidence/tiles.ts'
import { type Ctx, system } from './context.ts'
import { openSealKey, originOf, sm3 } from './seal-key.ts'
import {
  leafOf,
  numberedUpTo,
  readerOf,
  readSalted,
  readSeals,
  readTiles,
  type SealRow,
  sealFrom,
} from './seal-store.ts'
import type { World } from './world.ts'

/** The advisory lock of the one sealer. */
const LOCK = 7_208_462
/** Entries hashed between two waits for the database, so that requests are not held up (~ 3 ms). */
const PAGE = 250
/** Entries under one seal at most: a transaction stays short also when there is much to catch up. */
const MOST = 20_000

async function openEdge(ctx: Ctx, last: SealRow | undefined): Promise<Edge> {
  const size = Number(last?.size ?? 0n)
  const ids = edgeTiles(size)
  return { size, tiles: ids.length > 0 ? await readTiles(ctx.tx, ids) : [] }
}

/** Hashes all positions up to `target` into the tree; returns its end and the tiles to store. */
async function grow(ctx: Ctx, start: Edge, target: number) {
  const changed = new Map<string, Tile>()
  let edge = start
  while (edge.size < target) {
    const page = await readSalted(ctx.tx, edge.size, target, PAGE)
    const dense = page.every(({ entry }, i) => entry.position === edge.size + i + 1)
    if (page.length === 0 || !dense) {
      throw new Error(`the journal has a gap after position ${edge.size}; run: kapok check`)
    }
    const step = extend(sm3, edge, page.map(leafOf))
    for (const tile of step.changed) changed.set(`${tile.level}/${tile.index}`, tile)
    edge = step.edge
  }
  return { edge, changed: [...changed.values()] }
}

/** Stores tiles and seal together; the database refuses to rewrite what is sealed. */
async function store(ctx: Ctx, tiles: Tile[], statement: SealStatement, signature: Uint8Array) {
  await sql`select journal.put_seal(
    ${tiles.map(({ level }) => level)}::int[],
    ${tiles.map(({ index }) => index)}::bigint[],
    ${tiles.map(({ hashes }) => Buffer.from(hashes))}::bytea[],
    ${statement.size}::bigint, ${Buffer.from(fromHex(statement.root))}::bytea, ${ctx.now},
    ${statement.previous && Buffer.from(fromHex(statement.previous))}::bytea,
    ${statement.keyId}, ${Buffer.from(signature)}::bytea)`.execute(ctx.tx)
}

/** One seal over what is numbered and not yet sealed; returns how many entries it added. */
async function sealOnce(world: World, ctx: Ctx): Promise<number> {
  const { rows } = await sql<{ free: boolean }>`
    select pg_try_advisory_xact_lock(${LOCK}) as free`.execute(ctx.tx)
  if (!rows[0]!.free) return 0
  const [last] = await readSeals(ctx.tx, 1)
  const before = Number(last?.size ?? 0n)
  const target = Math.min(await numberedUpTo(ctx.tx), before + MOST)
  world.metrics.sealedPosition.set(before)
  if (target <= before) return 0
  const { edge, changed } = await grow(ctx, await openEdge(ctx, last), target)
  const key = await openSealKey(ctx.tx, world.secrets, ctx.now)
  const statement: SealStatement = {
    format: 'kapok-seal/1',
    origin: last?.origin ?? (await originOf(ctx.tx)),
    size: edge.size,
    root: toHex(rangeHash(sm3, readerOf(edge.tiles), { start: 0, end: edge.size })),
    at: ctx.now.toISOString(),
    previous: last ? sealHash(sm3, statementOf(sealFrom(last))) : null,
    algorithm: 'Ed25519',
    keyId: key.keyId,
  }
  await store(ctx, changed, statement, key.sign(signedBytes(statement)))
  world.metrics.sealedPosition.set(edge.size)
  return edge.size - before
}

/**
 * Seals everything that is numbered. One process at a time does it; others return at once.
 * Tiles and seal are one transaction: whenever it is cut off, the next call starts where the last
 * seal ended.
 * @returns how many entries were sealed
 */
export async function seal(world: World): Promise<number> {
  let total = 0
  for (;;) {
    const sealed = await world.transact(system('sealer'), (ctx) => sealOnce(world, ctx))
    total += sealed
    if (sealed < MOST) return total
  }
}
