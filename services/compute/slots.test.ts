// What capacity is asked to hold: touching cards as one range, and the amount of the quota.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsOf } from './slots.ts'

const place = (resourceId: string, ...units: [number, number][]) => ({
  nodeId: `node of ${resourceId}`,
  node: resourceId,
  resourceId,
  units,
})

test('whole cards side by side are one range, whoever of the gang takes them', () => {
  const places = [
    place('a', [0, 1000], [1000, 2000], [3000, 4000]),
    place('a', [2000, 3000]),
    place('b', [0, 470]),
  ]
  assert.deepEqual(
    claimsOf({ from: 5, to: 9, places, pools: [{ resourceId: 'quota', amount: 4470 }] }),
    [
      { resourceId: 'a', units: [[0, 4000]], from: 5, to: 9 },
      { resourceId: 'b', units: [[0, 470]], from: 5, to: 9 },
      { resourceId: 'quota', amount: 4470, from: 5, to: 9 },
    ],
  )
})
