// Tiles, paths and consistency against the tree as RFC 9162 defines it, recursively, in words.
import assert from 'node:assert/strict'
import { hash as digest } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { equalBytes, joined, toHex } from './bytes.ts'
import {
  type Edge,
  EMPTY_EDGE,
  edgeTiles,
  extend,
  type ReadTile,
  rangeHash,
  TILE_WIDTH,
  tilesFor,
} from './tiles.ts'
import {
  consistencyRanges,
  HASH_BYTES,
  inclusionRanges,
  isConsistent,
  type Range,
  rootFromPath,
} from './tree.ts'

const sm3 = (data: Uint8Array) => digest('sm3', data, 'buffer')
const leaf = (i: number) => sm3(Uint8Array.of(0, i & 255, (i >> 8) & 255, (i >> 16) & 255))
const node = (l: Uint8Array, r: Uint8Array) => sm3(joined(Uint8Array.of(1), l, r))

/** MTH of RFC 9162, section 2.1.1, word for word. */
function rootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0]!
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return node(rootByDefinition(leaves.slice(0, k)), rootByDefinition(leaves.slice(k)))
}

/** PATH of section 2.1.3.1, word for word. */
function pathByDefinition(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return []
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)]
  return m < k
    ? [...pathByDefinition(m, left), rootByDefinition(right)]
    : [...pathByDefinition(m - k, right), rootByDefinition(left)]
}

/** PROOF and SUBPROOF of section 2.1.4.1, word for word. */
function proofByDefinition(m: number, leaves: readonly Uint8Array[], whole = true): Uint8Array[] {
  if (m === leaves.length) return whole ? [] : [rootByDefinition(leaves)]
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)]
  return m <= k
    ? [...proofByDefinition(m, left, whole), rootByDefinition(right)]
    : [...proofByDefinition(m - k, right, false), rootByDefinition(left)]
}

/** A store of tiles as the database keeps it: the newest version of each, by level and index. */
class Store {
  readonly tiles = new Map<string, Uint8Array>()
  edge: Edge = EMPTY_EDGE
  readonly read: ReadTile = ({ level, index }) => {
    const hashes = this.tiles.get(`${level}/${index}`)
    if (!hashes) throw new Error(`tile ${level}/${index} is not there`)
    return hashes
  }
  add(leaves: readonly Uint8Array[]) {
    const { edge, changed } = extend(sm3, this.edge, leaves)
    for (const tile of changed) {
      const key = `${tile.level}/${tile.index}`
      const before = this.tiles.get(key) ?? new Uint8Array()
      assert.ok(equalBytes(before, tile.hashes.subarray(0, before.length)), 'a tile only grows')
      this.tiles.set(key, tile.hashes.slice())
    }
    this.edge = edge
  }
  hash(range: Range) {
    const allowed = new Set(tilesFor([range]).map((id) => `${id.level}/${id.index}`))
    const read: ReadTile = (id) => {
      assert.ok(allowed.has(`${id.level}/${id.index}`), 'only the announced tiles are read')
      return this.read(id)
    }
    return rangeHash(sm3, read, range)
  }
}

const leaves = Array.from({ length: 600 }, (_, i) => leaf(i))

test('every size up to 600: the root over tiles is the root by definition', () => {
  const store = new Store()
  for (let size = 1; size <= leaves.length; size++) {
    store.add([leaves[size - 1]!])
    const root = store.hash({ start: 0, end: size })
    assert.equal(toHex(root), toHex(rootByDefinition(leaves.slice(0, size))), `size ${size}`)
    assert.deepEqual(
      store.edge.tiles.map((tile) => [tile.level, tile.index, tile.hashes.length / HASH_BYTES]),
      edgeTiles(size).map((tile) => [tile.level, tile.index, tile.width]),
    )
  }
})

