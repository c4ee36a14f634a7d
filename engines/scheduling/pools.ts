// What a workload takes of each pool: its own part first, the rest from those that follow.
import type { PoolNeed, Share } from './types.ts'

/** A pool that has less free than is needed of it; null: it is not known. */
export interface Short {
  poolId: string
  units: number
  free: number | null
}

/** @param freeOf units of a pool that stay free as long as they are needed; undefined: no such pool */
export function drawFrom(
  pools: readonly PoolNeed[],
  freeOf: (poolId: string) => number | undefined,
): { shares: Share[] } | { short: Short } {
  const shares: Share[] = []
  let taken = 0
  for (const { poolId, units, first } of pools) {
    const rest = units - taken
    if (rest <= 0) continue
    const free = freeOf(poolId)
    if (free === undefined) return { short: { poolId, units: rest, free: null } }
    if (!first && free < rest) return { short: { poolId, units: rest, free } }
    const part = first ? Math.min(rest, Math.max(0, free)) : rest
    if (first) taken += part
    if (part > 0) shares.push({ poolId, units: part })
  }
  return { shares }
}
