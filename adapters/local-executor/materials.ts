// Material that tasks read: taken in once under its content address, read-only from then on.

import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ExecutorRefused, type Material } from '#services/compute/ports.ts'
import { unpack } from './archive.ts'
import { removeAll } from './ownership.ts'
import type { Layout } from './task-folder.ts'

export interface Size {
  bytes: number
  entries: number
}

/** Nothing is taken in for longer. */
const UNFINISHED_MS = 6 * 3_600_000
const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

async function storeFile(material: Material, folder: string): Promise<Size> {
  if (basename(material.name) !== material.name || ['', '.', '..'].includes(material.name)) {
    throw new ExecutorRefused('archive-path', { path: material.name })
  }
  const { bytes: most } = material.limits
  const path = join(folder, material.name)
  let bytes = 0
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > most) done(new ExecutorRefused('archive-bytes', { most }))
      else done(null, chunk)
    },
  })
  await pipeline(await material.open(), bounded, createWriteStream(path, { mode: 0o644 }))
  await chmod(path, 0o644)
  return { bytes, entries: 1 }
}

/** The store of an executor. A material that stands is whole: it is renamed to its place last. */
export function openMaterials(layout: Layout) {
  async function sizeOf(place: string): Promise<Size | null> {
    const about = await readFile(join(place, 'size.json'), 'utf8').catch(() => null)
    return about === null ? null : (JSON.parse(about) as Size)
  }

  return {
    /** Removes what was being taken in when an earlier server died. */
    async sweep(): Promise<void> {
      for (const name of await readdir(layout.materials)) {
        const path = join(layout.materials, name)
        const isOld = async () => Date.now() - (await stat(path)).mtimeMs > UNFINISHED_MS
        if (name.startsWith('unfinished.') && (await isOld())) await removeAll(path)
      }
    },
    /** @throws ExecutorRefused archive-format, -path, -link, -entries, -bytes; no-room */
    async stage(material: Material): Promise<Size> {
      const place = layout.material(material.id)
      const known = await sizeOf(place)
      if (known) return known
      const aside = join(layout.materials, `unfinished.${randomBytes(8).toString('hex')}`)
      const files = join(aside, 'files')
      try {
        await mkdir(files, { recursive: true })
        // Whatever our own umask is, tasks are other users.
        for (const path of [aside, files]) await chmod(path, 0o755)
        const size =
          material.kind === 'file'
            ? await storeFile(material, files)
            : await unpack(material.open, files, material.limits)
        await writeFile(join(aside, 'size.json'), JSON.stringify(size))
        // Another one may have been quicker with the same content.
        await rename(aside, place).catch(async (error) => {
          if (!(await sizeOf(place))) throw error
        })
        return size
      } catch (error) {
        if (fullDisk.has((error as NodeJS.ErrnoException).code ?? '')) {
          throw new ExecutorRefused('no-room')
        }
        throw error
      } finally {
        await rm(aside, { recursive: true, force: true })
      }
    },
    async unstage(id: string): Promise<void> {
      await removeAll(layout.material(id))
    },
  }
}
