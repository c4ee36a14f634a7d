// Many at once: exactly as many succeed as fit, keys act once, crossing requests end.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { system } from '#platform/context.ts'
import { commit, hold, move, release } from './hold.ts'
import { capacity } from './index.ts'
import { bookings, many, refused } from './test-capacity.ts'

test('sixty holds compete for three nodes and a quota: as many win as fit', async (t) => {
  const b = await bookings(t)
  const nodes = [await b.node(), await b.node(), await b.node()]
  const quota = await b.quota(20_000)
  const { won, lost } = await many(60, (nth) => {
    const card = Math.floor(nth / 3) % 8
    const claims = [
      {
        resourceId: nodes[nth % 3]!,
        units: [[card * 1000, card * 1000 + 1000]] as const,
        from: b.now,
        to: b.now + 10,
      },
      { resourceId: quota, amount: 1000, from: b.now, to: b.now + 10 },
    ]
    // In either order: locks are taken in one.
    return b.hold(nth % 2 ? claims : claims.reverse())
  })
  // 24 cards, each asked for at least twice; the quota allows 20.
  assert.equal(won.length, 20)
  assert.deepEqual(new Set(lost), new Set(['capacity.taken']))
  const { rows } = await b.world.pool.query(
    'select count(*)::int as claims, sum(amount)::int as amount from capacity.claim',
  )
  assert.deepEqual(rows, [{ claims: 40, amount: 20_000 }])
  assert.deepEqual(await b.check(), [])
})

test('one key from twenty clients: one hold', async (t) => {
  const b = await bookings(t)
  const node = await b.node()
  const claims = [{ resourceId: node, units: [[0, 1000]] as const, from: b.now, to: b.now + 10 }]
  const ask = () =>
    b.at((ctx) =>
      hold(ctx, {
        service: 'compute',
        holder: 'w',
        subjectId: null,
        key: 'same',
        expiresAt: null,
        claims,
      }),
    )
  const { won, lost } = await many(20, ask)
  assert.deepEqual(lost, [])
  assert.equal(new Set(won.map(({ holdId }) => holdId)).size, 1)
  assert.equal(won.filter(({ replayed }) => !replayed).length, 1)
})

test('moves that cross, commits and releases at once: the law holds and all end', async (t) => {
  const b = await bookings(t)
  const nodes = [await b.node({ units: 4000 }), await b.node({ units: 4000 })]
  const place = (nth: number, from: number) => [
    {
      resourceId: nodes[nth % 2]!,
      units: [[(nth % 4) * 1000, (nth % 4) * 1000 + 1000]] as const,
      from: b.now + from,
      to: b.now + from + 10,
    },
    {
      resourceId: nodes[(nth + 1) % 2]!,
      units: [[((nth + 1) % 4) * 1000, ((nth + 1) % 4) * 1000 + 1000]] as const,
      from: b.now + from,
      to: b.now + from + 10,
    },
  ]
  const first = await many(8, (nth) => b.hold(place(nth, nth < 4 ? 0 : 10)))
  assert.ok(first.won.length > 2)
  const { won } = await many(60, (nth) => {
    const holdId = first.won[nth % first.won.length]!
    if (nth % 10 === 8) return b.at((ctx) => release(ctx, { holdId }))
    if (nth % 10 === 9) return b.at((ctx) => commit(ctx, { holdId }))
    return b.at((ctx) => move(ctx, { holdId, claims: place(nth, (nth % 5) * 5) }))
  })
  assert.ok(won.length > 5, `${won.length}`)
  assert.deepEqual(await b.check(), [])
})

test('forty search and hold at once: whoever was too slow finds the next place', async (t) => {
  const b = await bookings(t)
  const nodes = [await b.node(), await b.node()]
  const booking = capacity(b.world)
  const request = { tasks: 2, units: 1000, among: nodes, from: b.now, duration: 100 }
  const { won, lost } = await many(40, () =>
    booking.holdEarliest(system('test'), request, async (ctx, fit) => {
      await hold(ctx, {
        service: 'compute',
        holder: 'w',
        subjectId: null,
        key: randomUUID(),
        expiresAt: null,
        claims: fit.placements.map((one) => ({
          resourceId: one.resource,
          units: 'units' in one ? one.units : [],
          from: fit.from,
          to: fit.from + 100,
        })),
      })
      return fit.from - b.now
    }),
  )
  // Two cards each out of sixteen: eight at a time, one after the other, without a hole.
  assert.deepEqual([won.length, lost], [40, []])
  const starts = won.sort((x, y) => x - y)
  assert.deepEqual(
    starts,
    starts.map((_, nth) => Math.floor(nth / 8) * 100),
  )
  assert.deepEqual(await b.check(), [])
})

test('what cannot fit is refused with the largest that would', async (t) => {
  const b = await bookings(t)
  const [node, quota] = [await b.node(), await b.quota(3000)]
  const booking = capacity(b.world)
  const ask = (change: object) => {
    const request = { tasks: 1, units: 1000, among: [node], from: b.now, duration: 100, ...change }
    return booking.holdEarliest(system('test'), request, async () => assert.fail('found'))
  }
  assert.deepEqual(await refused(ask({ tasks: 9 }), 'capacity.too-large'), {
    tasks: 8,
    units: 8000,
  })
  const also = [{ resource: quota, units: 4000 }]
  assert.deepEqual(await refused(ask({ also }), 'capacity.quota'), { resource: quota })
  await b.hold([{ resourceId: node, units: [[0, 8000]], from: b.now, to: b.now + 50 }])
  await refused(ask({ latest: b.now + 49 }), 'capacity.none')
})
