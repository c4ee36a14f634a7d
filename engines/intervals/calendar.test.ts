// Laws of the calendar, against one that tries every moment and every unit.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Calendar, OverlapError } from './calendar.ts'
import { BruteForce, HORIZON } from './test-brute-force.ts'
import { type Claim, type FitRequest, FOREVER, type Ranges, type Resource } from './types.ts'

const ids = ['a', 'b', 'c', 'quota', 'pool'] as const
const exactIds = ['a', 'b', 'c']

const openUntil = fc.oneof(
  { weight: 8, arbitrary: fc.constant(FOREVER) },
  fc.integer({ min: 0, max: HORIZON + 4 }),
)
const exact = (id: string): fc.Arbitrary<Resource> =>
  fc
    .record({
      grains: fc.integer({ min: 1, max: 4 }),
      grain: fc.integer({ min: 1, max: 4 }),
      openUntil,
    })
    .map(({ grains, grain, openUntil }) => ({
      id,
      mode: 'exact',
      units: grains * grain,
      grain,
      openUntil,
    }))
const pooled = (id: string): fc.Arbitrary<Resource> =>
  fc
    .record({ units: fc.integer({ min: 1, max: 9 }), openUntil })
    .map(({ units, openUntil }) => ({ id, mode: 'pooled', units, grain: 1, openUntil }))
const resources = fc.tuple(exact('a'), exact('b'), exact('c'), pooled('quota'), pooled('pool'))

interface Wish {
  resource: number
  seed: number
  mask: number
  from: number
  length: number
}
const wishes = fc.array(
  fc.record({
    resource: fc.nat(4),
    seed: fc.nat(30),
    mask: fc.integer({ min: 1, max: 0xffff }),
    from: fc.nat(HORIZON - 2),
    length: fc.integer({ min: 1, max: 8 }),
  }),
  { maxLength: 40 },
)

/** Ranges of the units whose bit is set. */
function rangesOf(units: number, mask: number): Ranges {
  const ranges: [number, number][] = []
  for (let unit = 0; unit < units; unit++) {
    if (!((mask >> unit) & 1)) continue
    const last = ranges.at(-1)
    if (last?.[1] === unit) last[1] = unit + 1
    else ranges.push([unit, unit + 1])
  }
  return ranges
}

function claimOf(all: Resource[], wish: Wish, id: number): Claim | null {
  const resource = all[wish.resource]!
  const period = {
    id,
    resource: resource.id,
    from: wish.from,
    to: Math.min(wish.from + wish.length, HORIZON - 1),
  }
  if (resource.mode === 'pooled') return { ...period, amount: 1 + (wish.seed % resource.units) }
  const units = rangesOf(resource.units, wish.mask)
  return units.length === 0 ? null : { ...period, units }
}

/** Fills both with the wishes that fit. */
function filled(all: Resource[], list: Wish[]) {
  const open = all.map((resource) => ({ ...resource, openUntil: FOREVER }))
  const calendar = Calendar.from(open, [])
  const brute = new BruteForce(open)
  const claims: Claim[] = []
  list.forEach((wish, id) => {
    const claim = claimOf(all, wish, id)
    if (!claim) return
    const free = brute.isFree(claim, claim.from, claim.to)
    assert.equal(calendar.isFree(claim, claim.from, claim.to), free)
    if (free) {
      calendar.add(claim)
      brute.write(claim, claim.id)
      claims.push(claim)
    } else if ('units' in claim) {
      const before = JSON.stringify(calendar.snapshot())
      assert.throws(() => calendar.add(claim), OverlapError)
      assert.equal(JSON.stringify(calendar.snapshot()), before)
    }
  })
  // Drains come after: what was booked before stays.
  for (const [nth, resource] of all.entries()) {
    calendar.setResource(resource)
    brute.resources[nth] = resource
  }
  return { calendar, brute, claims }
}

