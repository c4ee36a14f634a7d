// A hold from the first moment to the release: all claims or none, and what each refusal says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ranges } from '#engines/intervals/types.ts'
import { releaseDueHolds } from './due.ts'
import {
  block,
  commit,
  extend,
  hold,
  move,
  moveAll,
  release,
  releaseExpired,
  transfer,
} from './hold.ts'
import { bookings, refused } from './test-capacity.ts'

const HOUR = 3_600_000

test('held, committed, released at a moment: the period is cut to what was used', async (t) => {
  const b = await bookings(t)
  const [node, quota] = [await b.node(), await b.quota(4000)]
  const id = await b.hold([
    { resourceId: node, units: [[0, 2000]], from: b.now, to: b.now + HOUR },
    { resourceId: quota, amount: 2000, from: b.now, to: b.now + HOUR },
  ])
  assert.equal((await b.state(id)).state, 'held')
  await b.at((ctx) => commit(ctx, { holdId: id }))
  assert.equal((await b.at((ctx) => commit(ctx, { holdId: id }))).replayed, true)
  await b.at((ctx) => release(ctx, { holdId: id, at: b.now + 600 }))
  assert.equal((await b.at((ctx) => release(ctx, { holdId: id }))).replayed, true)
  const taken = await b.taken(id)
  assert.deepEqual(
    taken.sort((x, y) => (x[0] === node ? -1 : y[0] === node ? 1 : 0)),
    [
      [node, [[0, 2000]], 0, 600],
      [quota, 2000, 0, 600],
    ],
  )
  const { state, facts } = await b.state(id)
  assert.equal(state, 'released')
  assert.deepEqual(facts, ['capacity.held', 'capacity.committed', 'capacity.released'])
  for (const change of [commit, extend, transfer, move]) {
    const input = { holdId: id, to: b.now + HOUR, holder: 'x', subjectId: null, claims: [] }
    const claims = [{ resourceId: node, units: [[0, 1]] as [[number, number]], from: 1, to: 2 }]
    await refused(
      b.at((ctx) => change(ctx, { ...input, claims })),
      'capacity.hold-over',
    )
  }
  assert.deepEqual(await b.check(), [])
})

test('what was never committed was never used, whether released or expired', async (t) => {
  const b = await bookings(t)
  const node = await b.node()
  const claim = { resourceId: node, units: [[0, 8000]] as const, from: b.now, to: b.now + HOUR }
  const first = await b.hold([claim])
  await b.at((ctx) => release(ctx, { holdId: first, at: b.now + 10 }))
  assert.deepEqual(await b.taken(first), [])
  const second = await b.hold([claim])
  await refused(
    b.at((ctx) => releaseExpired(ctx, second)),
    'capacity.hold-not-expired',
  )
  assert.equal(await releaseDueHolds(b.world), 0)
  b.world.clock.advance(60_000)
  // Time-outs destroy nothing: until it is given back, a commit is good.
  const third = await b.hold([{ ...claim, from: b.now + HOUR, to: b.now + 2 * HOUR }])
  b.world.clock.advance(60_000)
  await b.at((ctx) => commit(ctx, { holdId: third }))
  assert.equal(await releaseDueHolds(b.world), 1)
  assert.equal(await releaseDueHolds(b.world), 0)
  assert.deepEqual(await b.state(second), {
    state: 'released',
    facts: ['capacity.held', 'capacity.expired'],
  })
  assert.deepEqual(await b.taken(second), [])
  assert.equal((await b.state(third)).state, 'committed')
  assert.deepEqual(await b.check(), [])
})

