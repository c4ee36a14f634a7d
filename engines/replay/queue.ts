// Replays a log of jobs through the engine on a virtual clock and measures how long they waited.
import { Cycle } from '#engines/scheduling/cycle.ts'
import { Ends } from '#engines/scheduling/ends.ts'
import { State } from '#engines/scheduling/state.ts'
import {
  defaultPolicy,
  type Pending,
  type Policy,
  type Snapshot,
} from '#engines/scheduling/types.ts'
import type { Log, LoggedJob } from './swf.ts'

export type QueuePolicy = 'fcfs' | 'easy' | 'easy-sjf' | 'fair' | 'kapok'
export const queuePolicies: readonly QueuePolicy[] = ['fcfs', 'easy', 'easy-sjf', 'fair', 'kapok']

const DAY = 86_400_000
const replayed = { ...defaultPolicy, score: 'bestfit' as const, explain: false, depth: 2_000 }

export const policyOf: Record<QueuePolicy, Policy> = {
  fcfs: { ...replayed, order: 'fcfs', backfill: false, reservations: 0 },
  easy: { ...replayed, order: 'fcfs', reservations: 1 },
  'easy-sjf': { ...replayed, order: 'sjf', reservations: 1 },
  fair: { ...replayed, order: 'fair', halfLifeMs: DAY, reservations: 1 },
  kapok: {
    ...replayed,
    order: 'fair',
    within: 'short',
    halfLifeMs: DAY,
    reservations: 1,
    patienceMs: 10 * DAY,
  },
}

const CLUSTER = { clusterId: 'log', flavorId: 'processors' }
const OPTION = { ...CLUSTER, cost: 0, speed: 1, pools: [], refused: null }

/** The machine as one node without cards: a log counts processors and does not place them. */
export function emptyMachine(log: Log): Snapshot {
  const queue = { parentId: null, weight: 1, quotas: [], used: [] }
  const node = { id: 'machine', ...CLUSTER, state: 'ready' as const, cards: 0 }
  return {
    now: 0,
    seed: 1,
    flavors: [{ id: CLUSTER.flavorId, chipClass: 'processors' }],
    nodes: [{ ...node, cpuMilli: log.processors, memoryMib: 0 }],
    queues: [...new Set(log.jobs.map((job) => job.user))].map((id) => ({ ...queue, id })),
    pools: [],
    budgets: [],
    blocks: [],
    pending: [],
    running: [],
    typical: [],
  }
}

/** Limits as asked for; where a recorded run is longer, the limit is as long as the run. */
export function pendingOf(job: LoggedJob): Pending {
  const limitMs = Math.max(job.requestedMs ?? job.runMs, job.runMs, 1_000)
  return {
    id: job.id,
    queueId: job.user,
    priority: 0,
    submittedAt: job.submitMs,
    gang: { count: 1, milli: 0, cpuMilli: job.processors, memoryMib: 0 },
    options: [OPTION],
    estimateMs: limitMs,
    limitMs,
    deadline: null,
    preemptible: false,
    gate: null,
    charge: null,
    promise: null,
    displacedBy: [],
  }
}

export interface Waits {
  jobs: readonly LoggedJob[]
  /** Of each job, in milliseconds. */
  waits: Float64Array
  /** Share of processor time in use from the first submission to the last end. */
  utilisation: number
}

/** Looks on while a log is replayed. */
export interface Watcher {
  /** After each cycle: who came with it, and who started. */
  cycle(state: State, came: readonly LoggedJob[], started: readonly LoggedJob[]): void
  /** A job is over; how long it ran is known from now on. */
  ended(job: LoggedJob, now: number): void
}

/** Every job of the log, to the last end. */
export function replayQueue(log: Log, policy: Policy, watcher?: Watcher): Waits {
  const jobs = [...log.jobs].sort((a, b) => a.submitMs - b.submitMs)
  const state = new State(emptyMachine(log), policy)
  const waits = new Float64Array(jobs.length)
  const numberOf = new Map(jobs.map((job, nth) => [job.id, nth]))
  const ends = new Ends()
  let next = 0
  let busy = 0
  let now = 0
  while (next < jobs.length || ends.first() < Number.POSITIVE_INFINITY) {
    now = Math.min(jobs[next]?.submitMs ?? Number.POSITIVE_INFINITY, ends.first())
    state.advance(now)
    while (ends.first() <= now) {
      const { id } = ends.pop()
      state.suspend(id)
      watcher?.ended(jobs[numberOf.get(id)!]!, now)
    }
    const before = next
    while (jobs[next] && jobs[next]!.submitMs <= now) state.submit(pendingOf(jobs[next++]!))
    const started: LoggedJob[] = []
    for (const { workloadId } of new Cycle(state).run().placements) {
      const nth = numberOf.get(workloadId)!
      const job = jobs[nth]!
      started.push(job)
      waits[nth] = now - job.submitMs
      busy += job.runMs * job.processors
      ends.push({ at: now + job.runMs, id: workloadId })
    }
    watcher?.cycle(state, jobs.slice(before, next), started)
  }
  const span = now - jobs[0]!.submitMs
  return { jobs, waits, utilisation: busy / (span * log.processors) }
}

const FLOOR_MS = 10_000

export interface QueueFigures {
  jobs: number
  meanWaitSeconds: number
  p50WaitSeconds: number
  p95WaitSeconds: number
  meanBoundedSlowdown: number
  utilisation: number
  /** Jain's index over users of the mean of 1 / slowdown: 1 when all were slowed down alike. */
  fairness: number
}

export function boundedSlowdown(waitMs: number, runMs: number): number {
  return Math.max(1, (waitMs + runMs) / Math.max(runMs, FLOOR_MS))
}

export function figuresOf({ jobs, waits, utilisation }: Waits): QueueFigures {
  const sorted = waits.toSorted()
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]! / 1_000
  const users = new Map<string, { sum: number; count: number }>()
  let slowdowns = 0
  for (const [nth, { user, runMs }] of jobs.entries()) {
    const slowdown = boundedSlowdown(waits[nth]!, runMs)
    slowdowns += slowdown
    const of = users.get(user) ?? { sum: 0, count: 0 }
    users.set(user, { sum: of.sum + 1 / slowdown, count: of.count + 1 })
  }
  const means = [...users.values()].map(({ sum, count }) => sum / count)
  const total = means.reduce((sum, mean) => sum + mean, 0)
  const squares = means.reduce((sum, mean) => sum + mean * mean, 0)
  return {
    jobs: jobs.length,
    meanWaitSeconds: waits.reduce((sum, wait) => sum + wait, 0) / jobs.length / 1_000,
    p50WaitSeconds: at(0.5),
    p95WaitSeconds: at(0.95),
    meanBoundedSlowdown: slowdowns / jobs.length,
    utilisation,
    fairness: total ** 2 / (means.length * squares),
  }
}
