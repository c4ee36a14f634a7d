// The tasks that a supervisor looks after: starts, stops, adopts them, and sees that they end.
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ExecutorRefused, type TaskSpec } from '#services/compute/ports.ts'
import type { CardAccess } from './cards.ts'
import { Launcher } from './launcher.ts'
import { openUp, takeOver } from './ownership.ts'
import { type Place, PROCESSES, planOf, refuseUnlessBundled, shownInputs } from './plan.ts'
import {
  childrenOf,
  isAlive,
  killAllOf,
  type ProcessName,
  signalIfThere,
  type UserRange,
} from './processes.ts'
import { bootId, initOf, keeperOf, planned, readRecord, uptimeMs } from './task-folder.ts'

const MIB = 1024 * 1024
/** Kept free for the platform itself. */
const SPARE_MIB = 256
/** A keeper that has not said its name by then was killed before it could. */
const UNCLAIMED_MS = 15_000

/** A task that has not ended. */
export interface LiveTask {
  id: string
  job: string
  folder: string
  uid: number
  /** Which control groups are its own. */
  slot: number
  diskMib: number
  memoryMib: number
  /** What it can write to. */
  folders: string[]
  /** Stopped before it had begun. */
  stopWanted: boolean
  /** When a supervisor began to look after it, in milliseconds of uptime. */
  sinceMs: number
}

export interface TasksOptions extends Place {
  users: UserRange
  changed(id: string): void
}

export class Tasks {
  readonly live = new Map<string, LiveTask>()
  readonly #options: TasksOptions
  readonly #launcher = new Launcher()

  constructor(options: TasksOptions) {
    this.#options = options
  }

  /** Looks after what an earlier supervisor started, and says of what is gone that it is lost. */
  adopt(): void {
    const { layout } = this.#options
    for (const id of readdirSync(layout.tasks)) {
      const folder = join(layout.tasks, id)
      if (!existsSync(join(folder, 'plan')) || existsSync(join(folder, 'exit'))) continue
      this.#add(id, readFileSync(join(folder, 'plan'), 'utf8'))
    }
    this.look()
  }

