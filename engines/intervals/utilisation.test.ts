// Utilisation against a sum over every moment.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FOREVER, type Resource } from './types.ts'
import { type Use, utilisation } from './utilisation.ts'

const resource = (id: string, units: number): Resource => ({
  id,
  mode: 'exact',
  units,
  grain: 1,
  openUntil: FOREVER,
})
const uses = fc.array(
  fc
    .record({
      resource: fc.constantFrom('a', 'b', 'elsewhere'),
      low: fc.nat(3),
      size: fc.integer({ min: 1, max: 4 }),
      from: fc.nat(40),
      length: fc.integer({ min: 1, max: 30 }),
      isBlock: fc.boolean(),
    })
    .map(
      ({ resource, low, size, from, length, isBlock }): Use => ({
        id: `${resource}-${from}`,
        resource,
        units: [[low, low + size]],
        from,
        to: from + length,
        isBlock,
      }),
    ),
  { maxLength: 12 },
)

test('each bucket holds what was taken, blocked and there in it', () => {
  const resources = [resource('a', 4), resource('b', 6)]
  const numbers = fc.record({
    from: fc.nat(30),
    length: fc.integer({ min: 1, max: 40 }),
    bucketMs: fc.integer({ min: 1, max: 15 }),
  })
  fc.assert(
    fc.property(uses, numbers, (all, { from, length, bucketMs }) => {
      const to = from + length
      const buckets = utilisation(resources, all, { from, to, bucketMs })
      assert.equal(buckets[0]!.from, from)
      assert.equal(buckets.at(-1)!.to, to)
      for (const [nth, bucket] of buckets.entries()) {
        if (nth > 0) assert.equal(bucket.from, buckets[nth - 1]!.to)
        let [taken, blocked] = [0, 0]
        for (let at = bucket.from; at < bucket.to; at++) {
          for (const use of all) {
            if (use.resource === 'elsewhere' || at < use.from || at >= use.to) continue
            if (!('units' in use)) continue
            const size = use.units[0]![1] - use.units[0]![0]
            if (use.isBlock) blocked += size
            else taken += size
          }
        }
        const of = 10 * (bucket.to - bucket.from)
        assert.deepEqual(bucket, { from: bucket.from, to: bucket.to, taken, blocked, of })
      }
    }),
  )
})
