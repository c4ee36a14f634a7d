// How a payment is split over its sources, captured in part, and rounded; no database needed.

/** Basis points in the whole. */
export const WHOLE = 10_000n

/** Milli-card-milliseconds in one card-hour. */
export const CARD_HOUR = 1_000n * 3_600_000n

/** The most that a share (basis points) allows of an amount; never rounded up. */
export function mostOf(amount: bigint, share: number): bigint {
  return (amount * BigInt(share)) / WHOLE
}

/** Where money may come from; sources are listed in funding order, vouchers first. */
export interface Source {
  account: string
  available: bigint
  /** At most this share of the payment, in basis points; null: no such limit. */
  share: number | null
}

export interface FundingPart {
  account: string
  amount: bigint
  share: number | null
}

/**
 * Takes `needed` from the sources in their order: as much as possible of each before the next.
 * @returns the parts above zero, or what is missing
 */
export function splitFunding(
  sources: readonly Source[],
  needed: bigint,
): { parts: FundingPart[] } | { missing: bigint } {
  let left = needed
  const parts: FundingPart[] = []
  for (const { account, available, share } of sources) {
    const most = share === null ? left : mostOf(needed, share)
    let amount = available
    if (most < amount) amount = most
    if (left < amount) amount = left
    if (amount > 0n) parts.push({ account, amount, share })
    left -= amount
  }
  return left > 0n ? { missing: left } : { parts }
}

export interface HoldPart {
  amount: bigint
  captured: bigint
  released: bigint
  share: number | null
}

/**
 * What each part of a hold gives when `amount` is captured: in funding order, each within its share
 * of everything captured so far. ledger.settle in the database decides the same.
 * @returns one amount per part, or what the hold cannot give
 */
export function splitCapture(
  parts: readonly HoldPart[],
  amount: bigint,
): { takes: bigint[] } | { missing: bigint } {
  const total = parts.reduce((sum, { captured }) => sum + captured, amount)
  let left = amount
  const takes = parts.map(({ amount: held, captured, released, share }) => {
    let take = held - captured - released
    if (left < take) take = left
    if (share !== null) {
      const room = mostOf(total, share) - captured
      if (room < take) take = room
      if (take < 0n) take = 0n
    }
    left -= take
    return take
  })
  return left > 0n ? { missing: left } : { takes }
}

/**
 * The price of metered card time, rounded once, at settlement, in the user's favour (down).
 * @param used milli-card-milliseconds
 * @param hourly price of one card-hour in the smallest unit of money
 */
export function priceOf(used: bigint, hourly: bigint): bigint {
  return (used * hourly) / CARD_HOUR
}
