// The tree as tiles of 256 hashes, so that a log of any length is extended and proved by a few.
import { HASH_BYTES, type Hash, nodeHash, type Range } from './tree.ts'

/** Levels of the tree in one tile; a full tile holds 2^8 hashes. */
export const TILE_HEIGHT = 8
export const TILE_WIDTH = 2 ** TILE_HEIGHT

/** Where a tile stands: its hashes are roots of subtrees of 256^level leaves. */
export interface TileId {
  readonly level: number
  readonly index: number
}

/** One tile: up to 256 hashes of 32 bytes, one after the other; only the last may be partial. */
export interface Tile extends TileId {
  readonly hashes: Uint8Array
}

/** Gives the hashes of a tile, at least as many as the tree in question needs. */
export type ReadTile = (id: TileId) => Uint8Array

/** A perfect subtree: 2^height leaves, the index-th of its kind. */
interface Subtree {
  readonly height: number
  readonly index: number
}

/** A range as perfect subtrees, the largest first. */
function subtreesOf(range: Range): Subtree[] {
  const subtrees: Subtree[] = []
  let at = range.start
  while (at < range.end) {
    let height = 0
    while (2 ** (height + 1) <= range.end - at) height++
    const leaves = 2 ** height
    if (at % leaves !== 0) throw new RangeError(`[${range.start}, ${range.end}) is no subtree`)
    subtrees.push({ height, index: at / leaves })
    at += leaves
  }
  return subtrees
}

/** The hashes that make a subtree, in the one tile that holds them: from, and how many. */
function placeOf(subtree: Subtree): TileId & { from: number; count: number } {
  const level = Math.floor(subtree.height / TILE_HEIGHT)
  const count = 2 ** (subtree.height % TILE_HEIGHT)
  const first = subtree.index * count
  return { level, index: Math.floor(first / TILE_WIDTH), from: first % TILE_WIDTH, count }
}

/** The tiles to read before `rangeHash` can be told for each of the ranges. */
export function tilesFor(ranges: readonly Range[]): TileId[] {
  const found = new Map<string, TileId>()
  for (const range of ranges) {
    for (const { level, index } of subtreesOf(range).map(placeOf)) {
      found.set(`${level}/${index}`, { level, index })
    }
  }
  return [...found.values()]
}

/** The hash at a place of a tile. */
export function hashAt(hashes: Uint8Array, place: number): Uint8Array {
  const from = place * HASH_BYTES
  if (from + HASH_BYTES > hashes.length) throw new RangeError(`the tile ends before ${place}`)
  return hashes.subarray(from, from + HASH_BYTES)
}

/** The root over a power of two of neighbouring hashes of a tile. */
function perfectRoot(hash: Hash, hashes: Uint8Array, from: number, count: number): Uint8Array {
  let row = Array.from({ length: count }, (_, i) => hashAt(hashes, from + i))
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) =>
      nodeHash(hash, row[2 * i]!, row[2 * i + 1]!),
    )
  }
  return row[0]!
}

/** The root of the subtree over a range; `{ start: 0, end: size }` gives the root of the tree. */
export function rangeHash(hash: Hash, read: ReadTile, range: Range): Uint8Array {
  if (range.start >= range.end) throw new RangeError('an empty range has no root')
  return subtreesOf(range)
    .map((subtree) => {
      const place = placeOf(subtree)
      return perfectRoot(hash, read(place), place.from, place.count)
    })
    .reduceRight((right, left) => nodeHash(hash, left, right))
}

/** The tiles that a log of `size` leaves will extend next: those that are neither full nor empty. */
export function edgeTiles(size: number): (TileId & { width: number })[] {
  const edge: (TileId & { width: number })[] = []
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    const width = count % TILE_WIDTH
    if (width > 0) edge.push({ level, index: Math.floor(count / TILE_WIDTH), width })
  }
  return edge
}

/** A log that grows: its size, and the tiles at its end that are not full yet, by level. */
export interface Edge {
  readonly size: number
  readonly tiles: readonly Tile[]
}

export const EMPTY_EDGE: Edge = { size: 0, tiles: [] }

/** A tile that is being filled. */
interface Filling extends TileId {
  buffer: Uint8Array
  width: number
}

/** Starts the edge's tiles anew in buffers of full length. */
function fillings(edge: Edge): Filling[] {
  const open: Filling[] = []
  for (const { level, index, width } of edgeTiles(edge.size)) {
    const tile = edge.tiles.find((each) => each.level === level && each.index === index)
    if (!tile || tile.hashes.length < width * HASH_BYTES) {
      throw new RangeError(`tile ${level}/${index} of the edge is missing or too short`)
    }
    const buffer = new Uint8Array(TILE_WIDTH * HASH_BYTES)
    buffer.set(tile.hashes.subarray(0, width * HASH_BYTES))
    open[level] = { level, index, buffer, width }
  }
  return open
}

/**
 * Adds leaf hashes at the end of the log. Returns the new edge and every tile that changed: the
 * caller stores these, whole, over what is there. Doing it twice gives the same tiles.
 */
export function extend(
  hash: Hash,
  edge: Edge,
  leaves: readonly Uint8Array[],
): { edge: Edge; changed: Tile[] } {
  const size = edge.size + leaves.length
  const open = fillings(edge)
  const changed: Tile[] = []
  const touched = new Set<number>()

  const add = (level: number, value: Uint8Array) => {
    const count = Math.floor((edge.size + added) / TILE_WIDTH ** level)
    open[level] ??= {
      level,
      index: Math.floor((count - 1) / TILE_WIDTH),
      buffer: new Uint8Array(TILE_WIDTH * HASH_BYTES),
      width: 0,
    }
    const tile = open[level]
    tile.buffer.set(value, tile.width * HASH_BYTES)
    tile.width++
    touched.add(level)
    if (tile.width < TILE_WIDTH) return
    changed.push({ level, index: tile.index, hashes: tile.buffer })
    delete open[level]
    touched.delete(level)
    add(level + 1, perfectRoot(hash, tile.buffer, 0, TILE_WIDTH))
  }

  let added = 0
  for (const leaf of leaves) {
    added++
    add(0, leaf)
  }
  const tiles = open.filter(Boolean).map(({ level, index, buffer, width }) => ({
    level,
    index,
    hashes: buffer.subarray(0, width * HASH_BYTES),
  }))
  for (const tile of tiles) if (touched.has(tile.level)) changed.push(tile)
  return { edge: { size, tiles }, changed }
}
