// Brings a backup into an empty data folder and database: checked whole first, then all or nothing.
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { copyTarget, keyCheckOf } from './backup.ts'
import { type BackupHeader, type Part, readBackup } from './backup-format.ts'
import type { Connection } from './database.ts'
import { readLoosening, readSequences, readTables } from './database-shape.ts'
import { listMigrations, migrate } from './migrate.ts'
import { openSecrets } from './secrets.ts'
import { StartError } from './start-error.ts'

export interface RestoreTarget {
  /** A connection that may create roles and schemas, to a database without a world in it. */
  admin: Connection
  /** Not there, or empty. */
  filesDir: string
  /** Not there, or empty; with a backup without keys, the keys of its system. */
  keysDir: string
}

export interface RestoreReport {
  createdAt: string
  tables: number
  rows: bigint
  files: number
}

/**
 * Reads the whole backup and checks it; changes nothing.
 * @throws StartError 'backup-damaged' when it is incomplete or altered
 */
export async function inspectBackup(path: string): Promise<BackupHeader> {
  let header: BackupHeader | null = null
  for await (const { about, body } of readBackup(path)) {
    if (about.part === 'header') header = about
    for await (const _ of body);
  }
  if (!header) throw new StartError('backup-damaged', { part: 1 })
  return header
}

/**
 * Restores a backup.
 * @throws StartError when the backup is damaged or of another version, or the target is not empty
 */
export async function restore(
  target: RestoreTarget,
  path: string,
  options: { now: Date },
): Promise<RestoreReport> {
  const header = await inspectBackup(path)
  refuseUnknown(header)
  await refuseUnlessEmpty(target.filesDir)
  if (header.withKeys) await refuseUnlessEmpty(target.keysDir)
  const files = new Staging(target.filesDir)
  const keys = new Staging(target.keysDir)
  try {
    for await (const part of readBackup(path)) {
      if (part.about.part === 'table') break
      if (part.about.part === 'key') await keys.add(part.about.path, part.body)
    }
    const keysDir = header.withKeys ? keys.draft : target.keysDir
    const password = await appPassword(keysDir, target.keysDir, header)
    const client = new pg.Client(target.admin as pg.ClientConfig)
    await client.connect()
    try {
      await refuseUnlessNew(client)
      await migrate(target.admin, password, {
        now: options.now,
        migrations: listMigrationsOf(header),
      })
      const report = await load(client, path, files, async () => {
        await files.settle()
        await keys.settle()
      })
      return { createdAt: header.createdAt, ...report }
    } finally {
      await client.end()
    }
  } catch (error) {
    await files.discard()
    await keys.discard()
    throw error
  }
}

/** Only migrations that this program has, with the same content. */
function refuseUnknown(header: BackupHeader): void {
  const known = new Map(listMigrations().map((one) => [`${one.service}/${one.name}`, one.hash]))
  for (const { service, name, hash } of header.migrations) {
    const ours = known.get(`${service}/${name}`)
    if (ours === undefined) throw new StartError('newer-data', { name: `${service}/${name}` })
    if (ours !== hash) throw new StartError('altered-migration', { name: `${service}/${name}` })
  }
}

const listMigrationsOf = (header: BackupHeader) => {
  const applied = new Set(header.migrations.map(({ service, name }) => `${service}/${name}`))
  return listMigrations().filter(({ service, name }) => applied.has(`${service}/${name}`))
}

async function refuseUnlessEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => [])
  if (entries.length > 0) throw new StartError('restore-not-empty', { what: folder })
}

/** The keys must be those that the backup's secrets were sealed with. */
async function appPassword(from: string, to: string, header: BackupHeader): Promise<string> {
  const there = await readdir(from).catch(() => [])
  if (there.length === 0) throw new StartError('restore-keys', { path: to })
  const secrets = openSecrets(from)
  if (keyCheckOf(secrets) !== header.keyCheck) throw new StartError('restore-keys', { path: to })
  return secrets.derive('database-app').toString('hex')
}

