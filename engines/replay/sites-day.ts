// A day over three sites: what it costs when the scheduler knows prices, data and latency, or not.
import { draw } from '#engines/scheduling/seed.ts'
import { offered, priceOver, type SiteOffer, type Wish } from '#engines/scheduling/sites.ts'
import { defaultPolicy, gangMilli, MILLI, type Option } from '#engines/scheduling/types.ts'
import { type Day, dayOn, follow, type Task, UNBOUND } from './course.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const GIB = 2 ** 30
/** 10 Gbit/s between any two sites. */
const BYTES_PER_SECOND = 1.25e9
/** Money is in 1/10,000 yuan. Prices, distances and sizes are examples, made up for this day. */
const YUAN = 10_000
const COST_PER_GIB = 0.05 * YUAN
/** What an hour of waiting is worth, so that a dearer site is taken at some point. */
const WAIT_COST_PER_HOUR = 5 * YUAN

const SITES = [
  { id: 'shaoguan', nodes: 24, price: 8, latency: 7 },
  { id: 'guangzhou', nodes: 12, price: 10, latency: 3 },
  { id: 'shenzhen', nodes: 6, price: 12, latency: 1 },
] as const
const CARDS = 8
const FLAVOR = 'card'
const USERS = 50

/** Cheap at night, dear in the afternoon and evening. */
const hourFactor = (hour: number) => (hour < 8 ? 0.6 : hour >= 14 && hour < 22 ? 1.4 : 1)

export type SiteChoice = 'blind' | 'price' | 'all'
export const siteChoices: readonly SiteChoice[] = ['blind', 'price', 'all']

export interface SitesFigures {
  jobs: number
  neverStarted: number
  /** Cards at the price of their hours, and data that were moved, in yuan. */
  cardsYuan: number
  dataYuan: number
  movedGib: number
  /** Jobs that run farther from their users than they may. */
  boundsBroken: number
  meanWaitMinutes: number
}

const offers: readonly SiteOffer[] = SITES.map(({ id, price, latency }) => ({
  siteId: id,
  clusterId: id,
  flavorId: FLAVOR,
  speed: 1,
  prices: Array.from({ length: 48 }, (_, hour) => ({
    from: hour * HOUR,
    perCardHour: price * YUAN * hourFactor(hour % 24),
  })),
  latencyMs: new Map([['shenzhen-users', latency]]),
  links: new Map(
    SITES.map((other) => [
      other.id,
      { bytesPerSecond: BYTES_PER_SECOND, costPerGib: COST_PER_GIB },
    ]),
  ),
  pools: [],
}))

interface Asked {
  wish: Wish
  submittedAt: number
  user: string
}

function askedOf(jobs: number, seed: number): Asked[] {
  let luck = draw(seed)
  const roll = () => {
    luck = draw(luck.state)
    return luck.value
  }
  return Array.from({ length: jobs }, () => {
    const milli = [1_000, 1_000, 2_000, 8_000][Math.floor(roll() * 4)]!
    const estimateMs = Math.floor((10 + 170 * roll()) * MINUTE)
    const at = SITES[Math.floor(roll() * SITES.length)]!.id
    const bytes = roll() < 0.6 ? Math.floor((50 + 1_950 * roll()) * GIB) : 0
    const bound = roll() < 0.25
    return {
      submittedAt: Math.floor(roll() * DAY),
      user: `user-${Math.floor(roll() * USERS)}`,
      wish: {
        gang: { count: 1, milli, cpuMilli: 0, memoryMib: 0 },
        estimateMs,
        data: [{ at, bytes }],
        latency: bound ? { place: 'shenzhen-users', mostMs: 3 } : null,
      },
    }
  })
}

/** The options of a job as far as the scheduler is told of them. */
function optionsOf({ wish, submittedAt }: Asked, choice: SiteChoice): Option[] {
  return offers.map((offer) => {
    const told = choice === 'all' ? wish : { ...wish, data: [], latency: null }
    const { option } = offered(told, offer, submittedAt)
    return choice === 'blind' ? { ...option, cost: 0 } : option
  })
}

function dayOf(asked: readonly Asked[], choice: SiteChoice): Day {
  const nodes = SITES.flatMap(({ id, nodes: count }) =>
    Array.from({ length: count }, (_, nth) => ({
      id: `${id}-${String(nth).padStart(2, '0')}`,
      clusterId: id,
      flavorId: FLAVOR,
      state: 'ready' as const,
      cards: CARDS,
      cpuMilli: 0,
      memoryMib: 0,
    })),
  )
  const tasks = asked.map((one, nth): Task => {
    const { wish, submittedAt, user } = one
    return {
      runMs: wish.estimateMs,
      recordedWaitMs: null,
      pending: {
        id: String(nth),
        queueId: user,
        submittedAt,
        gang: wish.gang,
        options: optionsOf(one, choice),
        estimateMs: wish.estimateMs,
        limitMs: 2 * wish.estimateMs,
        ...UNBOUND,
      },
    }
  })
  const flavors = [{ id: FLAVOR, chipClass: FLAVOR }]
  return dayOn({ flavors, nodes, typical: null }, tasks)
}

/** What really came of it, by the true prices at the hours in which the jobs ran. */
export function replaySites(jobs: number, seed: number, choice: SiteChoice): SitesFigures {
  const asked = askedOf(jobs, seed)
  const waitCost = WAIT_COST_PER_HOUR / HOUR
  const policy = { ...defaultPolicy, explain: false, waitCost }
  const { tasks, waits, clusters } = follow(dayOf(asked, choice), policy)
  const figures = { cardsYuan: 0, dataYuan: 0, movedGib: 0, boundsBroken: 0 }
  let waited = 0
  let started = 0
  for (const [nth, { pending, runMs }] of tasks.entries()) {
    const offer = offers.find(({ clusterId }) => clusterId === clusters[nth])
    if (!offer) continue
    const { wish } = asked[Number(pending.id)]!
    const from = pending.submittedAt + waits[nth]!
    const cards = gangMilli(wish.gang) / MILLI
    figures.cardsYuan += (cards * priceOver(offer.prices, from, from + runMs)) / YUAN
    for (const { at, bytes } of wish.data) {
      if (at === offer.siteId) continue
      figures.movedGib += bytes / GIB
      figures.dataYuan += ((bytes / GIB) * COST_PER_GIB) / YUAN
    }
    const { latency } = wish
    if (latency && offer.latencyMs.get(latency.place)! > latency.mostMs) figures.boundsBroken++
    waited += waits[nth]!
    started++
  }
  return {
    jobs,
    neverStarted: jobs - started,
    ...figures,
    meanWaitMinutes: waited / Math.max(1, started) / MINUTE,
  }
}
