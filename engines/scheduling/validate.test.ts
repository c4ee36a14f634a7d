// Bad input is refused with a code and what it is about, before anything is decided.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SnapshotError } from './errors.ts'
import { schedule } from './schedule.ts'
import { State } from './state.ts'
import {
  cards,
  gang,
  HOUR,
  NOW,
  node,
  option,
  pending,
  policy,
  queue,
  running,
  slot,
  snapshot,
} from './test-snapshots.ts'
import type { Policy, Snapshot } from './types.ts'

function codeOf(of: Partial<Snapshot>, how: Partial<Policy> = {}): string {
  try {
    schedule(snapshot({ nodes: [node('n1', 2)], ...of }), policy(how))
  } catch (error) {
    assert.ok(error instanceof SnapshotError, String(error))
    return error.code
  }
  return 'accepted'
}

const quota = (nominal: number, borrowing: number | null = null) => [
  { chipClass: 'big', nominal, borrowing, lending: null },
]

test('what contradicts itself is refused', () => {
  const waits = (changes: Parameters<typeof pending>[2]) => ({
    pending: [pending('a', 1000, changes)],
  })
  const cases: [string, Partial<Snapshot>][] = [
    ['accepted', waits({})],
    ['now-not-integer', { now: Number.NaN }],
    ['node-twice', { nodes: [node('n1', 1), node('n1', 2)] }],
    ['node-negative', { nodes: [node('n1', -1)] }],
    ['quota-negative', { queues: [queue('q1', { quotas: quota(-1) })] }],
    ['quota-negative', { queues: [queue('q1', { quotas: quota(1, -1) })] }],
    ['weight-not-positive', { queues: [queue('q1', { weight: 0 })] }],
    ['queue-twice', { queues: [queue('q1'), queue('q1')] }],
    ['queue-unknown', waits({ queueId: 'q9' })],
    ['cohort-unknown', { queues: [queue('q1', { parentId: 'nobody' })] }],
    [
      'cohort-cycle',
      { queues: [queue('a', { parentId: 'b' }), queue('b', { parentId: 'a' }), queue('q1')] },
    ],
    ['gang-empty', waits({ gang: gang(1000, 0) })],
    ['gang-empty', waits({ gang: gang(1000, 1.5) })],
    ['need-negative', waits({ gang: gang(-1) })],
    ['need-nothing', waits({ gang: gang(0, 1, { cpuMilli: 0, memoryMib: 0 }) })],
    ['estimate-not-positive', waits({ estimateMs: 0 })],
    ['limit-not-positive', waits({ limitMs: Number.NaN })],
    ['speed-not-positive', waits({ options: [option({ speed: 0 })] })],
    ['cost-not-finite', waits({ options: [option({ cost: Number.POSITIVE_INFINITY })] })],
    ['flavor-unknown', waits({ options: [option({ flavorId: 'f9' })] })],
    ['workload-twice', { pending: [pending('a', 1000), pending('a', 1000)] }],
    ['slot-empty', waits({ promise: slot(HOUR, HOUR, cards('n1', 0, 1)) })],
    ['units-outside', waits({ promise: slot(0, HOUR, cards('n1', 1, 3)) })],
    ['node-unknown', { running: [running('r', slot(0, HOUR, cards('n9', 0, 1)))] }],
    ['node-unknown', { blocks: [{ nodeId: 'n9', units: null, from: 0, to: 1 }] }],
  ]
  for (const [code, of] of cases) assert.equal(codeOf(of), code, JSON.stringify(of))
})

test('a policy that makes no sense is refused', () => {
  assert.equal(codeOf({}, { order: 'whim' as 'fair' }), 'order-unknown')
  assert.equal(codeOf({}, { score: 'whim' as 'fgd' }), 'score-unknown')
  assert.equal(codeOf({}, { halfLifeMs: 0 }), 'half-life-not-positive')
  assert.equal(codeOf({}, { reservations: -1 }), 'depth-not-positive')
  assert.equal(codeOf({}, { depth: 0 }), 'depth-not-positive')
  assert.equal(codeOf({}, { patienceMs: -1 }), 'patience-negative')
  assert.equal(codeOf({}, { waitCost: -1 }), 'wait-cost-negative')
})

test('a clock that was moved, or a job past its limit, frees nothing before it has ended', () => {
  const over = running('r', slot(-2 * HOUR, -HOUR, cards('n1', 0, 1)))
  const decision = schedule(
    snapshot({ nodes: [node('n1', 1)], running: [over], pending: [pending('a', 1000)] }),
    policy(),
  )
  assert.deepEqual(decision.placements, [])
  const later = running('r', slot(HOUR, 2 * HOUR, cards('n1', 0, 1)))
  const backwards = schedule(
    snapshot({ nodes: [node('n1', 1)], running: [later], pending: [pending('a', 1000)] }),
    policy(),
  )
  assert.deepEqual(backwards.placements, [], 'it runs, whatever the clock says')
})

test('the clock of a running state never goes back', () => {
  const state = new State(snapshot({ nodes: [node('n1', 1)] }), policy())
  state.advance(NOW + HOUR)
  state.advance(NOW + HOUR)
  assert.throws(() => state.advance(NOW), /clock-backwards/)
})
