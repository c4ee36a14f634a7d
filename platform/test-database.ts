// A database of its own for each test, copied from a template; one server for each test file.
import { randomBytes } from 'node:crypto'
import { after, type TestContext } from 'node:test'
import pg from 'pg'
import type { Connection } from './database.ts'
import { startTestServer, type TestServer } from './test-server.ts'
import { ensureTemplate, type Template } from './test-template.ts'

interface Opened {
  server: TestServer
  pool: pg.Pool
  /** Template name -> its database, once made. */
  templates: Map<string, Promise<string>>
}

let opened: Promise<Opened> | null = null

/** `./kapok test` names a cluster to copy in KAPOK_TEST_CLUSTER; alone, a file makes its own. */
async function open(): Promise<Opened> {
  const server = await startTestServer(process.env.KAPOK_TEST_CLUSTER)
  const pool = new pg.Pool({ ...server.connection, max: 2, allowExitOnIdle: true })
  // The server may stop a moment before the pool's last goodbye has arrived.
  pool.on('error', () => {})
  return { server, pool, templates: new Map() }
}

after(async () => {
  if (!opened) return
  const { server, pool } = await opened
  await pool.end()
  await server.remove()
})

/**
 * A fresh database, dropped after the test.
 * @returns a connection as the server's owner, who may create roles and databases
 */
export async function testDatabase(t: TestContext, source: Template): Promise<Connection> {
  opened ??= open()
  const { server, pool, templates } = await opened
  const made = templates.get(source.template) ?? ensureTemplate(server.connection, source)
  templates.set(source.template, made)
  const name = `test_${randomBytes(8).toString('hex')}`
  const from = pg.escapeIdentifier(await made)
  await pool.query(`create database ${name} template ${from} strategy file_copy`)
  t.after(() => pool.query(`drop database ${name} with (force)`))
  return { ...server.connection, database: name }
}
