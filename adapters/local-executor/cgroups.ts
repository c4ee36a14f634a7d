// Control groups: bounds of memory, processes and processor that the kernel itself keeps.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TaskSpec } from '#services/compute/ports.ts'

const MIB = 1024 * 1024
const PERIOD_US = 100_000
/** Less than this would make even the start of a task slow. */
const LEAST_CPU_MILLI = 100
const wanted = ['memory', 'pids', 'cpu'] as const
type Controller = (typeof wanted)[number]

export interface Cgroups {
  memory: boolean
  /** Lines of a task's plan: groups to make, values to set, files to join by, where to see OOM. */
  planOf(spec: TaskSpec, processes: number): [key: string, value: string][]
}

const cpuQuotaUs = (spec: TaskSpec) =>
  Math.max(LEAST_CPU_MILLI, spec.cpuMilli) * (PERIOD_US / 1_000)

/** Makes a group and says whether its `probe` file can be written: read-only mounts are common. */
function usable(folder: string, probe: string): boolean {
  try {
    mkdirSync(folder, { recursive: true })
    return existsSync(join(folder, probe))
  } catch {
    return false
  }
}

/** Version 2: one tree; controllers are handed down group by group. */
function unified(mount: string, own: string, name: string): Cgroups | null {
  for (const above of new Set([join(mount, own), mount])) {
    const group = join(above, name)
    try {
      mkdirSync(group, { recursive: true })
      for (const folder of [above, group]) {
        for (const controller of wanted) {
          writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`)
        }
      }
    } catch {
      // A group that holds processes hands nothing down: try nearer to the root.
      continue
    }
    return {
      memory: true,
      planOf(spec, processes) {
        const task = join(group, spec.id)
        const set = (file: string, value: string | number): [string, string] => [
          'set',
          `${join(task, file)}\n${value}`,
        ]
        return [
          ['cgroup', task],
          set('memory.max', spec.memoryMib * MIB),
          ...(existsSync(join(group, 'memory.swap.max')) ? [set('memory.swap.max', 0)] : []),
          set('pids.max', processes),
          set('cpu.max', `${cpuQuotaUs(spec)} ${PERIOD_US}`),
          ['join', join(task, 'cgroup.procs')],
          ['memoryEvents', join(task, 'memory.events')],
        ]
      },
    }
  }
  return null
}

/** Version 1: a tree for each controller, each where it is mounted. */
function separate(groups: Map<Controller, string>): Cgroups | null {
  if (groups.size === 0) return null
  const values: Record<Controller, (spec: TaskSpec, processes: number) => [string, number][]> = {
    memory: (spec) => [['memory.limit_in_bytes', spec.memoryMib * MIB]],
    pids: (_spec, processes) => [['pids.max', processes]],
    cpu: (spec) => [['cpu.cfs_quota_us', cpuQuotaUs(spec)]],
  }
  return {
    memory: groups.has('memory'),
    planOf(spec, processes) {
      const plan: [string, string][] = []
      for (const [controller, group] of groups) {
        const task = join(group, spec.id)
        plan.push(['cgroup', task], ['join', join(task, 'cgroup.procs')])
        for (const [file, value] of values[controller](spec, processes)) {
          plan.push(['set', `${join(task, file)}\n${value}`])
        }
        if (controller === 'memory') plan.push(['memoryEvents', join(task, 'memory.oom_control')])
      }
      return plan
    },
  }
}

interface Mount {
  path: string
  type: string
  options: string[]
}

function mountsOf(text: string): Mount[] {
  return text
    .split('\n')
    .filter((line) => / cgroup2? /.test(line))
    .map((line) => {
      const [, path, type, options] = line.split(' ') as [string, string, string, string]
      return { path, type, options: options.split(',') }
    })
}

/**
 * The groups that this process may make, all below one named `name`.
 * @returns null where there are none
 */
export function findCgroups(name: string): Cgroups | null {
  const mounts = mountsOf(readFileSync('/proc/mounts', 'utf8'))
  const own = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .map((line) => line.split(':') as [string, string, string])
  const groups = new Map<Controller, string>()
  for (const controller of wanted) {
    const mount = mounts.find(
      ({ type, options }) => type === 'cgroup' && options.includes(controller),
    )
    const path = own.find(([, controllers]) => controllers?.split(',').includes(controller))?.[2]
    if (!mount || path === undefined) continue
    const group = join(mount.path, path, name)
    if (usable(group, 'cgroup.procs')) groups.set(controller, group)
  }
  if (groups.size > 0) return separate(groups)
  const tree = mounts.find(({ type }) => type === 'cgroup2')
  const path = own.find(([id]) => id === '0')?.[2]
  return tree && path !== undefined ? unified(tree.path, path, name) : null
}
