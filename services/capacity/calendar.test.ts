// The mirror against the tables: after every change, late commits, rollbacks and damage alike.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Calendar } from '#engines/intervals/calendar.ts'
import type { Claim } from '#engines/intervals/types.ts'
import { Problem } from '#platform/errors.ts'
import { Mirror } from './calendar.ts'
import { commit, extend, hold, move, release, split } from './hold.ts'
import { capacity } from './index.ts'
import { addResource, drain, findResources, reopen, setUnits } from './resources.ts'
import { readUnits } from './store.ts'
import { type Bookings, bookings } from './test-capacity.ts'
import { takenOf } from './views.ts'

/** All that a calendar says of resources from now on. */
const picture = (calendar: Calendar, ids: string[], now: number) =>
  ids.map((id) => [
    calendar.freeProfile(id, now, now + 200),
    calendar.minFree(id, now, now + 200),
    calendar.resource(id),
  ])

/** The tables as a calendar, read afresh. */
async function fresh(b: Bookings, ids: string[]): Promise<Calendar> {
  const claims = await takenOf({ tx: b.world.db }, ids, { from: 0, to: Number.MAX_SAFE_INTEGER })
  const resources = await findResources({ tx: b.world.db }, ids)
  return Calendar.from(resources.values(), claims)
}

/** The calendar that the journal alone leads to: the last fact of each hold tells its claims. */
async function replayed(b: Bookings, ids: string[]): Promise<Calendar> {
  const { rows } = await b.world.pool.query<{ payload: Record<string, (string | number)[]> }>(
    `select distinct on (payload ->> 'hold') payload from journal.entry
     where kind like 'capacity.%' and payload ? 'hold' order by payload ->> 'hold', id desc`,
  )
  const claims = rows.flatMap(({ payload }, nth) =>
    (payload.resources ?? []).map((resource, at): Claim | null => {
      const [from, to] = [payload.from![at], payload.to![at]]
      if (typeof from !== 'number' || typeof to !== 'number') return null
      const units = payload.units![at]
      const taking =
        typeof units === 'string'
          ? { units: readUnits(units) }
          : { amount: Number(payload.amounts![at]) }
      return { id: `${nth}-${at}`, resource: String(resource), from, to, ...taking }
    }),
  )
  const resources = await findResources({ tx: b.world.db }, ids)
  return Calendar.from(
    resources.values(),
    claims.filter((claim) => claim !== null).filter(({ resource }) => ids.includes(resource)),
  )
}

const acts = fc.array(
  fc.record({
    act: fc.constantFrom(
      'hold',
      'hold',
      'move',
      'commit',
      'release',
      'extend',
      'split',
      'resource',
    ),
    which: fc.nat(20),
    card: fc.nat(3),
    share: fc.boolean(),
    amount: fc.integer({ min: 1, max: 4 }),
    from: fc.nat(80),
    length: fc.integer({ min: 1, max: 60 }),
  }),
  { minLength: 25, maxLength: 60 },
)
type Act = typeof acts extends fc.Arbitrary<(infer A)[]> ? A : never

/** Does one act; what is refused changes nothing. */
async function perform(b: Bookings, act: Act, nth: number, held: string[], ids: string[]) {
  const holdId = held[act.which % Math.max(1, held.length)]
  const low = act.card * 1000
  const period = { from: b.now + act.from, to: b.now + act.from + act.length }
  const claims = [
    {
      resourceId: ids[act.which % 2]!,
      units: [[low, low + (act.share ? 400 : 1000)]] as const,
      ...period,
    },
    { resourceId: ids[2]!, amount: act.amount, ...period },
  ]
  const who = { service: 'compute', holder: 'w', subjectId: null, key: `act-${nth}` }
  await b
    .at(async (ctx) => {
      if (act.act === 'hold') {
        held.push((await hold(ctx, { ...who, expiresAt: null, claims })).holdId)
      } else if (act.act === 'resource') {
        const resourceId = ids[act.which % 3]!
        if (act.share) await drain(ctx, { resourceId, at: b.now + act.length })
        else if (act.card > 1) await reopen(ctx, { resourceId })
        else
          await setUnits(ctx, {
            resourceId,
            units: (act.which % 3 === 2 ? 1 : 1000) * (2 + act.amount),
          })
      } else if (holdId === undefined) {
        return
      } else if (act.act === 'move') {
        const usedUntil = act.share ? b.now + act.from : undefined
        await move(ctx, { holdId, claims, usedUntil })
      } else if (act.act === 'commit') await commit(ctx, { holdId })
      else if (act.act === 'release') await release(ctx, { holdId, at: b.now + act.from })
      else if (act.act === 'extend') await extend(ctx, { holdId, to: period.to })
      else {
        const share = act.share
          ? { after: b.now + act.from }
          : { of: [{ resourceId: ids[2]!, amount: act.amount }] }
        held.push((await split(ctx, { ...who, holdId, share })).holdId)
      }
    })
    .catch((error: unknown) => {
      if (!(error instanceof Problem) || error.status >= 500) throw error
    })
}

