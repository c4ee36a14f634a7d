// Tasks that do nothing, through the local executor: what starting, keeping and ending one costs.
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type LocalExecutor, localExecutor } from '#adapters/local-executor/executor.ts'
import { childrenOf, cpuMsOf } from '#adapters/local-executor/processes.ts'
import { supervisorOf } from '#adapters/local-executor/task-folder.ts'
import type { Observation, TaskSpec } from '#services/compute/ports.ts'
import type { Bench, Benchmark } from '../commands/bench.ts'

const TASKS = 400
const WARM_UP = 20
const IN_FLIGHT = 8

const taskOf = (id: string): TaskSpec => ({
  id,
  jobId: id,
  bundled: null,
  program: null,
  inputs: [],
  command: ['true'],
  environment: {},
  cards: { indices: [], simulated: 1 },
  cpuMilli: 1_000,
  memoryMib: 128,
  diskMib: 64,
  logMib: 1,
  limitMs: 60_000,
  graceMs: 1_000,
})

/** Runs tasks one after the other in each of several lanes; waits for each to be observed ended. */
async function runTasks(executor: LocalExecutor, prefix: string, count: number, lanes: number) {
  const waiting = new Map<string, (seen: Observation) => void>()
  const forget = executor.onChange(async (id) => {
    const seen = await executor.observe(id)
    if (seen.state === 'ended') waiting.get(id)?.(seen)
  })
  let next = 0
  const lane = async () => {
    while (next < count) {
      const id = `${prefix}-${next++}`
      const end = new Promise<Observation>((resolve) => waiting.set(id, resolve))
      await executor.start(taskOf(id))
      const seen = await end
      waiting.delete(id)
      if (seen.state !== 'ended' || seen.exitCode !== 0) throw new Error(JSON.stringify(seen))
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  forget()
}

/** Of the supervisor, the launcher, and all whose end these have seen. */
function cpuMs(supervisor: number): number {
  const launchers = childrenOf(supervisor).map(({ pid }) => pid)
  return [supervisor, ...launchers].reduce((sum, pid) => sum + cpuMsOf(pid), 0)
}

async function run(bench: Bench): Promise<Record<string, number>> {
  const folder = join(bench.folder, 'executor')
  const examples = join(import.meta.dirname, '../examples')
  const executor = await localExecutor({ folder, examples, log: bench.log })
  try {
    const { isolation } = await executor.discover()
    if (isolation.level !== 'full') throw new Error(`no isolation: ${isolation.missing.join(', ')}`)
    await runTasks(executor, 'warm', WARM_UP, 1)
    let start = performance.now()
    await runTasks(executor, 'alone', WARM_UP, 1)
    const alone = (performance.now() - start) / WARM_UP
    const supervisor = supervisorOf(folder)!.pid
    const [before, own] = [cpuMs(supervisor), process.cpuUsage()]
    start = performance.now()
    await runTasks(executor, 'task', TASKS, IN_FLIGHT)
    const seconds = (performance.now() - start) / 1000
    const { user, system } = process.cpuUsage(own)
    return {
      'tasks of true': TASKS / seconds,
      'one alone': alone,
      'processor time of one': (cpuMs(supervisor) - before + (user + system) / 1000) / TASKS,
    }
  } finally {
    await executor.endAll()
  }
}

export default {
  name: 'executor',
  limits: {
    'tasks of true': {
      unit: 'tasks/s',
      must: { op: '>=', value: 20 },
      aim: { op: '>=', value: 60 },
    },
    'one alone': { unit: 'ms' },
    'processor time of one': { unit: 'ms', aim: { op: '<=', value: 10 } },
  },
  run,
} satisfies Benchmark
