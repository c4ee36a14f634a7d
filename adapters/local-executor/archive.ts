// Unpacks an archive that somebody sent: bounded in entries and bytes, and nothing leaves its folder.
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ExecutorRefused } from '#services/compute/ports.ts'
import { readTar, type TarEntry } from './tar.ts'

const LONGEST_PATH = 1_024
/** Nested deeper than this, nothing was meant to be read. */
const DEEPEST = 32
/** What an archive may hold for each entry beside the bytes of its file. */
const OVERHEAD_BYTES = 4_096

export interface Bounds {
  entries: number
  bytes: number
}

/** @throws ExecutorRefused archive-path */
function checkedPath(path: string): string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.')
  const odd = path.startsWith('/') || /[\0\\]/.test(path) || steps.includes('..')
  if (odd || path.length > LONGEST_PATH || steps.length > DEEPEST) {
    throw new ExecutorRefused('archive-path', { path: path.slice(0, 200) })
  }
  return steps.join('/')
}

/** Files and folders only: of links and devices, the simplest honest rule is none at all. */
function checkedType({ type, path }: TarEntry): 'file' | 'folder' {
  if (type === '0' || type === '7') return 'file'
  if (type === '5') return 'folder'
  throw new ExecutorRefused('archive-link', { path: path.slice(0, 200), type })
}

/** Ends a stream that gets longer than any honest archive within the limits. */
async function* bounded(source: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > most) throw new ExecutorRefused('archive-bytes', { most })
    yield chunk
  }
}

async function writeFile(path: string, { mode, content }: TarEntry): Promise<void> {
  // 'wx': an archive that names a file twice does not write through the first.
  const file = await open(path, 'wx', 0o644)
  try {
    for await (const piece of content) await file.writeFile(piece)
    await file.chmod((mode & 0o100) === 0 ? 0o644 : 0o755)
  } finally {
    await file.close()
  }
}

/** Makes folders below one, each once, and counts them: parents need not be in the archive. */
function folderMaker(top: string, most: number) {
  const made = new Set([top])
  return async function make(path: string): Promise<void> {
    if (made.has(path)) return
    await make(dirname(path))
    await mkdir(path, { mode: 0o755 })
    made.add(path)
    if (made.size > most + 1) throw new ExecutorRefused('archive-entries', { most })
  }
}

function asRefusal(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (error instanceof ExecutorRefused) return error
  if (code.startsWith('Z_')) return new ExecutorRefused('archive-format', { reason: 'gzip' })
  // A file where a folder is to be, or the other way round.
  if (['EEXIST', 'ENOTDIR', 'EISDIR'].includes(code)) {
    return new ExecutorRefused('archive-path', { path: '' })
  }
  return error
}

/**
 * Unpacks a tar.gz into a folder that is there and empty.
 * @throws ExecutorRefused archive-format, -path, -link, -entries, -bytes
 */
export async function unpack(source: Readable, folder: string, limits: Bounds): Promise<Bounds> {
  const size = { entries: 0, bytes: 0 }
  const makeFolder = folderMaker(folder, limits.entries)
  const gunzip = createGunzip()
  source.once('error', (error) => gunzip.destroy(error))
  const unpacked = bounded(source.pipe(gunzip), limits.bytes + limits.entries * OVERHEAD_BYTES)
  try {
    for await (const entry of readTar(unpacked)) {
      const [type, path] = [checkedType(entry), join(folder, checkedPath(entry.path))]
      size.entries++
      // The size is stated before the bytes come: what is too much is not even read.
      size.bytes += entry.bytes
      if (size.entries > limits.entries) {
        throw new ExecutorRefused('archive-entries', { most: limits.entries })
      }
      if (size.bytes > limits.bytes)
        throw new ExecutorRefused('archive-bytes', { most: limits.bytes })
      await makeFolder(type === 'folder' ? path : dirname(path))
      if (type === 'file') await writeFile(path, entry)
      else for await (const _ of entry.content);
    }
    return size
  } catch (error) {
    throw asRefusal(error)
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}