test('after every act the mirror is what the tables say, and what the journal leads to', async (t) => {
  const b = await bookings(t)
  let nth = 0
  await fc.assert(
    fc.asyncProperty(acts, async (list) => {
      const ids = [await b.node({ units: 4000 }), await b.node({ units: 4000 }), await b.quota(6)]
      const held: string[] = []
      const mirror = new Mirror()
      for (const [step, act] of list.entries()) {
        await perform(b, act, nth++, held, ids)
        if (step % 3 > 0) continue
        const calendar = await b.at((ctx) => mirror.refreshed(ctx))
        assert.deepEqual(picture(calendar, ids, b.now), picture(await fresh(b, ids), ids, b.now))
      }
      const calendar = await mirror.refreshed({ tx: b.world.db, now: b.world.clock.now() })
      const truth = picture(await fresh(b, ids), ids, b.now)
      assert.deepEqual(picture(calendar, ids, b.now), truth)
      assert.deepEqual(picture(await replayed(b, ids), ids, b.now), truth)
    }),
    // Without shrinking: every run goes through the database.
    { numRuns: 20, endOnFailure: true },
  )
  assert.deepEqual(await b.check(), [])
})

test('a commit that comes late is not skipped, a rollback leaves no trace', async (t) => {
  const b = await bookings(t)
  const node = await b.node()
  const mirror = new Mirror()
  const read = async () => {
    const calendar = await mirror.refreshed({ tx: b.world.db, now: b.world.clock.now() })
    return calendar.freeAt(node, b.now + 5)
  }
  const claim = (card: number) => [
    {
      resourceId: node,
      units: [[card * 1000, card * 1000 + 1000]] as const,
      from: b.now,
      to: b.now + 10,
    },
  ]
  const other = await b.node()
  assert.equal(await read(), 8000)
  const gate = Promise.withResolvers<void>()
  const wrote = Promise.withResolvers<void>()
  const late = b.at(async (ctx) => {
    await hold(ctx, {
      service: 'compute',
      holder: 'late',
      subjectId: null,
      key: 'late',
      expiresAt: null,
      claims: claim(0),
    })
    wrote.resolve()
    await gate.promise
  })
  await wrote.promise
  assert.equal(await read(), 8000)
  // Younger transactions commit and are read; the older one must still be found afterwards.
  for (let nth = 0; nth < 5; nth++) {
    await b.hold([
      { resourceId: other, units: [[nth * 1000, nth * 1000 + 1000]], from: b.now, to: b.now + 10 },
    ])
    assert.equal(await read(), 8000)
  }
  gate.resolve()
  await late
  assert.equal(await read(), 7000)

  // A transaction that reads after it has written does not see its own, which may be undone.
  await assert.rejects(
    b.at(async (ctx) => {
      await hold(ctx, {
        service: 'compute',
        holder: 'undone',
        subjectId: null,
        key: 'undone',
        expiresAt: null,
        claims: claim(1),
      })
      const calendar = await mirror.refreshed(ctx)
      assert.equal(calendar.freeAt(node, b.now + 5), 7000)
      throw new Error('undone')
    }),
    /undone/,
  )
  assert.equal(await read(), 7000)
})

