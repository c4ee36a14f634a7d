// Looks into folders that a task writes, without ever following a link out of them.
import { closeSync, constants, lstatSync, opendirSync, openSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
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
  /** A folder that is not gone into: it lies too deep. */
  tooDeep: boolean
}

/** No honest task nests further; each level holds a folder open. */
const DEEPEST = 64

function openSyncOrNull(path: string): number | null {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_DIRECTORY)
  } catch (error) {
    if (gone.has((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

function* walkOpened(folder: number, below: string, depth: number): Generator<Entry> {
  const pinnedPath = `/proc/self/fd/${folder}`
  const names = opendirSync(pinnedPath)
  try {
    for (let entry = names.readSync(); entry; entry = names.readSync()) {
      const at = join(pinnedPath, entry.name)
      const stat = lstatSync(at, { throwIfNoEntry: false })
      if (!stat) continue
      const path = below + entry.name
      const tooDeep = stat.isDirectory() && depth >= DEEPEST
      const [isFile, bytes, storedBytes] = [stat.isFile(), stat.size, stat.blocks * 512]
      yield { path, isFile, bytes, storedBytes, tooDeep }
      const inner = stat.isDirectory() && !tooDeep ? openSyncOrNull(at) : null
      if (inner === null) continue
      try {
        yield* walkOpened(inner, `${path}/`, depth + 1)
      } finally {
        closeSync(inner)
      }
    }
  } finally {
    names.closeSync()
  }
}

/** All that lies below `folder`; what vanishes meanwhile is left out. Ask for as much as you need. */
export function* walkInside(folder: string): Generator<Entry> {
  const opened = openSyncOrNull(folder)
  if (opened === null) return
  try {
    yield* walkOpened(opened, '', 1)
  } finally {
    closeSync(opened)
  }
}
