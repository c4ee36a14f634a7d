// The embedded server: durable, alone on its folder, and clear when it cannot start.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import type { Connection } from './database.ts'
import {
  type Embedded,
  type EmbeddedOptions,
  findRunning,
  startEmbedded,
} from './embedded-postgres.ts'
import { StartError } from './start-error.ts'

/** Servers to stop before a test's folder goes. */
const started = new Map<TestContext, Embedded[]>()

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'kapok-embedded-'))
  started.set(t, [])
  t.after(async () => {
    for (const server of started.get(t)!) await server.stop()
    await rm(path, { recursive: true, force: true })
  })
  return path
}

async function start(
  t: TestContext,
  dataDir: string,
  options: Partial<EmbeddedOptions> = {},
): Promise<Embedded> {
  const server = await startEmbedded({ dataDir, log: () => {}, ...options })
  started.get(t)!.push(server)
  return server
}

async function ask(connection: Connection, sql: string): Promise<unknown> {
  const client = new pg.Client(connection as pg.ClientConfig)
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

const refused = (code: string) => (error: unknown) => {
  assert.ok(error instanceof StartError, String(error))
  assert.equal(error.code, code)
  assert.doesNotMatch(error.message, /[{}]/, 'every hole of the sentence is filled')
  return true
}

test('a second start takes less than a second and finds the data', async (t) => {
  const dataDir = await folder(t)
  const first = await start(t, dataDir)
  await ask(first.connection, 'create table kept as select 42 as answer')
  await first.stop()
  const begun = performance.now()
  const second = await start(t, dataDir)
  const took = performance.now() - begun
  assert.ok(took < 1_000, `took ${took} ms`)
  assert.equal(await ask(second.connection, 'select answer from kept'), 42)
})

test('it is durable, UTF-8, on UTC, and reachable only through its own socket', async (t) => {
  const dataDir = await folder(t)
  const { connection } = await start(t, dataDir)
  const show = (name: string) => ask(connection, `show ${name}`)
  assert.equal(await show('fsync'), 'on')
  assert.equal(await show('synchronous_commit'), 'on')
  assert.equal(await show('data_checksums'), 'on')
  assert.equal(await show('listen_addresses'), '')
  assert.equal(await show('timezone'), 'UTC')
  assert.equal(await show('server_encoding'), 'UTF8')
  assert.equal(await ask(connection, `select upper('é木棉')`), 'É木棉')
  assert.equal((await stat(connection.host!)).mode & 0o777, 0o700)
  assert.ok(`${connection.host}/.s.PGSQL.5432`.length < 107)
  assert.equal((await stat(join(dataDir, 'postgres.password'))).mode & 0o777, 0o600)
  const stranger = { ...connection, password: 'guess' }
  await assert.rejects(ask(stranger, 'select 1'), /password authentication failed/)
})

test('another process finds the running server, and none once it stopped', async (t) => {
  const dataDir = await folder(t)
  assert.equal(await findRunning(dataDir), null)
  const server = await start(t, dataDir)
  const found = await findRunning(dataDir)
  assert.ok(found)
  assert.equal(await ask(found, 'select 7'), 7)
  await server.stop()
  assert.equal(await findRunning(dataDir), null)
  await assert.rejects(stat(server.connection.host!), 'the socket folder is gone')
})

test('a folder in use is refused and its server goes on', async (t) => {
  const dataDir = await folder(t)
  const server = await start(t, dataDir)
  await assert.rejects(start(t, dataDir), (error) => {
    refused('data-in-use')(error)
    assert.match((error as Error).message, new RegExp(`\\b${server.pid()}\\b`))
    return true
  })
  assert.equal(await ask(server.connection, 'select 1'), 1)
  assert.ok(await findRunning(dataDir), 'the refused start left the note of the socket alone')
})

test('of several first starts at once one wins and the others are refused', async (t) => {
  const dataDir = await folder(t)
  const starts = await Promise.allSettled([1, 2, 3].map(() => start(t, dataDir)))
  const won = starts.filter((one) => one.status === 'fulfilled')
  assert.equal(won.length, 1)
  for (const one of starts) if (one.status === 'rejected') refused('data-in-use')(one.reason)
  await won[0]!.value.stop()
  assert.equal(await ask((await start(t, dataDir)).connection, 'select 1'), 1)
})

test('kill -9 of the server: it comes back with everything committed', async (t) => {
  const dataDir = await folder(t)
  const said: string[] = []
  let recovered = () => {}
  const again = new Promise<void>((resolve) => {
    recovered = resolve
  })
  const server = await start(t, dataDir, {
    log: (line) => {
      said.push(line)
      if (said.filter((one) => one.includes('ready to accept')).length === 2) recovered()
    },
  })
  await ask(server.connection, 'create table kept as select 1 as n')
  const before = server.pid()
  process.kill(before, 'SIGKILL')
  await again
  assert.notEqual(server.pid(), before)
  assert.equal(await ask(server.connection, 'select n from kept'), 1)
  assert.ok(said.some((line) => line.includes('automatic recovery in progress')))
})

test('a server that cannot come back is reported once, and stop still works', async (t) => {
  const dataDir = await folder(t)
  let report = (_: unknown) => {}
  const failed = new Promise<unknown>((resolve) => {
    report = resolve
  })
  const server = await start(t, dataDir, { failed: report })
  await rm(join(dataDir, 'postgres/global/pg_control'))
  process.kill(server.pid(), 'SIGKILL')
  refused('postgres-failed')(await failed)
})

test('a process id left behind and since given to another program does not block', async (t) => {
  const dataDir = await folder(t)
  const first = await start(t, dataDir)
  const pidFile = join(dataDir, 'postgres/postmaster.pid')
  const lines = (await readFile(pidFile, 'utf8')).split('\n')
  await first.stop()
  // PostgreSQL trusts the ids of itself and its parents; pid 1 is neither.
  await writeFile(pidFile, ['1', ...lines.slice(1)].join('\n'))
  const second = await start(t, dataDir)
  assert.equal(await ask(second.connection, 'select 1'), 1)
})

test('a process id left behind and since given to the server of another folder does not block', async (t) => {
  const [dataDir, elsewhere] = [await folder(t), await folder(t)]
  const other = await start(t, elsewhere)
  const first = await start(t, dataDir)
  const pidFile = join(dataDir, 'postgres/postmaster.pid')
  const lines = (await readFile(pidFile, 'utf8')).split('\n')
  await first.stop()
  await writeFile(pidFile, [String(other.pid()), ...lines.slice(1)].join('\n'))
  const second = await start(t, dataDir)
  assert.equal(await ask(second.connection, 'select 1'), 1)
  assert.equal(await ask(other.connection, 'select 1'), 1)
})

test('a first start that was cut off leaves nothing in the way', async (t) => {
  const dataDir = await folder(t)
  await mkdir(join(dataDir, 'postgres.new/base'), { recursive: true })
  await writeFile(join(dataDir, 'postgres.new/PG_VERSION'), '18\n')
  await writeFile(join(dataDir, 'postgres.password'), 'of the start that was cut off\n')
  const server = await start(t, dataDir)
  assert.equal(await ask(server.connection, 'select 1'), 1)
  await assert.rejects(stat(join(dataDir, 'postgres.new')))
})

for (const [version, code] of [
  ['19', 'postgres-newer'],
  ['17', 'postgres-older'],
] as const) {
  test(`data of PostgreSQL ${version} is refused and left as it is`, async (t) => {
    const dataDir = await folder(t)
    const server = await start(t, dataDir)
    await server.stop()
    const path = join(dataDir, 'postgres/PG_VERSION')
    await writeFile(path, `${version}\n`)
    await assert.rejects(start(t, dataDir), refused(code))
    await writeFile(path, '18\n')
    assert.equal(await ask((await start(t, dataDir)).connection, 'select 1'), 1)
  })
}

test('a data folder that is a file is refused', async (t) => {
  const path = join(await folder(t), 'file')
  await writeFile(path, 'mine')
  await assert.rejects(start(t, path), refused('data-unwritable'))
  assert.equal(await readFile(path, 'utf8'), 'mine')
})