const requests: fc.Arbitrary<FitRequest> = fc
  .record(
    {
      tasks: fc.integer({ min: 1, max: 4 }),
      units: fc.integer({ min: 1, max: 5 }),
      consecutive: fc.boolean(),
      among: fc.oneof(
        fc.shuffledSubarray([...exactIds], { minLength: 1 }),
        fc.shuffledSubarray([...exactIds, 'pool'], { minLength: 1 }),
      ),
      also: fc.subarray([
        { resource: 'quota', units: 2 },
        { resource: 'pool', units: 1 },
      ]),
      from: fc.nat(HORIZON - 8),
      latest: fc.integer({ min: 8, max: HORIZON + 6 }),
      duration: fc.integer({ min: 1, max: 9 }),
    },
    { requiredKeys: ['tasks', 'units', 'among', 'from', 'duration'] },
  )
  // A pooled resource is a place or a constraint.
  .filter(({ among, also }) => !also?.some(({ resource }) => among.includes(resource)))

test('the earliest fit is the earliest, lies on free units, and each task is whole', () => {
  let [found, none] = [0, 0]
  fc.assert(
    fc.property(resources, wishes, requests, (all, list, request) => {
      const { calendar, brute } = filled(all, list)
      const fit = calendar.earliestFit(request)
      const earliest = brute.earliest(request)
      if ('none' in fit) {
        assert.equal(earliest, null)
        none++
        return
      }
      found++
      assert.equal(fit.from, earliest)
      assert.equal(fit.placements.length, request.tasks)
      for (const [nth, placement] of fit.placements.entries()) {
        const claim: Claim = {
          id: `new-${nth}`,
          from: fit.from,
          to: fit.from + request.duration,
          ...placement,
        }
        assert.ok(brute.isFree(claim, claim.from, claim.to), 'free')
        assert.ok(request.among.includes(claim.resource))
        brute.write(claim, claim.id)
        calendar.add(claim)
        if (!('units' in claim)) {
          assert.equal(claim.amount, request.units)
          continue
        }
        const { grain } = brute.resource(claim.resource)
        const size: number = claim.units.reduce((sum, [low, high]) => sum + high - low, 0)
        if (request.units < grain) {
          assert.equal(size, request.units)
          assert.equal(
            new Set(
              claim.units.flatMap(([low, high]) => [
                Math.floor(low / grain),
                Math.floor((high - 1) / grain),
              ]),
            ).size,
            1,
          )
        } else {
          assert.equal(size, Math.ceil(request.units / grain) * grain)
          assert.ok(claim.units.every(([low, high]) => low % grain === 0 && high % grain === 0))
          if (request.consecutive) assert.equal(claim.units.length, 1)
        }
      }
    }),
    { numRuns: 4_000 },
  )
  assert.ok(found > 1_000 && none > 300, `${found} found, ${none} none`)
})

test('one task goes to the resource named first among those that are earliest', () => {
  fc.assert(
    fc.property(resources, wishes, requests, (all, list, asked) => {
      const request: FitRequest = { ...asked, tasks: 1, also: [] }
      const { calendar, brute } = filled(all, list)
      const fit = calendar.earliestFit(request)
      if ('none' in fit) return
      const first = request.among.find((id) => brute.tasksOn(id, request, fit.from) > 0)
      assert.equal(fit.placements[0]!.resource, first)
    }),
    { numRuns: 1_000 },
  )
})

test('why nothing fits: too large, a quota, or no time; and the largest that would', () => {
  fc.assert(
    fc.property(resources, wishes, requests, (all, list, request) => {
      const { calendar } = filled(all, list)
      const fit = calendar.earliestFit(request)
      if (!('none' in fit)) return
      const open = all.map((resource) => ({ ...resource, openUntil: FOREVER }))
      const empty = new BruteForce(open)
      const most = request.among.reduce((sum, id) => sum + empty.tasksOn(id, request, 0), 0)
      const quota = request.also?.find(
        ({ resource, units }) => empty.resource(resource).units < units,
      )
      const why = quota ? 'quota' : most < request.tasks ? 'too-large' : 'no-time'
      assert.equal(fit.none, why)
      assert.equal(fit.resource, quota?.resource)
      assert.equal(fit.largest.tasks, most)
      assert.equal(
        fit.largest.units,
        Math.max(...request.among.map((id) => empty.resource(id).units)),
      )
    }),
    { numRuns: 1_000 },
  )
})

