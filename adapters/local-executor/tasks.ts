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
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ExecutorRefused, type TaskSpec } from '#services/compute/ports.ts'
import type { Launcher } from './launcher.ts'
import { openUp, takeOver } from './ownership.ts'
import { type Place, planOf, shownInputs } from './plan.ts'
import { bootId, isAlive, keeperOf, monotonicMs, readRecord } from './task-folder.ts'
import { killAllOf, type UserRange } from './users.ts'

const MIB = 1024 * 1024
/** Kept free for the platform itself. */
const SPARE_MIB = 256

/** A task that has not ended. */
export interface LiveTask {
  id: string
  job: string
  folder: string
  uid: number
  diskMib: number
  memoryMib: number
  folders: string[]
  /** Stopped, but its keeper was not there yet. */
  stopWanted: boolean
  /** When a supervisor began to look after it; monotonic. */
  sinceMs: number
}

export interface TasksOptions extends Place {
  users: UserRange
  launcher: Launcher
  changed(id: string): void
}

function planned(plan: string, key: string): string {
  const field = plan.split('\0').find((each) => each.startsWith(`${key}=`))
  return field?.slice(key.length + 1) ?? ''
}

export class Tasks {
  readonly live = new Map<string, LiveTask>()
  readonly #options: TasksOptions

  constructor(options: TasksOptions) {
    this.#options = options
  }

  /** Looks after what an earlier supervisor started, and says of what is gone that it is lost. */
  adopt(): void {
    const { tasks } = this.#options.layout
    for (const id of readdirSync(tasks)) {
      const folder = join(tasks, id)
      if (!existsSync(join(folder, 'plan'))) continue
      if (existsSync(join(folder, 'exit'))) continue
      const plan = readFileSync(join(folder, 'plan'), 'utf8')
      this.#add(id, plan)
      if (!existsSync(join(folder, 'keeper'))) this.#options.launcher.launch(folder)
    }
    this.look()
  }

  #add(id: string, plan: string): LiveTask {
    const { layout } = this.#options
    const folder = layout.task(id)
    const job = planned(plan, 'job')
    const task: LiveTask = {
      id,
      job,
      folder,
      uid: Number(planned(plan, 'uid')),
      diskMib: Number(planned(plan, 'diskMib')),
      memoryMib: Number(planned(plan, 'memoryMib')),
      folders: [
        ...['work', 'output', 'tmp'].map((name) => join(folder, name)),
        layout.checkpoint(job),
      ],
      stopWanted: false,
      sinceMs: monotonicMs(),
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

  #refuse(spec: TaskSpec): void {
    const { isolated, layout } = this.#options
    if (!isolated && spec.bundled === null) throw new ExecutorRefused('isolation')
    const missing = spec.cards.indices.find(
      (index) => !['nvidia', 'davinci'].some((name) => existsSync(`/dev/${name}${index}`)),
    )
    if (missing !== undefined) throw new ExecutorRefused('card-missing', { index: missing })
    const { bavail, bsize } = statfsSync(layout.tasks)
    const freeMib = Math.floor((bavail * bsize) / MIB) - SPARE_MIB
    if (freeMib < spec.diskMib) {
      throw new ExecutorRefused('no-room', { freeMib: Math.max(0, freeMib), diskMib: spec.diskMib })
    }
  }

  /**
   * @throws ExecutorRefused isolation, material-missing, card-missing, no-room
   */
  start(spec: TaskSpec): void {
    const { layout, isolated, launcher } = this.#options
    const folder = layout.task(spec.id)
    if (existsSync(join(folder, 'plan'))) return
    this.#refuse(spec)
    const shown = shownInputs(spec, this.#options)
    const uid = isolated ? this.#userFor(spec.jobId) : 0
    const plan = planOf(spec, this.#options, shown, uid)
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
    writeFileSync(join(folder, 'plan.new'), plan)
    renameSync(join(folder, 'plan.new'), join(folder, 'plan'))
    this.#add(spec.id, plan)
    launcher.launch(folder)
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

  /** First signal now; the keeper sends the last one after the task's grace. */
  stop(id: string): void {
    const task = this.live.get(id)
    if (task && !this.signal(task, 'SIGTERM')) task.stopWanted = true
  }

  /** @returns false when there is no keeper (yet) */
  signal({ folder }: LiveTask, signal: 'SIGTERM' | 'SIGINT' | 'SIGUSR1' | 'SIGUSR2'): boolean {
    const keeper = keeperOf(folder)
    if (!keeper || !isAlive(keeper)) return false
    process.kill(keeper.pid, signal)
    return true
  }

  /** Something was said about a task: see what. */
  heard(id: string): void {
    const task = this.live.get(id)
    if (!task) return
    if (existsSync(join(task.folder, 'exit'))) this.live.delete(id)
    else if (task.stopWanted && this.signal(task, 'SIGTERM')) task.stopWanted = false
    this.#options.changed(id)
  }

  /** Looks over all live tasks: ends may have gone unheard, and keepers may have been killed. */
  look(): void {
    for (const task of [...this.live.values()]) {
      const keeper = keeperOf(task.folder)
      const alive = keeper !== null && isAlive(keeper)
      if (existsSync(join(task.folder, 'exit'))) this.heard(task.id)
      else if (alive && task.stopWanted) this.heard(task.id)
      else if (keeper && !alive) this.#lose(task)
      else if (!keeper && !existsSync(join(task.folder, 'keeper'))) {
        this.#options.launcher.launch(task.folder)
      }
    }
  }

  /** Its keeper was killed or the machine went down: nobody saw the end. */
  #lose(task: LiveTask): void {
    const shared = [...this.live.values()].some((other) => other !== task && other.uid === task.uid)
    if (this.#options.isolated && !shared) killAllOf(task.uid)
    if (!existsSync(join(task.folder, 'exit'))) this.#recordLoss(task)
    this.heard(task.id)
  }

  #recordLoss(task: LiveTask): void {
    const started = readRecord(join(task.folder, 'started'))
    const seen = readRecord(join(this.#options.layout.folder, 'seen'))
    const sameBoot = seen?.get('boot') === bootId()
    const startedAt = Number(started?.get('startedAt') ?? 0)
    const seenAt = Number(seen?.get('at') ?? 0)
    const seenMs = Number(seen?.get('monotonicMs') ?? 0)
    // The monotonic clock begins anew with each boot; then only the wall clock is left.
    const ranMs = sameBoot
      ? seenMs - Number(started?.get('monotonicMs') ?? seenMs)
      : seenAt - (startedAt || seenAt)
    const record = [
      'cause lost',
      `endedAt ${Math.max(startedAt, seenAt) || Date.now()}`,
      `ranMs ${Math.max(0, ranMs)}`,
      ...(started ? [`startedAt ${startedAt}`] : []),
    ]
    writeFileSync(join(task.folder, 'exit.new'), `${record.join('\n')}\n`)
    renameSync(join(task.folder, 'exit.new'), join(task.folder, 'exit'))
  }

  /** Notes until when somebody looked: a task that is lost later ran at least until then. */
  noteSeen(): void {
    const path = join(this.#options.layout.folder, 'seen')
    writeFileSync(
      `${path}.new`,
      `boot ${bootId()}\nat ${Date.now()}\nmonotonicMs ${monotonicMs()}\n`,
    )
    renameSync(`${path}.new`, path)
  }
}
