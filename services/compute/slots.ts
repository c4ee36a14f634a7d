// Room in capacity for a workload: finding the earliest, and writing it down as claims and places.
import { sql } from 'kysely'
import { flatten, unflatten, union } from '#engines/intervals/ranges.ts'
import type { Fit, Ranges } from '#engines/intervals/types.ts'
import type { Ctx } from '#platform/context.ts'
import { Problem } from '#platform/errors.ts'
import { Stale } from '#platform/world.ts'
import type { ClaimInput } from '#services/capacity/index.ts'
import type { Draw } from './pools.ts'
import type { NodeRow, Promised, TaskPlace } from './store.ts'

/**
 * Searches for room in this cluster take turns: two that found the same room at once would both
 * have to search again. Taken after any row of money, so that the order of locks is one.
 */
export async function takeTurn(ctx: Pick<Ctx, 'tx'>, clusterId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${clusterId}, 7))`.execute(ctx.tx)
}

/** A fit as places of tasks, each on its node. */
function placesOf(fit: Fit, nodes: readonly NodeRow[]): TaskPlace[] {
  const byResource = new Map(nodes.map((node) => [node.resource_id, node]))
  return fit.placements.map((taking) => {
    const node = byResource.get(taking.resource)!
    const units = 'units' in taking ? taking.units : []
    return {
      nodeId: node.id,
      node: node.name,
      resourceId: node.resource_id,
      units: units.map(([from, to]): [number, number] => [from, to]),
    }
  })
}

/** The room that was found for a gang of so much, as it is promised. */
export function promiseOf(
  fit: Fit,
  of: { duration: number; milli: number; nodes: readonly NodeRow[]; draws: readonly Draw[] },
): Promised {
  // A pool that was made just now has no other claims: all of it can be had.
  const fresh = of.draws.filter((draw) => draw.fresh)
  const pools = [
    ...fresh.map(({ resourceId }) => ({ resourceId, amount: of.milli })),
    ...(fit.drawn ?? []).map(({ resource, amount }) => ({ resourceId: resource, amount })),
  ]
  return {
    from: fit.from,
    to: fit.from + of.duration,
    places: placesOf(fit, of.nodes),
    pools: pools.filter(({ amount }) => amount > 0),
  }
}

/** What capacity holds for a promise: the units of each node, and an amount of each pool. */
export function claimsOf({ from, to, places, pools }: Promised): ClaimInput[] {
  const perNode = new Map<string, readonly number[]>()
  for (const { resourceId, units } of places) {
    // One after the other: ranges that touch (whole cards side by side) become one.
    const taken = units.reduce<readonly number[]>(
      (sum, range) => union(sum, flatten([range])),
      perNode.get(resourceId) ?? [],
    )
    perNode.set(resourceId, taken)
  }
  const claims = [...perNode].map(
    ([resourceId, units]): ClaimInput => ({
      resourceId,
      units: unflatten(units) as Ranges,
      from,
      to,
    }),
  )
  return [...claims, ...pools.map((share) => ({ ...share, from, to }))]
}

/** Somebody was faster than the picture this was decided on: decide again. */
export async function unlessTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Problem && error.code === 'capacity.taken') throw new Stale(error)
    throw error
  }
}
