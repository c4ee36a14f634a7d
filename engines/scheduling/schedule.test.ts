// What the scheduler decides on small snapshots, one rule a test.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schedule } from './schedule.ts'
import {
  assertSound,
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
import type { Pending, Policy, Snapshot } from './types.ts'

function decide(of: Partial<Snapshot>, how: Partial<Policy> = {}) {
  const whole = snapshot(of)
  const decision = schedule(whole, policy(how))
  assertSound(whole, decision)
  const started = decision.placements.map((one) => one.workloadId)
  const why = (id: string) => decision.reasons.find((one) => one.workloadId === id)!
  return { ...decision, started, why }
}

test('shares of one card are packed on it, whole cards stay whole', () => {
  const { placements, started } = decide({
    nodes: [node('n1', 2)],
    pending: [pending('a', 470), pending('b', 500), pending('c', 1000)],
  })
  assert.deepEqual(started, ['a', 'b', 'c'])
  assert.deepEqual(
    placements.map((one) => one.slot.claims[0]!.units),
    [[[0, 470]], [[470, 970]], [[1000, 2000]]],
  )
})

test('a gang starts whole or not at all, and says how many would fit', () => {
  const nodes = [node('n1', 2), node('n2', 2)]
  const four = pending('a', 1000, { gang: gang(1000, 4) })
  assert.deepEqual(decide({ nodes, pending: [four] }).started, ['a'])
  const one = running('r', slot(-HOUR, HOUR, cards('n1', 0, 1)))
  const { started, why } = decide({ nodes, pending: [four], running: [one] })
  assert.deepEqual(started, [])
  assert.deepEqual(why('a').reasons[0], {
    code: 'no-room',
    params: { count: 4, fitting: 3, needMilli: 1000, largestMilli: 2000 },
  })
})

test('what can never fit says the largest possible', () => {
  const nodes = [node('n1', 2), node('n2', 2, { state: 'draining' })]
  const { why } = decide({
    nodes,
    pending: [
      pending('gang', 1000, { gang: gang(1000, 5) }),
      pending('task', 3000),
      pending('drained', 1000, { gang: gang(1000, 3) }),
    ],
  })
  assert.deepEqual(why('gang').reasons[0], {
    code: 'gang-too-large',
    params: { count: 5, largest: 2 },
  })
  assert.deepEqual(why('task').reasons[0], {
    code: 'task-too-large',
    params: { needMilli: 3000, largestMilli: 2000 },
  })
  assert.deepEqual(why('drained').reasons[0], { code: 'drained', params: { nodes: 1, of: 2 } })
})

test('a job starts before its promise where that breaks no other promise', () => {
  const nodes = [node('n1', 1)]
  const soon = slot(2 * HOUR, 3 * HOUR, cards('n1', 0, 1))
  const later = slot(3 * HOUR, 4 * HOUR, cards('n1', 0, 1))
  const first = pending('first', 1000, { promise: soon })
  const own = pending('own', 1000, { promise: later, queueId: 'q2', submittedAt: NOW + 1 })
  const { started } = decide({ nodes, pending: [first, own] })
  assert.deepEqual(started, ['first'], 'the older one of two empty queues')
  const long = { ...own, limitMs: 3 * HOUR, promise: slot(3 * HOUR, 6 * HOUR, cards('n1', 0, 1)) }
  const other = { ...first, gate: { code: 'funds', params: {} } }
  const blocked = decide({ nodes, pending: [other, long] })
  assert.deepEqual(blocked.started, [])
  assert.deepEqual(blocked.why('own').reasons[0], {
    code: 'promised-to-others',
    params: { limitMs: 3 * HOUR, longestMs: 2 * HOUR },
  })
  assert.equal(blocked.why('own').startsBy, NOW + 3 * HOUR)
  assert.deepEqual(blocked.why('first').reasons[0]!.code, 'funds')
})

test('its own promise is no obstacle to starting earlier', () => {
  const promise = slot(HOUR / 2, 2 * HOUR, cards('n1', 0, 1))
  const { placements } = decide({
    nodes: [node('n1', 1)],
    pending: [pending('a', 1000, { promise })],
  })
  assert.equal(placements[0]!.slot.from, NOW)
})

test('a due promise starts before all others, in its own place', () => {
  const promise = slot(-5, HOUR, cards('n1', 1, 2))
  const { placements, why } = decide({
    nodes: [node('n1', 2)],
    pending: [
      pending('other', 2000, { priority: 9 }),
      pending('due', 1000, { promise, queueId: 'q2' }),
    ],
  })
  assert.equal(placements.length, 1)
  assert.deepEqual(placements[0]!.slot, { from: NOW, to: NOW + HOUR, claims: promise.claims })
  assert.equal(why('due').reasons[0]!.code, 'promise-due')
})

test('a promise on a node that went away is void, and the job goes elsewhere', () => {
  const promise = slot(HOUR, 2 * HOUR, cards('n1', 0, 1))
  const { placements } = decide({
    nodes: [node('n1', 1, { state: 'down' }), node('n2', 1)],
    pending: [pending('a', 1000, { promise })],
  })
  assert.equal(placements[0]!.slot.claims[0]!.nodeId, 'n2')
})

test('the head keeps its room: others pass it only where they do not delay it', () => {
  const nodes = [node('n1', 2)]
  const held = running('r', slot(-HOUR, HOUR, cards('n1', 0, 1)))
  const waiting = [
    pending('head', 2000),
    pending('long', 1000, { submittedAt: NOW + 1, limitMs: 2 * HOUR }),
    pending('short', 1000, { submittedAt: NOW + 2 }),
  ]
  const easy = decide({ nodes, running: [held], pending: waiting })
  assert.deepEqual(easy.started, ['short'])
  assert.deepEqual(
    easy.reservations.map((one) => [one.workloadId, one.slot.from]),
    [['head', NOW + HOUR]],
  )
  assert.equal(easy.why('head').startsBy, NOW + HOUR)
  const strict = decide({ nodes, running: [held], pending: waiting }, { backfill: false })
  assert.deepEqual(strict.started, [])
  assert.equal(strict.why('short').reasons[0]!.code, 'behind-in-order')
  const greedy = decide({ nodes, running: [held], pending: waiting }, { reservations: 0 })
  assert.deepEqual(greedy.started, ['long'])
})

test('whoever has waited longest has room kept, whatever its share, once patience ends', () => {
  const used = [{ chipClass: 'big', milliMs: 1_000_000 * HOUR }]
  const after = (waitedHours: number) =>
    decide(
      {
        nodes: [node('n1', 4)],
        // q1 used much: under fair share every job of q2 comes before its large one.
        queues: [queue('q1', { used }), queue('q2')],
        running: [running('r', slot(0, HOUR, cards('n1', 0, 2)), { queueId: 'q2' })],
        pending: [
          pending('large', 4_000, { submittedAt: NOW - waitedHours * HOUR }),
          pending('long', 2_000, { queueId: 'q2', limitMs: 3 * HOUR, estimateMs: 3 * HOUR }),
        ],
      },
      { patienceMs: 10 * HOUR },
    )
  const early = after(9)
  assert.deepEqual([early.started, early.reservations], [['long'], []])
  const late = after(10)
  assert.deepEqual(late.started, [])
  const kept = late.reservations.map(({ workloadId, slot }) => [workloadId, slot.from])
  assert.deepEqual(kept, [['large', NOW + HOUR]])
  assert.deepEqual([late.why('large').position, late.why('long').position], [1, 2])
})

test('one that has waited long and may not start keeps no room from others', () => {
  const gate = { code: 'no-funds', params: {} }
  const { started } = decide(
    {
      nodes: [node('n1', 1)],
      pending: [
        pending('poor', 1_000, { submittedAt: NOW - 9 * HOUR, gate }),
        pending('next', 1_000, { queueId: 'q2' }),
      ],
    },
    { patienceMs: HOUR },
  )
  assert.deepEqual(started, ['next'])
})

test('turns go to the queue that used least for its weight', () => {
  const nodes = [node('n1', 3)]
  const used = [{ chipClass: 'big', milliMs: 1000 * HOUR }]
  const waiting = ['1', '2', '3'].flatMap((nth) => [
    pending(`a${nth}`, 1000, { submittedAt: NOW - 10 }),
    pending(`b${nth}`, 1000, { queueId: 'q2' }),
  ])
  const at = (queues: Snapshot['queues']) => decide({ nodes, queues, pending: waiting }).started
  assert.deepEqual(at([queue('q1'), queue('q2')]), ['a1', 'b1', 'a2'])
  assert.deepEqual(at([queue('q1', { used }), queue('q2')]), ['b1', 'a1', 'b2'])
  assert.deepEqual(at([queue('q1'), queue('q2', { weight: 3 })]), ['a1', 'b1', 'b2'])
})

test('priority counts within a queue only', () => {
  const { started } = decide({
    nodes: [node('n1', 2)],
    pending: [
      pending('low', 1000),
      pending('high', 1000, { priority: 9, submittedAt: NOW + 5 }),
      pending('other', 1000, { queueId: 'q2', submittedAt: NOW + 9 }),
    ],
  })
  assert.deepEqual(started, ['high', 'other'])
})

test('quota: nominal, borrowed from the cohort up to the limit, and not what is not lent', () => {
  const quotas = (nominal: number, borrowing: number | null, lending: number | null) => [
    { chipClass: 'big', nominal, borrowing, lending },
  ]
  const nodes = [node('n1', 8)]
  const waiting = ['1', '2', '3', '4', '5', '6'].map((nth) => pending(nth, 1000))
  const of = (mine: Snapshot['queues'][number]['quotas'], theirs: typeof mine) =>
    decide({
      nodes,
      queues: [
        queue('city'),
        queue('q1', { parentId: 'city', quotas: mine }),
        queue('q2', { parentId: 'city', quotas: theirs }),
      ],
      pending: waiting,
    })
  assert.equal(of(quotas(2000, 0, null), quotas(4000, null, null)).started.length, 2)
  assert.equal(of(quotas(2000, 1000, null), quotas(4000, null, null)).started.length, 3)
  assert.equal(of(quotas(2000, null, null), quotas(4000, null, null)).started.length, 6)
  const lent = of(quotas(2000, null, null), quotas(4000, null, 1000))
  assert.equal(lent.started.length, 3)
  assert.deepEqual(
    lent.placements.map((one) => one.borrowed),
    [false, false, true],
  )
  assert.deepEqual(lent.why('4').reasons[0], {
    code: 'quota',
    params: {
      queue: 'q1',
      chipClass: 'big',
      needMilli: 1000,
      availableMilli: 0,
      nominalMilli: 2000,
      usedMilli: 3000,
    },
  })
})

test('a pool counts over the whole time, with what is promised', () => {
  const pools = [{ id: 'p', units: 1000 }]
  const inPool = [option({ pools: [{ poolId: 'p', units: 1000 }] })]
  const promise = slot(HOUR / 2, 2 * HOUR, cards('n1', 0, 1))
  const { started, why } = decide({
    nodes: [node('n1', 2)],
    pools,
    pending: [
      pending('held', 1000, { options: inPool, promise, gate: { code: 'funds', params: {} } }),
      pending('other', 1000, { options: inPool }),
    ],
  })
  assert.deepEqual(started, [])
  assert.deepEqual(why('other').reasons[0], {
    code: 'pool',
    params: { pool: 'p', needUnits: 1000, freeUnits: 0 },
  })
})

test('of several pools the first gives what it has, those after it the rest', () => {
  const pools = ['own', 'common'].map((id) => ({ id, units: 2000 }))
  const need = (units: number) => [
    option({
      pools: [
        { poolId: 'own', units, first: true },
        { poolId: 'common', units },
      ],
    }),
  ]
  const { placements, started, why } = decide({
    nodes: [node('n1', 8)],
    pools,
    running: [
      running('runs', slot(-HOUR, HOUR, cards('n1', 0, 1)), {
        pools: [{ poolId: 'own', units: 1000 }],
      }),
    ],
    pending: [
      // Holds for later what is left of both; it starts now, in its own way.
      pending('moves', 1000, {
        options: need(1000),
        promise: {
          ...slot(HOUR / 2, 2 * HOUR, cards('n1', 1, 2)),
          pools: [{ poolId: 'common', units: 1000 }],
        },
      }),
      pending('large', 3000, { options: need(3000) }),
      pending('rest', 2000, { options: need(2000) }),
    ],
  })
  const taken = (id: string) => placements.find(({ workloadId }) => workloadId === id)?.pools
  assert.deepEqual(started, ['moves', 'rest'])
  assert.deepEqual(taken('moves'), [{ poolId: 'own', units: 1000 }])
  assert.deepEqual(taken('rest'), [{ poolId: 'common', units: 2000 }])
  assert.deepEqual(why('large').reasons[0], {
    code: 'pool',
    params: { pool: 'common', needUnits: 3000, freeUnits: 0 },
  })
})

test('the cheapest option that has room wins; waiting for a cheaper one has its price', () => {
  const nodes = [node('n1', 1), node('n2', 1, { clusterId: 'c2', flavorId: 'f2' })]
  const options = [option({ cost: 10 }), option({ clusterId: 'c2', flavorId: 'f2', cost: 12 })]
  const both = pending('a', 1000, { options })
  const free = decide({ nodes, pending: [both] })
  assert.equal(free.placements[0]!.clusterId, 'c1')
  assert.deepEqual(free.why('a').alternatives[0]!.reason, {
    code: 'dearer',
    params: { cost: 12, chosen: 10 },
  })
  const busy = [running('r', slot(-HOUR, HOUR, cards('n1', 0, 1)))]
  const patient = decide({ nodes, running: busy, pending: [both] })
  assert.deepEqual(patient.started, [])
  assert.equal(patient.reservations[0]!.slot.from, NOW + HOUR)
  const hurried = decide({ nodes, running: busy, pending: [both] }, { waitCost: 3 / HOUR })
  assert.equal(hurried.placements[0]!.clusterId, 'c2')
})

test('a deadline that cannot be met is said, a slower flavor takes longer', () => {
  const options = [option({ speed: 0.5 })]
  const { why } = decide({
    nodes: [node('n1', 1)],
    pending: [pending('a', 1000, { options, deadline: NOW + HOUR })],
  })
  assert.deepEqual(why('a').reasons[0], {
    code: 'deadline-impossible',
    params: { deadline: NOW + HOUR, earliestEnd: NOW + 2 * HOUR },
  })
})

test('cores and memory bound as cards do', () => {
  const nodes = [node('n1', 4, { cpuMilli: 2_000 })]
  const waiting = ['a', 'b', 'c'].map((id) => pending(id, 1000))
  assert.deepEqual(decide({ nodes, pending: waiting }).started, ['a', 'b'])
})

test('maintenance is room that nobody gets', () => {
  const blocks = [{ nodeId: 'n1', units: null, from: NOW + HOUR / 2, to: NOW + HOUR }]
  const nodes = [node('n1', 1)]
  assert.deepEqual(decide({ nodes, blocks, pending: [pending('a', 1000)] }).started, [])
  const short = pending('a', 1000, { limitMs: HOUR / 2, estimateMs: HOUR / 2 })
  assert.deepEqual(decide({ nodes, blocks, pending: [short] }).started, ['a'])
})

test('where one queue alone waits, its first keeps the room, however long others have waited', () => {
  const nodes = [node('a', 2)]
  const busy = running('r', slot(0, HOUR, cards('a', 0, 1)))
  const wide = (id: string, changes: Partial<Pending>) =>
    pending(id, 2_000, { limitMs: 4 * HOUR, estimateMs: 4 * HOUR, ...changes })
  const old = wide('old', { submittedAt: NOW - 50 * HOUR })
  const short = wide('short', { limitMs: 2 * HOUR, estimateMs: 2 * HOUR })
  const how = policy({ within: 'short', patienceMs: 10 * HOUR })
  const kept = (waiting: Pending[]) =>
    schedule(snapshot({ nodes, pending: waiting, running: [busy] }), how).reservations.map(
      ({ workloadId }) => workloadId,
    )
  assert.deepEqual(kept([old, short]), ['short'])
  assert.deepEqual(kept([old, { ...short, queueId: 'q2' }]), ['old'])
})
