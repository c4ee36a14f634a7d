// Laws of the calendar, against one that tries every moment and every unit.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Calendar } from './calendar.ts'
import { HORIZON } from './test-brute-force.ts'
import {
  exactIds,
  filled,
  ids,
  rangesOf,
  requests,
  resources,
  wishes,
} from './test-small-worlds.ts'
import type { FitRequest } from './types.ts'

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
