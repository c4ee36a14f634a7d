// Capacity over HTTP: the owner sees who, others see when, strangers nothing; and what was in use.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { type Actor, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { commit, release } from './hold.ts'
import { capacity } from './index.ts'
import { bookings, refused } from './test-capacity.ts'
import { utilisationOf } from './utilisation.ts'

const HOUR = 3_600_000

const member = (subjectId: string, role: 'member' | 'auditor' = 'member'): Actor => ({
  ...visitor,
  kind: 'person',
  name: 'm',
  personId: randomUUID(),
  subjectId,
  grants: [{ role, subjectId, area: '440000' }],
})

test('calendar, resources and holds: whose they are decides what is seen', async (t) => {
  const b = await bookings(t)
  const [owner, buyer, stranger, auditor] = Array.from({ length: 4 }, () => randomUUID())
  const actors: Record<string, Actor> = {
    owner: member(owner!),
    buyer: member(buyer!),
    stranger: member(stranger!),
    auditor: member(auditor!, 'auditor'),
    visitor,
  }
  const { service } = capacity(b.world)
  const app = await buildServer(b.world, {
    routes: service.routes,
    authenticate: async (request) => actors[String(request.headers['x-actor'])] ?? visitor,
  })
  t.after(() => app.close())
  const get = async (actor: string, path: string) => {
    const reply = await app.inject({ url: `/api/capacity${path}`, headers: { 'x-actor': actor } })
    return { status: reply.statusCode, body: reply.json() }
  }
  const open = await b.node({ owner: owner!, public: true })
  const hidden = await b.node({ owner: owner! })
  const quota = await b.quota(10, { owner: owner! })
  const id = await b.hold(
    [
      {
        resourceId: open,
        units: [
          [0, 2500 - 500],
          [4000, 5000],
        ],
        from: b.now,
        to: b.now + HOUR,
      },
      { resourceId: quota, amount: 3, from: b.now, to: Number.MAX_SAFE_INTEGER },
    ],
    { subjectId: buyer! },
  )
  const period = `from=${new Date(b.now).toISOString()}&to=${new Date(b.now + 2 * HOUR).toISOString()}`
  const calendar = (actor: string, of: string) => get(actor, `/resources/${of}/calendar?${period}`)

  const own = await calendar('owner', open)
  assert.equal(own.status, 200)
  const at = (hours: number) => new Date(b.now + hours * HOUR).toISOString()
  assert.deepEqual(own.body.steps, [
    { from: at(0), to: at(1), free: 5000 },
    { from: at(1), to: at(2), free: 8000 },
  ])
  assert.deepEqual(own.body.taken, [
    {
      holdId: id,
      subjectId: buyer,
      service: 'compute',
      holder: 'workload-1',
      kind: 'hold',
      state: 'held',
      units: [
        [0, 2000],
        [4000, 5000],
      ],
      amount: null,
      from: at(0),
      to: at(1),
    },
  ])
  assert.equal((await calendar('auditor', hidden)).body.taken.length, 0)
  for (const actor of ['buyer', 'stranger']) {
    const seen = await calendar(actor, open)
    assert.deepEqual(seen.body.steps, own.body.steps)
    assert.equal(seen.body.taken, null)
    assert.equal((await calendar(actor, hidden)).body.code, 'request.not-found')
  }
  assert.equal((await calendar('stranger', randomUUID())).status, 404)
  assert.equal((await calendar('visitor', open)).status, 401)
  const back = `from=${at(2)}&to=${at(1)}`
  assert.equal((await get('owner', `/resources/${open}/calendar?${back}`)).status, 400)
  const years = `from=${at(0)}&to=2036-01-01T00:00:00.000Z`
  assert.equal((await get('owner', `/resources/${open}/calendar?${years}`)).status, 400)

  const first = await get('owner', '/resources?limit=2')
  assert.equal(first.body.items.length, 2)
  const second = await get('owner', `/resources?limit=2&cursor=${first.body.next}`)
  assert.deepEqual(
    [...first.body.items, ...second.body.items].map((one) => one.id).sort(),
    [open, hidden, quota].sort(),
  )
  assert.equal(second.body.next, null)
  assert.equal((await get('owner', '/resources?cursor=WzFd')).status, 400)
  assert.deepEqual((await get('stranger', '/resources')).body.items, [])

  const held = await get('buyer', '/holds')
  assert.equal(held.body.items.length, 1)
  assert.deepEqual(
    held.body.items[0].claims.find((one: { resourceId: string }) => one.resourceId === quota),
    { resourceId: quota, units: null, amount: 3, from: at(0), to: null },
  )
  assert.deepEqual((await get('owner', '/holds')).body.items, [])
})

test('personal data: the holds of a person, and nothing to erase', async (t) => {
  const b = await bookings(t)
  const node = await b.node()
  const person = randomUUID()
  const id = await b.hold([{ resourceId: node, units: [[0, 1]], from: 1, to: 2 }], {
    subjectId: person,
  })
  const { personalData } = capacity(b.world)
  const data = await b.at((ctx) => personalData.export(ctx, person))
  assert.equal((data as { holds: { id: string }[] }).holds[0]!.id, id)
  await b.at((ctx) => personalData.erase(ctx, person))
})

test('utilisation counts what was used, not what was asked for', async (t) => {
  const b = await bookings(t)
  const node = await b.node()
  const whole = { resourceId: node, units: [[0, 4000]] as const, from: b.now, to: b.now + 2 * HOUR }
  const id = await b.hold([whole])
  await b.at((ctx) => commit(ctx, { holdId: id }))
  await b.at((ctx) => release(ctx, { holdId: id, at: b.now + HOUR / 2 }))
  const never = await b.hold([{ ...whole, from: b.now + HOUR }])
  await b.at((ctx) => release(ctx, { holdId: never }))
  const query = { resourceIds: [node], from: b.now, to: b.now + 2 * HOUR, bucketMs: HOUR }
  const buckets = await b.at((ctx) => utilisationOf(ctx, query))
  assert.deepEqual(
    buckets.map(({ taken, of }) => [taken, of]),
    [
      [2000 * HOUR, 8000 * HOUR],
      [0, 8000 * HOUR],
    ],
  )
  await refused(
    b.at((ctx) => utilisationOf(ctx, { ...query, bucketMs: 1 })),
    'capacity.period',
  )
})