test('taken units are refused with what is taken and when it ends; nothing is left behind', async (t) => {
  const b = await bookings(t)
  const [node, quota] = [await b.node(), await b.quota(4000)]
  await b.hold([{ resourceId: node, units: [[1000, 2500]], from: b.now, to: b.now + 100 }]).then(
    () => assert.fail('shares of two cards in one claim'),
    () => {},
  )
  await b.hold([{ resourceId: node, units: [[1000, 3000]], from: b.now, to: b.now + 100 }])
  const params = await refused(
    b.hold([
      { resourceId: quota, amount: 1000, from: b.now, to: b.now + HOUR },
      { resourceId: node, units: [[0, 2000]], from: b.now + 50, to: b.now + 150 },
    ]),
    'capacity.taken',
  )
  assert.deepEqual(params, {
    resource: node,
    needed: '{[0,2000)}',
    taken: '{[1000,3000)}',
    from: b.now,
    to: b.now + 100,
    free: b.now + 100,
  })
  const over = await refused(
    b.hold([{ resourceId: quota, amount: 4001, from: b.now, to: b.now + 1 }]),
    'capacity.taken',
  )
  assert.equal(over.available, 4000)
  await b.hold([{ resourceId: quota, amount: 3000, from: b.now + 10, to: b.now + 20 }])
  const rest = await refused(
    b.hold([{ resourceId: quota, amount: 1001, from: b.now, to: b.now + 11 }]),
    'capacity.taken',
  )
  assert.equal(rest.available, 1000)
  await b.hold([{ resourceId: quota, amount: 4000, from: b.now, to: b.now + 10 }])
  await b.hold([{ resourceId: node, units: [[1000, 3000]], from: b.now + 100, to: b.now + 101 }])
  assert.deepEqual(await b.check(), [])
})

test('a key acts once: the same request again is the same hold, another is refused', async (t) => {
  const b = await bookings(t)
  const node = await b.node()
  const claims = [{ resourceId: node, units: [[0, 1000]] as const, from: b.now, to: b.now + 10 }]
  const expiresAt = new Date(b.now + 1000)
  const ask = (change: object) =>
    b.at((ctx) =>
      hold(ctx, {
        service: 'compute',
        holder: 'w',
        subjectId: null,
        key: 'k',
        expiresAt,
        claims,
        ...change,
      }),
    )
  const first = await ask({})
  assert.deepEqual(await ask({}), { ...first, replayed: true })
  await refused(ask({ holder: 'v' }), 'request.key-reused')
  await refused(ask({ claims: [{ ...claims[0], to: b.now + 11 }] }), 'request.key-reused')
  await refused(ask({ service: 'market' }), 'capacity.taken')
  await refused(ask({ key: '' }), 'capacity.key')
  await refused(ask({ holder: '张三', key: 'other' }), 'capacity.key')
})

test('claims that are none: refused by name', async (t) => {
  const b = await bookings(t)
  const [node, quota] = [await b.node(), await b.quota(4000)]
  const period = { from: b.now, to: b.now + 10 }
  const wrong: [object, Parameters<typeof refused>[1]][] = [
    [{ resourceId: node, units: [], ...period }, 'capacity.claims'],
    [{ resourceId: node, units: [[5, 5]], ...period }, 'capacity.claims'],
    [{ resourceId: node, units: [[-1, 5]], ...period }, 'capacity.claims'],
    [{ resourceId: node, units: [[0, 9000]], ...period }, 'capacity.claims'],
    [{ resourceId: node, units: [[0, 1500]], ...period }, 'capacity.claims'],
    [
      {
        resourceId: node,
        units: [
          [2, 3],
          [0, 1],
        ],
        ...period,
      },
      'capacity.claims',
    ],
    [{ resourceId: node, units: [[0, 2 ** 40]], ...period }, 'capacity.claims'],
    [{ resourceId: node, amount: 5, ...period }, 'capacity.claims'],
    [{ resourceId: node, ...period }, 'capacity.claims'],
    [{ resourceId: quota, units: [[0, 1]], ...period }, 'capacity.claims'],
    [{ resourceId: quota, amount: 0, ...period }, 'capacity.claims'],
    [{ resourceId: quota, amount: 0.5, ...period }, 'capacity.claims'],
    [{ resourceId: quota, amount: 1, from: 5, to: 5 }, 'capacity.period'],
    [{ resourceId: quota, amount: 1, from: 5, to: 4 }, 'capacity.period'],
    [{ resourceId: quota, amount: 1, from: -5, to: 4 }, 'capacity.period'],
    [{ resourceId: quota, amount: 1, from: 0.5, to: 4 }, 'capacity.period'],
    [{ resourceId: quota, amount: 1, from: 0, to: Number.NaN }, 'capacity.period'],
    [
      { resourceId: '00000000-0000-7000-8000-000000000000', amount: 1, ...period },
      'request.not-found',
    ],
  ]
  for (const [claim, code] of wrong) {
    const claims = [claim as Parameters<typeof b.hold>[0][number]]
    const params = await refused(b.hold(claims), code)
    assert.ok(params, JSON.stringify(claim))
  }
  await refused(b.hold([]), 'capacity.claims')
  // Two claims of one hold on the same units.
  const twice = { resourceId: node, units: [[0, 100]] as const, ...period }
  await refused(b.hold([twice, { ...twice, units: [[50, 150]] }]), 'capacity.claims')
  await b.hold([twice, { ...twice, units: [[100, 150]] }])
  assert.deepEqual(await b.check(), [])
})

