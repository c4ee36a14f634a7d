// What holds for every snapshot, against a calendar so plain that it can be read at a glance.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { schedule } from './schedule.ts'
import {
  assertSound,
  gang,
  HOUR,
  NOW,
  node,
  pending,
  policy,
  queue,
  running,
  snapshot,
} from './test-snapshots.ts'
import type { Claim, Pending, Running, Slot, Snapshot, Units } from './types.ts'
import { MILLI } from './types.ts'

const QUARTER = 250
const HORIZON = 12

/** Quarter cards by hour, one node; and cores in use by hour. */
interface Grid {
  units: boolean[][]
  cpu: number[]
}

interface Ask {
  node: number
  /** First quarter of the node that it would take. */
  at: number
  quarters: number
  from: number
  hours: number
  as: 'running' | 'promise' | 'pending'
  count: number
  queue: string
  cpu: number
  priority: number
}

const ask: fc.Arbitrary<Ask> = fc.record({
  node: fc.nat(3),
  at: fc.nat(15),
  quarters: fc.constantFrom(1, 2, 3, 4, 8, 12),
  from: fc.nat(8),
  hours: fc.integer({ min: 1, max: 4 }),
  as: fc.constantFrom('running', 'promise', 'pending', 'pending'),
  count: fc.constantFrom(1, 1, 1, 2, 3),
  queue: fc.constantFrom('q1', 'q2', 'q3'),
  cpu: fc.constantFrom(0, 1000, 2000),
  priority: fc.nat(2),
})

const gridOf = (cards: number): Grid => ({
  units: Array.from({ length: HORIZON * 2 }, () => Array(cards * 4).fill(false)),
  cpu: Array(HORIZON * 2).fill(0),
})

/** Takes quarters [at, at + n) for the hours, or says that it cannot. */
function take(grid: Grid, of: Ask, from: number, cpuOf: number): Units[] | null {
  const whole = of.quarters >= 4
  const cards = grid.units[0]!.length
  const at = whole ? Math.floor(of.at / 4) * 4 : of.at
  if (at + of.quarters > cards) return null
  if (!whole && Math.floor(at / 4) !== Math.floor((at + of.quarters - 1) / 4)) return null
  const hours = Array.from({ length: of.hours }, (_, hour) => from + hour)
  const quarters = Array.from({ length: of.quarters }, (_, quarter) => at + quarter)
  if (hours.some((hour) => quarters.some((quarter) => grid.units[hour]![quarter]))) return null
  if (hours.some((hour) => grid.cpu[hour]! + of.cpu > cpuOf)) return null
  for (const hour of hours) {
    grid.cpu[hour]! += of.cpu
    for (const quarter of quarters) grid.units[hour]![quarter] = true
  }
  return [[at * QUARTER, (at + of.quarters) * QUARTER]]
}

function build(sizes: readonly number[], asks: readonly Ask[], cpuMilli: number): Snapshot {
  const nodes = sizes.map((cards, n) => node(`n${n}`, cards, { cpuMilli }))
  const grids = sizes.map(gridOf)
  const waits: Pending[] = []
  const runs: Running[] = []
  for (const [nth, of] of asks.entries()) {
    const id = `w${nth}`
    const g = gang(of.quarters * QUARTER, of.count, { cpuMilli: of.cpu, memoryMib: 1 })
    const limitMs = of.hours * HOUR
    const base = { gang: g, queueId: of.queue, priority: of.priority }
    const wait = { ...base, limitMs, estimateMs: limitMs, submittedAt: NOW - nth }
    if (of.as === 'pending') {
      waits.push(pending(id, 0, wait))
      continue
    }
    const n = of.node % sizes.length
    const from = of.as === 'running' ? 0 : of.from + 1
    const units = take(grids[n]!, of, from, cpuMilli)
    if (!units) continue
    const single = { ...g, count: 1 }
    const claims = [{ nodeId: `n${n}`, units }]
    const at = { from: NOW + from * HOUR, to: NOW + (from + of.hours) * HOUR, claims }
    if (of.as === 'running') runs.push(running(id, at, { ...base, gang: single }))
    else waits.push(pending(id, 0, { ...wait, gang: single, promise: at }))
  }
  return snapshot({
    nodes,
    queues: ['q1', 'q2', 'q3'].map((id) => queue(id)),
    pending: waits,
    running: runs,
  })
}

const worlds = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
    fc.array(ask, { minLength: 4, maxLength: 30, size: 'max' }),
    fc.constantFrom(4_000, 64_000),
  )
  .map(([sizes, asks, cpu]) => build(sizes, asks, cpu))

const policies = fc.record({
  order: fc.constantFrom('fair' as const, 'fcfs' as const, 'sjf' as const),
  score: fc.constantFrom('kapok' as const, 'fgd' as const, 'bestfit' as const, 'random' as const),
  patienceMs: fc.constantFrom(null, null, 0, 10),
  reservations: fc.nat(3),
  backfill: fc.boolean(),
})

