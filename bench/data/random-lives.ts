// Random lives of a small cluster with preemption on, to look for circles.
import { Life } from '#engines/replay/life.ts'
import { draw } from '#engines/scheduling/seed.ts'
import { defaultPolicy, type Pending, type Snapshot } from '#engines/scheduling/types.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000
const CYCLES_A_LIFE = 200

const policy = {
  ...defaultPolicy,
  explain: false,
  preemption: { enabled: true, minRuntimeMs: 5 * MINUTE, noticeMs: MINUTE },
}

const place = { clusterId: 'c', flavorId: 'card' }
const node = (id: string) => ({
  id,
  ...place,
  state: 'ready' as const,
  cards: 2,
  cpuMilli: 64_000,
  memoryMib: 64_000,
})
const queue = (id: string, parentId: string | null, nominal: number) => ({
  id,
  parentId,
  weight: 1,
  quotas: [{ chipClass: 'card', nominal, borrowing: null, lending: null }],
  used: [],
})

const start: Snapshot = {
  now: NOW,
  seed: 1,
  flavors: [{ id: 'card', chipClass: 'card' }],
  nodes: [node('n1'), node('n2')],
  queues: [
    queue('city', null, 0),
    queue('a', 'city', 1000),
    queue('b', 'city', 1000),
    queue('c', 'city', 2000),
  ],
  pools: [],
  budgets: [],
  blocks: [],
  pending: [],
  running: [],
  typical: [],
}

function job(id: string, now: number, roll: (below: number) => number): Pending {
  const limitMs = (1 + roll(6)) * 60 * MINUTE
  return {
    id,
    queueId: ['a', 'b', 'c'][roll(3)]!,
    priority: roll(4),
    submittedAt: now,
    gang: { count: 1, milli: [500, 1000, 2000][roll(3)]!, cpuMilli: 1_000, memoryMib: 1_000 },
    options: [{ ...place, cost: 1, speed: 1, pools: [], refused: null }],
    estimateMs: limitMs,
    limitMs,
    deadline: null,
    preemptible: true,
    gate: null,
    promise: null,
    displacedBy: [],
    charge: null,
  }
}

/** A loop: one displaces another that displaced it before, whatever happened between. */
export function loopsIn(cycles: number): { cycles: number; loops: number; displaced: number } {
  let state = 1
  const roll = (below: number) => {
    const drawn = draw(state)
    state = drawn.state
    return Math.floor(drawn.value * below)
  }
  let loops = 0
  let displaced = 0
  for (let done = 0; done < cycles; done += CYCLES_A_LIFE) {
    const life = new Life(start, policy)
    const pairs = new Set<string>()
    for (let cycle = 0; cycle < CYCLES_A_LIFE; cycle++) {
      const { now, running, pending } = life.snapshot
      if (roll(3) === 0 && pending.length < 12) life.submit(job(`w${cycle}`, now, roll))
      if (roll(6) === 0 && running.length > 0) life.end(running[roll(running.length)]!.id)
      for (const { workloadId, by } of life.cycle().preemptions) {
        displaced++
        if (pairs.has(`${by} ${workloadId}`)) loops++
        pairs.add(`${workloadId} ${by}`)
      }
      life.advance(now + (1 + roll(20)) * MINUTE)
    }
  }
  return { cycles, loops, displaced }
}
