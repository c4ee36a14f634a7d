// What compute needs of the outside: something that runs tasks and keeps what they wrote.
import type { Readable } from 'node:stream'
import type { JsonObject } from '#platform/context.ts'

/** A real accelerator, found by asking its driver. */
export interface Card {
  index: number
  vendor: 'nvidia' | 'ascend'
  model: string
  uuid: string
  memoryMib: number
}

export interface Isolation {
  /** full: a task sees and reaches nothing but its own; none: only bundled programs may run. */
  level: 'full' | 'none'
  /** How memory is bounded: by the kernel, or by watching and ending the task. */
  memory: 'cgroup' | 'watch'
  /** What is missing, as codes: 'root', 'unshare' (the program), 'namespaces', 'cgroup'. */
  missing: readonly string[]
}

/** What there is to run on, as found by looking, never as declared. */
export interface Discovery {
  host: string
  cpuMilli: number
  memoryMib: number
  cards: readonly Card[]
  isolation: Isolation
}

/** Read-only material: appears at /data/<name>, or at /program when it is the program. */
export interface TaskInput {
  name: string
  from: { material: string } | { output: string }
}

export interface TaskSpec {
  /** Every verb is idempotent by this id. */
  id: string
  /** Keeps its /checkpoint over all attempts of one workload. */
  jobId: string
  /** A program that ships with Kapok (a folder of examples/); needs no isolation. */
  bundled: string | null
  /** A staged material that becomes /program; null for none. */
  program: string | null
  inputs: readonly TaskInput[]
  command: readonly string[]
  environment: Readonly<Record<string, string>>
  /** Real cards by index; simulated ones are only counted (KAPOK_SIMULATED_CARDS). */
  cards: { indices: readonly number[]; simulated: number }
  cpuMilli: number
  memoryMib: number
  diskMib: number
  logMib: number
  limitMs: number
  /** Between the first signal (SIGTERM) and the last (SIGKILL). */
  graceMs: number
}

/**
 * Why a task ended: by itself; stopped by us; over its time, memory, disk or process limit; refused
 * before it began; or lost (its end was seen by nobody, as after a power cut).
 */
export type EndCause =
  | 'exit'
  | 'stopped'
  | 'time-limit'
  | 'memory-limit'
  | 'disk-limit'
  | 'refused'
  | 'lost'

export type Observation =
  | { state: 'unknown' }
  | { state: 'starting' }
  | { state: 'running'; startedAt: Date; ranMs: number }
  | {
      state: 'ended'
      /** On the machine's clock; null when it never began. */
      startedAt: Date | null
      endedAt: Date
      /** Measured by a clock that nobody can step; pauses left out. */
      ranMs: number
      /** A signal may be told as a code too, 128 more, as shells count. */
      exitCode: number | null
      signal: string | null
      cause: EndCause
      /** A code with parameters where the cause needs more words. */
      detail: JsonObject | null
    }

export interface Material {
  /** Content address: the same id is staged once. */
  id: string
  kind: 'file' | 'tar.gz'
  /** The file's name inside, for kind 'file'. */
  name: string
  limits: { entries: number; bytes: number }
  open(): Promise<Readable>
}

export interface OutputFile {
  path: string
  bytes: number
}

/** Runs tasks. Times are the machine's; every verb may be repeated. */
export interface Executor {
  readonly kind: string
  discover(): Promise<Discovery>
  /**
   * Takes material in (unpacked where it is an archive), read-only for all tasks.
   * @throws ExecutorRefused archive-..., no-room
   */
  stage(material: Material): Promise<{ bytes: number; entries: number }>
  unstage(id: string): Promise<void>
  /** @throws ExecutorRefused isolation, material-missing, no-room, card-missing */
  start(task: TaskSpec): Promise<void>
  /** First signal now, last one after the task's grace. A task that is over stays as it ended. */
  stop(id: string): Promise<void>
  observe(id: string): Promise<Observation>
  /** Every task that was started and not yet forgotten. */
  list(): Promise<readonly string[]>
  /** Calls back soon after a task changes; a caller that misses one still observes. */
  onChange(listener: (id: string) => void): () => void
  /**
   * Bytes of the log (both streams in order of writing); `size` is how much there is so far. A log
   * that passes its bound keeps its beginning and is `truncated`.
   */
  readLog(
    id: string,
    from: number,
    most: number,
  ): Promise<{ bytes: Uint8Array; from: number; size: number; truncated: boolean }>
  /** What the task wrote below /output. */
  listOutputs(id: string): Promise<readonly OutputFile[]>
  /** @returns null when there is no such file; a path that leaves the folder is no such file */
  readOutput(id: string, path: string): Promise<Readable | null>
  /** Removes what a task left: log, output; `job` removes the checkpoint of a workload too. */
  forget(id: string, job?: string): Promise<void>
  /** Lets go; the tasks run on. */
  close(): Promise<void>
}

export type RefusalCode =
  | 'archive-format'
  | 'archive-path'
  | 'archive-link'
  | 'archive-entries'
  | 'archive-bytes'
  | 'isolation'
  | 'material-missing'
  | 'card-missing'
  | 'no-room'

/** The executor will not do it, for a reason that the user can be told. */
export class ExecutorRefused extends Error {
  readonly code: RefusalCode
  readonly params: JsonObject
  constructor(code: RefusalCode, params: JsonObject = {}) {
    super(code)
    this.name = 'ExecutorRefused'
    this.code = code
    this.params = params
  }
}
