// A database of its own for each test, copied from a template; one server serves the whole run.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import pg from 'pg'
import type { Connection } from './database.ts'
import { startEmbedded } from './embedded-postgres.ts'

const TEMPLATE_LOCK = 7_208_461

export interface TestServer {
  /** As the server's owner, who may create roles and databases. */
  connection: Connection
  stop(): Promise<void>
}

/** Starts a server on a temporary folder for a run of tests; not durable, and gone afterwards. */
export async function startTestServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kapok-test-'))
  const remove = () => rm(dataDir, { recursive: true, force: true })
  try {
    const server = await startEmbedded({ dataDir, durable: false, log: () => {} })
    server.unref()
    const stop = async () => {
      await server.stop()
      await remove()
    }
    return { connection: server.connection, stop }
  } catch (error) {
    await remove()
    throw error
  }
}

let admin: Promise<pg.Pool> | null = null
let own: TestServer | null = null

/** The server named by KAPOK_TEST_DATABASE (a connection as JSON), or one of this process alone. */
async function openAdmin(): Promise<pg.Pool> {
  const shared = process.env.KAPOK_TEST_DATABASE
  if (!shared) own = await startTestServer()
  const connection: Connection = own?.connection ?? JSON.parse(shared!)
  const pool = new pg.Pool({ ...connection, max: 2, allowExitOnIdle: true })
  // The server may stop a moment before the pool's last goodbye has arrived.
  pool.on('error', () => {})
  return pool
}

after(async () => {
  if (!admin) return
  await (await admin).end()
  await own?.stop()
})

/**
 * A fresh database, dropped after the test.
 * @param options.template names what `prepare` makes; it runs once for that name
 * @param options.prepare fills the template and closes its connections
 * @returns a connection as the server's owner
 */
export async function testDatabase(
  t: TestContext,
  options: { template: string; prepare: (connection: Connection) => Promise<void> },
): Promise<Connection> {
  admin ??= openAdmin()
  const pool = await admin
  const template = pg.escapeIdentifier(`template_${options.template}`)
  await ensureTemplate(pool, options)
  const name = `test_${randomBytes(8).toString('hex')}`
  await pool.query(`create database ${name} template ${template} strategy file_copy`)
  t.after(() => pool.query(`drop database ${name} with (force)`))
  return { ...connectionOf(pool), database: name }
}

const connectionOf = ({ options }: pg.Pool): Connection => {
  const { host, port, user, password } = options
  return { host, port, user, password }
}

const ready = new Set<string>()

async function ensureTemplate(
  pool: pg.Pool,
  { template, prepare }: Parameters<typeof testDatabase>[1],
): Promise<void> {
  if (ready.has(template)) return
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const name = `template_${template}`
    const there = await client.query('select from pg_database where datname = $1', [name])
    if (there.rowCount === 0) {
      const made = `making_${template}`
      const [final, draft] = [pg.escapeIdentifier(name), pg.escapeIdentifier(made)]
      await client.query(`drop database if exists ${draft} with (force)`)
      await client.query(`create database ${draft}`)
      await prepare({ ...connectionOf(pool), database: made })
      await client.query(`alter database ${draft} rename to ${final}`)
      await client.query(`alter database ${final} allow_connections false`)
    }
    ready.add(template)
  } finally {
    await client.query('select pg_advisory_unlock_all()').finally(() => client.release())
  }
}