test('free and taken together are all there is, at every moment and over every window', () => {
  fc.assert(
    fc.property(
      resources,
      wishes,
      fc.nat(HORIZON - 2),
      fc.integer({ min: 1, max: 9 }),
      (all, list, from, length) => {
        const { calendar, brute, claims } = filled(all, list)
        const to = from + length
        for (const { id, mode, units, grain } of all) {
          for (let at = 0; at < HORIZON; at++) {
            const taken = claims
              .filter((claim) => claim.resource === id && claim.from <= at && at < claim.to)
              .reduce(
                (sum, claim) =>
                  sum +
                  ('amount' in claim
                    ? claim.amount
                    : claim.units.reduce((n, [low, high]) => n + high - low, 0)),
                0,
              )
            assert.equal(calendar.freeAt(id, at) + taken, units)
          }
          const steps = calendar.freeProfile(id, from, to)
          assert.equal(steps[0]!.from, from)
          assert.equal(steps.at(-1)!.to, to)
          for (const [nth, step] of steps.entries()) {
            if (nth > 0) {
              assert.equal(step.from, steps[nth - 1]!.to)
              assert.notEqual(step.free, steps[nth - 1]!.free)
            }
            for (let at = step.from; at < step.to; at++) assert.equal(step.free, brute.free(id, at))
          }
          if (mode === 'pooled') {
            const least = Math.min(...steps.map(({ free }) => free))
            assert.deepEqual(calendar.minFree(id, from, to), [least])
            continue
          }
          const free = brute.freeThrough(id, from, to)
          const counts = Array.from(
            { length: units / grain },
            (_, nth) => free.filter((unit) => Math.floor(unit / grain) === nth).length,
          )
          assert.deepEqual(calendar.minFree(id, from, to), counts)
          const mask = free.reduce((bits, unit) => bits | (1 << unit), 0)
          assert.deepEqual(calendar.freeUnits(id, from, to), rangesOf(units, mask))
        }
      },
    ),
    { numRuns: 500 },
  )
})

/** Everything that the calendar can be asked, as text. */
function picture(calendar: Calendar): string {
  return JSON.stringify(
    ids.map((id) => [
      calendar.freeProfile(id, 0, HORIZON),
      Array.from({ length: HORIZON }, (_, from) => calendar.minFree(id, from, from + 3)),
      [1, 2, 3, 5].map((units) =>
        calendar.earliestFit({ tasks: 1, units, among: [id], from: 0, duration: 4 }),
      ),
    ]),
  )
}

test('giving back in any order leads where building it anew leads', () => {
  fc.assert(
    fc.property(resources, wishes, fc.array(fc.nat(40)), fc.nat(1000), (all, list, gone, seed) => {
      const { calendar, claims } = filled(all, list)
      for (const id of gone) calendar.remove(id)
      const left = claims.filter(({ id }) => !gone.includes(Number(id)))
      const shuffled = left
        .map((claim, nth) => ({ claim, key: (nth * 7919 + seed * 104729) % 1009 }))
        .sort((x, y) => x.key - y.key)
        .map(({ claim }) => claim)
      assert.equal(picture(calendar), picture(Calendar.from(all, shuffled)))
      const { resources, claims: kept } = calendar.snapshot()
      assert.equal(picture(calendar), picture(Calendar.from(resources, kept)))
      for (const { id } of left) assert.ok(calendar.remove(id))
      assert.equal(picture(calendar), picture(Calendar.from(all, [])))
      assert.equal(calendar.size, 0)
    }),
    { numRuns: 500 },
  )
})

test('what is over can be forgotten: the future stays as it was', () => {
  fc.assert(
    fc.property(resources, wishes, fc.nat(HORIZON), (all, list, now) => {
      const { calendar, claims } = filled(all, list)
      const before = ids.map((id) => calendar.freeProfile(id, now, HORIZON + 1))
      calendar.forget(now)
      assert.deepEqual(
        ids.map((id) => calendar.freeProfile(id, now, HORIZON + 1)),
        before,
      )
      assert.equal(calendar.size, claims.filter(({ to }) => to > now).length)
    }),
    { numRuns: 300 },
  )
})

