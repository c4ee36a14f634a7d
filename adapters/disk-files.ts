// Files on this machine's disk: written aside, synced, then renamed to their place.
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type BlobStore, StorageFull } from '#services/files/ports.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const UNFINISHED = 'unfinished'
const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

/** A store below `folder`, which is made on first use and readable by this user alone. */
export function diskFiles(folder: string): BlobStore {
  const aside = join(folder, UNFINISHED)
  // The last digits of a UUID of version 7 are random: they spread evenly over 256 folders.
  const shelfOf = (id: string): string => {
    if (!UUID.test(id)) throw new Error(`not an id of a file: ${id}`)
    return join(folder, id.slice(-2))
  }
  const pathOf = (id: string) => join(shelfOf(id), id)

  return {
    async write(id, bytes) {
      const shelf = shelfOf(id)
      const unfinished = join(aside, `${id}.${randomBytes(4).toString('hex')}`)
      try {
        await mkdir(aside, { recursive: true, mode: 0o700 })
        await mkdir(shelf, { recursive: true, mode: 0o700 })
        const handle = await open(unfinished, 'wx', 0o600)
        try {
          await handle.writeFile(bytes)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await rename(unfinished, pathOf(id))
        await syncFolder(shelf)
      } catch (error) {
        await rm(unfinished, { force: true })
        throw fullDisk.has(codeOf(error) ?? '') ? new StorageFull(error) : error
      }
    },
    async read(id) {
      try {
        const handle = await open(pathOf(id))
        return handle.createReadStream()
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null
        throw error
      }
    },
    async remove(id) {
      await rm(pathOf(id), { force: true })
    },
    async *list() {
      for (const shelf of await entries(folder)) {
        if (!/^[0-9a-f]{2}$/.test(shelf)) continue
        for (const id of await entries(join(folder, shelf))) {
          if (!UUID.test(id)) continue
          const found = await stat(pathOf(id)).catch(() => null)
          if (found) yield { id, modifiedAt: found.mtime }
        }
      }
    },
    async sweep(before) {
      let removed = 0
      for (const name of await entries(aside)) {
        const found = await stat(join(aside, name)).catch(() => null)
        if (!found || found.mtime >= before) continue
        await rm(join(aside, name), { force: true })
        removed++
      }
      return removed
    },
  }
}
