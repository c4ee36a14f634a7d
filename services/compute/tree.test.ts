// What follows from agreed quotas: as the scheduler's own tree counts them, and never beyond any level.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { drawFrom } from '#engines/scheduling/pools.ts'
import { QueueTree } from '#engines/scheduling/queues.ts'
import { province } from '#services/identity/index.ts'
import { Pools } from './pools.ts'
import type { PoolRow } from './store.ts'
import { type Agreed, conflictOf, lentOf, mostOf, sizesOf } from './tree.ts'

const CLUSTER = 'cluster'
const K = 24
const cities = ['440100', '440300']
const queues = [
  { id: 'a', cohort: '440100' },
  { id: 'b', cohort: '440100' },
  { id: 'c', cohort: '440300' },
  { id: 'd', cohort: province },
]

const limit = fc.option(fc.nat(12), { freq: 2 })
const terms = (nominal: fc.Arbitrary<number | null>) =>
  fc.record({ nominal, borrowing: limit, lending: limit })
/** Trees that fit into the cluster. */
const trees: fc.Arbitrary<Agreed[]> = fc
  .tuple(
    terms(fc.constant(null)),
    fc.array(terms(fc.option(fc.nat(10))), { minLength: 2, maxLength: 2 }),
    fc.array(terms(fc.nat(6)), { minLength: 4, maxLength: 4 }),
  )
  .map(([top, ofCities, ofQueues]) => [
    { id: province, parent: null, ...top, lending: null },
    ...cities.map((id, nth) => ({ id, parent: province, ...ofCities[nth]! })),
    ...queues.map(({ id, cohort }, nth) => ({ id, parent: cohort, ...ofQueues[nth]! })),
  ])
  .filter((tree) => sizesOf(tree).get(province)!.nominal <= K)

/** The pools of a tree as the database would hold them. */
function poolsOf(tree: readonly Agreed[]): PoolRow[] {
  const rows: PoolRow[] = []
  const sizes = sizesOf(tree)
  const add = (place: string | null, part: PoolRow['part'], milli: number) => {
    const isQueue = queues.some(({ id }) => id === place)
    rows.push({
      resource_id: `${place} ${part}`,
      cluster_id: CLUSTER,
      queue_id: isQueue ? place : null,
      cohort: isQueue ? null : place,
      part,
      wanted: BigInt(milli),
      units: BigInt(milli),
    })
  }
  let common = K
  for (const { id } of tree) {
    const { limit: most, reserved } = sizes.get(id)!
    if (most !== null) add(id, 'limit', most)
    if (reserved > 0) add(id, 'reserved', reserved)
    common -= reserved
  }
  add(null, 'common', common)
  return rows
}

/** Pools with what is taken of them. */
class Books {
  readonly free: Map<string, number>
  readonly taken = new Map<string, number>(queues.map(({ id }) => [id, 0]))
  readonly pools: Pools

  constructor(tree: readonly Agreed[]) {
    const rows = poolsOf(tree)
    this.pools = new Pools(rows)
    this.free = new Map(rows.map((row) => [row.resource_id, Number(row.units)]))
  }

  draw(nth: number, units: number) {
    const needs = this.pools
      .drawsOf(queues[nth]!, CLUSTER)
      .map(({ resourceId, first }) => ({ poolId: resourceId, units, first }))
    return drawFrom(needs, (id) => this.free.get(id))
  }

  /** The most that the queue could have more now. */
  available(nth: number): number {
    let units = 0
    while (units < K && 'shares' in this.draw(nth, units + 1)) units++
    return units
  }

  book(nth: number, units: number): (() => void) | null {
    const drawn = this.draw(nth, units)
    if ('short' in drawn) return null
    const { id } = queues[nth]!
    const change = (sign: number) => {
      this.taken.set(id, this.taken.get(id)! + sign * units)
      for (const { poolId, units: part } of drawn.shares) {
        this.free.set(poolId, this.free.get(poolId)! - sign * part)
      }
    }
    change(1)
    return () => change(-1)
  }
}

const wishes = fc.array(fc.record({ queue: fc.nat(3), units: fc.integer({ min: 1, max: 8 }) }), {
  maxLength: 12,
})

