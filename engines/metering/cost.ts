// What metered accelerator time costs: exact integers, rounded once and in the user's favour.

const MILLI = 1_000n
const MS_PER_HOUR = 3_600_000n
/** One fen (分) in the ledger's 1/10,000 yuan. */
const FEN = 100n

/** Milli-cards times milliseconds, over all tasks of a gang. */
export function cardTime(tasks: number, milli: number, ms: number): bigint {
  return BigInt(tasks) * BigInt(milli) * BigInt(Math.max(0, Math.round(ms)))
}

/**
 * Cost of metered time: down to the fen, so that a part of a fen is never charged.
 * @param metered milli-card-milliseconds
 * @param price 1/10,000 yuan per card-hour
 * @returns 1/10,000 yuan, a whole number of fen
 */
export function cost(metered: bigint, price: bigint): bigint {
  return ((metered * price) / (MILLI * MS_PER_HOUR) / FEN) * FEN
}

/**
 * The most that time up to a limit can cost: what is set aside. Up to the fen, so that it always
 * covers `cost` of the same or less time.
 */
export function mostCost(metered: bigint, price: bigint): bigint {
  const unit = MILLI * MS_PER_HOUR * FEN
  return ((metered * price + unit - 1n) / unit) * FEN
}

/**
 * Card-hours as people read them: four decimals (a third of a second of a card), so that times the
 * price they give the amount; never rounded up.
 */
export function cardHours(metered: bigint): string {
  const parts = (metered * 10_000n) / (MILLI * MS_PER_HOUR)
  return `${parts / 10_000n}.${String(parts % 10_000n).padStart(4, '0')}`
}

/** The tax contained in a total, at a rate in basis points; rounded to the fen, half up. */
export function taxWithin(total: bigint, rate: number): bigint {
  const exact = total * BigInt(rate)
  const of = BigInt(10_000 + rate) * FEN
  return ((exact + of / 2n) / of) * FEN
}
