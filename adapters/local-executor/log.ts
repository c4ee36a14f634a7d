// Reads a task's log: it grows to its bound, and says so when there was more.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { planned, readSmall } from './task-folder.ts'

const BLOCK_BYTES = 512

export interface LogPiece {
  bytes: Uint8Array
  /** Where these bytes begin. */
  from: number
  /** How much there is so far. */
  size: number
  /** Whether the rest was dropped. */
  truncated: boolean
}

function openLog(taskFolder: string): number | null {
  try {
    return openSync(join(taskFolder, 'log'), 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Bytes of the log from a position on, at most so many. */
export function readLogOf(taskFolder: string, from: number, most: number): LogPiece {
  const file = openLog(taskFolder)
  if (file === null) return { bytes: new Uint8Array(), from: 0, size: 0, truncated: false }
  try {
    const { size } = fstatSync(file)
    const start = Math.min(Math.max(0, from), size)
    const bytes = Buffer.alloc(Math.min(most, size - start))
    const count = readSync(file, bytes, 0, bytes.length, start)
    const bound = Number(planned(readSmall(join(taskFolder, 'plan')) ?? '', 'log_blocks'))
    const truncated = size >= bound * BLOCK_BYTES
    return { bytes: bytes.subarray(0, count), from: start, size, truncated }
  } finally {
    closeSync(file)
  }
}