test('a reader whose own writes hide what others wrote reads all anew', async (t) => {
  const b = await bookings(t)
  const node = await b.node()
  const [from, to] = [b.now, b.now + 100]
  const first = await b.hold([{ resourceId: node, units: [[0, 2000]], from, to }])
  const mirror = new Mirror()
  await mirror.refreshed({ tx: b.world.db, now: b.world.clock.now() })
  // A part goes to another hold, unseen by the mirror; then the reader itself changes the rest.
  const share = { of: [{ resourceId: node, units: [[1000, 2000]] as const }] }
  const who = { service: 'compute', holder: 'w', subjectId: null, key: 'part' }
  await b.at((ctx) => split(ctx, { ...who, holdId: first, share }))
  await b.at(async (ctx) => {
    await extend(ctx, { holdId: first, to: to + 1 })
    const calendar = await mirror.refreshed(ctx)
    assert.equal(calendar.isFree({ resource: node, units: [[1000, 2000]] }, from, to), false)
  })
  const calendar = await mirror.refreshed({ tx: b.world.db, now: b.world.clock.now() })
  assert.deepEqual(picture(calendar, [node], b.now), picture(await fresh(b, [node]), [node], b.now))
})

test('what others wrote under a write that is undone is still found', async (t) => {
  const b = await bookings(t)
  const node = await b.node()
  const [from, to] = [b.now, b.now + 100]
  const holdId = await b.hold([{ resourceId: node, units: [[0, 2000]], from, to }])
  const mirror = new Mirror()
  const free = async () => {
    const calendar = await mirror.refreshed({ tx: b.world.db, now: b.world.clock.now() })
    return calendar.freeAt(node, to + 5)
  }
  assert.equal(await free(), 8000)
  await b.at((ctx) => extend(ctx, { holdId, to: to + 10 }))
  const undone = b.at(async (ctx) => {
    await extend(ctx, { holdId, to: to + 20 })
    await mirror.refreshed(ctx)
    throw new Error('undone')
  })
  await assert.rejects(undone, /undone/)
  assert.equal(await free(), 6000)
})

test('a search inside a transaction that writes, and one as if a hold were not there', async (t) => {
  const b = await bookings(t)
  const node = await b.node({ units: 1000 })
  const booking = capacity(b.world)
  const request = { tasks: 1, units: 1000, among: [node], from: b.now, duration: 100 }
  const held: string[] = []
  for (let nth = 0; nth < 5; nth++) {
    await b.at(async (ctx) => {
      await addResource(ctx, {
        id: ctx.newId(),
        kind: 'compute.node',
        owner: null,
        mode: 'pooled',
        units: 1,
      })
      const fit = await booking.earliestFit(ctx, request)
      assert.ok(!('none' in fit))
      assert.equal(fit.from, b.now + nth * 100)
      const { holdId } = await hold(ctx, {
        service: 'compute',
        holder: 'w',
        subjectId: null,
        key: `k${nth}`,
        expiresAt: null,
        claims: [{ resourceId: node, units: [[0, 1000]], from: fit.from, to: fit.from + 100 }],
      })
      held.push(holdId)
    })
  }
  const moved = await b.at((ctx) =>
    booking.earliestFit(ctx, { ...request, duration: 150 }, held[4]),
  )
  assert.ok(!('none' in moved))
  assert.equal(moved.from, b.now + 400)
  const after = await b.at((ctx) => booking.earliestFit(ctx, request))
  assert.ok(!('none' in after))
  assert.equal(after.from, b.now + 500)
})

test('what is long over is dropped and does not come back', async (t) => {
  const b = await bookings(t)
  const node = await b.node()
  const mirror = new Mirror()
  const refreshed = () => mirror.refreshed({ tx: b.world.db, now: b.world.clock.now() })
  await b.hold([{ resourceId: node, units: [[0, 1000]], from: b.now, to: b.now + 10 }])
  assert.equal((await refreshed()).size, 1)
  b.world.clock.advance(2 * 3_600_000)
  for (let nth = 0; nth < 4; nth++) {
    assert.equal((await refreshed()).size, 0)
    b.world.clock.advance(700_000)
  }
  const now = b.world.clock.now().getTime()
  await b.hold([{ resourceId: node, units: [[0, 1000]], from: now, to: now + 10 }])
  assert.equal((await refreshed()).size, 1)
  assert.equal((await new Mirror().refreshed({ tx: b.world.db, now: b.world.clock.now() })).size, 1)
})
