// Holds as single commits with the journal on; then the earliest fit among a million claims.
import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { FitRequest } from '#engines/intervals/types.ts'
import { system } from '#platform/context.ts'
import type { World } from '#platform/world.ts'
import {
  addResource,
  type ClaimInput,
  capacity,
  checkCapacity,
  hold,
} from '#services/capacity/index.ts'
import type { Bench, Benchmark } from '../commands/bench.ts'

const NODES = 10_000
const CARDS = 8
const CARD = 1_000
const QUOTAS = 50
const IN_FLIGHT = 8
const HOLDS = 15_000
const WARM_UP = 1_000
const CLAIMS = 1_000_000
const CLAIMS_A_HOLD = 4_000
const FITS = 400
const HOUR_MS = 3_600_000
const actor = system('bench')

const percentile = (values: number[], share: number) =>
  values.sort((a, b) => a - b)[Math.floor(values.length * share)]!

/** Runs `one` for 0..count-1, so many at a time. */
async function inFlight(count: number, lanes: number, one: (nth: number) => Promise<unknown>) {
  let next = 0
  const lane = async () => {
    while (next < count) await one(next++)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

async function addResources(world: World) {
  const nodes = Array.from({ length: NODES }, () => randomUUID())
  const quotas = Array.from({ length: QUOTAS }, () => randomUUID())
  const kinds = [
    ...nodes.map(
      (id) => ({ id, kind: 'compute.node', mode: 'exact', units: CARDS * CARD }) as const,
    ),
    ...quotas.map(
      (id) => ({ id, kind: 'compute.quota', mode: 'pooled', units: 2_000 * CARD }) as const,
    ),
  ]
  await inFlight(kinds.length, IN_FLIGHT, (nth) => {
    const one = kinds[nth]!
    const grain = one.mode === 'exact' ? CARD : 1
    return world.once(actor, (ctx) => addResource(ctx, { ...one, owner: null, grain }))
  })
  return { nodes, quotas }
}

/** One card of one node, and the same of a quota that 160 others draw on at the time. */
async function measureHolds(world: World, nodes: string[], quotas: string[]) {
  const waits: number[] = []
  const start = Date.now()
  const one = async (nth: number) => {
    const [node, card] = [nth % 1_000, Math.floor(nth / 1_000) % CARDS]
    const from = start + Math.floor(nth / (1_000 * CARDS)) * HOUR_MS
    const period = { from, to: from + HOUR_MS }
    const begun = performance.now()
    await world.once(actor, (ctx) =>
      hold(ctx, {
        service: 'bench',
        holder: `job-${nth}`,
        subjectId: null,
        key: `hold:${nth}`,
        expiresAt: new Date(start + HOUR_MS),
        claims: [
          { resourceId: nodes[node]!, units: [[card * CARD, (card + 1) * CARD]], ...period },
          { resourceId: quotas[nth % QUOTAS]!, amount: CARD, ...period },
        ],
      }),
    )
    waits.push(performance.now() - begun)
  }
  await inFlight(WARM_UP, IN_FLIGHT, one)
  waits.length = 0
  const begun = performance.now()
  await inFlight(HOLDS, IN_FLIGHT, (nth) => one(WARM_UP + nth))
  const seconds = (performance.now() - begun) / 1000
  return { holds: HOLDS / seconds, wait: percentile(waits, 0.95) }
}

/** A fixed sequence of numbers in [0, 1). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** A cluster that is booked out for days: shares, cards and whole nodes, with few short holes. */
function bookedOut(nodes: string[], from: number, random: () => number): ClaimInput[] {
  const claims: ClaimInput[] = []
  const perNode = CLAIMS / nodes.length
  for (const resourceId of nodes) {
    const free = Array.from({ length: CARDS }, () => from)
    for (let nth = 0; nth < perNode; ) {
      const cards = [1, 1, 1, 1, 2, 2, 4, 8][Math.floor(random() * 8)]!
      const order = free.map((at, card) => ({ at, card })).sort((a, b) => a.at - b.at)
      const taken = order.slice(0, cards).map(({ card }) => card)
      const hole = random() < 0.1 ? Math.floor(random() * 4 * HOUR_MS) : 0
      const start = Math.max(...taken.map((card) => free[card]!)) + hole
      const end = start + Math.ceil(HOUR_MS * (0.1 + random() * random() * 24))
      const shares = cards === 1 && random() < 0.3 ? 3 : 1
      const [first] = taken
      for (let share = 0; share < shares && nth < perNode; share++, nth++) {
        const units: [number, number][] =
          shares > 1
            ? [[first! * CARD + share * 330, first! * CARD + (share + 1) * 330]]
            : unitsOf(taken)
        claims.push({ resourceId, units, from: start, to: end - share * 60_000 })
      }
      for (const card of taken) free[card] = end
    }
  }
  return claims
}

function unitsOf(cards: number[]): [number, number][] {
  const units: [number, number][] = []
  for (const card of cards.sort((a, b) => a - b)) {
    const last = units.at(-1)
    if (last?.[1] === card * CARD) last[1] += CARD
    else units.push([card * CARD, (card + 1) * CARD])
  }
  return units
}

/**
 * What jobs ask for. One task: any k units of any of the nodes. A gang: many tasks that must start
 * at the same moment, on up to 128 whole nodes; it is measured apart.
 */
const shapes: Pick<FitRequest, 'tasks' | 'units' | 'consecutive'>[] = [
  { tasks: 1, units: 300 },
  { tasks: 1, units: CARD },
  { tasks: 1, units: 4 * CARD, consecutive: true },
  { tasks: 1, units: 8 * CARD },
  { tasks: 4, units: 8 * CARD },
  { tasks: 16, units: 8 * CARD },
  { tasks: 64, units: CARD },
  { tasks: 128, units: 8 * CARD },
]

async function measureFits(world: World, nodes: string[], quotas: string[], log: Bench['log']) {
  const from = Date.now() + 3 * HOUR_MS
  const claims = bookedOut(nodes, from, numbers(20_261_123))
  const batches = Math.ceil(claims.length / CLAIMS_A_HOLD)
  const filling = performance.now()
  await inFlight(batches, 2, (nth) =>
    world.once(actor, (ctx) =>
      hold(ctx, {
        service: 'bench',
        holder: `filling-${nth}`,
        subjectId: null,
        key: `filling:${nth}`,
        expiresAt: null,
        claims: claims.slice(nth * CLAIMS_A_HOLD, (nth + 1) * CLAIMS_A_HOLD),
      }),
    ),
  )
  log(`${claims.length} claims stored in ${((performance.now() - filling) / 1000).toFixed(0)} s`)
  const booking = capacity(world)
  const loading = performance.now()
  await world.read(actor, (ctx) => booking.calendar(ctx))
  const load = (performance.now() - loading) / 1000

  const random = numbers(7)
  const one: number[] = []
  const gang: number[] = []
  for (let nth = 0; nth < FITS; nth++) {
    const shape = shapes[nth % shapes.length]!
    const request: FitRequest = {
      ...shape,
      among: nodes,
      also: [{ resource: quotas[nth % QUOTAS]!, units: shape.tasks * shape.units }],
      from: from + Math.floor(random() * 48 * HOUR_MS),
      duration: Math.ceil((0.5 + random() * 24) * HOUR_MS),
    }
    const begun = performance.now()
    const fit = await booking.earliestFit({ tx: world.db, now: world.clock.now() }, request)
    const waits = shape.tasks === 1 ? one : gang
    waits.push(performance.now() - begun)
    if ('none' in fit) throw new Error(`nothing found: ${JSON.stringify(fit)}`)
  }
  return {
    load,
    p50: percentile(one, 0.5),
    p95: percentile(one, 0.95),
    gang: percentile(gang, 0.95),
  }
}

async function run(bench: Bench): Promise<Record<string, number>> {
  const world = await bench.world()
  const { nodes, quotas } = await addResources(world)
  const { holds, wait } = await measureHolds(world, nodes, quotas)
  const findings = await world.read(actor, checkCapacity)
  if (findings.length > 0) throw new Error(`check: ${JSON.stringify(findings[0])}`)
  const fits = await measureFits(world, nodes, quotas, bench.log)
  return {
    holds,
    'one hold, p95': wait,
    'a million claims read': fits.load,
    'earliest fit, p50': fits.p50,
    'earliest fit, p95': fits.p95,
    'of a gang, p95': fits.gang,
  }
}

export default {
  name: 'capacity',
  limits: {
    holds: { unit: 'holds/s', must: { op: '>=', value: 1_000 } },
    'one hold, p95': { unit: 'ms' },
    'a million claims read': { unit: 's' },
    'earliest fit, p50': { unit: 'ms' },
    'earliest fit, p95': { unit: 'ms', must: { op: '<=', value: 20 } },
    'of a gang, p95': { unit: 'ms', aim: { op: '<=', value: 20 } },
  },
  run,
} satisfies Benchmark
