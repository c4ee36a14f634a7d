// One hold becomes two: by units, by amount, by time; together they are what there was.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commit, type Share, split } from './hold.ts'
import { type Bookings, bookings, refused } from './test-capacity.ts'

const part = (b: Bookings, holdId: string, share: Share, key = 'part') =>
  b.at((ctx) =>
    split(ctx, { holdId, service: 'market', holder: 'resale', subjectId: null, key, share }),
  )

async function whole(b: Bookings) {
  const [node, quota] = [await b.node(), await b.quota(4000)]
  const id = await b.hold([
    { resourceId: node, units: [[0, 4000]], from: b.now, to: b.now + 100 },
    { resourceId: node, units: [[0, 4000]], from: b.now + 200, to: b.now + 300 },
    { resourceId: node, units: [[5000, 5300]], from: b.now, to: b.now + 300 },
    { resourceId: quota, amount: 4000, from: b.now, to: b.now + 300 },
  ])
  return { node, quota, id }
}

test('by units and amounts, over the whole time', async (t) => {
  const b = await bookings(t)
  const { node, quota, id } = await whole(b)
  const share: Share = {
    of: [
      {
        resourceId: node,
        units: [
          [1000, 3000],
          [5000, 5300],
        ],
      },
      { resourceId: quota, amount: 1500 },
    ],
  }
  const made = await part(b, id, share)
  const order = (list: unknown[]) => list.map((one) => JSON.stringify(one)).sort()
  assert.deepEqual(
    order(await b.taken(id)),
    order([
      [
        node,
        [
          [0, 1000],
          [3000, 4000],
        ],
        0,
        100,
      ],
      [
        node,
        [
          [0, 1000],
          [3000, 4000],
        ],
        200,
        300,
      ],
      [quota, 2500, 0, 300],
    ]),
  )
  assert.deepEqual(
    order(await b.taken(made.holdId)),
    order([
      [node, [[1000, 3000]], 0, 100],
      [node, [[1000, 3000]], 200, 300],
      [node, [[5000, 5300]], 0, 300],
      [quota, 1500, 0, 300],
    ]),
  )
  assert.deepEqual(await part(b, id, share), { ...made, replayed: true })
  assert.equal((await b.state(made.holdId)).state, 'held')
  assert.deepEqual((await b.state(id)).facts, ['capacity.held', 'capacity.split'])
  assert.deepEqual(await b.check(), [])
})

test('by time: what lies after, and of what straddles the later part', async (t) => {
  const b = await bookings(t)
  const { node, quota, id } = await whole(b)
  await b.at((ctx) => commit(ctx, { holdId: id }))
  const made = await part(b, id, { after: b.now + 150 })
  const order = (list: unknown[]) => list.map((one) => JSON.stringify(one)).sort()
  assert.deepEqual(
    order(await b.taken(id)),
    order([
      [node, [[0, 4000]], 0, 100],
      [node, [[5000, 5300]], 0, 150],
      [quota, 4000, 0, 150],
    ]),
  )
  assert.deepEqual(
    order(await b.taken(made.holdId)),
    order([
      [node, [[0, 4000]], 200, 300],
      [node, [[5000, 5300]], 150, 300],
      [quota, 4000, 150, 300],
    ]),
  )
  assert.equal((await b.state(made.holdId)).state, 'committed')
  assert.deepEqual(await b.check(), [])
})

test('a share that is not in the hold is refused, and nothing changes', async (t) => {
  const b = await bookings(t)
  const { node, quota, id } = await whole(b)
  const other = await b.node()
  const before = await b.taken(id)
  const wrong: [Share, Parameters<typeof refused>[1]][] = [
    [{ of: [] }, 'capacity.claims'],
    [{ of: [{ resourceId: node, units: [[3000, 5000]] }] }, 'capacity.claims'],
    [{ of: [{ resourceId: other, units: [[0, 1000]] }] }, 'capacity.claims'],
    [{ of: [{ resourceId: quota, amount: 4001 }] }, 'capacity.claims'],
    [{ of: [{ resourceId: quota }] }, 'capacity.claims'],
    [{ of: [{ resourceId: node, units: [[0, 500]] }] }, 'capacity.claims'],
    [
      {
        of: [
          {
            resourceId: node,
            units: [
              [0, 4000],
              [5000, 5300],
            ],
          },
          { resourceId: quota, amount: 4000 },
        ],
      },
      'capacity.claims',
    ],
    [{ after: b.now + 300 }, 'capacity.period'],
    [{ after: b.now }, 'capacity.period'],
  ]
  for (const [share, code] of wrong)
    await refused(part(b, id, share, JSON.stringify(share).slice(0, 99)), code)
  assert.deepEqual(await b.taken(id), before)
  assert.deepEqual(await b.check(), [])
})