test('extend: later, never into what somebody else has, never shorter', async (t) => {
  const b = await bookings(t)
  const [node, quota] = [await b.node(), await b.quota(10)]
  const id = await b.hold([
    { resourceId: node, units: [[0, 1000]], from: b.now, to: b.now + 10 },
    { resourceId: node, units: [[1000, 2000]], from: b.now, to: b.now + 5 },
    { resourceId: quota, amount: 6, from: b.now, to: b.now + 10 },
  ])
  await b.hold([{ resourceId: node, units: [[0, 500]], from: b.now + 20, to: b.now + 30 }])
  await b.hold([{ resourceId: quota, amount: 5, from: b.now + 15, to: b.now + 16 }])
  const to = (end: number) => b.at((ctx) => extend(ctx, { holdId: id, to: b.now + end }))
  await to(15)
  assert.equal((await to(15)).replayed, true)
  assert.deepEqual(new Set((await b.taken(id)).map(([, , , end]) => end)), new Set([15, 5]))
  assert.equal((await refused(to(16), 'capacity.taken')).resource, quota)
  await refused(to(14), 'capacity.period')
  const lone = await b.hold([
    { resourceId: node, units: [[0, 1000]], from: b.now + 15, to: b.now + 18 },
  ])
  const params = await refused(
    b.at((ctx) => extend(ctx, { holdId: lone, to: b.now + 21 })),
    'capacity.taken',
  )
  assert.equal(params.from, b.now + 20)
  assert.deepEqual(await b.check(), [])
})

test('move: onto its own place, elsewhere, or not at all', async (t) => {
  const b = await bookings(t)
  const [node, other, quota] = [await b.node(), await b.node(), await b.quota(4000)]
  const claims = (node: string, from: number) => [
    { resourceId: node, units: [[0, 4000]] as const, from: b.now + from, to: b.now + from + 100 },
    { resourceId: quota, amount: 4000, from: b.now + from, to: b.now + from + 100 },
  ]
  const id = await b.hold(claims(node, 50))
  // Earlier by less than its length: the old and the new place overlap, and the quota is full.
  await b.at((ctx) => move(ctx, { holdId: id, claims: claims(node, 10) }))
  await b.hold([{ resourceId: other, units: [[3000, 3001]], from: b.now + 60, to: b.now + 70 }])
  const before = await b.taken(id)
  await refused(
    b.at((ctx) => move(ctx, { holdId: id, claims: claims(other, 10) })),
    'capacity.taken',
  )
  assert.deepEqual(await b.taken(id), before)
  await b.at((ctx) => move(ctx, { holdId: id, claims: claims(other, 70), usedUntil: b.now + 30 }))
  const after = await b.taken(id)
  assert.deepEqual(
    after.filter(([resource]) => resource !== quota),
    [
      [node, [[0, 4000]], 10, 30],
      [other, [[0, 4000]], 70, 170],
    ],
  )
  assert.deepEqual((await b.state(id)).facts, ['capacity.held', 'capacity.moved', 'capacity.moved'])
  assert.deepEqual(await b.check(), [])
})

