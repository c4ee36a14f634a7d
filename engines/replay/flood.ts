// A day of thousands of small organisations, with and without one that submits thousands of jobs.
import { Cycle } from '#engines/scheduling/cycle.ts'
import { Ends } from '#engines/scheduling/ends.ts'
import { draw } from '#engines/scheduling/seed.ts'
import { State } from '#engines/scheduling/state.ts'
import {
  defaultPolicy,
  type Node,
  type Pending,
  type Policy,
  type Queue,
} from '#engines/scheduling/types.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000
const NODES = 40
const CARDS = 8
const FLOODER = 'flooder'
const PROVINCE = 'province'
const PLACE = { clusterId: 'c', flavorId: 'card' }

export interface Flood {
  organisations: number
  /** What the one submits, all at eight in the morning. */
  jobs: number
  seed: number
  order: 'fair' | 'fcfs'
  /** Most of all cards that one organisation may hold at once (its borrowing limit), 0 to 1. */
  most: number
}

export interface FloodFigures {
  /** Milliseconds that 95 % of the small organisations' jobs wait at most. */
  p95WithMs: number
  p95WithoutMs: number
  /** With the flood against without it; a wait below a minute counts as a minute. */
  ratio: number
}

interface Task {
  pending: Pending
  runMs: number
}

function dice(seed: number) {
  let state = seed
  return () => {
    const drawn = draw(state)
    state = drawn.state
    return drawn.value
  }
}

function task(
  id: string,
  queueId: string,
  submittedAt: number,
  milli: number,
  runMs: number,
): Task {
  const limitMs = Math.ceil(1.5 * runMs)
  return {
    runMs,
    pending: {
      id,
      queueId,
      priority: 0,
      submittedAt,
      gang: { count: 1, milli, cpuMilli: 4_000, memoryMib: 16_000 },
      options: [{ ...PLACE, cost: 1, speed: 1, pools: [], refused: null }],
      estimateMs: limitMs,
      limitMs,
      deadline: null,
      preemptible: false,
      gate: null,
      charge: null,
      promise: null,
      displacedBy: [],
    },
  }
}

/** One job a day of each small organisation: 10 to 90 minutes on half a card to two cards. */
function smallOnes({ organisations, seed }: Flood): Task[] {
  const roll = dice(seed)
  return Array.from({ length: organisations }, (_, nth) => {
    const milli = [500, 1_000, 1_000, 2_000][Math.floor(roll() * 4)]!
    const runMs = Math.floor((10 + 80 * roll()) * MINUTE)
    return task(`small-${nth}`, `small-${nth}`, Math.floor(roll() * DAY), milli, runMs)
  })
}

/** Waits of the small organisations' jobs, in milliseconds. */
function waitsOf(tasks: readonly Task[], policy: Policy, most: number): number[] {
  const nodes: Node[] = Array.from({ length: NODES }, (_, nth) => ({
    id: `node-${String(nth).padStart(2, '0')}`,
    ...PLACE,
    state: 'ready',
    cards: CARDS,
    cpuMilli: 96_000,
    memoryMib: 768_000,
  }))
  const all = NODES * CARDS * 1_000
  const quota = { chipClass: 'card', nominal: 0, borrowing: most * all, lending: null }
  const base = { weight: 1, used: [] }
  const province = { ...quota, nominal: all, borrowing: null }
  const queues: Queue[] = [{ ...base, id: PROVINCE, parentId: null, quotas: [province] }]
  for (const id of new Set(tasks.map(({ pending }) => pending.queueId))) {
    queues.push({ ...base, id, parentId: PROVINCE, quotas: [quota] })
  }
  const typical = [500, 1_000, 2_000].map((milli) => {
    return { milli, cpuMilli: 4_000, flavorIds: null, weight: 1 / 3 }
  })
  const flavors = [{ id: PLACE.flavorId, chipClass: 'card' }]
  const rest = { pools: [], budgets: [], blocks: [], pending: [], running: [] }
  const state = new State({ now: 0, seed: 1, flavors, nodes, queues, typical, ...rest }, policy)
  const sorted = [...tasks].sort((a, b) => a.pending.submittedAt - b.pending.submittedAt)
  const runOf = new Map(tasks.map(({ pending, runMs }) => [pending.id, { pending, runMs }]))
  const ends = new Ends()
  const waits: number[] = []
  let next = 0
  while (next < sorted.length || ends.first() < Number.POSITIVE_INFINITY) {
    const arrival = sorted[next]?.pending.submittedAt ?? Number.POSITIVE_INFINITY
    const now = Math.min(arrival, ends.first())
    state.advance(now)
    while (ends.first() <= now) state.suspend(ends.pop().id)
    while (sorted[next] && sorted[next]!.pending.submittedAt <= now) {
      state.submit(sorted[next++]!.pending)
    }
    for (const { workloadId } of new Cycle(state).run().placements) {
      const { pending, runMs } = runOf.get(workloadId)!
      ends.push({ at: now + runMs, id: workloadId })
      if (pending.queueId !== FLOODER) waits.push(now - pending.submittedAt)
    }
  }
  return waits.sort((a, b) => a - b)
}

export function replayFlood(flood: Flood): FloodFigures {
  const policy = { ...defaultPolicy, order: flood.order, explain: false }
  const small = smallOnes(flood)
  const roll = dice(flood.seed + 1)
  const flooding = Array.from({ length: flood.jobs }, (_, nth) => {
    const runMs = Math.floor((10 + 40 * roll()) * MINUTE)
    return task(`flood-${nth}`, FLOODER, 8 * HOUR, 1_000, runMs)
  })
  const p95 = (waits: readonly number[]) => waits[Math.floor(0.95 * (waits.length - 1))]!
  const p95WithoutMs = p95(waitsOf(small, policy, flood.most))
  const p95WithMs = p95(waitsOf([...small, ...flooding], policy, flood.most))
  const ratio = Math.max(MINUTE, p95WithMs) / Math.max(MINUTE, p95WithoutMs)
  return { p95WithMs, p95WithoutMs, ratio }
}
