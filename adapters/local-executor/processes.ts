// The processes of tasks: whose they are, what they started, and whether they still live.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'

/** A process, told from a later one of the same number by when it began. */
export interface ProcessName {
  pid: number
  /** In ticks since the machine was switched on. */
  born: string
}

/** The fields of /proc/<pid>/stat behind the name, which may hold anything. */
function statOf(pid: number): { name: string; fields: string[] } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')]
    return { name: stat.slice(open + 1, close), fields: stat.slice(close + 2).split(' ') }
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

export function isAlive({ pid, born }: ProcessName): boolean {
  const stat = statOf(pid)
  return stat !== null && stat.fields[0] !== 'Z' && stat.fields[19] === born
}

/** This process, as others can tell it from a later one. */
export function ownName(): ProcessName {
  return { pid: process.pid, born: statOf(process.pid)!.fields[19]! }
}

/** Processor time of a process and of all that it has waited for, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const times = statOf(pid)?.fields.slice(11, 15) ?? []
  return times.reduce((sum, ticks) => sum + Number(ticks) * 10, 0)
}

const allPids = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

/** What a process started and what that started in turn, or only the first of these. */
export function childrenOf(pid: number, reach: 'own' | 'all' = 'own') {
  const found: { pid: number; parent: number; name: string }[] = []
  for (const each of allPids()) {
    const stat = statOf(each)
    if (stat) found.push({ pid: each, parent: Number(stat.fields[1]), name: stat.name })
  }
  const below = (parent: number): typeof found =>
    found
      .filter((each) => each.parent === parent)
      .flatMap((each) => (reach === 'own' ? [each] : [each, ...below(each.pid)]))
  return below(pid)
}

/** The users that tasks run as: nobody else's, and never those of two jobs at once. */
export interface UserRange {
  first: number
  count: number
}

const FIRST_USER = 600_000
const USERS = 256
const RANGES = 4_096

/** Each folder has users of its own, so that two platforms on one machine do not meet. */
export function usersOf(folder: string): UserRange {
  const nth = createHash('sha256').update(folder).digest().readUInt16BE() % RANGES
  return { first: FIRST_USER + nth * USERS, count: USERS }
}

/** Who runs as one of these users; a process that ends while we look is left out. */
export function processesOf(users: UserRange): { pid: number; uid: number }[] {
  const found: { pid: number; uid: number }[] = []
  for (const pid of allPids()) {
    const { uid } = statSync(`/proc/${pid}`, { throwIfNoEntry: false }) ?? { uid: -1 }
    if (uid >= users.first && uid < users.first + users.count) found.push({ pid, uid })
  }
  return found
}

/** Sends a signal to a process that may have ended by itself. */
export function signalIfThere(pid: number, signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export function killAllOf(uid: number): void {
  for (const { pid } of processesOf({ first: uid, count: 1 })) signalIfThere(pid)
}
