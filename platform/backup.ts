// Writes everything that makes up this platform into one file, as of one moment, while it runs.
import { createHash } from 'node:crypto'
import { access, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress } from 'node:zlib'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { BackupWriter } from './backup-format.ts'
import type { Connection } from './database.ts'
import { readSequences, readTables, type TableShape } from './database-shape.ts'
import { listMigrations } from './migrate.ts'
import type { Secrets } from './secrets.ts'
import { StartError } from './start-error.ts'

/** Uploads that are not finished; their rows say so, and the service clears them away. */
const UNFINISHED = 'unfinished'

const unwritable = new Set(['EACCES', 'EROFS', 'ENOENT', 'ENOTDIR', 'ENOSPC', 'EDQUOT', 'EFBIG'])

export interface BackupSource {
  /** A connection that may act as kapok_migrator. */
  admin: Connection
  filesDir: string
  keysDir: string
  secrets: Secrets
}

export interface BackupReport {
  tables: number
  rows: bigint
  files: number
  withKeys: boolean
}

/** Tells whether keys belong to a backup, without telling anything else about them. */
export function keyCheckOf(secrets: Secrets): string {
  return createHash('sha256').update(secrets.derive('backup-key-check')).digest('hex').slice(0, 32)
}

/**
 * Writes a backup of one snapshot to `out`, which must not exist; readable by this user alone.
 * @throws StartError when `out` exists, or the database holds nothing or is of a newer version
 */
export async function backup(
  source: BackupSource,
  out: string,
  options: { now: Date; withKeys: boolean },
): Promise<BackupReport> {
  const exists = await access(out).then(
    () => true,
    () => false,
  )
  if (exists) throw new StartError('backup-exists', { path: out })
  const draft = `${out}.unfinished`
  const client = new pg.Client(source.admin as pg.ClientConfig)
  await client.connect()
  try {
    await rm(draft, { force: true })
    const handle = await open(draft, 'wx', 0o600)
    try {
      const report = await write(new BackupWriter(handle), client, source, options)
      await rename(draft, out)
      await syncFolder(dirname(out))
      return report
    } finally {
      await handle.close()
    }
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {})
    const reason = (error as NodeJS.ErrnoException).code ?? ''
    if (unwritable.has(reason))
      throw new StartError('file-unwritable', { path: out, reason }, error)
    throw error
  } finally {
    await client.end()
  }
}

async function write(
  writer: BackupWriter,
  client: pg.Client,
  source: BackupSource,
  { now, withKeys }: { now: Date; withKeys: boolean },
): Promise<BackupReport> {
  await client.query('start transaction isolation level repeatable read read only')
  const world = await client.query(`select to_regclass('platform.world') as there`)
  if (world.rows[0].there === null) throw new StartError('backup-nothing', {})
  await client.query('set role kapok_migrator')
  await writer.part({
    part: 'header',
    createdAt: now.toISOString(),
    postgres: (await client.query<{ v: string }>(`select version() as v`)).rows[0]!.v,
    migrations: await appliedMigrations(client),
    keyCheck: keyCheckOf(source.secrets),
    withKeys,
  })
  if (withKeys) await writeFolder(writer, 'key', source.keysDir)
  const tables = await readTables(client)
  let rows = 0n
  for (const shape of tables) rows += BigInt(await writeTable(writer, client, shape))
  await writer.part({ part: 'sequences', values: await readSequences(client) })
  // After the snapshot: a file that a row of it names is there, unless it was erased meanwhile.
  const files = await writeFolder(writer, 'file', source.filesDir)
  await client.query('commit')
  await writer.end()
  return { tables: tables.length, rows, files, withKeys }
}

/** The level of the database: its migrations, in the order in which this program applies them. */
async function appliedMigrations(client: pg.Client) {
  const { rows } = await client.query<{ name: string }>(
    `select service || '/' || name as name from platform.migration`,
  )
  const applied = new Set(rows.map((row) => row.name))
  const known = listMigrations().filter(({ service, name }) => applied.delete(`${service}/${name}`))
  for (const name of applied) throw new StartError('newer-data', { name })
  return known.map(({ service, name, hash }) => ({ service, name, hash }))
}

export const copyTarget = ({ schema, table, columns }: Omit<TableShape, 'partition'>): string =>
  `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)} ` +
  `(${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`

async function writeTable(
  writer: BackupWriter,
  client: pg.Client,
  shape: TableShape,
): Promise<number> {
  let rows = 0
  // COPY's text form escapes line breaks in values: each line is one row.
  async function* counted(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows++
      yield chunk
    }
  }
  const packed = createZstdCompress()
  await Promise.all([
    pipeline(client.query(copyTo(`copy ${copyTarget(shape)} to stdout`)), counted, packed),
    writer.part({ part: 'table', ...shape }, packed, () => rows),
  ])
  return rows
}

/** Every file below a folder, each with its path in it; returns how many. */
async function writeFolder(
  writer: BackupWriter,
  part: 'key' | 'file',
  folder: string,
): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  let count = 0
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = relative(folder, join(entry.parentPath, entry.name))
    if (!entry.isFile() || path.startsWith(`${UNFINISHED}/`)) continue
    const handle = await open(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (!handle) continue
    await writer.part({ part, path }, handle.createReadStream())
    count++
  }
  return count
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path)
  await handle.sync().finally(() => handle.close())
}
