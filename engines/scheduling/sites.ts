// What each site offers a job, folded into the engine's options: hourly price, data to move, latency.
import { gangMilli, MILLI, type Option, type Pending, type PoolNeed, type Reason } from './types.ts'

const HOUR_MS = 3_600_000
const GIB = 2 ** 30

/** From this moment on, in any unit of money per card-hour; the last one holds on. */
export interface PriceStep {
  from: number
  perCardHour: number
}

/** The way from a place where data lie. */
export interface Link {
  bytesPerSecond: number
  costPerGib: number
}

/** One cluster and flavor as its site offers it. */
export interface SiteOffer {
  siteId: string
  clusterId: string
  flavorId: string
  /** Measured speed against the flavor that estimate and limit were stated for. */
  speed: number
  /** In the order of time; the first is in force already. */
  prices: readonly PriceStep[]
  /** Milliseconds there and back, by place; a place that is missing is not known. */
  latencyMs: ReadonlyMap<string, number>
  /** By place; what lies at the site itself need not be moved. */
  links: ReadonlyMap<string, Link>
  pools: readonly PoolNeed[]
}

/** What a job asks of sites, beside its gang and times. */
export interface Wish extends Pick<Pending, 'gang' | 'estimateMs'> {
  data: readonly { at: string; bytes: number }[]
  /** Its users are there, and may wait so long for an answer; null: no matter. */
  latency: { place: string; mostMs: number } | null
}

export interface Offered {
  option: Option
  /** Before it can start there, its data have to arrive. */
  stagingMs: number
}

/** What a card costs through [from, to), each hour at its own price. */
export function priceOver(prices: readonly PriceStep[], from: number, to: number): number {
  return prices.reduce((sum, { from: start, perCardHour }, nth) => {
    const end = prices[nth + 1]?.from ?? Number.POSITIVE_INFINITY
    // Before the first step nothing else is known than the first price.
    const since = nth === 0 ? from : Math.max(from, start)
    return sum + (perCardHour * Math.max(0, Math.min(to, end) - since)) / HOUR_MS
  }, 0)
}

function latencyReason({ latency }: Wish, { latencyMs }: SiteOffer): Reason | null {
  if (!latency) return null
  const { place, mostMs } = latency
  const known = latencyMs.get(place)
  if (known === undefined) return { code: 'latency-unknown', params: { place } }
  return known <= mostMs ? null : { code: 'latency-above', params: { place, ms: known, mostMs } }
}

/**
 * One offer as an option: its cost is the price of the cards for the expected run, from when the
 * data are there, and what moving them costs. Data come over all links at once.
 */
export function offered(wish: Wish, offer: SiteOffer, now: number): Offered {
  const { clusterId, flavorId, speed, pools } = offer
  let refused = latencyReason(wish, offer)
  let moving = 0
  const secondsFrom = new Map<string, number>()
  for (const { at, bytes } of wish.data) {
    if (at === offer.siteId || bytes === 0) continue
    const link = offer.links.get(at)
    if (!link) {
      refused ??= { code: 'data-unreachable', params: { place: at } }
      continue
    }
    moving += (bytes / GIB) * link.costPerGib
    secondsFrom.set(at, (secondsFrom.get(at) ?? 0) + bytes / link.bytesPerSecond)
  }
  const stagingMs = Math.ceil(1_000 * Math.max(0, ...secondsFrom.values()))
  const start = now + stagingMs
  const cards = gangMilli(wish.gang) / MILLI
  const running = cards * priceOver(offer.prices, start, start + wish.estimateMs / speed)
  const cost = Math.ceil(running + moving)
  return { option: { clusterId, flavorId, cost, speed, pools, refused }, stagingMs }
}
