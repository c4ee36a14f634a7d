// Unpacks an archive that somebody sent: bounded in entries and bytes, and nothing leaves its folder.
import { chmod, mkdir, open } from 'node:fs/promises'
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
function checkedPath(path: string, kind: 'file' | 'folder'): string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.')
  const nameless = kind === 'file' && (steps.length === 0 || path.endsWith('/'))
  const odd = path.startsWith('/') || /[\0\\]/.test(path) || steps.includes('..')
  if (odd || path.length > LONGEST_PATH || steps.length > DEEPEST || nameless) {
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
    await mkdir(path)
    await chmod(path, 0o755)
    made.add(path)
    if (made.size > most + 1) throw new ExecutorRefused('archive-entries', { most })
  }
}

function asRefusal(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (error instanceof ExecutorRefused) return error
  if (code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new ExecutorRefused('archive-format', { reason: 'gzip' })
  // A file where a folder is to be, or the other way round.
  if (['EEXIST', 'ENOTDIR', 'EISDIR'].includes(code)) {
    return new ExecutorRefused('archive-path', { path: '' })
  }
  return error
}

interface Checked extends TarEntry {
  kind: 'file' | 'folder'
}

/** The entries of an archive, each checked before its bytes are read. */
async function* checkedEntries(source: Readable, limits: Bounds): AsyncGenerator<Checked> {
  const size = { entries: 0, bytes: 0 }
  const gunzip = createGunzip()
  source.once('error', (error) => gunzip.destroy(error))
  const unpacked = bounded(source.pipe(gunzip), limits.bytes + limits.entries * OVERHEAD_BYTES)
  try {
    for await (const entry of readTar(unpacked)) {
      const kind = checkedType(entry)
      const path = checkedPath(entry.path, kind)
      size.entries++
      size.bytes += entry.bytes
      if (size.entries > limits.entries) {
        throw new ExecutorRefused('archive-entries', { most: limits.entries })
      }
      if (size.bytes > limits.bytes) {
        throw new ExecutorRefused('archive-bytes', { most: limits.bytes })
      }
      yield { ...entry, kind, path }
    }
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}

/**
 * Unpacks a tar.gz into a folder that is there and empty: looks through all of it first, so that
 * a bad archive writes nothing, and checks again while it writes.
 * @throws ExecutorRefused archive-format, -path, -link, -entries, -bytes
 */
export async function unpack(
  open: () => Promise<Readable>,
  folder: string,
  limits: Bounds,
): Promise<Bounds> {
  const size = { entries: 0, bytes: 0 }
  const makeFolder = folderMaker(folder, limits.entries)
  try {
    for await (const { content } of checkedEntries(await open(), limits)) {
      for await (const _ of content);
    }
    for await (const entry of checkedEntries(await open(), limits)) {
      const path = join(folder, entry.path)
      await makeFolder(entry.kind === 'folder' ? path : dirname(path))
      if (entry.kind === 'file') await writeFile(path, entry)
      else for await (const _ of entry.content);
      size.entries++
      size.bytes += entry.bytes
    }
    return size
  } catch (error) {
    throw asRefusal(error)
  }
}