/** How many tasks of a gang have room now for their whole time, by looking at every quarter hour. */
function roomFor(of: Pending, world: Snapshot, held: readonly { slot: Slot; cpu: number }[]) {
  const to = NOW + of.limitMs
  let tasks = 0
  for (const { id, cards, cpuMilli } of world.nodes) {
    const here = held.flatMap(({ slot: at, cpu }) =>
      at.claims.filter((claim) => claim.nodeId === id).map((claim: Claim) => ({ at, claim, cpu })),
    )
    let able = Number.POSITIVE_INFINITY
    for (let time = NOW; time < to; time += HOUR) {
      const used = here.filter(({ at }) => at.from <= time && time < at.to)
      const left = cpuMilli - used.reduce((sum, { cpu }) => sum + cpu, 0)
      if (of.gang.cpuMilli > 0) able = Math.min(able, Math.floor(left / of.gang.cpuMilli))
    }
    const free = (unit: number) =>
      here.every(
        ({ at, claim }) =>
          at.from >= to || at.to <= NOW || claim.units.every(([a, b]) => unit < a || unit >= b),
      )
    const perCard = Array.from({ length: cards }, (_, card) =>
      [0, 1, 2, 3].map((q) => free(card * MILLI + q * QUARTER)).filter(Boolean),
    ).map((quarters) => quarters.length * QUARTER)
    const each = Math.min(of.gang.milli, MILLI)
    const slots = perCard.reduce((sum, milli) => sum + Math.floor(milli / each), 0)
    tasks += Math.min(able, Math.floor(slots / Math.ceil(of.gang.milli / MILLI)))
  }
  return tasks
}

test('no unit twice, gangs whole, promises kept, everybody has a reason', () => {
  fc.assert(
    fc.property(worlds, policies, (world, how) => {
      const decision = schedule(world, policy(how))
      assertSound(world, decision)
      const told = decision.reasons.map((one) => one.workloadId).sort()
      assert.deepEqual(told, world.pending.map((one) => one.id).sort())
      for (const one of decision.reasons) assert.ok(one.reasons.length > 0)
    }),
    { numRuns: 1_000 },
  )
})

test('the same snapshot gives the same answer, in whatever order its parts are listed', () => {
  fc.assert(
    fc.property(worlds, policies, (world, how) => {
      const before = JSON.stringify(world)
      const first = schedule(world, policy(how))
      assert.equal(JSON.stringify(world), before, 'the snapshot is only read')
      const again = schedule(
        {
          ...(JSON.parse(before) as Snapshot),
          nodes: world.nodes.toReversed(),
          pending: world.pending.toReversed(),
          running: world.running.toReversed(),
          queues: world.queues.toReversed(),
        },
        policy(how),
      )
      assert.deepEqual(again, first)
    }),
    { numRuns: 400 },
  )
})

test('nobody waits who has room: what is left waiting fits nowhere, by the plain calendar', () => {
  fc.assert(
    fc.property(worlds, policies, (world, how) => {
      const decision = schedule(world, policy({ ...how, backfill: true }))
      const placed = new Set(decision.placements.map((one) => one.workloadId))
      const wanted = new Map(world.pending.map((one) => [one.id, one]))
      const cpuOf = (id: string) => wanted.get(id)!.gang.cpuMilli
      const held = (except: string) => [
        ...world.running.map((one) => ({ slot: one.slot, cpu: one.gang.cpuMilli })),
        ...[...decision.placements, ...decision.reservations]
          .filter((one) => one.workloadId !== except)
          .map((one) => ({ slot: one.slot, cpu: cpuOf(one.workloadId) })),
        ...world.pending
          .filter((one) => one.promise && one.id !== except && !placed.has(one.id))
          .map((one) => ({ slot: one.promise!, cpu: one.gang.cpuMilli })),
      ]
      // A promise that was given back within the cycle may open room for the next cycle only.
      if (world.pending.some((one) => one.promise && placed.has(one.id))) return
      for (const one of world.pending) {
        if (placed.has(one.id)) continue
        const tasks = roomFor(one, world, held(one.id))
        assert.ok(tasks < one.gang.count, `${one.id} has room for ${tasks} of ${one.gang.count}`)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('reserved room is the earliest: at no hour before would the head have fitted', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const decision = schedule(world, policy({ order: 'fcfs', reservations: 1 }))
      const [reservation] = decision.reservations
      if (!reservation) return
      const placed = new Set(decision.placements.map((one) => one.workloadId))
      const head = world.pending.find((one) => one.id === reservation.workloadId)!
      const wanted = new Map(world.pending.map((one) => [one.id, one]))
      // Who came after the head was fitted around it, so only who came before counts.
      const ahead = (id: string) => wanted.get(id)!.submittedAt <= head.submittedAt
      for (let from = NOW; from < reservation.slot.from; from += HOUR) {
        const shifted = (slot: Slot): Slot => ({
          ...slot,
          from: slot.from - (from - NOW),
          to: slot.to - (from - NOW),
        })
        const held = [
          ...world.running.map((one) => ({ slot: shifted(one.slot), cpu: one.gang.cpuMilli })),
          ...decision.placements
            .filter((one) => ahead(one.workloadId))
            .map((one) => ({
              slot: shifted(one.slot),
              cpu: wanted.get(one.workloadId)!.gang.cpuMilli,
            })),
          ...world.pending
            .filter((one) => one.promise && !(placed.has(one.id) && ahead(one.id)))
            .map((one) => ({ slot: shifted(one.promise!), cpu: one.gang.cpuMilli })),
        ]
        assert.ok(roomFor(head, world, held) < head.gang.count, `fits at ${(from - NOW) / HOUR}`)
      }
    }),
    { numRuns: 1_000 },
  )
})
