// Search: 200,000 Chinese records, 16 questions in flight.
import { visitor } from '#platform/context.ts'
import { search } from '#services/search/index.ts'
import type { Benchmark } from '../commands/bench.ts'
import { queries, type Record, records } from './chinese-records.ts'

const RECORDS = 200_000
const LOADED_TOGETHER = 2_000
const IN_FLIGHT = 16
const WARM_UP = 500
const QUESTIONS = 6_000

const member = {
  ...visitor,
  kind: 'person' as const,
  personId: '01890000-0000-7000-8000-0000000000ff',
  subjectId: '01890000-0000-7000-8000-000000000007',
}

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!

const benchmark: Benchmark = {
  name: 'search',
  limits: {
    p95_ms: { unit: 'ms', must: { op: '<=', value: 50 } },
    p50_ms: { unit: 'ms' },
    questions_per_s: { unit: '1/s' },
    records_loaded_per_s: { unit: '1/s' },
  },
  async run(bench) {
    const world = await bench.world()
    const { put, find } = search()
    const some: Record[] = []
    const began = performance.now()
    let batch: Record[] = []
    const load = async () => {
      const items = batch.map(({ item }) => item)
      batch = []
      await world.transact(visitor, (ctx) => put(ctx, ...items))
    }
    for (const record of records(RECORDS)) {
      if (some.length < 5_000 && Number(record.item.id) % 37 === 0) some.push(record)
      if (batch.push(record) === LOADED_TOGETHER) await load()
    }
    const loading = (performance.now() - began) / 1000
    bench.log(`${RECORDS} records in ${loading.toFixed(0)} s`)

    const typed = queries(some)
    const times: number[] = []
    let found = 0
    const ask = async (most: number, keep: boolean) => {
      const lane = async (nth: number) => {
        for (let n = nth; n < most; n += IN_FLIGHT) {
          const q = typed.next().value as string
          const actor = n % 4 === 0 ? member : visitor
          const start = performance.now()
          const { items } = await world.read(actor, (ctx) => find(ctx, { q, limit: 20 }))
          if (keep) times.push(performance.now() - start)
          if (items.length > 0) found++
        }
      }
      await Promise.all(Array.from({ length: IN_FLIGHT }, (_, nth) => lane(nth)))
    }
    await ask(WARM_UP, false)
    found = 0
    const start = performance.now()
    await ask(QUESTIONS, true)
    const seconds = (performance.now() - start) / 1000
    times.sort((a, b) => a - b)
    bench.log(`${found} of ${QUESTIONS} questions found something`)
    return {
      p95_ms: percentile(times, 0.95),
      p50_ms: percentile(times, 0.5),
      questions_per_s: QUESTIONS / seconds,
      records_loaded_per_s: RECORDS / loading,
    }
  },
}

export default benchmark
