// Where things lie in the executor's folder, and the small records that tasks leave there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EndCause, Observation } from '#services/compute/ports.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/

/** The paths of one executor; ids become names of folders and are checked. */
export interface Layout {
  folder: string
  tasks: string
  materials: string
  checkpoints: string
  /** A named pipe: keepers say here that something changed, to whoever supervises now. */
  events: string
  /** Where the tasks' own root is put together. */
  root: string
  log: string
  task(id: string): string
  material(id: string): string
  checkpoint(jobId: string): string
}

function named(parent: string, name: string): string {
  if (!NAME.test(name)) throw new Error(`not an id: ${JSON.stringify(name)}`)
  return join(parent, name)
}

export function layoutOf(folder: string): Layout {
  const [tasks, materials, checkpoints] = ['tasks', 'materials', 'checkpoints'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  return {
    folder,
    tasks,
    materials,
    checkpoints,
    events: join(folder, 'events'),
    root: join(folder, 'root'),
    log: join(folder, 'supervisor.log'),
    task: (id) => named(tasks, id),
    material: (id) => named(materials, id),
    checkpoint: (jobId) => named(checkpoints, jobId),
  }
}

/** A small file that the page cache holds: reading it at once costs less than waiting for it. */
export function readSmall(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** A record is one 'key value' a line. */
export function readRecord(path: string): Map<string, string> | null {
  const text = readSmall(path)
  if (text === null) return null
  return new Map(
    text
      .split('\n')
      .filter((line) => line.includes(' '))
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  )
}

/** A process, told from a later one of the same number by when it began. */
export interface ProcessName {
  pid: number
  /** In ticks since the machine booted. */
  born: string
}

export function isAlive({ pid, born }: ProcessName): boolean {
  const stat = readSmall(`/proc/${pid}/stat`)
  if (!stat) return false
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] !== 'Z' && fields[19] === born
}

/** Who keeps the task; null before anybody does. */
export function keeperOf(taskFolder: string): ProcessName | null {
  const record = readRecord(join(taskFolder, 'keeper'))
  const [pid, born] = [record?.get('pid'), record?.get('born')]
  return pid && born ? { pid: Number(pid), born } : null
}

/** Names the time since the machine was last switched on. */
export const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

const signals: Record<string, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
}

/** Milliseconds of the clock that the keepers use; it stands still while the machine sleeps. */
export const monotonicMs = () => Number(process.hrtime.bigint() / 1_000_000n)

function readEnd(record: Map<string, string>): Observation {
  const number = (key: string) => (record.has(key) ? Number(record.get(key)) : null)
  const [startedAt, signal, detail] = [number('startedAt'), number('signal'), record.get('detail')]
  return {
    state: 'ended',
    startedAt: startedAt === null ? null : new Date(startedAt),
    endedAt: new Date(number('endedAt')!),
    ranMs: number('ranMs') ?? 0,
    exitCode: number('code'),
    signal: signal === null ? null : (signals[signal] ?? `SIG${signal}`),
    cause: record.get('cause') as EndCause,
    detail: detail === undefined ? null : { reason: detail },
  }
}

/** What the records in a task's folder say. */
export function observeFolder(taskFolder: string): Observation {
  const end = readRecord(join(taskFolder, 'exit'))
  if (end) return readEnd(end)
  const started = readRecord(join(taskFolder, 'started'))
  if (started) {
    const ranMs = Math.max(0, monotonicMs() - Number(started.get('monotonicMs')))
    return { state: 'running', startedAt: new Date(Number(started.get('startedAt'))), ranMs }
  }
  return readSmall(join(taskFolder, 'plan')) === null ? { state: 'unknown' } : { state: 'starting' }
}
