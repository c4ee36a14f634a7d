// When a job will really start: the scheduler run forward on the live picture, in a worker.
import type { Outlook, Question } from '#engines/scheduling/outlook.ts'
import type { Pending } from '#engines/scheduling/types.ts'
import type { Ctx } from '#platform/context.ts'
import { HOUR_MS } from './parameters.ts'
import type { Parts } from './parts.ts'
import { graceMs } from './quote.ts'
import { type Picture, policy } from './snapshot.ts'
import { store } from './store.ts'

/** Beyond this a guess would be worth less than the promise. */
const HORIZON_MS = 72 * HOUR_MS
/** Futures tried for one job. */
const RUNS = 20
const RECENT = 300

/** Shares of the room booked for them that jobs really ran of late: of all, and of each queue. */
export interface RecentShares {
  shares: number[]
  sharesOf: Map<string, number[]>
}

/** Of a queue with fewer recent jobs not enough is known. */
const ENOUGH = 8

export async function recentShares(ctx: Ctx): Promise<RecentShares> {
  const rows = await store(ctx)
    .selectFrom('compute.workload')
    .select(['queue_id', 'ran_ms', 'limit_ms'])
    .where('outcome', 'in', ['succeeded', 'failed'])
    .orderBy('id', 'desc')
    .limit(RECENT)
    .execute()
  // The room that is booked holds the grace as well.
  const grace = graceMs(ctx.now)
  const known = rows
    .map(({ queue_id: queue, ran_ms: ran, limit_ms: limit }) => ({
      queue,
      share: Math.min(1, Number(ran) / (Number(limit) + grace)),
    }))
    .filter(({ share }) => share > 0)
  const byQueue = Map.groupBy(known, ({ queue }) => queue)
  const sharesOf = [...byQueue]
    .filter(([, own]) => own.length >= ENOUGH)
    .map(([queue, own]) => [queue, own.map(({ share }) => share)] as const)
  return { shares: known.map(({ share }) => share), sharesOf: new Map(sharesOf) }
}

/** One outlook for each job asked about; null where working it out takes longer than this. */
export async function lookAhead(
  parts: Parts,
  { snapshot }: Picture,
  asked: readonly Pending[],
  recent: RecentShares,
  patienceMs: number,
): Promise<Outlook[] | null> {
  const farthest = Math.max(...asked.map(({ promise }) => promise?.from ?? Infinity))
  const question: Question = {
    snapshot,
    policy: policy(new Date(snapshot.now)),
    asked,
    expectations: {
      ...recent,
      runs: RUNS,
      horizonMs: Math.min(HORIZON_MS, Math.max(1, farthest - snapshot.now)),
    },
  }
  const { pools, log } = parts.world
  const module = import.meta.resolve('#engines/scheduling/outlook.ts')
  try {
    return await pools.run(module, 'outlooks', question, AbortSignal.timeout(patienceMs))
  } catch (error) {
    log.warn({ err: error }, 'no outlook')
    return null
  }
}
