// Control groups: bounds of memory, processes and processor that the kernel itself keeps.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TaskSpec } from '#services/compute/ports.ts'

const MIB = 1024 * 1024
const PERIOD_US = 100_000
/** Less than this would make even the start of a task slow. */
const LEAST_CPU_MILLI = 100
const wanted = ['memory', 'pids', 'cpu'] as const
type Controller = (typeof wanted)[number]
type Values = Record<string, string | number>

/** A group for tasks, and what is to be set in a task's own group below it. */
interface Parent {
  path: string
  controllers: readonly Controller[]
  valuesOf(spec: TaskSpec, processes: number): Values
}

/** Groups are kept and used again: making and removing them costs more than the rest of a start. */
export class Cgroups {
  readonly memory: boolean
  readonly #parents: readonly Parent[]
  /** What was last set, by the path of the file. */
  readonly #set = new Map<string, string>()

  constructor(parents: readonly Parent[]) {
    this.#parents = parents
    this.memory = parents.some(({ controllers }) => controllers.includes('memory'))
  }

  /** The groups of a slot, which one task has at a time. */
  groupsOf(slot: number): string[] {
    return this.#parents.map(({ path }) => join(path, String(slot)))
  }

  /** The file that counts what the kernel ended for want of memory. */
  memoryEventsOf(slot: number): string | null {
    const parent = this.#parents.find(({ controllers }) => controllers.includes('memory'))
    if (!parent) return null
    const file = parent.controllers.length > 1 ? 'memory.events' : 'memory.oom_control'
    return join(parent.path, String(slot), file)
  }

  /** How many that file counts so far. */
  memoryKillsOf(slot: number): number {
    const path = this.memoryEventsOf(slot)
    return path ? Number(/^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0) : 0
  }

  /** Sets a slot's bounds for its next task. */
  prepare(slot: number, spec: TaskSpec, processes: number): void {
    for (const { path, valuesOf } of this.#parents) {
      const group = join(path, String(slot))
      const values = Object.entries(valuesOf(spec, processes))
      if (values.every(([file, value]) => this.#set.get(join(group, file)) === String(value)))
        continue
      try {
        this.#write(group, values)
      } catch (error) {
        // Less than what the last task's files still hold in memory: a new group holds nothing.
        if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error
        rmdirSync(group)
        this.#write(group, values)
      }
    }
  }

  #write(group: string, values: [string, string | number][]): void {
    mkdirSync(group, { recursive: true })
    for (const [file, value] of values) {
      writeFileSync(join(group, file), String(value))
      this.#set.set(join(group, file), String(value))
    }
  }

  /** Removes all groups that no process is in any more. */
  close(): void {
    for (const { path } of this.#parents) {
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (entry.isDirectory()) removeIfEmpty(join(path, entry.name))
      }
      removeIfEmpty(path)
    }
  }
}

function removeIfEmpty(group: string): void {
  try {
    rmdirSync(group)
  } catch (error) {
    if (!['EBUSY', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

const cpuQuotaUs = (spec: TaskSpec) =>
  Math.max(LEAST_CPU_MILLI, spec.cpuMilli) * (PERIOD_US / 1_000)

/** Makes a group; read-only mounts are common. */
function made(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true })
    return existsSync(join(path, 'cgroup.procs'))
  } catch {
    return false
  }
}

/** Version 2: one tree; controllers are handed down from group to group. */
function unified(mount: string, own: string, name: string): Parent | null {
  for (const above of new Set([join(mount, own), mount])) {
    const path = join(above, name)
    if (!made(path)) continue
    try {
      for (const folder of [above, path]) {
        for (const controller of wanted) {
          writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`)
        }
      }
    } catch {
      // A group that holds processes hands nothing down: try nearer to the root.
      rmdirSync(path)
      continue
    }
    const valuesOf = (spec: TaskSpec, processes: number): Values => ({
      'memory.max': spec.memoryMib * MIB,
      'pids.max': processes,
      'cpu.max': `${cpuQuotaUs(spec)} ${PERIOD_US}`,
    })
    return { path, controllers: wanted, valuesOf }
  }
  return null
}

/** Version 1 has a tree for each controller. */
const valuesOfVersion1: Record<Controller, Parent['valuesOf']> = {
  memory: (spec) => ({ 'memory.limit_in_bytes': spec.memoryMib * MIB }),
  pids: (_spec, processes) => ({ 'pids.max': processes }),
  cpu: (spec) => ({ 'cpu.cfs_quota_us': cpuQuotaUs(spec) }),
}

/**
 * The groups that this process may make, all below one named `name` in its own.
 * @returns null where there are none
 */
export function findCgroups(name: string): Cgroups | null {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
  const own = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const parents: Parent[] = []
  for (const controller of wanted) {
    const mount = mounts.find(([, , type, options]) => {
      return type === 'cgroup' && options!.split(',').includes(controller)
    })
    const above = own.find(([, controllers]) => controllers?.split(',').includes(controller))?.[2]
    if (!mount || above === undefined) continue
    const path = join(mount[1]!, above, name)
    const valuesOf = valuesOfVersion1[controller]
    if (made(path)) parents.push({ path, controllers: [controller], valuesOf })
  }
  const tree = mounts.find(([, , type]) => type === 'cgroup2')
  const above = own.find(([hierarchy]) => hierarchy === '0')?.[2]
  if (parents.length === 0 && tree && above !== undefined) {
    const parent = unified(tree[1]!, above, name)
    if (parent) parents.push(parent)
  }
  return parents.length > 0 ? new Cgroups(parents) : null
}
