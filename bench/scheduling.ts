// The scheduling engine: what a recorded cluster leaves idle, speed, floods, and that nothing loops.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { gunzipSync } from 'node:zlib'
import { replayFlood } from '#engines/replay/flood.ts'
import { parseNodes, parsePods } from '#engines/replay/openb.ts'
import { replayPlacement } from '#engines/replay/placement.ts'
import { schedule } from '#engines/scheduling/schedule.ts'
import type { Bench, Benchmark } from '../commands/bench.ts'
import { bigSnapshot, manyQueues, nodesOf, podsLike } from './data/big-clusters.ts'
import { loopsIn } from './data/random-lives.ts'

const SEEDS = [42, 43, 44, 45, 46, 47, 48, 49, 50, 51]
const folder = join(import.meta.dirname, 'data/openb')
const read = (name: string) => gunzipSync(readFileSync(join(folder, `${name}.csv.gz`))).toString()

function idle(workload: string, policy: 'kapok' | 'fgd') {
  const nodes = parseNodes(read('openb_node_list_gpu_node'))
  const pods = parsePods(read(`openb_pod_list_${workload}`))
  const start = performance.now()
  const runs = SEEDS.map((seed) => replayPlacement(nodes, pods, policy, seed, [1, 1.3]))
  const seconds = (performance.now() - start) / 1_000
  const mean = (of: (run: (typeof runs)[number]) => number) =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  return {
    full: mean((run) => run[0]!.unallocatedPercent),
    over: mean((run) => run[1]!.unallocatedPercent),
    failed: mean((run) => run[1]!.failedPods),
    perSecond: (runs.length * pods.length * 1.3) / seconds,
  }
}

function openb(bench: Bench): Record<string, number> {
  const [kapok, fgd] = [idle('default', 'kapok'), idle('default', 'fgd')]
  bench.log(`openb: our fgd leaves ${fgd.full.toFixed(2)} and ${fgd.over.toFixed(2)} % idle`)
  const against = (workload: string, at: 'full' | 'over') => {
    const [ours, theirs] = [idle(workload, 'kapok')[at], idle(workload, 'fgd')[at]]
    return { ours, below: theirs - ours }
  }
  const bound = against('gpuspec33', 'full')
  const whole = against('multigpu50', 'over')
  const shares = against('gpushare100', 'over')
  return {
    'openb @1.3 idle': kapok.over,
    'openb @1.0 idle': kapok.full,
    'openb @1.3 below our fgd': fgd.over - kapok.over,
    'openb @1.0 below our fgd': fgd.full - kapok.full,
    'openb failed pods above fgd': kapok.failed - fgd.failed,
    'gpuspec33 @1.0 idle': bound.ours,
    'gpuspec33 below our fgd': bound.below,
    'multigpu50 @1.3 idle': whole.ours,
    'multigpu50 below our fgd': whole.below,
    'gpushare100 @1.3 idle': shares.ours,
    'gpushare100 below our fgd': shares.below,
    'openb placements': kapok.perSecond,
  }
}

function placements(): number {
  const nodes = nodesOf(5_000)
  const pods = podsLike(parsePods(read('openb_pod_list_default')), 45_000)
  const start = performance.now()
  replayPlacement(nodes, pods, 'kapok', 1, [1.3])
  const arrivals = (pods.length * 1.3 * 40_000_000) / pods.reduce((sum, pod) => sum + pod.milli, 0)
  return arrivals / ((performance.now() - start) / 1_000)
}

/** A whole answer from a bare snapshot: 10,000 nodes, four fifths in use, a hundred waiting. */
function decisions(): number {
  const times: number[] = []
  for (let seed = 0; seed < 40; seed++) {
    const { snapshot, policy } = bigSnapshot(10_000, seed)
    const start = performance.now()
    schedule(snapshot, policy)
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  return times[Math.floor(times.length * 0.99)]!
}

function admissions(bench: Bench): number {
  const { snapshot, policy } = manyQueues(50_000, 1_000)
  const start = performance.now()
  const decision = schedule(snapshot, policy)
  const seconds = (performance.now() - start) / 1_000
  bench.log(`admissions: ${decision.placements.length} of 50,000 in ${seconds.toFixed(2)} s`)
  return decision.placements.length / seconds
}

async function run(bench: Bench): Promise<Record<string, number>> {
  const flood = replayFlood({
    organisations: 2_000,
    jobs: 10_000,
    seed: 1,
    order: 'fair',
    most: 0.5,
  })
  bench.log(`flood: small ones wait ${JSON.stringify(flood)}`)
  const { cycles, loops, displaced } = loopsIn(100_000)
  bench.log(`loops: ${displaced} displaced in ${cycles} cycles`)
  return {
    ...openb(bench),
    'placements, 5,000 nodes': placements(),
    'decision p99, 10,000 nodes': decisions(),
    admissions: admissions(bench),
    'flood, p95 wait with / without': flood.ratio,
    'preemption loops': loops,
  }
}

const atLeast = (must: number, aim = must) => ({
  must: { op: '>=' as const, value: must },
  aim: { op: '>=' as const, value: aim },
})
const atMost = (must: number, aim = must) => ({
  must: { op: '<=' as const, value: must },
  aim: { op: '<=' as const, value: aim },
})

export default {
  name: 'scheduling',
  limits: {
    'openb @1.3 idle': { unit: '%', aim: { op: '<=', value: 4.4 } },
    'openb @1.0 idle': { unit: '%', aim: { op: '<=', value: 4.5 } },
    'openb @1.3 below our fgd': { unit: 'points', ...atLeast(0.1) },
    'openb @1.0 below our fgd': { unit: 'points', ...atLeast(0.1) },
    'openb failed pods above fgd': { unit: 'pods', ...atMost(0) },
    'gpuspec33 @1.0 idle': { unit: '%', aim: { op: '<=', value: 10.3 } },
    'gpuspec33 below our fgd': { unit: 'points', ...atLeast(0) },
    'multigpu50 @1.3 idle': { unit: '%', aim: { op: '<=', value: 2.6 } },
    'multigpu50 below our fgd': { unit: 'points', ...atLeast(0) },
    'gpushare100 @1.3 idle': { unit: '%', aim: { op: '<=', value: 12.9 } },
    'gpushare100 below our fgd': { unit: 'points', ...atLeast(0) },
    'openb placements': { unit: 'pods/s', ...atLeast(5_000, 20_000) },
    'placements, 5,000 nodes': { unit: 'pods/s', ...atLeast(3_750, 20_000) },
    'decision p99, 10,000 nodes': { unit: 'ms', ...atMost(1_000, 100) },
    admissions: { unit: 'jobs/s', ...atLeast(500, 5_000) },
    'flood, p95 wait with / without': { unit: 'times', ...atMost(2, 1.2) },
    'preemption loops': { unit: 'loops', ...atMost(0) },
  },
  run,
} satisfies Benchmark
