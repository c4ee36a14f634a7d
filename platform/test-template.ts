// The templates that test databases are copied from, each made once per server.
import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Connection } from './database.ts'
import { listMigrations, migrate } from './migrate.ts'

const TEMPLATE_LOCK = 7_208_461

/** When tests take place, unless they say otherwise: a Monday morning in Guangzhou. */
export const testNow = new Date('2026-11-23T09:00:00+08:00')

/** The password of role kapok_app in tests. */
export const APP_PASSWORD = 'kapok-test'

export interface Template {
  /** The same name stands for the same content. */
  template: string
  /** Fills the template; closes its connections. */
  prepare(connection: Connection): Promise<void>
}

/** A migrated database without content. */
export function migratedTemplate(): Template {
  const hash = createHash('sha256')
  for (const migration of listMigrations()) hash.update(migration.hash)
  return {
    template: hash.digest('hex').slice(0, 16),
    prepare: async (connection) => {
      await migrate(connection, APP_PASSWORD, { now: testNow })
    },
  }
}

/**
 * Makes a template database unless the server has it.
 * @param server as the server's owner
 * @returns the name of the template database
 */
export async function ensureTemplate(
  server: Connection,
  { template, prepare }: Template,
): Promise<string> {
  const [final, draft] = [`template_${template}`, `making_${template}`]
  const client = new pg.Client(server as pg.ClientConfig)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const there = await client.query('select from pg_database where datname = $1', [final])
    if (there.rowCount === 0) {
      await client.query(`drop database if exists ${pg.escapeIdentifier(draft)} with (force)`)
      await client.query(`create database ${pg.escapeIdentifier(draft)}`)
      await prepare({ ...server, database: draft })
      const [from, to] = [pg.escapeIdentifier(draft), pg.escapeIdentifier(final)]
      await client.query(`alter database ${from} rename to ${to}`)
      await client.query(`alter database ${to} allow_connections false`)
    }
    return final
  } finally {
    await client.end()
  }
}
