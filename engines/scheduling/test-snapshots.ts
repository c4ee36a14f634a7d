// Builds small snapshots for tests, and checks any decision against the rules that always hold.
import assert from 'node:assert/strict'
import type {
  Decision,
  Gang,
  Node,
  Option,
  Pending,
  Policy,
  Running,
  Slot,
  Snapshot,
} from './types.ts'
import { defaultPolicy, MILLI } from './types.ts'

export const NOW = 1_800_000_000_000
export const HOUR = 3_600_000

export const policy = (changes: Partial<Policy> = {}): Policy => ({ ...defaultPolicy, ...changes })

export const node = (id: string, cards: number, changes: Partial<Node> = {}): Node => ({
  id,
  clusterId: 'c1',
  flavorId: 'f1',
  state: 'ready',
  cards,
  cpuMilli: 64_000,
  memoryMib: 256_000,
  ...changes,
})

export const gang = (milli: number, count = 1, changes: Partial<Gang> = {}): Gang => ({
  count,
  milli,
  cpuMilli: 1_000,
  memoryMib: 1_000,
  ...changes,
})

export const option = (changes: Partial<Option> = {}): Option => ({
  clusterId: 'c1',
  flavorId: 'f1',
  cost: 1,
  speed: 1,
  pools: [],
  refused: null,
  ...changes,
})

export const pending = (id: string, milli: number, changes: Partial<Pending> = {}): Pending => ({
  id,
  queueId: 'q1',
  priority: 0,
  submittedAt: NOW,
  gang: gang(milli),
  options: [option()],
  estimateMs: HOUR,
  limitMs: HOUR,
  deadline: null,
  preemptible: false,
  gate: null,
  charge: null,
  promise: null,
  displacedBy: [],
  ...changes,
})

/** Units of whole cards [from, to). */
export const cards = (nodeId: string, from: number, to: number) => ({
  nodeId,
  units: [[from * MILLI, to * MILLI] as const],
})

export const slot = (from: number, to: number, ...claims: Slot['claims'][number][]): Slot => ({
  from: NOW + from,
  to: NOW + to,
  claims,
})

export const running = (id: string, at: Slot, changes: Partial<Running> = {}): Running => ({
  id,
  queueId: 'q1',
  priority: 0,
  preemptible: false,
  gang: gang(MILLI),
  slot: at,
  pools: [],
  charge: null,
  borrowed: false,
  leavingBy: null,
  ...changes,
})

export const queue = (id: string, changes: Partial<Snapshot['queues'][number]> = {}) => ({
  id,
  parentId: null,
  weight: 1,
  quotas: [],
  used: [],
  ...changes,
})

export const snapshot = (changes: Partial<Snapshot>): Snapshot => ({
  now: NOW,
  seed: 1,
  flavors: [
    { id: 'f1', chipClass: 'big' },
    { id: 'f2', chipClass: 'small' },
  ],
  nodes: [],
  queues: [queue('q1'), queue('q2')],
  pools: [],
  budgets: [],
  blocks: [],
  pending: [],
  running: [],
  typical: null,
  ...changes,
})

interface Held {
  owner: string
  slot: Slot
  gang: Gang
}

const overlap = (a: Slot, b: Slot) => a.from < b.to && b.from < a.to

function assertDisjoint(held: readonly Held[]): void {
  for (const [i, a] of held.entries()) {
    for (const b of held.slice(i)) {
      if (a !== b && !overlap(a.slot, b.slot)) continue
      for (const [x, one] of a.slot.claims.entries()) {
        for (const [y, other] of b.slot.claims.entries()) {
          if ((a === b && x >= y) || one.nodeId !== other.nodeId) continue
          const clash = one.units.some(([c, d]) => other.units.some(([e, f]) => c < f && e < d))
          assert.ok(!clash, `${a.owner} and ${b.owner} overlap on ${one.nodeId}`)
        }
      }
    }
  }
}

function assertCores(held: readonly Held[], { nodes }: Snapshot): void {
  for (const { slot: at } of held) {
    for (const { id, cpuMilli, memoryMib } of nodes) {
      const here = held
        .filter((one) => one.slot.from <= at.from && at.from < one.slot.to)
        .flatMap((one) => one.slot.claims.filter((c) => c.nodeId === id).map(() => one.gang))
      const sum = (of: (g: Gang) => number) => here.reduce((total, g) => total + of(g), 0)
      assert.ok(sum((g) => g.cpuMilli) <= cpuMilli, `cores of ${id}`)
      assert.ok(sum((g) => g.memoryMib) <= memoryMib, `memory of ${id}`)
    }
  }
}

/** No unit twice, cores and memory kept, gangs whole, shape of claims right, promises untouched. */
export function assertSound(of: Snapshot, decision: Decision): void {
  const waits = new Map(of.pending.map((one) => [one.id, one]))
  const placed = new Set(decision.placements.map((one) => one.workloadId))
  for (const { workloadId, slot: at, clusterId, flavorId } of decision.placements) {
    const { gang: wanted } = waits.get(workloadId)!
    assert.equal(at.claims.length, wanted.count, 'all of a gang')
    for (const { nodeId, units } of at.claims) {
      const on = of.nodes.find((one) => one.id === nodeId)!
      assert.equal(on.state, 'ready')
      assert.deepEqual([on.clusterId, on.flavorId], [clusterId, flavorId])
      const milli = units.reduce((sum, [from, to]) => sum + to - from, 0)
      const whole = wanted.milli > MILLI ? Math.ceil(wanted.milli / MILLI) * MILLI : wanted.milli
      assert.equal(milli, whole)
      if (wanted.milli <= MILLI) {
        const onCards = new Set(units.flatMap(([from, to]) => [from / MILLI, (to - 1) / MILLI]))
        assert.ok(new Set([...onCards].map(Math.floor)).size <= 1, 'a share lies on one card')
      } else {
        assert.ok(units.every(([from, to]) => from % MILLI === 0 && to % MILLI === 0))
      }
    }
  }
  const late = (at: Slot) => ({ ...at, to: Math.max(at.to, of.now + 1) })
  const held: Held[] = [
    ...of.running.map((one) => ({ owner: one.id, slot: late(one.slot), gang: one.gang })),
    ...of.pending
      .filter((one) => one.promise && !placed.has(one.id))
      .map((one) => ({ owner: one.id, slot: one.promise!, gang: one.gang })),
    ...[...decision.placements, ...decision.reservations].map((one) => ({
      owner: one.workloadId,
      slot: one.slot,
      gang: waits.get(one.workloadId)!.gang,
    })),
  ]
  assertDisjoint(held)
  assertCores(held, of)
}
