// Reads a task's log: a beginning in one file and, of a long one, the newest parts in others.
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readSmall } from './task-folder.ts'

interface Part {
  path: string
  from: number
  size: number
}

const nothing = { bytes: new Uint8Array(), from: 0, size: 0, truncated: false }

function partsOf(taskFolder: string): Part[] {
  const plan = readSmall(join(taskFolder, 'plan'))
  if (plan === null) return []
  const each = Number(/(?:^|\0)logPart=(\d+)/.exec(plan)![1])
  return readdirSync(taskFolder)
    .flatMap((name) => {
      const nth = /^log(?:\.(\d+))?$/.exec(name)
      if (!nth) return []
      const path = join(taskFolder, name)
      // A part may be dropped while we look.
      const size = statSync(path, { throwIfNoEntry: false })?.size
      if (size === undefined) return []
      return [{ path, size, from: nth[1] === undefined ? 0 : (Number(nth[1]) + 2) * each }]
    })
    .sort((one, other) => one.from - other.from)
}

function readPart({ path, from, size }: Part, start: number, most: number): Uint8Array | null {
  const bytes = Buffer.alloc(Math.min(most, from + size - start))
  try {
    const file = openSync(path, 'r')
    const count = readSync(file, bytes, 0, bytes.length, start - from)
    closeSync(file)
    return bytes.subarray(0, count)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/**
 * Bytes from position `from` on, or from where there are some again after a part that was dropped.
 * @returns `from`: where these bytes begin; `size`: all that was ever written; `truncated`: whether
 * some of it is gone
 */
export function readLogOf(taskFolder: string, from: number, most: number) {
  const parts = partsOf(taskFolder)
  const last = parts.at(-1)
  if (!last) return nothing
  const size = last.from + last.size
  const truncated = parts.some(
    (part, nth) => nth > 0 && part.from > parts[nth - 1]!.from + parts[nth - 1]!.size,
  )
  const pieces: Uint8Array[] = []
  let begin: number | null = null
  let at = from
  for (const part of parts) {
    if (part.from + part.size <= at) continue
    // One reply has no hole: what lies behind it is for the next.
    if (begin !== null && part.from > at) break
    const start = Math.max(at, part.from)
    const piece = readPart(part, start, most - (begin === null ? 0 : at - begin))
    if (!piece || piece.length === 0) break
    begin ??= start
    pieces.push(piece)
    at = start + piece.length
    if (at - begin >= most) break
  }
  return { bytes: Buffer.concat(pieces), from: begin ?? Math.min(from, size), size, truncated }
}
