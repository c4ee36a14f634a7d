// Offers of sites as options: hour by hour as a plain sum has it, and chosen as they should be.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { schedule } from './schedule.ts'
import { offered, priceOver, type SiteOffer, type Wish } from './sites.ts'
import { defaultPolicy, type Snapshot } from './types.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const GIB = 2 ** 30
const card = (count: number) => ({ count, milli: 1_000, cpuMilli: 0, memoryMib: 0 })

const site = (siteId: string, change: Partial<SiteOffer> = {}): SiteOffer => ({
  siteId,
  clusterId: siteId,
  flavorId: 'card',
  speed: 1,
  prices: [{ from: 0, perCardHour: 100 }],
  latencyMs: new Map([['szx', 5]]),
  links: new Map([['elsewhere', { bytesPerSecond: GIB, costPerGib: 2 }]]),
  pools: [],
  ...change,
})

const wish = (change: Partial<Wish> = {}): Wish => {
  return { gang: card(1), estimateMs: HOUR, data: [], latency: null, ...change }
}

const steps = fc
  .array(fc.record({ hour: fc.nat(30), perCardHour: fc.nat(500) }), { minLength: 1, maxLength: 6 })
  .map((some) =>
    [...new Map(some.map((one) => [one.hour, one])).values()]
      .sort((a, b) => a.hour - b.hour)
      .map(({ hour, perCardHour }) => ({ from: hour * HOUR, perCardHour })),
  )

test('property: a window costs what its minutes cost one by one, and parts add up to the whole', () => {
  fc.assert(
    fc.property(steps, fc.nat(1_000), fc.nat(1_500), fc.nat(1_500), (prices, at, first, second) => {
      const from = at * MINUTE
      const to = from + (first + second) * MINUTE
      let plain = 0
      for (let minute = from; minute < to; minute += MINUTE) {
        const inForce = prices.findLast((one) => one.from <= minute) ?? prices[0]!
        plain += inForce.perCardHour / 60
      }
      const whole = priceOver(prices, from, to)
      assert.ok(Math.abs(whole - plain) < 1e-6 * Math.max(1, plain), `${whole} and ${plain}`)
      const middle = from + first * MINUTE
      const parts = priceOver(prices, from, middle) + priceOver(prices, middle, to)
      assert.ok(Math.abs(whole - parts) < 1e-6 * Math.max(1, whole))
    }),
  )
})

test('data that lie elsewhere cost time and money; over two ways they come at once', () => {
  const links = new Map([
    ['a', { bytesPerSecond: GIB, costPerGib: 2 }],
    ['b', { bytesPerSecond: GIB / 2, costPerGib: 1 }],
  ])
  const data = [
    { at: 'a', bytes: 10 * GIB },
    { at: 'b', bytes: 10 * GIB },
    { at: 'here', bytes: 99 * GIB },
  ]
  const prices = [
    { from: 0, perCardHour: 3_600 },
    { from: 20_000, perCardHour: 7_200 },
  ]
  const asked = wish({ gang: card(2), estimateMs: 10_000, data })
  const { option, stagingMs } = offered(asked, site('here', { links, prices }), 0)
  assert.equal(stagingMs, 20_000)
  // Two cards for ten seconds at the price that is in force once the data are there; 20 and 10 GiB.
  assert.equal(option.cost, 2 * 10 * 2 + 20 + 10)
  assert.equal(offered(asked, site('here', { links, prices, speed: 2 }), 0).option.cost, 50)
})

test('what cannot be is refused with its figures: too far, not known, no way for the data', () => {
  const refusal = (asked: Wish, offer = site('here')) => offered(asked, offer, 0).option.refused
  const near = { place: 'szx', mostMs: 5 }
  assert.equal(refusal(wish({ latency: near })), null)
  assert.deepEqual(refusal(wish({ latency: { ...near, mostMs: 4 } })), {
    code: 'latency-above',
    params: { place: 'szx', ms: 5, mostMs: 4 },
  })
  assert.equal(refusal(wish({ latency: { ...near, place: 'hkg' } }))?.code, 'latency-unknown')
  const far = [{ at: 'nowhere', bytes: 1 }]
  assert.equal(refusal(wish({ data: far }))?.code, 'data-unreachable')
  assert.equal(refusal(wish({ data: [{ at: 'nowhere', bytes: 0 }] })), null)
})

/** One free card at each site, and one job that may run on any. */
function chosenBy(asked: Wish, offers: readonly SiteOffer[]): string | null {
  const world: Snapshot = {
    now: 0,
    seed: 1,
    flavors: [{ id: 'card', chipClass: 'card' }],
    nodes: offers.map(({ siteId }) => ({
      id: `node-${siteId}`,
      clusterId: siteId,
      flavorId: 'card',
      state: 'ready',
      cards: 1,
      cpuMilli: 0,
      memoryMib: 0,
    })),
    queues: [{ id: 'q', parentId: null, weight: 1, quotas: [], used: [] }],
    pools: [],
    budgets: [],
    blocks: [],
    running: [],
    typical: null,
    pending: [
      {
        id: 'job',
        queueId: 'q',
        priority: 0,
        submittedAt: 0,
        gang: asked.gang,
        options: offers.map((offer) => offered(asked, offer, 0).option),
        estimateMs: asked.estimateMs,
        limitMs: 2 * asked.estimateMs,
        deadline: null,
        preemptible: false,
        gate: null,
        charge: null,
        promise: null,
        displacedBy: [],
      },
    ],
  }
  return schedule(world, defaultPolicy).placements[0]?.clusterId ?? null
}

test('property: the scheduler takes the cheapest site within the bound, all things counted, or none', () => {
  const offers = fc
    .array(
      fc.record({
        price: fc.integer({ min: 1, max: 50 }),
        latency: fc.integer({ min: 1, max: 30 }),
        costPerGib: fc.nat(20),
        speed: fc.constantFrom(0.5, 1, 2),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((some) =>
      some.map(({ price, latency, costPerGib, speed }, nth) =>
        site(`site-${nth}`, {
          speed,
          prices: [{ from: 0, perCardHour: price }],
          latencyMs: new Map([['szx', latency]]),
          links: new Map(
            some.map((_, other) => [`site-${other}`, { bytesPerSecond: GIB, costPerGib }]),
          ),
        }),
      ),
    )
  const asked = fc.record({ mostMs: fc.nat(30), data: fc.nat(4), gib: fc.nat(10) })
  fc.assert(
    fc.property(offers, asked, (sites, { mostMs, data, gib }) => {
      const at = sites[data % sites.length]!.siteId
      const job = wish({
        latency: { place: 'szx', mostMs },
        data: [{ at, bytes: gib * GIB }],
      })
      const able = sites.filter(({ latencyMs }) => latencyMs.get('szx')! <= mostMs)
      const plain = able.map((one) => {
        const moving = one.siteId === at ? 0 : gib * one.links.get(at)!.costPerGib
        return Math.ceil(one.prices[0]!.perCardHour / one.speed + moving)
      })
      const chosen = chosenBy(job, sites)
      if (able.length === 0) assert.equal(chosen, null)
      else {
        const index = able.findIndex(({ siteId }) => siteId === chosen)
        assert.equal(plain[index], Math.min(...plain))
      }
    }),
    { numRuns: 300 },
  )
})
