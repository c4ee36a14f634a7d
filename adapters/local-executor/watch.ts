// What no kernel bound holds: the disk that a task fills, and its memory where cgroups are missing.
import { readFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { walkInside } from './inside.ts'
import { uptimeMs } from './task-folder.ts'
import type { LiveTask, Tasks } from './tasks.ts'

const MIB = 1024 * 1024
/** More files than this count as a full disk. */
const MOST_ENTRIES = 100_000
/** So many are looked at before others get their turn. */
const AT_ONCE = 500
/** A walk may take this share of the time: 1 in 10. */
const PATIENCE = 10
/** Many tasks end before a walk is worth its price. */
const FIRST_LOOK_MS = 400

export class Watch {
  readonly #tasks: Tasks
  readonly #watchesMemory: boolean
  readonly #nextWalkMs = new Map<string, number>()

  constructor(tasks: Tasks, watchesMemory: boolean) {
    this.#tasks = tasks
    this.#watchesMemory = watchesMemory
  }

  /** Starts what is due; never waits for it. */
  look(): void {
    const { live } = this.#tasks
    for (const id of this.#nextWalkMs.keys()) if (!live.has(id)) this.#nextWalkMs.delete(id)
    const now = uptimeMs()
    for (const task of live.values()) {
      const due = this.#nextWalkMs.get(task.id) ?? task.sinceMs + FIRST_LOOK_MS
      if (now < due) continue
      this.#nextWalkMs.set(task.id, Number.POSITIVE_INFINITY)
      this.#walk(task).then((durationMs) => {
        if (live.has(task.id)) this.#nextWalkMs.set(task.id, uptimeMs() + durationMs * PATIENCE)
      }, console.error)
    }
    if (this.#watchesMemory && live.size > 0) this.#watchMemory()
  }

  async #walk(task: LiveTask): Promise<number> {
    const start = uptimeMs()
    let entries = 0
    let bytes = 0
    for (const folder of task.folders) {
      for (const entry of walkInside(folder)) {
        entries++
        bytes += entry.storedBytes
        if (entries % AT_ONCE === 0) await turn()
        if (entry.tooDeep || entries > MOST_ENTRIES || bytes > task.diskMib * MIB) {
          this.#tasks.kill(task, 'disk-limit')
          return uptimeMs() - start
        }
      }
    }
    return uptimeMs() - start
  }

  /** Memory of all processes of a task; what they share is counted in parts where it matters. */
  #watchMemory(): void {
    for (const task of this.#tasks.live.values()) {
      const pids = this.#tasks.processesOf(task)
      const mostKib = task.memoryMib * 1_024
      if (total(pids, 'status', /^VmRSS:\s+(\d+)/m) <= mostKib) continue
      if (total(pids, 'smaps_rollup', /^Pss:\s+(\d+)/m) <= mostKib) continue
      this.#tasks.kill(task, 'memory-limit')
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