test('move all: two change places at once, a sum is checked once, and all of it or nothing', async (t) => {
  const b = await bookings(t)
  const [node, other, quota] = [await b.node(), await b.node(), await b.quota(2_000)]
  const [from, to] = [b.now + 100, b.now + 200]
  const on = (resourceId: string) => ({ resourceId, units: [[0, 8_000]] as Ranges, from, to })
  const of = (amount: number) => ({ resourceId: quota, amount, from, to })
  const first = await b.hold([on(node), of(1_500)])
  const second = await b.hold([on(other), of(500)])
  const facts = await b.at((ctx) =>
    moveAll(ctx, [
      { holdId: first, claims: [on(other), of(500)] },
      { holdId: second, claims: [on(node), of(1_500)] },
    ]),
  )
  assert.equal(new Set(facts).size, 2)
  const places = async () => [await b.taken(first), await b.taken(second)]
  const swapped = await places()
  const units = (holds: typeof swapped) =>
    holds.map((taken) => new Map(taken.map(([resource, what]) => [resource, what])))
  const [mine, theirs] = units(swapped)
  assert.deepEqual([mine!.get(other), mine!.get(quota)], [[[0, 8_000]], 500])
  assert.deepEqual([theirs!.get(node), theirs!.get(quota)], [[[0, 8_000]], 1_500])
  assert.deepEqual((await b.state(second)).facts.at(-1), 'capacity.moved')

  const tooMuch = [
    { holdId: first, claims: [of(1_000)] },
    { holdId: second, claims: [of(1_001)] },
  ]
  await refused(
    b.at((ctx) => moveAll(ctx, tooMuch)),
    'capacity.taken',
  )
  const both = [
    { holdId: first, claims: [on(node)] },
    { holdId: second, claims: [on(node)] },
  ]
  await refused(
    b.at((ctx) => moveAll(ctx, both)),
    'capacity.claims',
  )
  const third = await b.hold([{ ...on(await b.node()) }])
  await b.at((ctx) => release(ctx, { holdId: third, at: b.now }))
  const over = [
    { holdId: first, claims: [of(1)] },
    { holdId: third, claims: [of(1)] },
  ]
  await refused(
    b.at((ctx) => moveAll(ctx, over)),
    'capacity.hold-over',
  )
  assert.deepEqual(await places(), swapped)
  assert.deepEqual(await b.check(), [])
})

test('a block keeps everybody out; a transfer changes whose it is', async (t) => {
  const b = await bookings(t)
  const node = await b.node()
  const [from, to] = [b.now + 100, b.now + 200]
  const all = { resourceId: node, units: [[0, 8000]] as const, from, to }
  const made = await b.at((ctx) =>
    block(ctx, {
      service: 'compute',
      holder: 'maintenance',
      subjectId: null,
      key: 'm',
      claims: [all],
    }),
  )
  await refused(b.hold([{ ...all, units: [[0, 1]], from: b.now }]), 'capacity.taken')
  assert.deepEqual((await b.state(made.holdId)).facts, ['capacity.blocked'])
  const id = await b.hold([{ ...all, from: b.now, to: from }])
  const subjectId = '01890000-0000-7000-8000-00000000cccc'
  await b.at((ctx) => transfer(ctx, { holdId: id, holder: 'resale-7', subjectId }))
  const { rows } = await b.world.pool.query(
    'select holder, subject from capacity.hold where id = $1',
    [id],
  )
  assert.deepEqual(rows, [{ holder: 'resale-7', subject: subjectId }])
  assert.deepEqual(await b.check(), [])
})
