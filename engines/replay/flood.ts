// A day of thousands of small organisations, with and without one that submits thousands of jobs.
import { draw } from '#engines/scheduling/seed.ts'
import { defaultPolicy } from '#engines/scheduling/types.ts'
import { capped, type Day, dayOn, follow, type Task, UNBOUND } from './course.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000
const NODES = 40
const CARDS = 8
export const FLOODER = 'flooder'
const PLACE = { clusterId: 'c', flavorId: 'card' }

export interface FloodSize {
  organisations: number
  /** What the one submits, all at eight in the morning. */
  jobs: number
  seed: number
}

export interface Flood extends FloodSize {
  order: 'fair' | 'fcfs'
  /** Most of all cards that one organisation may hold at once (its borrowing limit), 0 to 1. */
  most: number
}

export interface FloodFigures {
  /** Milliseconds that 95 % of the small organisations' jobs wait at most. */
  p95WithMs: number
  p95WithoutMs: number
  /** With the flood against without it; a wait below a minute counts as a minute. */
  ratio: number
}

function dice(seed: number) {
  let state = seed
  return () => {
    const drawn = draw(state)
    state = drawn.state
    return drawn.value
  }
}

function task(
  id: string,
  queueId: string,
  submittedAt: number,
  milli: number,
  runMs: number,
): Task {
  const limitMs = Math.ceil(1.5 * runMs)
  return {
    runMs,
    recordedWaitMs: null,
    pending: {
      id,
      queueId,
      submittedAt,
      gang: { count: 1, milli, cpuMilli: 4_000, memoryMib: 16_000 },
      options: [{ ...PLACE, cost: 1, speed: 1, pools: [], refused: null }],
      estimateMs: limitMs,
      limitMs,
      ...UNBOUND,
    },
  }
}

/** One job a day of each small organisation: 10 to 90 minutes on half a card to two cards. */
function smallOnes({ organisations, seed }: FloodSize): Task[] {
  const roll = dice(seed)
  return Array.from({ length: organisations }, (_, nth) => {
    const milli = [500, 1_000, 1_000, 2_000][Math.floor(roll() * 4)]!
    const runMs = Math.floor((10 + 80 * roll()) * MINUTE)
    return task(`small-${nth}`, `small-${nth}`, Math.floor(roll() * DAY), milli, runMs)
  })
}

/** Forty nodes of eight cards, and whoever submits to them. */
function dayOf(tasks: readonly Task[]): Day {
  const nodes = Array.from({ length: NODES }, (_, nth) => ({
    id: `node-${String(nth).padStart(2, '0')}`,
    ...PLACE,
    state: 'ready' as const,
    cards: CARDS,
    cpuMilli: 96_000,
    memoryMib: 768_000,
  }))
  const typical = [500, 1_000, 2_000].map((milli) => {
    return { milli, cpuMilli: 4_000, flavorIds: null, weight: 1 / 3 }
  })
  const flavors = [{ id: PLACE.flavorId, chipClass: 'card' }]
  return dayOn({ flavors, nodes, typical }, tasks)
}

/** The day with the flood. */
export function floodDay(flood: FloodSize): Day {
  const roll = dice(flood.seed + 1)
  const flooding = Array.from({ length: flood.jobs }, (_, nth) => {
    const runMs = Math.floor((10 + 40 * roll()) * MINUTE)
    return task(`flood-${nth}`, FLOODER, 8 * HOUR, 1_000, runMs)
  })
  return dayOf([...smallOnes(flood), ...flooding])
}

/** Waits of the small organisations' jobs, in milliseconds, the shortest first. */
function waitsOf(day: Day, { order, most }: Flood): number[] {
  const { tasks, waits } = follow(capped(day, most), { ...defaultPolicy, order, explain: false })
  const small = [...waits].filter((_, nth) => tasks[nth]!.pending.queueId !== FLOODER)
  return small.sort((a, b) => a - b)
}

export function replayFlood(flood: Flood): FloodFigures {
  const p95 = (waits: readonly number[]) => waits[Math.floor(0.95 * (waits.length - 1))]!
  const p95WithoutMs = p95(waitsOf(dayOf(smallOnes(flood)), flood))
  const p95WithMs = p95(waitsOf(floodDay(flood), flood))
  const ratio = Math.max(MINUTE, p95WithMs) / Math.max(MINUTE, p95WithoutMs)
  return { p95WithMs, p95WithoutMs, ratio }
}
