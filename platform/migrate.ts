// Brings a database to this version: roles, one schema per service, numbered migrations, one lock.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Connection } from './database.ts'
import { installJobs } from './jobs.ts'
import { StartError } from './start-error.ts'

const LOCK = 7_208_460
const root = join(import.meta.dirname, '..')

export interface Migration {
  service: string
  name: string
  sql: string
  hash: string
}

/** All migrations of this version in order: the platform's, then each service's. */
export function listMigrations(): Migration[] {
  const services = readdirSync(join(root, 'services'), { withFileTypes: true })
    .filter((folder) => folder.isDirectory())
    .map((folder) => folder.name)
    .sort()
  const folders = [
    ['platform', join(root, 'platform/migrations')] as const,
    ...services.map((name) => [name, join(root, 'services', name, 'migrations')] as const),
  ]
  return folders.flatMap(([service, folder]) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((file) => file.endsWith('.sql'))
          .sort()
          .map((file) => {
            const sql = readFileSync(join(folder, file), 'utf8')
            const hash = createHash('sha256').update(sql).digest('hex')
            return { service, name: file, sql, hash }
          })
      : [],
  )
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The two roles: kapok_migrator owns the schemas, kapok_app has what migrations grant it. */
async function ensureRoles(client: pg.Client, appPassword: string): Promise<void> {
  for (const role of ['kapok_migrator nologin', 'kapok_app login']) {
    // Another database of the same server may create them at the same moment.
    await client.query(`do $$ begin create role ${role}; exception
      when duplicate_object or unique_violation then null; end $$`)
  }
  await client.query('grant kapok_migrator to current_user')
  const current = await client.query(
    "select 1 from pg_roles where rolname = 'kapok_app' and rolcanlogin",
  )
  if (current.rowCount === 0) await client.query('alter role kapok_app login')
  await client.query(`alter role kapok_app password ${quote(appPassword)}`)
  const database = await client.query<{ name: string }>('select current_database() as name')
  const name = pg.escapeIdentifier(database.rows[0]!.name)
  await client.query(`grant create on database ${name} to kapok_migrator`)
  await client.query('revoke create on schema public from public')
  // Whoever could make temporary types could slip them under a function of the migrator.
  await client.query(`revoke temporary on database ${name} from public`)
}

async function ensureSchema(client: pg.Client, name: string): Promise<void> {
  await client.query(`create schema if not exists ${pg.escapeIdentifier(name)}`)
  await client.query(`grant usage on schema ${pg.escapeIdentifier(name)} to kapok_app`)
}

async function applied(client: pg.Client): Promise<Map<string, string>> {
  await ensureSchema(client, 'platform')
  await ensureSchema(client, 'journal')
  await client.query(`create table if not exists platform.migration (
    service text, name text, hash text not null, applied_at timestamptz not null,
    primary key (service, name))`)
  await client.query('grant select on platform.migration to kapok_app')
  const rows = await client.query<{ service: string; name: string; hash: string }>(
    'select service, name, hash from platform.migration',
  )
  return new Map(rows.rows.map((row) => [`${row.service}/${row.name}`, row.hash]))
}

async function applyOne(client: pg.Client, migration: Migration, now: Date): Promise<void> {
  await client.query('begin')
  try {
    if (migration.service !== 'platform') await ensureSchema(client, migration.service)
    await client.query(migration.sql)
    await client.query('insert into platform.migration values ($1, $2, $3, $4)', [
      migration.service,
      migration.name,
      migration.hash,
      now,
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`migration ${migration.service}/${migration.name}: ${String(error)}`, {
      cause: error,
    })
  }
}

/**
 * Applies what is missing, each migration in its own transaction, under one advisory lock.
 * @param admin a connection that may create roles (the embedded server's owner, or the one given)
 * @param appPassword the password that role kapok_app gets
 * @returns the names applied
 * @param options.onlyCheck apply nothing; refuse a database that is not of exactly this version
 * @throws StartError when the database is of a newer version, or a past migration was altered
 */
export async function migrate(
  admin: Connection,
  appPassword: string,
  options: { now?: Date; migrations?: Migration[]; onlyCheck?: boolean } = {},
): Promise<string[]> {
  const migrations = options.migrations ?? listMigrations()
  const client = new pg.Client(admin as pg.ClientConfig)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await ensureRoles(client, appPassword)
    await client.query('set role kapok_migrator')
    const before = await applied(client)
    const known = new Map(migrations.map((m) => [`${m.service}/${m.name}`, m.hash]))
    for (const [name, hash] of before) {
      if (!known.has(name)) throw new StartError('newer-data', { name })
      if (known.get(name) !== hash) throw new StartError('altered-migration', { name })
    }
    const missing = migrations.filter((m) => !before.has(`${m.service}/${m.name}`))
    if (options.onlyCheck && missing.length > 0) throw new StartError('older-data', {})
    for (const migration of missing) {
      await applyOne(client, migration, options.now ?? new Date())
    }
    if (!options.onlyCheck) await installJobs(client)
    return missing.map((m) => `${m.service}/${m.name}`)
  } finally {
    await client.end()
  }
}