test('every inclusion path of every size up to 70, and of sizes around a tile', () => {
  const sizes = [...Array.from({ length: 70 }, (_, i) => i + 1), 255, 256, 257, 511, 512, 513, 600]
  const store = new Store()
  store.add(leaves)
  for (const size of sizes) {
    const tree = leaves.slice(0, size)
    const root = toHex(rootByDefinition(tree))
    for (let index = 0; index < size; index += size > 70 ? 17 : 1) {
      const path = inclusionRanges(index, size).map((range) => store.hash(range))
      assert.deepEqual(path.map(toHex), pathByDefinition(index, tree).map(toHex))
      assert.equal(toHex(rootFromPath(sm3, leaves[index]!, index, size, path)), root)
    }
  }
})

test('every consistency path of every pair of sizes up to 40, and of sizes around a tile', () => {
  const sizes = [...Array.from({ length: 40 }, (_, i) => i + 1), 255, 256, 257, 512, 600]
  const store = new Store()
  store.add(leaves)
  for (const second of sizes) {
    const tree = leaves.slice(0, second)
    const newer = { size: second, root: rootByDefinition(tree) }
    for (const first of sizes.filter((size) => size <= second)) {
      const older = { size: first, root: rootByDefinition(leaves.slice(0, first)) }
      const path = consistencyRanges(first, second).map((range) => store.hash(range))
      assert.deepEqual(path.map(toHex), proofByDefinition(first, tree).map(toHex))
      assert.ok(isConsistent(sm3, older, newer, path), `${first} in ${second}`)
      const otherRoot = { size: first, root: sm3(older.root) }
      assert.ok(!isConsistent(sm3, otherRoot, newer, path), 'another old root')
      assert.ok(!isConsistent(sm3, older, { size: second, root: sm3(newer.root) }, path))
      assert.ok(!isConsistent(sm3, older, newer, [...path, newer.root]), 'a node too many')
      for (let i = 0; i < path.length; i++) {
        const wrong = path.map((each, at) => (at === i ? sm3(each) : each))
        assert.ok(!isConsistent(sm3, older, newer, wrong), `${first} in ${second}, node ${i}`)
      }
    }
  }
})

test('a log grown in random batches, to three levels of tiles, equals one grown at once', () => {
  const many = Array.from({ length: 70_000 }, (_, i) => leaf(i))
  const root = toHex(rootByDefinition(many))
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 6 }),
      fc.nat(many.length - 1),
      fc.integer({ min: 1, max: many.length }),
      (batches, index, first) => {
        const store = new Store()
        for (const batch of batches) {
          store.add(many.slice(store.edge.size, Math.min(store.edge.size + batch, many.length)))
        }
        store.add(many.slice(store.edge.size))
        const path = inclusionRanges(index, many.length).map((range) => store.hash(range))
        assert.equal(toHex(rootFromPath(sm3, many[index]!, index, many.length, path)), root)
        const older = { size: first, root: store.hash({ start: 0, end: first }) }
        const newer = { size: many.length, root: store.hash({ start: 0, end: many.length }) }
        assert.equal(toHex(newer.root), root)
        const steps = consistencyRanges(first, many.length).map((range) => store.hash(range))
        assert.ok(isConsistent(sm3, older, newer, steps))
        assert.ok(store.tiles.size >= Math.ceil(many.length / TILE_WIDTH) + 2)
      },
    ),
    { numRuns: 4 },
  )
})

test('extending twice from the same edge gives the same tiles', () => {
  const store = new Store()
  store.add(leaves.slice(0, 300))
  const before = store.edge
  const once = extend(sm3, before, leaves.slice(300))
  const twice = extend(sm3, before, leaves.slice(300))
  assert.deepEqual(once, twice)
  assert.equal(before.size, 300)
})

test('what cannot be proved is refused', () => {
  assert.throws(() => inclusionRanges(5, 5), /leaf 5 is not in a tree of 5 leaves/)
  assert.throws(() => inclusionRanges(-1, 5), RangeError)
  assert.throws(() => inclusionRanges(0, 0), /a tree of 0 leaves/)
  assert.throws(() => consistencyRanges(6, 5), /no consistency from 6 to 5/)
  assert.throws(() => consistencyRanges(0, 5), RangeError)
  assert.throws(() => rootFromPath(sm3, leaves[0]!, 0, 3, [leaves[1]!]), /1 nodes where 2/)
  assert.throws(() => extend(sm3, { size: 3, tiles: [] }, leaves), /tile 0\/0 of the edge/)
})
