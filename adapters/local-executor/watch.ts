// What no kernel bound holds: the disk that a task fills, and its memory where cgroups are missing.
import { readFileSync } from 'node:fs'
import { walkInside } from './inside.ts'
import { monotonicMs } from './task-folder.ts'
import type { LiveTask, Tasks } from './tasks.ts'
import { processesOf, type UserRange } from './users.ts'

const MIB = 1024 * 1024
/** More files than this count as a full disk. */
const MOST_ENTRIES = 100_000
/** A walk may take this share of the time: 1 in 10. */
const PATIENCE = 10
/** Many tasks end before a walk is worth its price. */
const FIRST_LOOK_MS = 400

export class Watch {
  readonly #tasks: Tasks
  readonly #users: UserRange
  readonly #watchesMemory: boolean
  readonly #nextWalkMs = new Map<string, number>()

  constructor(tasks: Tasks, options: { users: UserRange; memory: boolean }) {
    this.#tasks = tasks
    this.#users = options.users
    this.#watchesMemory = options.memory
  }

  /** Starts what is due; never waits for it. */
  look(): void {
    const { live } = this.#tasks
    for (const id of this.#nextWalkMs.keys()) if (!live.has(id)) this.#nextWalkMs.delete(id)
    const now = monotonicMs()
    for (const task of live.values()) {
      const due = this.#nextWalkMs.get(task.id) ?? task.sinceMs + FIRST_LOOK_MS
      if (now < due) continue
      this.#nextWalkMs.set(task.id, Number.POSITIVE_INFINITY)
      this.#walk(task).then((durationMs) => {
        if (live.has(task.id)) this.#nextWalkMs.set(task.id, monotonicMs() + durationMs * PATIENCE)
      }, console.error)
    }
    if (this.#watchesMemory && live.size > 0) this.#watchMemory()
  }

  async #walk(task: LiveTask): Promise<number> {
    const start = monotonicMs()
    let entries = 0
    let bytes = 0
    for (const folder of task.folders) {
      for await (const entry of walkInside(folder)) {
        entries++
        bytes += entry.storedBytes
        if (entries > MOST_ENTRIES || bytes > task.diskMib * MIB) {
          this.#tasks.signal(task, 'SIGUSR1')
          return monotonicMs() - start
        }
      }
    }
    return monotonicMs() - start
  }

  /** Memory of all processes of a task; what they share is counted in parts where it matters. */
  #watchMemory(): void {
    const resident = new Map<number, number[]>()
    for (const { pid, uid } of processesOf(this.#users)) {
      resident.set(uid, [...(resident.get(uid) ?? []), pid])
    }
    for (const task of this.#tasks.live.values()) {
      const pids = resident.get(task.uid) ?? []
      const most = task.memoryMib * 1024
      if (total(pids, 'status', /^VmRSS:\s+(\d+)/m) <= most) continue
      if (total(pids, 'smaps_rollup', /^Pss:\s+(\d+)/m) <= most) continue
      this.#tasks.signal(task, 'SIGUSR2')
    }
  }
}

/** Sum over processes of a figure in KiB. */
function total(pids: number[], file: string, figure: RegExp): number {
  return pids.reduce((sum, pid) => {
    try {
      return sum + Number(figure.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0)
    } catch {
      return sum
    }
  }, 0)
}
