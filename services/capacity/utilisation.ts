// How much of resources was in use, from the claims as they stand: what was given back is cut off.
import type { Bucket } from '#engines/intervals/types.ts'
import { utilisation } from '#engines/intervals/utilisation.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { findResources } from './resources.ts'
import { takenOf } from './views.ts'

const MOST_BUCKETS = 10_000

export interface UtilisationQuery {
  resourceIds: readonly string[]
  /** Milliseconds since 1970. */
  from: number
  to: number
  bucketMs: number
}

/**
 * Unit-milliseconds taken, blocked and there, per bucket. What lies in the future is booked, not used.
 * @throws capacity.period
 */
export async function utilisationOf(
  ctx: Pick<Ctx, 'tx'>,
  { resourceIds, from, to, bucketMs }: UtilisationQuery,
): Promise<Bucket[]> {
  if (from >= to || bucketMs < 1 || (to - from) / bucketMs > MOST_BUCKETS) {
    throw problem('capacity.period', { from, to })
  }
  const resources = await findResources(ctx, resourceIds)
  const taken = await takenOf(ctx, resourceIds, { from, to })
  const uses = taken.map((claim) => ({ ...claim, isBlock: claim.kind === 'block' }))
  return utilisation(resources.values(), uses, { from, to, bucketMs })
}
