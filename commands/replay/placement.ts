// ./kapok replay placement: how much of a recorded cluster stays idle under each way of placing.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { policies } from '#engines/replay/baselines.ts'
import { parseNodes, parsePods } from '#engines/replay/openb.ts'
import { replayPlacement } from '#engines/replay/placement.ts'
import { oneOf, Refused } from './refused.ts'

const NODES = 'openb_node_list_gpu_node.csv'
const PODS = /^openb_pod_list_(.+)\.csv$/

function numbers(text: string, name: string): number[] {
  const found = text.split(',').map(Number)
  if (found.some((value) => !Number.isFinite(value) || value < 0)) {
    throw new Refused(`--${name} 须为数字：${text}`, `--${name} takes numbers: ${text}`)
  }
  return found
}

const round = (value: number) => Math.round(value * 1_000) / 1_000

function spread(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const sd = Math.sqrt(square / Math.max(1, values.length - 1))
  return { mean: round(mean), sd: round(sd) }
}

export interface PlacementReport {
  policy: string
  workload: string
  seeds: number[]
  results: {
    arrived: number
    unallocatedPercent: { mean: number; sd: number }
    failedPods: { mean: number }
  }[]
  placementsPerSecond: number
}

/** All seeds of one workload under one policy. */
export function measurePlacement(
  trace: string,
  workload: string,
  policy: (typeof policies)[number],
  seeds: number[],
  marks: number[],
): PlacementReport {
  const nodes = parseNodes(readFileSync(join(trace, NODES), 'utf8'), NODES)
  const file = `openb_pod_list_${workload}.csv`
  const pods = parsePods(readFileSync(join(trace, file), 'utf8'), file)
  const cards = nodes.reduce((sum, node) => sum + node.cards, 0)
  const asked = pods.reduce((sum, pod) => sum + pod.milli, 0) / 1_000
  const start = performance.now()
  const runs = seeds.map((seed) => replayPlacement(nodes, pods, policy, seed, marks))
  const seconds = (performance.now() - start) / 1_000
  const arrivals = (seeds.length * pods.length * marks.at(-1)! * cards) / asked
  return {
    policy,
    workload,
    seeds,
    results: marks.map((arrived, nth) => ({
      arrived,
      unallocatedPercent: spread(runs.map((run) => run[nth]!.unallocatedPercent)),
      failedPods: { mean: spread(runs.map((run) => run[nth]!.failedPods)).mean },
    })),
    placementsPerSecond: Math.round(arrivals / seconds),
  }
}

function print(report: PlacementReport): void {
  for (const { arrived, unallocatedPercent, failedPods } of report.results) {
    const idle = `${unallocatedPercent.mean.toFixed(2)} % ± ${unallocatedPercent.sd.toFixed(2)}`
    console.log(
      `${report.workload} ${report.policy} @${arrived}: 未分配 / unallocated ${idle}, 失败 / failed ${failedPods.mean}`,
    )
  }
  console.log(`${report.placementsPerSecond} placements/s`)
}

export function placement(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      trace: { type: 'string' },
      workload: { type: 'string', default: 'default' },
      policy: { type: 'string', default: 'kapok' },
      seeds: { type: 'string', default: '42,43,44,45,46,47,48,49,50,51' },
      arrived: { type: 'string', default: '1.0,1.3' },
      json: { type: 'boolean', default: false },
    },
  })
  if (!values.trace) throw new Refused('缺少 --trace 目录', '--trace DIR is missing')
  const policy = oneOf(values.policy, policies, 'policy')
  const files = readdirSync(values.trace)
  if (!files.includes(NODES)) {
    throw new Refused(`目录中没有 ${NODES}`, `There is no ${NODES} in that folder`)
  }
  const names = files.flatMap((file) => PODS.exec(file)?.[1] ?? [])
  const workload = oneOf(values.workload, names, 'workload')
  const marks = numbers(values.arrived, 'arrived').sort((a, b) => a - b)
  const seeds = numbers(values.seeds, 'seeds')
  const report = measurePlacement(values.trace, workload, policy, seeds, marks)
  if (values.json) console.log(JSON.stringify(report))
  else print(report)
  return 0
}
