// A log of jobs as a day to follow, and the policies that replays compare.
import { defaultPolicy, type Pending, type Policy } from '#engines/scheduling/types.ts'
import { type Day, dayOn, UNBOUND } from './course.ts'
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

/** Limits as asked for; where a recorded run is longer, the limit is as long as the run. */
function pendingOf(job: LoggedJob): Pending {
  const limitMs = Math.max(job.requestedMs ?? job.runMs, job.runMs, 1_000)
  return {
    id: job.id,
    queueId: job.user,
    submittedAt: job.submitMs,
    gang: { count: 1, milli: 0, cpuMilli: job.processors, memoryMib: 0 },
    options: [OPTION],
    estimateMs: limitMs,
    limitMs,
    ...UNBOUND,
  }
}

/** The machine as one node without cards: a log counts processors and does not place them. */
export function logDay(log: Log): Day {
  const node = { id: 'machine', ...CLUSTER, state: 'ready' as const, cards: 0 }
  const tasks = log.jobs.map((job) => {
    return { pending: pendingOf(job), runMs: job.runMs, recordedWaitMs: job.waitMs }
  })
  const flavors = [{ id: CLUSTER.flavorId, chipClass: 'processors' }]
  const nodes = [{ ...node, cpuMilli: log.processors, memoryMib: 0 }]
  return dayOn({ flavors, nodes, typical: [] }, tasks)
}
