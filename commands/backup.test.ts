// ./kapok backup and restore on real data folders, stopped and running.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import type { Connection } from '#platform/database.ts'
import { startEmbedded } from '#platform/embedded-postgres.ts'
import { migrate } from '#platform/migrate.ts'
import { openSecrets } from '#platform/secrets.ts'

interface Ended {
  code: number
  out: string
  err: string
}

function kapok(...args: string[]): Promise<Ended> {
  const command = join(import.meta.dirname, 'run.ts')
  return new Promise((resolve) =>
    execFile(process.execPath, [command, ...args], (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    ),
  )
}

async function worlds(connection: Connection): Promise<unknown[]> {
  const client = new pg.Client(connection as pg.ClientConfig)
  await client.connect()
  const { rows } = await client.query('select id from platform.world')
  await client.end()
  return rows
}

/** A data folder with a world in it; its server runs until `stop`. */
async function running(dataDir: string) {
  const server = await startEmbedded({ dataDir, log: () => {} })
  const secrets = openSecrets(join(dataDir, 'keys'))
  await migrate(server.connection, secrets.derive('database-app').toString('hex'))
  const client = new pg.Client(server.connection as pg.ClientConfig)
  await client.connect()
  await client.query('insert into platform.world values (true, gen_random_uuid(), false, now())')
  await client.end()
  return server
}

test('back up running and stopped, restore elsewhere, refuse what would do harm', async (t) => {
  const at = mkdtempSync(join(tmpdir(), 'kapok-command-'))
  const path = (name: string) => join(at, name)
  const server = await running(path('data'))
  const servers = [server]
  t.after(async () => {
    for (const one of servers) await one.stop()
    rmSync(at, { recursive: true, force: true })
  })
  const world = await worlds(server.connection)

  const live = await kapok('backup', path('live'), '--data', path('data'))
  assert.equal(live.code, 0, live.err)
  assert.match(live.out, /master key/)
  assert.deepEqual(await worlds(server.connection), world, 'the running server was left running')
  const again = await kapok('backup', path('live'), '--data', path('data'))
  assert.deepEqual([again.code, again.out], [1, ''])
  assert.match(again.err, /exists and was left alone/)
  const into = await kapok('restore', path('live'), '--data', path('data'))
  assert.equal(into.code, 1)
  assert.match(into.err, /in use by another process/)

  await server.stop()
  const still = await kapok('backup', path('still'), '--data', path('data'), '--without-keys')
  assert.equal(still.code, 0, still.err)
  assert.doesNotMatch(still.out, /master key/)
  const full = await kapok('restore', path('live'), '--data', path('data'))
  assert.match(full.err, /needs an empty data folder/)

  const restored = await kapok('restore', path('live'), '--data', path('copy'))
  assert.equal(restored.code, 0, restored.err)
  const copy = await startEmbedded({ dataDir: path('copy'), log: () => {} })
  servers.push(copy)
  assert.deepEqual(await worlds(copy.connection), world)
})

test('a damaged backup and a wrong data folder leave no trace', async (t) => {
  const at = mkdtempSync(join(tmpdir(), 'kapok-command-'))
  t.after(() => rmSync(at, { recursive: true, force: true }))
  const data = join(at, 'data')
  writeFileSync(join(at, 'text'), 'no backup at all, but long enough to look at')
  const damaged = await kapok('restore', join(at, 'text'), '--data', data)
  assert.equal(damaged.code, 1)
  assert.match(damaged.err, /这不是 Kapok 的备份[\s\S]*no backup of Kapok/)
  const nothing = await kapok('backup', join(at, 'out'), '--data', data)
  assert.equal(nothing.code, 1)
  assert.match(nothing.err, /nothing to back up/)
  const usage = await kapok('backup')
  assert.match(usage.err, /Usage: \.\/kapok backup FILE/)
  assert.ok(!existsSync(data))
  assert.ok(!existsSync(join(at, 'out')))
  assert.match(readFileSync(join(at, 'text'), 'utf8'), /^no backup/)
})
