// Who is asked to leave, and that nothing ever goes in circles.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Life } from '../replay/life.ts'
import { schedule } from './schedule.ts'
import {
  assertSound,
  cards,
  HOUR,
  NOW,
  node,
  pending,
  policy,
  queue,
  running,
  slot,
  snapshot,
} from './test-snapshots.ts'
import type { Policy, Snapshot } from './types.ts'

const MINUTE = 60_000
const preemption = { enabled: true, minRuntimeMs: 10 * MINUTE, noticeMs: MINUTE }
const quotas = (nominal: number) => [{ chipClass: 'big', nominal, borrowing: null, lending: null }]
const cohort = [
  queue('city'),
  queue('q1', { parentId: 'city', quotas: quotas(1000) }),
  queue('q2', { parentId: 'city', quotas: quotas(1000) }),
]

function decide(of: Partial<Snapshot>, how: Partial<Policy> = {}) {
  const whole = snapshot(of)
  const decision = schedule(whole, policy({ preemption, ...how }))
  return { ...decision, victims: decision.preemptions.map((one) => one.workloadId) }
}

const runs = (id: string, card: number, minutes: number, changes = {}) =>
  running(id, slot(-minutes * MINUTE, HOUR, cards('n1', card, card + 1)), {
    preemptible: true,
    ...changes,
  })

test('a higher one of the same queue displaces the one with the least to lose', () => {
  const of = {
    nodes: [node('n1', 2)],
    running: [runs('old', 0, 40), runs('young', 1, 20)],
    pending: [pending('urgent', 1000, { priority: 1 })],
  }
  const { preemptions, reservations, placements, reasons } = decide(of)
  assert.deepEqual(
    preemptions.map((one) => [one.workloadId, one.by, one.leavingBy, one.reason.code]),
    [['young', 'urgent', NOW + MINUTE, 'preempted-priority']],
  )
  assert.deepEqual(reservations[0]!.slot, {
    from: NOW + MINUTE,
    to: NOW + MINUTE + HOUR,
    claims: [cards('n1', 1, 2)],
  })
  assert.deepEqual(placements, [])
  const told = new Map(reasons.map((one) => [one.workloadId, one]))
  assert.equal(told.get('urgent')!.reasons[0]!.code, 'others-leaving')
  assert.equal(told.get('young')!.outcome, 'preempted')
})

test('nobody leaves for an equal, before the minimum, against its will, or in vain', () => {
  const of = (job: Parameters<typeof pending>[2], run = {}, minutes = 40) =>
    decide({
      nodes: [node('n1', 1)],
      running: [runs('r', 0, minutes, run)],
      pending: [pending('a', 1000, job)],
    }).victims
  assert.deepEqual(of({ priority: 1 }), ['r'])
  assert.deepEqual(of({}), [])
  assert.deepEqual(of({ priority: 1, queueId: 'q2' }), [], 'priority is a matter of one queue')
  assert.deepEqual(of({ priority: 1 }, {}, 5), [])
  assert.deepEqual(of({ priority: 1 }, { preemptible: false }), [])
  assert.deepEqual(of({ priority: 1 }, { leavingBy: NOW + 5 }), [])
  assert.deepEqual(of({ priority: 1, displacedBy: ['r'] }), [])
  assert.deepEqual(
    of({ priority: 1, gang: { count: 2, milli: 1000, cpuMilli: 0, memoryMib: 0 } }),
    [],
  )
})

test('who borrowed gives back to those whose quota it is, and only what they need', () => {
  const of = (job: Parameters<typeof pending>[2], run = {}) =>
    decide({
      nodes: [node('n1', 2)],
      queues: cohort,
      running: [runs('own', 0, 40), runs('borrower', 1, 40, { borrowed: true, ...run })],
      pending: [pending('a', 1000, { queueId: 'q2', ...job })],
    })
  const { victims, preemptions } = of({})
  assert.deepEqual(victims, ['borrower'])
  assert.equal(preemptions[0]!.reason.code, 'preempted-reclaimed')
  assert.deepEqual(of({}, { borrowed: false }).victims, [])
  const two = { gang: { count: 2, milli: 1000, cpuMilli: 0, memoryMib: 0 } }
  assert.deepEqual(of(two).victims, [], 'it would borrow itself')
})

