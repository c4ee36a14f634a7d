// How much of resources was taken over time, in buckets of equal length.
import type { Bucket, Claim, Resource } from './types.ts'

/** A claim, or a stretch in which units are out of use. */
export type Use = Claim & { isBlock?: boolean }

/** Units that a claim takes at each moment. */
export function unitsTaken(claim: Claim): number {
  if ('amount' in claim) return claim.amount
  return claim.units.reduce((sum, [from, to]) => sum + to - from, 0)
}

/**
 * Sums unit-milliseconds per bucket over [from, to). Claims on other resources are left out.
 * @param bucketMs positive; the last bucket may be shorter
 */
export function utilisation(
  resources: Iterable<Resource>,
  claims: Iterable<Use>,
  { from, to, bucketMs }: { from: number; to: number; bucketMs: number },
): Bucket[] {
  const wanted = new Map<string, Resource>()
  let units = 0
  for (const resource of resources) {
    wanted.set(resource.id, resource)
    units += resource.units
  }
  const buckets: Bucket[] = []
  for (let start = from; start < to; start += bucketMs) {
    const end = Math.min(start + bucketMs, to)
    buckets.push({ from: start, to: end, taken: 0, blocked: 0, of: units * (end - start) })
  }
  for (const claim of claims) {
    if (!wanted.has(claim.resource)) continue
    const taken = unitsTaken(claim)
    const first = Math.max(0, Math.floor((claim.from - from) / bucketMs))
    for (let nth = first; nth < buckets.length && buckets[nth]!.from < claim.to; nth++) {
      const bucket = buckets[nth]!
      const ms = Math.min(claim.to, bucket.to) - Math.max(claim.from, bucket.from)
      if (ms <= 0) continue
      if (claim.isBlock) bucket.blocked += taken * ms
      else bucket.taken += taken * ms
    }
  }
  return buckets
}
