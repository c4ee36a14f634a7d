// Room in capacity for a workload: finding the earliest, and writing it down as claims and places.
import { sql } from 'kysely'
import { flatten, unflatten, union } from '#engines/intervals/ranges.ts'
import type { Fit, Ranges } from '#engines/intervals/types.ts'
import type { Ctx } from '#platform/context.ts'
import { Problem } from '#platform/errors.ts'
import { Stale } from '#platform/world.ts'
import type { ClaimInput } from '#services/capacity/index.ts'
import type { NodeRow, Promised, TaskPlace } from './store.ts'

/**
 * Searches for room in this cluster take turns: two that found the same room at once would both
 * have to search again. Taken after any row of money, so that the order of locks is one.
 */
export async function takeTurn(ctx: Pick<Ctx, 'tx'>, clusterId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${clusterId}, 7))`.execute(ctx.tx)
}

/** A fit as places of tasks, each on its node. */
export function placesOf(fit: Fit, nodes: readonly NodeRow[]): TaskPlace[] {
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

/** What capacity holds for a promise: the units of each node, and an amount of the quota. */
export function claimsOf(
  { from, to, places }: Promised,
  quota: { resourceId: string; milli: number },
): ClaimInput[] {
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
  return [...claims, { resourceId: quota.resourceId, amount: quota.milli, from, to }]
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
