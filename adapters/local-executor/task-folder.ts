// Where things lie in the executor's folder, and the small records that tasks leave there.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { EndCause, Observation } from '#services/compute/ports.ts'
import type { ProcessName } from './processes.ts'

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

/** One value of a plan; only numbers and ids are read back, and those are never escaped. */
export function planned(plan: string, key: string): string {
  return new RegExp(`^${key}='([^']*)'$`, 'm').exec(plan)?.[1] ?? ''
}

/**
 * A record is one 'key value' a line, written at once.
 * @returns null where there is none, or where its writer was killed
 */
export function readRecord(path: string): Map<string, string> | null {
  const text = readSmall(path)
  if (!text?.endsWith('\n')) return null
  const lines = text.trimEnd().split('\n')
  return new Map(lines.map((line) => line.split(' ', 2) as [string, string]))
}

/** The process that a record names; null before it is written. */
export function processIn(record: Map<string, string> | null): ProcessName | null {
  const [pid, born] = [record?.get('pid'), record?.get('born')]
  return pid && born ? { pid: Number(pid), born } : null
}

/** Who keeps the task. */
export const keeperOf = (taskFolder: string) => processIn(readRecord(join(taskFolder, 'keeper')))

/** Who supervises an executor's folder; it may be dead. */
export const supervisorOf = (folder: string) => processIn(readRecord(join(folder, 'supervisor')))

/** Process 1 of the task: all of the task ends with it. */
export const initOf = (taskFolder: string) => processIn(readRecord(join(taskFolder, 'started')))

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

/** Milliseconds since the machine was switched on: a clock that nobody can set. */
export const uptimeMs = () =>
  Math.round(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000)

/** When a record was written, on the machine's clock. */
const writtenAt = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtime ?? null

/** A shell counts a signal as 128 more; a program may also end itself with such a code. */
const signalOf = (code: number) => (code > 128 ? (signals[code - 128] ?? null) : null)

function readEnd(taskFolder: string, end: Map<string, string>): Observation {
  const cause = end.get('cause') as EndCause
  const code = Number(end.get('code'))
  const began = cause !== 'refused' && end.get('code') !== 'none'
  const reason = began ? null : (readSmall(join(taskFolder, 'setup')) ?? '').trim().slice(0, 400)
  return {
    state: 'ended',
    startedAt: writtenAt(join(taskFolder, 'started')),
    endedAt: writtenAt(join(taskFolder, 'exit'))!,
    ranMs: Number(end.get('ran')) * 10,
    exitCode: began ? code : null,
    signal: began ? signalOf(code) : null,
    cause,
    detail: cause === 'refused' ? { reason } : null,
  }
}

/** What the records in a task's folder say. */
export function observeFolder(taskFolder: string): Observation {
  const end = readRecord(join(taskFolder, 'exit'))
  if (end) return readEnd(taskFolder, end)
  const started = readRecord(join(taskFolder, 'started'))
  if (started) {
    const ranMs = Math.max(0, uptimeMs() - Number(started.get('began')) * 10)
    return { state: 'running', startedAt: writtenAt(join(taskFolder, 'started'))!, ranMs }
  }
  return readSmall(join(taskFolder, 'plan')) === null ? { state: 'unknown' } : { state: 'starting' }
}
