// The users that tasks run as: nobody else's, and never two tasks' at once.
import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'

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
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const { uid } = statSync(`/proc/${name}`, { throwIfNoEntry: false }) ?? { uid: -1 }
    if (uid >= users.first && uid < users.first + users.count)
      found.push({ pid: Number(name), uid })
  }
  return found
}

export function killAllOf(uid: number): void {
  for (const { pid } of processesOf({ first: uid, count: 1 })) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  }
}