test('a resource that shrinks and grows again is searched as it is then', () => {
  fc.assert(
    fc.property(
      resources,
      wishes,
      fc.integer({ min: 1, max: 5 }),
      requests,
      (all, list, grains, asked) => {
        const { calendar, claims } = filled(all, list)
        const request: FitRequest = { ...asked, among: [...exactIds], also: [] }
        const resized = all.map((resource) =>
          resource.mode === 'exact' ? { ...resource, units: grains * resource.grain } : resource,
        )
        for (const resource of resized) calendar.setResource(resource)
        // Built anew with the new size from the start; claims beyond it belong to the past.
        assert.deepEqual(
          calendar.earliestFit(request),
          Calendar.from(resized, claims).earliestFit(request),
        )
        for (const { id } of claims) calendar.remove(id)
        assert.deepEqual(
          calendar.earliestFit(request),
          Calendar.from(resized, []).earliestFit(request),
        )
        for (const resource of all) calendar.setResource(resource)
        for (const claim of claims) calendar.add(claim)
        assert.equal(picture(calendar), picture(Calendar.from(all, claims)))
      },
    ),
    { numRuns: 500 },
  )
})

test('a task larger than the resource, nobody to ask, and numbers that are none', () => {
  const calendar = Calendar.from(
    [{ id: 'n', mode: 'exact', units: 8000, grain: 1000, openUntil: FOREVER }],
    [],
  )
  const ask = (change: Partial<FitRequest>) =>
    calendar.earliestFit({ tasks: 1, units: 1000, among: ['n'], from: 5, duration: 10, ...change })
  assert.deepEqual(ask({ units: 9000 }), { none: 'too-large', largest: { tasks: 0, units: 8000 } })
  assert.deepEqual(ask({ tasks: 9 }), { none: 'too-large', largest: { tasks: 8, units: 8000 } })
  assert.deepEqual(ask({ among: [] }), { none: 'too-large', largest: { tasks: 0, units: 0 } })
  const four = ask({ units: 1500, tasks: 4 })
  assert.ok(!('none' in four) && four.placements.length === 4)
  assert.deepEqual(ask({ duration: FOREVER - 5 }), {
    from: 5,
    placements: [{ resource: 'n', units: [[0, 1000]] }],
  })
  for (const wrong of [{ tasks: 0 }, { units: 1.5 }, { duration: -1 }, { from: Number.NaN }]) {
    assert.throws(() => ask(wrong), RangeError)
  }
  assert.throws(() => calendar.freeAt('unknown', 0), /no resource/)
  calendar.setResource({ id: 'q', mode: 'pooled', units: 3, grain: 1, openUntil: FOREVER })
  assert.throws(() => ask({ among: ['q'], also: [{ resource: 'q', units: 1 }] }), /constraint/)
  const twice = [1, 3].map((units) => ({ resource: 'q', units }))
  const small = ask({ also: twice })
  assert.ok('none' in small && small.none === 'quota' && small.resource === 'q')
})

test('shares of a card fill the fullest card that has room; whole cards keep runs together', () => {
  const calendar = Calendar.from(
    [{ id: 'n', mode: 'exact', units: 8000, grain: 1000, openUntil: FOREVER }],
    [],
  )
  calendar.add({ id: 1, resource: 'n', units: [[3000, 3600]], from: 0, to: 100 })
  const share = calendar.earliestFit({ tasks: 2, units: 300, among: ['n'], from: 0, duration: 10 })
  assert.deepEqual(share, {
    from: 0,
    placements: [
      { resource: 'n', units: [[3600, 3900]] },
      { resource: 'n', units: [[0, 300]] },
    ],
  })
  const pair = calendar.earliestFit({
    tasks: 1,
    units: 2000,
    consecutive: true,
    among: ['n'],
    from: 0,
    duration: 10,
  })
  assert.deepEqual(pair, { from: 0, placements: [{ resource: 'n', units: [[0, 2000]] }] })
  const triple = calendar.earliestFit({
    tasks: 1,
    units: 4000,
    consecutive: true,
    among: ['n'],
    from: 0,
    duration: 10,
  })
  assert.deepEqual(triple, { from: 0, placements: [{ resource: 'n', units: [[4000, 8000]] }] })
  const any = calendar.earliestFit({ tasks: 1, units: 7000, among: ['n'], from: 0, duration: 10 })
  assert.deepEqual(any, {
    from: 0,
    placements: [
      {
        resource: 'n',
        units: [
          [0, 3000],
          [4000, 8000],
        ],
      },
    ],
  })
})
