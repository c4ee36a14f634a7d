// A day of the platform as it is published, without names, turned into a day to follow.
import { type Day, dayOn, UNBOUND } from './course.ts'

/** Times in seconds; `at` from midnight. Users and flavors by their number in the lists. */
export interface PublishedJob {
  user: number
  flavor: number
  at: number
  waited: number
  ran: number
  limit: number
  expected: number
  tasks: number
  /** Of each task, in thousandths of a card. */
  milli: number
  priority: number
}

export interface PublishedDay {
  flavors: readonly { chipClass: string; nodes: readonly number[] }[]
  jobs: readonly PublishedJob[]
}

const SECOND = 1_000

/** Every job stays on the kind of machine that it ran on; each organisation weighs the same. */
export function publishedDay({ flavors, jobs }: PublishedDay): Day {
  const nodes = flavors.flatMap(({ nodes: all }, flavor) =>
    all.map((cards, nth) => ({
      id: `${flavor}-${String(nth).padStart(4, '0')}`,
      clusterId: String(flavor),
      flavorId: String(flavor),
      state: 'ready' as const,
      cards,
      cpuMilli: 0,
      memoryMib: 0,
    })),
  )
  const tasks = jobs.map((job, nth) => {
    const place = { clusterId: String(job.flavor), flavorId: String(job.flavor) }
    const limitMs = Math.max(job.limit, job.ran, 1) * SECOND
    return {
      runMs: job.ran * SECOND,
      recordedWaitMs: job.waited * SECOND,
      pending: {
        id: String(nth + 1),
        queueId: String(job.user),
        submittedAt: job.at * SECOND,
        gang: { count: job.tasks, milli: job.milli, cpuMilli: 0, memoryMib: 0 },
        options: [{ ...place, cost: 0, speed: 1, pools: [], refused: null }],
        estimateMs: Math.min(Math.max(job.expected, 1) * SECOND, limitMs),
        limitMs,
        ...UNBOUND,
        priority: job.priority,
      },
    }
  })
  const kinds = flavors.map(({ chipClass }, nth) => ({ id: String(nth), chipClass }))
  return dayOn({ flavors: kinds, nodes, typical: null }, tasks)
}
