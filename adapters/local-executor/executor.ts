// Runs tasks on this machine: the port of compute, over a supervisor that outlives the server.
import { existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs'
import { availableParallelism, hostname, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import {
  type Card,
  type Executor,
  ExecutorRefused,
  type Observation,
  type OutputFile,
  type TaskSpec,
} from '#services/compute/ports.ts'
import { accessTo, findCards } from './cards.ts'
import { openInside, walkInside } from './inside.ts'
import { readLogOf } from './log.ts'
import { openMaterials } from './materials.ts'
import { removeAll } from './ownership.ts'
import { SupervisorLink } from './supervisor-link.ts'
import { layoutOf, observeFolder } from './task-folder.ts'

const MIB = 1024 * 1024
/** A reader is shown so many files of one output at most. */
const MOST_OUTPUTS = 10_000

export interface LocalExecutorOptions {
  /** Private to this executor; made when it is not there. */
  folder: string
  /** The programs that ship with Kapok. */
  examples: string
  log?(line: string): void
}

/** An executor that tests can bring to its end. */
export interface LocalExecutor extends Executor {
  /** Ends every task and the supervisor at once. */
  endAll(): Promise<void>
}

/**
 * Opens the executor of a folder, and its supervisor where none runs.
 * @throws Error when no supervisor can be started
 */
export async function localExecutor(options: LocalExecutorOptions): Promise<LocalExecutor> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const layout = layoutOf(realpathSync(options.folder))
  const listeners = new Set<(id: string) => void>()
  const changed = (id: string) => {
    for (const listener of listeners) listener(id)
  }
  const list = () =>
    readdirSync(layout.tasks).filter((id) => existsSync(join(layout.tasks, id, 'plan')))
  const link = new SupervisorLink({
    layout,
    examples: resolve(options.examples),
    changed,
    renewed: () => list().forEach(changed),
    log: options.log ?? (() => {}),
  })
  await link.open()
  const materials = openMaterials(layout)
  await materials.sweep()
  const observe = (id: string): Observation => observeFolder(layout.task(id))

  let cards: readonly Card[] = []
  /** @throws ExecutorRefused card-missing */
  async function cardsOf({ cards: { indices } }: TaskSpec) {
    const known = (index: number) => cards.find((card) => card.index === index)
    if (!indices.every(known)) cards = await findCards()
    const missing = indices.find((index) => !known(index))
    if (missing !== undefined) throw new ExecutorRefused('card-missing', { index: missing })
    return accessTo(indices.map((index) => known(index)!))
  }

  return {
    kind: 'local',
    async discover() {
      const memory = Math.min(totalmem(), process.constrainedMemory() || Number.MAX_SAFE_INTEGER)
      cards = await findCards()
      return {
        host: hostname(),
        cpuMilli: availableParallelism() * 1_000,
        memoryMib: Math.floor(memory / MIB),
        cards,
        isolation: link.isolation,
      }
    },
    stage: materials.stage,
    unstage: materials.unstage,
    start: async (task) => link.ask({ verb: 'start', task, cards: await cardsOf(task) }),
    stop: (task) => link.ask({ verb: 'stop', task }),
    observe: async (id) => observe(id),
    list: async () => list(),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    readLog: async (id, from, most) => readLogOf(layout.task(id), from, most),
    async listOutputs(id) {
      const found: OutputFile[] = []
      for (const { path, isFile, bytes } of walkInside(join(layout.task(id), 'output'))) {
        if (isFile) found.push({ path, bytes })
        if (found.length >= MOST_OUTPUTS) break
      }
      return found.sort((one, other) => (one.path < other.path ? -1 : 1))
    },
    async readOutput(id, path) {
      const file = await openInside(join(layout.task(id), 'output'), path)
      return file ? file.createReadStream() : null
    },
    async forget(id, job) {
      const { state } = observe(id)
      if (state === 'starting' || state === 'running') throw new Error(`task ${id} has not ended`)
      await removeAll(layout.task(id))
      if (job !== undefined) await removeAll(layout.checkpoint(job))
    },
    close: async () => link.close(),
    endAll: async () => {
      await link.ask({ verb: 'end-all' })
      link.close()
    },
  }
}
