// An executor for tests: keeps the port's promises on a machine that exists in memory only.
import { Readable } from 'node:stream'
import type {
  Discovery,
  EndCause,
  Executor,
  ExecutorRefused,
  Material,
  Observation,
  TaskSpec,
} from './ports.ts'

/** What a program does when it is told to stop: leaves at once, or stays until it is killed. */
export type Manners = 'leaves' | 'ignores'

type Ended = Extract<Observation, { state: 'ended' }>

interface Task {
  spec: TaskSpec
  startedAt: number
  askedAt: number | null
  end: Ended | null
  log: Buffer
  outputs: Map<string, Buffer>
}

export const machine: Discovery = {
  host: 'test',
  cpuMilli: 4_000,
  memoryMib: 8_192,
  cards: [],
  isolation: { level: 'full', memory: 'cgroup', missing: [] },
}

/** Time is `Date.now()`, which a test may hold still; nothing happens between two questions. */
export class TestExecutor implements Executor {
  readonly kind = 'test'
  manners: Manners = 'leaves'
  /** Asked before each start; what it returns is thrown. */
  refuses: (task: TaskSpec) => ExecutorRefused | null = () => null
  /** Asked before material is taken in. */
  refusesMaterial: (material: Material) => ExecutorRefused | null = () => null
  /** Every start in order, repeats included. */
  readonly starts: TaskSpec[] = []
  readonly forgotten: string[] = []
  readonly staged = new Map<string, Buffer>()
  readonly #tasks = new Map<string, Task>()
  readonly #listeners = new Set<(id: string) => void>()
  readonly #found: Discovery

  constructor(found: Partial<Discovery> = {}) {
    this.#found = { ...machine, ...found }
  }

  async discover(): Promise<Discovery> {
    return this.#found
  }

  async stage(material: Material): Promise<{ bytes: number; entries: number }> {
    const refused = this.refusesMaterial(material)
    if (refused) throw refused
    const chunks: Buffer[] = []
    for await (const chunk of await material.open()) chunks.push(chunk as Buffer)
    this.staged.set(material.id, Buffer.concat(chunks))
    return { bytes: this.staged.get(material.id)!.length, entries: 1 }
  }

  async unstage(id: string): Promise<void> {
    this.staged.delete(id)
  }

  async start(spec: TaskSpec): Promise<void> {
    this.starts.push(spec)
    if (this.#tasks.has(spec.id)) return
    const refused = this.refuses(spec)
    if (refused) throw refused
    const task = { spec, startedAt: Date.now(), askedAt: null, end: null }
    this.#tasks.set(spec.id, { ...task, log: Buffer.alloc(0), outputs: new Map() })
    this.#tell(spec.id)
  }

  async stop(id: string): Promise<void> {
    const task = this.#look(id)
    if (!task || task.end || task.askedAt !== null) return
    task.askedAt = Date.now()
    if (this.manners === 'leaves') this.#over(task, 'stopped', { exitCode: 0 })
  }

  async observe(id: string): Promise<Observation> {
    const task = this.#look(id)
    if (!task) return { state: 'unknown' }
    const startedAt = new Date(task.startedAt)
    return task.end ?? { state: 'running', startedAt, ranMs: Date.now() - task.startedAt }
  }

  async list(): Promise<string[]> {
    return [...this.#tasks.keys()]
  }

  onChange(listener: (id: string) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async readLog(id: string, from: number, most: number) {
    const log = this.#tasks.get(id)?.log ?? Buffer.alloc(0)
    return { bytes: log.subarray(from, from + most), from, size: log.length, truncated: false }
  }

  async listOutputs(id: string) {
    const outputs = this.#tasks.get(id)?.outputs ?? new Map<string, Buffer>()
    return [...outputs].map(([path, { length: bytes }]) => ({ path, bytes }))
  }

  async readOutput(id: string, path: string): Promise<Readable | null> {
    const bytes = this.#tasks.get(id)?.outputs.get(path)
    return bytes ? Readable.from([bytes]) : null
  }

  async forget(id: string): Promise<void> {
    this.forgotten.push(id)
    this.#tasks.delete(id)
  }

  async close(): Promise<void> {}

  // What a test does to the machine.

  /** Ids of the tasks that run at this moment. */
  get running(): string[] {
    return [...this.#tasks.keys()].filter((id) => this.#look(id)!.end === null)
  }

  /** The program ends by itself, or as `cause` says. */
  end(id: string, how: { exitCode?: number; cause?: EndCause; signal?: string } = {}): void {
    const { cause = 'exit', ...rest } = how
    this.#over(this.#look(id)!, cause, cause === 'exit' ? { exitCode: 0, ...rest } : rest)
    this.#tell(id)
  }

  /** As after a power cut that took the machine's memory of all tasks with it. */
  forgetAll(): void {
    this.#tasks.clear()
  }

  print(id: string, bytes: Uint8Array | string): void {
    const task = this.#tasks.get(id)!
    task.log = Buffer.concat([task.log, Buffer.from(bytes as Uint8Array)])
  }

  clear(id: string): void {
    this.#tasks.get(id)!.log = Buffer.alloc(0)
  }

  write(id: string, path: string, bytes: Uint8Array | string): void {
    this.#tasks.get(id)!.outputs.set(path, Buffer.from(bytes as Uint8Array))
  }

  /** A task as it is now: its limit and its grace may have ended it meanwhile. */
  #look(id: string): Task | undefined {
    const task = this.#tasks.get(id)
    if (!task || task.end) return task
    const grace = this.manners === 'ignores' ? task.spec.graceMs : 0
    const limit = task.startedAt + task.spec.limitMs + grace
    const killed = (task.askedAt ?? Infinity) + task.spec.graceMs
    const at = Math.min(limit, killed)
    if (Date.now() < at) return task
    this.#over(task, at === limit ? 'time-limit' : 'stopped', { signal: 'SIGKILL' }, at)
    return task
  }

  #over(
    task: Task,
    cause: EndCause,
    { exitCode = null, signal = null }: { exitCode?: number | null; signal?: string | null },
    at = Date.now(),
  ): void {
    task.end = {
      state: 'ended',
      startedAt: new Date(task.startedAt),
      endedAt: new Date(at),
      ranMs: at - task.startedAt,
      exitCode,
      signal,
      cause,
      detail: null,
    }
  }

  #tell(id: string): void {
    for (const listener of this.#listeners) listener(id)
  }
}
