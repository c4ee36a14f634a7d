// Small worlds for properties: resources, claims that fit, requests; in a calendar and by brute force.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Calendar, OverlapError } from './calendar.ts'
import { BruteForce, HORIZON } from './test-brute-force.ts'
import { type Claim, type FitRequest, FOREVER, type Ranges, type Resource } from './types.ts'

export const ids = ['a', 'b', 'c', 'quota', 'pool'] as const
export const exactIds = ['a', 'b', 'c']

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
export const resources = fc.tuple(
  exact('a'),
  exact('b'),
  exact('c'),
  pooled('quota'),
  pooled('pool'),
)

interface Wish {
  resource: number
  seed: number
  mask: number
  from: number
  length: number
}
export const wishes = fc.array(
  fc.record({
    resource: fc.nat(4),
    seed: fc.nat(30),
    // Many small claims leave shares; large ones leave whole grains.
    mask: fc.oneof(
      fc.integer({ min: 1, max: 0xffff }),
      fc.nat(15).map((unit) => 1 << unit),
    ),
    from: fc.nat(HORIZON - 2),
    length: fc.integer({ min: 1, max: 8 }),
  }),
  { maxLength: 40 },
)

/** Ranges of the units whose bit is set. */
export function rangesOf(units: number, mask: number): Ranges {
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
export function filled(all: Resource[], list: Wish[]) {
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

export const requests: fc.Arbitrary<FitRequest> = fc
  .record(
    {
      tasks: fc.integer({ min: 1, max: 4 }),
      units: fc.integer({ min: 1, max: 5 }),
      consecutive: fc.boolean(),
      among: fc.oneof(
        fc.shuffledSubarray([...exactIds], { minLength: 1 }),
        fc.shuffledSubarray([...exactIds, 'pool'], { minLength: 1 }),
      ),
      also: fc.oneof(
        fc.subarray([
          { resource: 'quota', units: 2 },
          { resource: 'pool', units: 1 },
        ]),
        // One's own part first, the rest from what is shared.
        fc
          .record({ units: fc.integer({ min: 1, max: 5 }), keep: fc.nat(2), own: fc.nat(2) })
          .map(({ units, keep, own }) => [
            { resource: 'quota', units, first: true, keep: own },
            { resource: 'pool', units, keep },
          ]),
      ),
      from: fc.nat(HORIZON - 8),
      latest: fc.integer({ min: 8, max: HORIZON + 6 }),
      duration: fc.integer({ min: 1, max: 9 }),
    },
    { requiredKeys: ['tasks', 'units', 'among', 'from', 'duration'] },
  )
  // A pooled resource is a place or a constraint.
  .filter(({ among, also }) => !also?.some(({ resource }) => among.includes(resource)))