/** The same tree for the engine: own nominal apart from that of children, the rest with the top. */
function engineTree(tree: readonly Agreed[]): QueueTree {
  const sizes = sizesOf(tree)
  const below = (parent: string) =>
    tree.reduce((sum, one) => sum + (one.parent === parent ? sizes.get(one.id)!.nominal : 0), 0)
  const places = tree.map(({ id, parent, borrowing, lending }) => {
    const { nominal } = sizes.get(id)!
    const all =
      parent === null ? Math.min(K, borrowing === null ? K : nominal + borrowing) : nominal
    const quota = { chipClass: 'card', nominal: all - below(id), borrowing, lending }
    return { id, parentId: parent, weight: 1, quotas: [quota], used: [] }
  })
  return new QueueTree(places, [{ id: 'f', chipClass: 'card' }], [], 1_000, 0)
}

test('pools allow what the scheduler’s tree allows, as long as nothing is given back', () => {
  let some = 0
  fc.assert(
    fc.property(trees, wishes, (tree, list) => {
      const books = new Books(tree)
      const engine = engineTree(tree)
      const card = engine.classes.indexOf('card')
      const same = () => {
        for (const [nth, { id }] of queues.entries()) {
          const most = Math.min(K, engine.available(engine.place(id), card))
          assert.equal(books.available(nth), most, id)
        }
      }
      same()
      for (const { queue, units } of list) {
        if (!books.book(queue, units)) continue
        some++
        engine.use(engine.place(queues[queue]!.id), [[card, units]], 1)
        same()
      }
    }),
    { numRuns: 400 },
  )
  assert.ok(some > 400, `${some} bookings`)
})

test('whatever is taken and given back: within each limit, and what is reserved can always be had', () => {
  fc.assert(
    fc.property(
      trees,
      fc.array(fc.tuple(fc.boolean(), fc.nat(3), fc.nat(7)), { maxLength: 30 }),
      (tree, acts) => {
        const books = new Books(tree)
        const sizes = sizesOf(tree)
        const back: (() => void)[] = []
        for (const [give, queue, number] of acts) {
          if (give && back.length > 0) back.splice(number % back.length, 1)[0]!()
          else {
            const undo = books.book(queue, number + 1)
            if (undo) back.push(undo)
          }
          let all = 0
          const inCity = new Map<string, number>()
          for (const [nth, { id, cohort }] of queues.entries()) {
            const taken = books.taken.get(id)!
            const { nominal, borrowing } = tree.find((one) => one.id === id)!
            all += taken
            inCity.set(cohort, (inCity.get(cohort) ?? 0) + taken)
            if (borrowing !== null) assert.ok(taken <= nominal! + borrowing)
            const { reserved } = sizes.get(id)!
            if (taken === 0) assert.ok(books.available(nth) >= reserved, `${id} gets its own`)
          }
          assert.ok(all <= K)
          for (const id of cities) {
            const { borrowing } = tree.find((one) => one.id === id)!
            if (borrowing === null) continue
            assert.ok((inCity.get(id) ?? 0) <= sizes.get(id)!.nominal + borrowing)
          }
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('the most that a queue can have is what it gets when nobody has anything', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const books = new Books(tree)
      for (const [nth, queue] of queues.entries()) {
        const most = mostOf(books.pools.drawsOf(queue, CLUSTER))
        assert.equal(books.available(nth), Math.min(K, most))
      }
    }),
  )
})

test('the largest nominal that is told can be agreed on, and no more than that', () => {
  let told = 0
  fc.assert(
    fc.property(
      trees,
      fc.constantFrom(...queues, { id: cities[0]! }),
      fc.nat(40),
      (tree, { id }, nominal) => {
        const with_ = (value: number) =>
          tree.map((one) => (one.id === id ? { ...one, nominal: value } : one))
        const conflict = conflictOf(with_(nominal), id, K)
        if (!conflict) return
        if (conflict.code === 'below') {
          assert.ok(nominal < conflict.least)
          assert.notEqual(conflictOf(with_(conflict.least), id, K)?.code, 'below')
          return
        }
        // Cities that were agreed too small before leave nothing.
        if (conflictOf(with_(0), id, K)?.code === 'above') return
        told++
        assert.equal(conflictOf(with_(conflict.largest), id, K), null)
        assert.equal(conflictOf(with_(conflict.largest + 1), id, K)?.code, 'above')
      },
    ),
    { numRuns: 500 },
  )
  assert.ok(told > 50, `${told} told`)
})

test('what is lent is the idle nominal that free cards do not cover, in proportion', () => {
  assert.deepEqual(lentOf([8, 0], 8), [0, 0])
  assert.deepEqual(lentOf([8, 0], 3), [5, 0])
  assert.deepEqual(lentOf([8, 8], 8), [4, 4])
  assert.deepEqual(lentOf([12, 4], 0), [12, 4])
  assert.deepEqual(lentOf([], 5), [])
})