  #add(id: string, plan: string): LiveTask {
    const { layout } = this.#options
    const folder = layout.task(id)
    const job = planned(plan, 'job')
    const own = ['work', 'output', 'tmp'].map((name) => join(folder, name))
    const task: LiveTask = {
      id,
      job,
      folder,
      uid: Number(planned(plan, 'uid')),
      slot: Number(planned(plan, 'slot')),
      diskMib: Number(planned(plan, 'disk_mib')),
      memoryMib: Number(planned(plan, 'memory_mib')),
      folders: [...own, layout.checkpoint(job)],
      stopWanted: false,
      sinceMs: uptimeMs(),
    }
    this.live.set(id, task)
    return task
  }

  /** A user that no live task has; tasks of one job share theirs, as they share its checkpoint. */
  #userFor(jobId: string): number {
    const { first, count } = this.#options.users
    for (const { job, uid } of this.live.values()) if (job === jobId) return uid
    const taken = new Set([...this.live.values()].map(({ uid }) => uid))
    for (let uid = first; uid < first + count; uid++) if (!taken.has(uid)) return uid
    throw new ExecutorRefused('no-room', { tasks: count })
  }

  /** The lowest number that no live task has. */
  #freeSlot(): number {
    const taken = new Set([...this.live.values()].map(({ slot }) => slot))
    let slot = 0
    while (taken.has(slot)) slot++
    return slot
  }

  #refuse(spec: TaskSpec): void {
    const { isolated, examples, layout } = this.#options
    if (!isolated) refuseUnlessBundled(spec, examples)
    const { bavail, bsize } = statfsSync(layout.tasks)
    const freeMib = Math.max(0, Math.floor((bavail * bsize) / MIB) - SPARE_MIB)
    if (freeMib < spec.diskMib) {
      throw new ExecutorRefused('no-room', { freeMib, diskMib: spec.diskMib })
    }
  }

  /**
   * @throws ExecutorRefused isolation, material-missing, no-room
   */
  start(spec: TaskSpec, cards: CardAccess): void {
    const { layout, isolated, cgroups } = this.#options
    const folder = layout.task(spec.id)
    if (existsSync(join(folder, 'plan'))) return
    this.#refuse(spec)
    const shown = shownInputs(spec, this.#options)
    const uid = isolated ? this.#userFor(spec.jobId) : 0
    const slot = this.#freeSlot()
    cgroups?.prepare(slot, spec, PROCESSES)
    const texts = planOf(spec, cards, this.#options, shown, { uid, slot })
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    for (const name of ['work', 'output', 'tmp']) {
      mkdirSync(join(folder, name))
      if (isolated) chownSync(join(folder, name), uid, uid)
    }
    const checkpoint = layout.checkpoint(spec.jobId)
    mkdirSync(checkpoint, { recursive: true })
    if (isolated) takeOver(checkpoint, uid)
    this.#showData(folder, shown.data)
    for (const { from } of spec.inputs) {
      if (isolated && 'output' in from) openUp(join(layout.task(from.output), 'output'))
    }
    writeFileSync(join(folder, 'launch'), texts.launch)
    if (isolated) writeFileSync(join(folder, 'fstab'), texts.fstab)
    // From here on the task counts as started, whatever becomes of this process.
    writeFileSync(join(folder, 'plan.new'), texts.plan)
    renameSync(join(folder, 'plan.new'), join(folder, 'plan'))
    this.#add(spec.id, texts.plan)
    this.#launcher.keep(folder)
  }

  /** Places for the mounts of a task's data; links to it where there are no mounts. */
  #showData(folder: string, data: { source: string; name: string }[]): void {
    if (data.length === 0) return
    mkdirSync(join(folder, 'data'))
    for (const { source, name } of data) {
      const at = join(folder, 'data', name)
      if (this.#options.isolated) mkdirSync(at)
      else symlinkSync(source, at)
    }
  }

  /** First signal now; `timeout` sends the last one after the task's grace. */
  stop(id: string): void {
    const task = this.live.get(id)
    if (!task) return
    const init = this.#initOf(task)
    const runner = init && childrenOf(init.pid).find(({ name }) => name === 'timeout')
    task.stopWanted = !runner
    if (!runner) return
    this.#noteCause(task, 'stopped')
    signalIfThere(runner.pid, 'SIGTERM')
  }

  #initOf({ folder }: LiveTask): ProcessName | null {
    const init = initOf(folder)
    return init && isAlive(init) ? init : null
  }

  /** The keeper takes it over into its record; the first cause is the one that counts. */
  #noteCause({ folder }: LiveTask, cause: string): void {
    if (!existsSync(join(folder, 'cause'))) writeFileSync(join(folder, 'cause'), `${cause}\n`)
  }

  /** Ends a task at once. @returns false when it has not begun yet */
  kill(task: LiveTask, cause: 'stopped' | 'disk-limit' | 'memory-limit'): boolean {
    const init = this.#initOf(task)
    if (!init) return false
    this.#noteCause(task, cause)
    this.#killTree(task, init)
    return true
  }

  /** In a namespace of its own all end with the first; without, they are found one by one. */
  #killTree({ uid }: LiveTask, init: ProcessName): void {
    if (!this.#options.isolated) {
      for (const { pid } of childrenOf(init.pid, 'all')) signalIfThere(pid)
    }
    signalIfThere(init.pid)
    const shared = [...this.live.values()].filter((other) => other.uid === uid).length > 1
    if (this.#options.isolated && !shared) killAllOf(uid)
  }

  /** All processes of a task. */
  processesOf(task: LiveTask): number[] {
    const init = this.#initOf(task)
    return init ? childrenOf(init.pid, 'all').map(({ pid }) => pid) : []
  }

  /** Something was said about a task: see what. */
  heard(id: string): void {
    const task = this.live.get(id)
    if (!task) return
    if (readRecord(join(task.folder, 'exit'))) {
      this.live.delete(id)
      const keeper = keeperOf(task.folder)
      if (keeper) this.#launcher.reap(keeper.pid)
    } else if (task.stopWanted) this.stop(id)
    this.#options.changed(id)
  }

  /** Looks over all live tasks: ends may have gone unheard, and keepers may have been killed. */
  look(): void {
    for (const task of [...this.live.values()]) {
      const keeper = keeperOf(task.folder)
      const alive = keeper !== null && isAlive(keeper)
      const claimed = existsSync(join(task.folder, 'keeper'))
      if (readRecord(join(task.folder, 'exit'))) this.heard(task.id)
      else if (alive && task.stopWanted) this.stop(task.id)
      else if (keeper && !alive) this.#lose(task)
      else if (!claimed) this.#launcher.keep(task.folder)
      else if (!keeper && uptimeMs() - task.sinceMs > UNCLAIMED_MS) this.#lose(task)
    }
  }

  /** Its keeper was killed or the machine went down: nobody saw the end. */
  #lose(task: LiveTask): void {
    const init = this.#initOf(task)
    if (init) this.#killTree(task, init)
    const started = readRecord(join(task.folder, 'started'))
    const seen = readRecord(join(this.#options.layout.folder, 'seen'))
    const sameBoot = seen?.get('boot') === bootId()
    const [seenAt, startedAt] = [Number(seen?.get('at') ?? 0), startedMs(task)]
    const began = Number(started?.get('began') ?? 0)
    // Up to when somebody looked it ran; uptime begins anew with each boot.
    const ran = sameBoot ? Number(seen?.get('uptime')) - began : (seenAt - startedAt) / 10
    const path = join(task.folder, 'exit')
    const text = `code none\ncause lost\nran ${started ? Math.max(0, Math.round(ran)) : 0}\nend .\n`
    writeFileSync(`${path}.new`, text)
    utimesSync(`${path}.new`, new Date(), new Date(Math.max(seenAt, startedAt) || Date.now()))
    renameSync(`${path}.new`, path)
    this.heard(task.id)
  }

  /** Starts nothing more; what runs, runs on. */
  close(): void {
    this.#launcher.close()
  }

  /** Notes until when somebody looked: a task that is lost later ran at least until then. */
  noteSeen(): void {
    const path = join(this.#options.layout.folder, 'seen')
    const text = `boot ${bootId()}\nat ${Date.now()}\nuptime ${Math.round(uptimeMs() / 10)}\n`
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  }
}

/** When the task began, on the machine's clock; 0 where it never did. */
const startedMs = ({ folder }: LiveTask) =>
  statSync(join(folder, 'started'), { throwIfNoEntry: false })?.mtimeMs ?? 0