/** A database counts as new until a world was made in it; a restore that was cut off left none. */
async function refuseUnlessNew(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('platform.world') is not null as there`,
  )
  if (!rows[0]!.there) return
  const world = await client.query('select from platform.world')
  if (world.rowCount! > 0) throw new StartError('restore-not-empty', { what: 'PostgreSQL' })
}

/** Loads every table in one transaction; `settle` runs when all is in and counted. */
async function load(
  client: pg.Client,
  path: string,
  files: Staging,
  settle: () => Promise<void>,
): Promise<Omit<RestoreReport, 'createdAt'>> {
  await client.query('set role kapok_migrator')
  await client.query('begin')
  const shapes = await readTables(client)
  const known: Known = {
    tables: new Map(shapes.map((shape) => [nameOf(shape.schema, shape.table), shape.columns])),
    parents: new Set(shapes.map((shape) => shape.partition?.of ?? '')),
    sequences: new Set((await readSequences(client)).map((sequence) => sequence.name)),
  }
  const loosening = await readLoosening(client)
  for (const statement of loosening.before) await client.query(statement)
  await client.query(`truncate ${[...known.tables.keys()].join(', ')}`)
  const report = { tables: 0, rows: 0n, files: 0 }
  for await (const part of readBackup(path)) {
    const { about } = part
    if (about.part === 'file') {
      await files.add(about.path, part.body)
      report.files++
    } else if (about.part === 'table') {
      report.rows += BigInt(await loadTable(client, { ...part, about }, known))
      report.tables++
    } else if (about.part === 'sequences') {
      for (const { name, value, called } of about.values) {
        if (!known.sequences.has(name)) throw new StartError('backup-mismatch', { name })
        await client.query('select setval($1::text::regclass, $2, $3)', [name, value, called])
      }
    }
  }
  await client.query('select journal.rebase()')
  for (const statement of loosening.after) await client.query(statement)
  await settle()
  await client.query('commit')
  await client.query('analyze').catch(() => {})
  return report
}

/** What the migrated target has, by quoted name. */
interface Known {
  tables: Map<string, string[]>
  parents: Set<string>
  sequences: Set<string>
}

type TablePart = Part & { about: Extract<Part['about'], { part: 'table' }> }

const nameOf = (schema: string, table: string): string =>
  `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`

async function loadTable(client: pg.Client, part: TablePart, known: Known): Promise<number> {
  const { about, body, closing } = part
  const name = nameOf(about.schema, about.table)
  const columns = known.tables.get(name)
  if (columns) {
    const strange = about.columns.find((column) => !columns.includes(column))
    if (strange !== undefined) throw new StartError('backup-mismatch', { name: strange })
  } else {
    const { of, bound } = about.partition ?? { of: '', bound: '' }
    if (!known.parents.has(of)) throw new StartError('backup-mismatch', { name })
    await client.query(`create table ${name} partition of ${of} ${bound}`)
  }
  const into = client.query(copyFrom(`copy ${copyTarget(about)} from stdin`))
  await pipeline(Readable.from(body), createZstdDecompress(), into)
  const { rows } = await client.query<{ count: string }>(`select count(*)::text from ${name}`)
  const count = Number(rows[0]!.count)
  if (count !== closing().rows) throw new StartError('backup-mismatch', { name })
  return count
}

/** A folder that is filled aside and takes its final name when everything is in it. */
class Staging {
  readonly draft: string
  readonly #final: string
  #settled = false
  #used = false

  constructor(final: string) {
    this.#final = final
    this.draft = `${final}.restoring`
  }

  async add(path: string, body: AsyncIterable<Buffer>): Promise<void> {
    if (!this.#used) await rm(this.draft, { recursive: true, force: true })
    this.#used = true
    const at = join(this.draft, path)
    await mkdir(dirname(at), { recursive: true, mode: 0o700 })
    const handle = await open(at, 'wx', 0o600)
    try {
      for await (const chunk of body) await handle.writeFile(chunk)
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  /** The final folder is empty or absent. */
  async settle(): Promise<void> {
    if (!this.#used) return
    await rm(this.#final, { recursive: true, force: true })
    await rename(this.draft, this.#final)
    this.#settled = true
    const parent = await open(dirname(this.#final))
    await parent.sync().finally(() => parent.close())
  }

  /** What settled stays: the database may have committed even where its answer was lost. */
  async discard(): Promise<void> {
    if (this.#used && !this.#settled) await rm(this.draft, { recursive: true, force: true })
  }
}
