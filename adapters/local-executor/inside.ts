// Looks into folders that a task writes, without ever following a link out of them.
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants
const gone = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES', 'ENAMETOOLONG'])

/** An opened folder by a path that stays true whatever is renamed: one step below it is safe. */
const pinned = (folder: FileHandle) => `/proc/self/fd/${folder.fd}`

async function openOrNull(path: string, flags: number): Promise<FileHandle | null> {
  try {
    // A named pipe must not block us.
    return await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | flags)
  } catch (error) {
    if (gone.has((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

/** Goes down step by step: no step may be a link. */
async function openFolder(folder: string, steps: string[]): Promise<FileHandle | null> {
  let at = await openOrNull(folder, O_DIRECTORY)
  for (const step of steps) {
    if (!at) return null
    const next: FileHandle | null = await openOrNull(join(pinned(at), step), O_DIRECTORY)
    await at.close()
    at = next
  }
  return at
}

/**
 * Opens a regular file below `folder`; the caller closes it.
 * @returns null when there is none: links, devices and paths that leave the folder are none
 */
export async function openInside(folder: string, path: string): Promise<FileHandle | null> {
  const steps = path.split('/')
  if (path.includes('\0') || steps.some((step) => step === '' || step === '.' || step === '..')) {
    return null
  }
  const name = steps.pop()!
  const at = await openFolder(folder, steps)
  if (!at) return null
  const file = await openOrNull(join(pinned(at), name), 0)
  await at.close()
  if (file && !(await file.stat()).isFile()) {
    await file.close()
    return null
  }
  return file
}

export interface Entry {
  /** Below the folder, with '/' between the steps. */
  path: string
  isFile: boolean
  bytes: number
  /** What it takes on the disk. */
  storedBytes: number
}

/** All that lies below `folder`, breadth first; what vanishes meanwhile is left out. */
export async function* walkInside(folder: string): AsyncGenerator<Entry> {
  const waiting = ['']
  for (let below = waiting.shift(); below !== undefined; below = waiting.shift()) {
    const at = await openFolder(folder, below ? below.split('/') : [])
    if (!at) continue
    try {
      for (const name of await readdir(pinned(at))) {
        const stat = await lstat(join(pinned(at), name)).catch(() => null)
        if (!stat) continue
        const path = below ? `${below}/${name}` : name
        if (stat.isDirectory()) waiting.push(path)
        yield { path, isFile: stat.isFile(), bytes: stat.size, storedBytes: stat.blocks * 512 }
      }
    } finally {
      await at.close()
    }
  }
}
