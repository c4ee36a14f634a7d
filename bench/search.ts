// Search: 200,000 Chinese records, 16 questions in flight, every fourth by a member of an organisation.
import { sql } from 'kysely'
import { type Actor, visitor } from '#platform/context.ts'
import type { World } from '#platform/world.ts'
import { type Search, search } from '#services/search/index.ts'
import type { Bench, Benchmark } from '../commands/bench.ts'
import { queries, type Record, records } from './data/chinese-records.ts'

const RECORDS = 200_000
const LOADED_TOGETHER = 1_000
const LOADERS = 2
const IN_FLIGHT = 16
const WARM_UP = 500
const QUESTIONS = 6_000
const SHARE_ASKED_ABOUT = 40

const member: Actor = {
  ...visitor,
  kind: 'person',
  personId: '01890000-0000-7000-8000-0000000000ff',
  subjectId: '01890000-0000-7000-8000-000000000007',
}

function* batches(): Generator<Record[]> {
  let batch: Record[] = []
  for (const record of records(RECORDS)) {
    if (batch.push(record) < LOADED_TOGETHER) continue
    yield batch
    batch = []
  }
}

/** Stores all records; returns some of them, to ask about. */
async function load(world: World, { put }: Search): Promise<Record[]> {
  const some: Record[] = []
  const shared = batches()
  const loader = async () => {
    for (const batch of shared) {
      some.push(...batch.filter((_, nth) => nth % SHARE_ASKED_ABOUT === 0))
      await world.transact(visitor, (ctx) => put(ctx, ...batch.map(({ item }) => item)))
    }
  }
  await Promise.all(Array.from({ length: LOADERS }, loader))
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from search.item`.execute(world.db)
  if (Number(rows[0]!.n) !== RECORDS) throw new Error(`${rows[0]!.n} records are there`)
  return some
}

/** Asks `count` questions, `IN_FLIGHT` at a time; returns how long each took, and how many found. */
async function ask(
  { find }: Search,
  typed: Generator<string>,
  count: number,
): Promise<{ times: number[]; found: number }> {
  const times: number[] = []
  let found = 0
  const lane = async (first: number) => {
    for (let n = first; n < count; n += IN_FLIGHT) {
      const q = typed.next().value as string
      const began = performance.now()
      const { items } = await find(n % 4 === 0 ? member : visitor, { q, limit: 20 })
      times.push(performance.now() - began)
      if (items.length > 0) found++
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, first) => lane(first)))
  return { times: times.sort((a, b) => a - b), found }
}

const benchmark: Benchmark = {
  name: 'search',
  limits: {
    p95_ms: { unit: 'ms', must: { op: '<=', value: 50 } },
    p50_ms: { unit: 'ms' },
    questions_per_s: { unit: '1/s' },
    records_loaded_per_s: { unit: '1/s' },
  },
  async run(bench: Bench) {
    const world = await bench.world()
    const service = search(world)
    const loadingBegan = performance.now()
    const some = await load(world, service)
    const loading = (performance.now() - loadingBegan) / 1000
    bench.log(`${RECORDS} records in ${loading.toFixed(0)} s`)

    const typed = queries(some)
    await ask(service, typed, WARM_UP)
    const askingBegan = performance.now()
    const { times, found } = await ask(service, typed, QUESTIONS)
    const asking = (performance.now() - askingBegan) / 1000
    bench.log(`${found} of ${QUESTIONS} questions found something`)
    return {
      p95_ms: times[Math.floor(times.length * 0.95)]!,
      p50_ms: times[Math.floor(times.length * 0.5)]!,
      questions_per_s: QUESTIONS / asking,
      records_loaded_per_s: RECORDS / loading,
    }
  },
}

export default benchmark
