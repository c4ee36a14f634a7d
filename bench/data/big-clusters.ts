// Large made-up clusters for measuring the scheduling engine.
import type { Pod } from '#engines/replay/openb.ts'
import { CLUSTER } from '#engines/replay/openb.ts'
import { draw } from '#engines/scheduling/seed.ts'
import {
  defaultPolicy,
  type Node,
  type Pending,
  type Policy,
  type Running,
  type Snapshot,
} from '#engines/scheduling/types.ts'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000
const CARDS = 8
const FLAVOR = 'card'

/** Nodes of eight cards with 12 cores a card. */
export const nodesOf = (count: number): Node[] =>
  Array.from({ length: count }, (_, nth) => ({
    id: `node-${String(nth).padStart(5, '0')}`,
    clusterId: CLUSTER,
    flavorId: FLAVOR,
    state: 'ready',
    cards: CARDS,
    cpuMilli: 96_000,
    memoryMib: 768_000,
  }))

/** So many pods, drawn from those given in turn, bound to no model. */
export const podsLike = (pods: readonly Pod[], count: number): Pod[] =>
  Array.from({ length: count }, (_, nth) => {
    return { ...pods[(nth * 7919) % pods.length]!, name: `pod-${nth}`, models: null }
  })

const job = (id: string, queueId: string, milli: number, priority = 0): Pending => ({
  id,
  queueId,
  priority,
  submittedAt: NOW - HOUR,
  gang: { count: 1, milli, cpuMilli: 4_000, memoryMib: 16_000 },
  options: [{ clusterId: CLUSTER, flavorId: FLAVOR, cost: 1, speed: 1, pools: [], refused: null }],
  estimateMs: HOUR,
  limitMs: 2 * HOUR,
  deadline: null,
  preemptible: false,
  gate: null,
  promise: null,
  displacedBy: [],
  charge: null,
})

const queue = (id: string, parentId: string | null, nominal: number | null) => ({
  id,
  parentId,
  weight: 1,
  quotas: nominal === null ? [] : [{ chipClass: FLAVOR, nominal, borrowing: null, lending: null }],
  used: [],
})

const base = {
  now: NOW,
  seed: 1,
  flavors: [{ id: FLAVOR, chipClass: FLAVOR }],
  pools: [],
  budgets: [],
  blocks: [],
  running: [],
  typical: null,
}

interface Case {
  snapshot: Snapshot
  policy: Policy
}

/** Queues in ten cohorts with quotas, jobs of three sizes, room for about two thirds of them. */
export function manyQueues(jobs: number, queues: number): Case {
  const cohorts = Array.from({ length: 10 }, (_, nth) => queue(`cohort-${nth}`, null, null))
  const leaves = Array.from({ length: queues }, (_, nth) => {
    return queue(`queue-${nth}`, `cohort-${nth % 10}`, 40_000)
  })
  const sizes = [1_000, 500, 2_000, 1_000]
  const pending = Array.from({ length: jobs }, (_, nth) => {
    return job(`job-${nth}`, `queue-${nth % queues}`, sizes[nth % sizes.length]!, nth % 3)
  })
  const nodes = nodesOf(5_000)
  return {
    snapshot: { ...base, queues: [...cohorts, ...leaves], nodes, pending },
    policy: defaultPolicy,
  }
}

/** Four fifths of all cards in use, a hundred waiting, each fourth running job shares a card. */
export function bigSnapshot(nodes: number, seed: number): Case {
  let state = seed
  const roll = (below: number) => {
    const drawn = draw(state)
    state = drawn.state
    return Math.floor(drawn.value * below)
  }
  const all = nodesOf(nodes)
  const running: Running[] = []
  for (const node of all) {
    for (let card = 0; card < CARDS; card++) {
      if (roll(5) === 0) continue
      const milli = roll(4) === 0 ? 500 : 1_000
      const { id, queueId, gang } = job(`run-${node.id}-${card}`, `queue-${roll(100)}`, milli)
      const claims = [{ nodeId: node.id, units: [[card * 1_000, card * 1_000 + milli] as const] }]
      const slot = { from: NOW - HOUR, to: NOW + (1 + roll(120)) * 60_000, claims }
      const rest = { preemptible: false, pools: [], charge: null, borrowed: false, leavingBy: null }
      running.push({ id, queueId, priority: 0, gang, slot, ...rest })
    }
  }
  const sizes = [1_000, 470, 4_000, 8_000]
  const pending = Array.from({ length: 100 }, (_, nth) => {
    return job(`job-${nth}`, `queue-${nth}`, sizes[nth % sizes.length]!)
  })
  const queues = Array.from({ length: 100 }, (_, nth) => queue(`queue-${nth}`, null, null))
  return {
    snapshot: { ...base, seed, queues, nodes: all, pending, running },
    policy: defaultPolicy,
  }
}
