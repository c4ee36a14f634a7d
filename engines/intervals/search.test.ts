// The earliest fit, against trying every moment and every unit.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Calendar } from './calendar.ts'
import { BruteForce, HORIZON } from './test-brute-force.ts'
import { filled, requests, resources, wishes } from './test-small-worlds.ts'
import { type Claim, type FitRequest, FOREVER } from './types.ts'

test('the earliest fit is the earliest, lies on free units, and each task is whole', () => {
  let [found, none, split] = [0, 0, 0]
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
      const drawn = fit.drawn?.map(({ amount }) => amount) ?? []
      assert.deepEqual(drawn, brute.drawn(request, fit.from))
      if (drawn.length > 1 && request.also![0]!.first && drawn[0]! > 0 && drawn[1]! > 0) split++
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
  assert.ok(
    found > 1_000 && none > 300 && split > 50,
    `${found} found, ${none} none, ${split} split`,
  )
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

test('room is what fits at a start, and stays so until it says', () => {
  fc.assert(
    fc.property(resources, wishes, requests, (all, list, request) => {
      const { calendar, brute } = filled(all, list)
      const need = { ...request, consecutive: request.consecutive ?? false }
      for (const { id } of all) {
        for (let start = request.from; start < HORIZON; start++) {
          const { tasks, until } = calendar.room(id, need, start)
          assert.ok(until > start)
          for (let at = start; at < Math.min(until, HORIZON + 2); at++) {
            assert.equal(brute.tasksOn(id, request, at), tasks, `${id} at ${at} from ${start}`)
          }
        }
      }
    }),
    { numRuns: 500 },
  )
})

/** What of `also` would be too small even if nothing were taken. */
function short(empty: BruteForce, { also = [] }: FitRequest) {
  let own = 0
  for (const one of also) {
    const size = Math.max(0, empty.resource(one.resource).units - (one.keep ?? 0))
    if (one.first) own += size
    else if (one.units - own > size) return one
  }
  return undefined
}

test('why nothing fits: too large, a quota, or no time; and the largest that would', () => {
  fc.assert(
    fc.property(resources, wishes, requests, (all, list, request) => {
      const { calendar } = filled(all, list)
      const fit = calendar.earliestFit(request)
      if (!('none' in fit)) return
      const open = all.map((resource) => ({ ...resource, openUntil: FOREVER }))
      const empty = new BruteForce(open)
      const most = request.among.reduce((sum, id) => sum + empty.tasksOn(id, request, 0), 0)
      const quota = short(empty, request)
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