test('fewest leave: who is not needed stays', () => {
  const { victims } = decide({
    nodes: [node('n1', 1), node('n2', 2)],
    running: [
      runs('small', 0, 15),
      running('big', slot(-40 * MINUTE, HOUR, cards('n2', 0, 2)), {
        preemptible: true,
        gang: { count: 1, milli: 2000, cpuMilli: 0, memoryMib: 0 },
      }),
    ],
    pending: [pending('a', 2000, { priority: 1 })],
  })
  assert.deepEqual(victims, ['big'])
})

test('the one who made room gets it, also when somebody else is first in order', () => {
  const life = new Life(
    snapshot({
      nodes: [node('n1', 1)],
      running: [runs('r', 0, 40)],
      pending: [pending('urgent', 1000, { priority: 1 })],
    }),
    policy({ preemption }),
  )
  life.submit(pending('r2', 1000, { queueId: 'q2' }))
  life.cycle()
  life.end('r')
  life.advance(NOW + MINUTE / 2)
  assert.deepEqual(
    life.cycle().placements.map((one) => one.workloadId),
    ['urgent'],
  )
})

const step = fc.record({
  what: fc.constantFrom('submit', 'submit', 'pass', 'pass', 'end'),
  minutes: fc.integer({ min: 1, max: 30 }),
  queue: fc.constantFrom('q1', 'q2', 'q3'),
  priority: fc.nat(3),
  milli: fc.constantFrom(500, 1000, 2000),
  hours: fc.integer({ min: 1, max: 6 }),
  pick: fc.nat(100),
})

test('nothing goes in circles, and every cycle of a long life is sound', () => {
  let displaced = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), (steps) => {
      const queues = [...cohort, queue('q3', { parentId: 'city', quotas: quotas(2000) })]
      const start = snapshot({ nodes: [node('n1', 2), node('n2', 2)], queues })
      const life = new Life(start, policy({ preemption }))
      const pairs = new Set<string>()
      for (const [nth, one] of steps.entries()) {
        const { now, running: on } = life.snapshot
        if (one.what === 'submit') {
          const limitMs = one.hours * HOUR
          const { queue: queueId, priority } = one
          const job = { queueId, priority, limitMs, estimateMs: limitMs, submittedAt: now }
          life.submit(pending(`w${nth}`, one.milli, { ...job, preemptible: true }))
        } else if (one.what === 'end' && on.length > 0) {
          life.end(on[one.pick % on.length]!.id)
        }
        const before = life.snapshot
        const decision = life.cycle()
        assertSound({ ...before, running: withoutLeaving(before, decision) }, decision)
        for (const { workloadId, by } of decision.preemptions) {
          displaced++
          assert.ok(!pairs.has(`${by} ${workloadId}`), `${workloadId} displaced ${by} before`)
          pairs.add(`${workloadId} ${by}`)
        }
        life.advance(now + one.minutes * MINUTE)
      }
    }),
    { numRuns: 200 },
  )
  assert.ok(displaced > 100, `only ${displaced} were ever displaced`)
})

/** Running ones as the decision leaves them: those asked to leave are gone by then. */
function withoutLeaving(before: Snapshot, decision: ReturnType<Life['cycle']>) {
  const leaving = new Map(decision.preemptions.map((one) => [one.workloadId, one.leavingBy]))
  return before.running.map((one) => {
    const to = Math.min(one.slot.to, leaving.get(one.id) ?? one.leavingBy ?? one.slot.to)
    return { ...one, slot: { ...one.slot, to: Math.max(to, before.now + 1) } }
  })
}
