// The first best of a ranking is what looking at every score finds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Ranking } from './ranking.ts'

test('first and able agree with a plain array through any changes', () => {
  const change = fc.tuple(fc.nat(199), fc.integer({ min: -1, max: 5 }))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 400, size: 'max' }), (changes) => {
      const ranking = new Ranking(200)
      const plain: number[] = Array(200).fill(-1)
      for (const [at, score] of changes) {
        ranking.set(at, score)
        plain[at] = score
        const most = Math.max(...plain)
        assert.equal(ranking.first(), most < 0 ? -1 : plain.indexOf(most))
      }
      const able = plain.flatMap((score, at) => (score >= 0 ? [at] : []))
      assert.deepEqual([...ranking.able()], able)
    }),
    { numRuns: 50 },
  )
  assert.equal(new Ranking(0).first(), -1)
})
