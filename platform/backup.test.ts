// Backup and restore: one moment of everything, whole or refused, and alive afterwards.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import pg from 'pg'
import { backup } from './backup.ts'
import { BackupWriter, type Meta } from './backup-format.ts'
import { type Fact, system } from './context.ts'
import { type Connection, openDatabase, openPool } from './database.ts'
import { readLoosening, readSequences, readTables } from './database-shape.ts'
import { append, numberEntries } from './journal.ts'
import { listMigrations, migrate } from './migrate.ts'
import { inspectBackup, restore } from './restore.ts'
import { openSecrets } from './secrets.ts'
import { StartError } from './start-error.ts'
import { testDatabase } from './test-database.ts'
import { startTestServer } from './test-server.ts'
import { APP_PASSWORD, testNow } from './test-template.ts'
import { type TestWorld, testWorld } from './test-world.ts'

const empty = { template: 'empty', prepare: async () => {} }
const actor = system('backup-test')
const refused = (code: string) => (error: unknown) => {
  assert.ok(error instanceof StartError, String(error))
  assert.equal(error.code, code)
  return true
}

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'kapok-backup-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

const factOf = (n: number): Fact => ({
  kind: 'test.fact',
  version: 1,
  subjectId: null,
  payload: { n, text: 'tab\there, line\nbreak, \\N, “木棉”' },
})

/** A world with facts, secrets, files and values that are hard to write down. */
async function furnished(t: TestContext): Promise<TestWorld> {
  const world = await testWorld(t)
  const id = crypto.randomUUID()
  await sql`insert into platform.world values (true, ${id}, false, ${testNow})`.execute(world.db)
  await world.transact(actor, async (ctx) => {
    for (let n = 0; n < 30; n++) await ctx.append(factOf(n))
    await world.secrets.store(ctx.tx, 'test', 'a secret', ctx.now)
  })
  const files = join(world.settings.KAPOK_DATA, 'files')
  await mkdir(join(files, 'ab'), { recursive: true })
  await mkdir(join(files, 'unfinished'))
  await writeFile(join(files, 'ab/large'), Buffer.alloc(3 * 2 ** 20, 'kapok'))
  await writeFile(join(files, 'ab/none'), '')
  await writeFile(join(files, 'unfinished/upload'), 'half of it')
  return world
}

const sourceOf = (world: TestWorld) => ({
  admin: world.admin,
  filesDir: join(world.settings.KAPOK_DATA, 'files'),
  keysDir: join(world.settings.KAPOK_DATA, 'keys'),
  secrets: world.secrets,
})

const targetIn = (data: string, admin: Connection) => ({
  admin,
  filesDir: join(data, 'files'),
  keysDir: join(data, 'keys'),
})

async function withClient<T>(at: Connection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(at as pg.ClientConfig)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** A digest of every table and the position of every sequence. */
const contentOf = (at: Connection) =>
  withClient(at, async (client) => {
    const content: Record<string, string> = {}
    for (const { schema, table, columns } of await readTables(client)) {
      const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ')
      const { rows } = await client.query<{ digest: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(r::text, e'\\n' order by r::text)), '')
           as digest from (select ${list} from "${schema}"."${table}") r`,
      )
      content[`${schema}.${table}`] = rows[0]!.digest
    }
    for (const { name, value, called } of await readSequences(client)) {
      content[name] = `${value} ${called}`
    }
    return content
  })

const isUntouched = (at: Connection) =>
  withClient(at, async (client) => (await readTables(client)).length === 0)

test('tables, sequences, files and keys come back, and the journal goes on', async (t) => {
  const world = await furnished(t)
  await numberEntries(world.db)
  await world.transact(actor, async (ctx) => {
    for (let n = 30; n < 50; n++) await ctx.append(factOf(n))
  })
  const out = join(await folder(t), 'one.kapok')
  const made = await backup(sourceOf(world), out, { now: testNow, withKeys: true })
  assert.equal(made.files, 2)
  assert.equal((await stat(out)).mode & 0o777, 0o600)

  const [data, admin] = [await folder(t), await testDatabase(t, empty)]
  const report = await restore(targetIn(data, admin), out, { now: new Date() })
  assert.deepEqual([report.rows, report.tables, report.files], [made.rows, made.tables, 2])
  const [before, after] = [await contentOf(world.admin), await contentOf(admin)]
  // The unnumbered rest is numbered by the restore; everything else is as it was.
  for (const name of ['journal.sequence', 'journal.cursor']) {
    assert.notEqual(after[name], before[name])
    delete after[name]
    delete before[name]
  }
  assert.deepEqual(after, before)

  const guards = (at: Connection) => withClient(at, readLoosening)
  assert.deepEqual(await guards(admin), await guards(world.admin), 'keys and triggers are back')
  assert.ok((await guards(admin)).before.length > 20)

  const files = join(data, 'files/ab')
  const digest = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  const original = join(world.settings.KAPOK_DATA, 'files/ab/large')
  assert.equal(await digest(join(files, 'large')), await digest(original))
  assert.equal((await stat(join(files, 'none'))).size, 0)
  await assert.rejects(stat(join(data, 'files/unfinished')))
  const secrets = openSecrets(join(data, 'keys'))
  assert.equal((await stat(join(data, 'keys/master-1.key'))).mode & 0o777, 0o600)

  const pool = openPool({ ...admin, user: 'kapok_app', password: APP_PASSWORD })
  const db = openDatabase(pool)
  t.after(() => db.destroy())
  assert.equal(await secrets.read(db, 'test'), 'a secret')
  await db.transaction().execute((tx) => append(tx, actor, testNow, factOf(50)))
  await numberEntries(db)
  const positions = await sql<{ position: bigint; n: number }>`
    select position, (payload ->> 'n')::int as n
    from journal.sequence join journal.entry on id = entry_id order by position`.execute(db)
  const expected = Array.from({ length: 51 }, (_, n) => ({ position: BigInt(n + 1), n }))
  assert.deepEqual(positions.rows, expected)
})

test('a backup under load holds one moment', async (t) => {
  const world = await furnished(t)
  let going = true
  const pair = async (n: number) => {
    for (let i = 0; going; i++) {
      // Two tables far apart in the backup, always with the same number of rows.
      await world.transact(actor, async (ctx) => {
        const name = `pair-${n}-${i}`
        await sql`insert into platform.idempotency
          values ('test', ${name}, 'r', 'x', 200, null, ${ctx.now})`.execute(ctx.tx)
        await sql`insert into platform.reaction (name) values (${name})`.execute(ctx.tx)
      })
    }
  }
  const writers = [1, 2, 3].map(pair)
  const out = join(await folder(t), 'loaded.kapok')
  try {
    await backup(sourceOf(world), out, { now: testNow, withKeys: true })
  } finally {
    going = false
    await Promise.all(writers)
  }
  const admin = await testDatabase(t, empty)
  await restore(targetIn(await folder(t), admin), out, { now: testNow })
  const [keys, reactions] = await withClient(admin, async (client) => [
    (await client.query('select key as name from platform.idempotency order by 1')).rows,
    (await client.query(`select name from platform.reaction where name like 'pair%' order by 1`))
      .rows,
  ])
  assert.deepEqual(keys, reactions)
})

test('cut off anywhere or with any byte altered, it is refused and nothing changes', async (t) => {
  const world = await furnished(t)
  await rm(join(world.settings.KAPOK_DATA, 'files/ab/large'))
  const at = await folder(t)
  const out = join(at, 'whole.kapok')
  await backup(sourceOf(world), out, { now: testNow, withKeys: true })
  const whole = await readFile(out)
  const broken = join(at, 'broken.kapok')
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (place, change, cut) => {
        const bytes = Buffer.from(cut ? whole.subarray(0, place) : whole)
        if (!cut) bytes[place]! ^= change
        await writeFile(broken, bytes)
        await assert.rejects(inspectBackup(broken), refused('backup-damaged'))
      },
    ),
    { numRuns: 300 },
  )
  await writeFile(broken, Buffer.concat([whole, Buffer.from('x')]))
  const [data, admin] = [await folder(t), await testDatabase(t, empty)]
  await assert.rejects(
    restore(targetIn(data, admin), broken, { now: testNow }),
    refused('backup-damaged'),
  )
  assert.ok(await isUntouched(admin))
  await assert.rejects(stat(join(data, 'keys')))
})

test('only an empty database and empty folders are restored into', async (t) => {
  const world = await furnished(t)
  const out = join(await folder(t), 'one.kapok')
  await backup(sourceOf(world), out, { now: testNow, withKeys: true })
  const before = await contentOf(world.admin)
  const into = async (admin: Connection, data: string) =>
    restore(targetIn(data, admin), out, { now: testNow })
  await assert.rejects(into(world.admin, await folder(t)), refused('restore-not-empty'))
  assert.deepEqual(await contentOf(world.admin), before)

  const [data, admin] = [await folder(t), await testDatabase(t, empty)]
  await mkdir(join(data, 'keys'))
  await writeFile(join(data, 'keys/master-1.key'), 'of another system')
  await assert.rejects(into(admin, data), refused('restore-not-empty'))
  assert.equal(await readFile(join(data, 'keys/master-1.key'), 'utf8'), 'of another system')
  assert.ok(await isUntouched(admin))
})

test('without keys, the restore needs those of the same system', async (t) => {
  const world = await furnished(t)
  const out = join(await folder(t), 'no-keys.kapok')
  await backup(sourceOf(world), out, { now: testNow, withKeys: false })
  const key = await readFile(join(world.settings.KAPOK_DATA, 'keys/master-1.key'))
  assert.ok(!(await readFile(out)).includes(key))

  const [data, admin] = [await folder(t), await testDatabase(t, empty)]
  const target = targetIn(data, admin)
  await assert.rejects(restore(target, out, { now: testNow }), refused('restore-keys'))
  openSecrets(target.keysDir)
  await assert.rejects(restore(target, out, { now: testNow }), refused('restore-keys'))
  assert.ok(await isUntouched(admin))
  await cp(join(world.settings.KAPOK_DATA, 'keys'), target.keysDir, { recursive: true })
  await restore(target, out, { now: testNow })
  assert.deepEqual(
    (await contentOf(admin))['platform.secret'],
    (await contentOf(world.admin))['platform.secret'],
  )
})

test('a restore that was cut off in the database can be repeated', async (t) => {
  const world = await furnished(t)
  const out = join(await folder(t), 'one.kapok')
  await backup(sourceOf(world), out, { now: testNow, withKeys: true })
  const admin = await testDatabase(t, empty)
  // As after a power cut: migrated, nothing loaded, drafts of the folders left behind.
  await migrate(admin, APP_PASSWORD, { now: testNow })
  const data = await folder(t)
  await mkdir(join(data, 'files.restoring/ab'), { recursive: true })
  await writeFile(join(data, 'files.restoring/ab/large'), 'half')
  await restore(targetIn(data, admin), out, { now: testNow })
  assert.equal((await stat(join(data, 'files/ab/large'))).size, 3 * 2 ** 20)
})

test('an older level is restored and migrated afterwards; a newer one is refused', async (t) => {
  const all = listMigrations()
  const older = all.slice(0, -1)
  const source = await testDatabase(t, empty)
  await migrate(source, APP_PASSWORD, { now: testNow, migrations: older })
  const [data, at] = [await folder(t), await folder(t)]
  const secrets = openSecrets(join(data, 'keys'))
  const from = { ...targetIn(data, source), secrets }
  const out = join(at, 'older.kapok')
  await backup(from, out, { now: testNow, withKeys: true })
  const admin = await testDatabase(t, empty)
  await restore(targetIn(await folder(t), admin), out, { now: testNow })
  const applied = await migrate(admin, APP_PASSWORD, { now: testNow })
  assert.deepEqual(applied, [`${all.at(-1)!.service}/${all.at(-1)!.name}`])

  await migrate(source, APP_PASSWORD, { now: testNow })
  await withClient(source, (client) =>
    client.query(`update platform.migration set name = '9999_later.sql'
      where service = '${all.at(-1)!.service}' and name = '${all.at(-1)!.name}'`),
  )
  const newer = join(at, 'newer.kapok')
  await assert.rejects(backup(from, newer, { now: testNow, withKeys: true }), refused('newer-data'))
  await assert.rejects(stat(newer))
})

test('a partition of another day is made again', async (t) => {
  const world = await furnished(t)
  const day = `boss.queue_stats_20200101`
  await withClient(world.admin, async (client) => {
    await client.query('set role kapok_migrator')
    await client.query(`create table ${day} partition of boss.queue_stats
      for values from ('2020-01-01') to ('2020-01-02')`)
  })
  const out = join(await folder(t), 'one.kapok')
  await backup(sourceOf(world), out, { now: testNow, withKeys: true })
  const admin = await testDatabase(t, empty)
  await restore(targetIn(await folder(t), admin), out, { now: testNow })
  const shapeOf = (at: Connection) =>
    withClient(at, async (client) =>
      (await readTables(client)).find(({ schema, table }) => `${schema}.${table}` === day),
    )
  assert.deepEqual(await shapeOf(admin), await shapeOf(world.admin))
})

test('an existing file is never overwritten, and an unwritable place is named', async (t) => {
  const world = await furnished(t)
  const at = await folder(t)
  const out = join(at, 'mine')
  await writeFile(out, 'mine')
  const into = (path: string) => backup(sourceOf(world), path, { now: testNow, withKeys: true })
  await assert.rejects(into(out), refused('backup-exists'))
  assert.equal(await readFile(out, 'utf8'), 'mine')
  await assert.rejects(into(join(at, 'absent/two.kapok')), refused('file-unwritable'))
  const admin = await testDatabase(t, empty)
  const nothing = { ...sourceOf(world), admin }
  const options = { now: testNow, withKeys: true }
  await assert.rejects(backup(nothing, join(at, 'none'), options), refused('backup-nothing'))
  await assert.rejects(stat(join(at, 'none.unfinished')))
  await assert.rejects(inspectBackup(join(at, 'nowhere')), refused('file-unreadable'))
})

test('an unknown migration and a path that leads out of the folder are refused', async (t) => {
  const at = await folder(t)
  const header = {
    part: 'header' as const,
    createdAt: testNow.toISOString(),
    postgres: '',
    migrations: [{ service: 'platform', name: '9999_later.sql', hash: '' }],
    keyCheck: '',
    withKeys: true,
  }
  const write = async (name: string, ...parts: Meta[]) => {
    const handle = await open(join(at, name), 'wx')
    const writer = new BackupWriter(handle)
    for (const part of parts) await writer.part(part)
    await writer.end()
    await handle.close()
    return join(at, name)
  }
  const admin = await testDatabase(t, empty)
  const into = (path: string) => restore(targetIn(join(at, 'data'), admin), path, { now: testNow })
  await assert.rejects(into(await write('later', header)), refused('newer-data'))
  for (const [n, path] of ['../out', '/out', 'a/../../out', '..', 'a/\0'].entries()) {
    const crafted = await write(`path-${n}`, { ...header, migrations: [] }, { part: 'key', path })
    await assert.rejects(into(crafted), refused('backup-damaged'), path)
  }
  const none = await write('none', { ...header, migrations: [] })
  await assert.rejects(into(none), refused('restore-keys'))
  assert.ok(await isUntouched(admin))
})

test('on a server where nobody is superuser: migrate, back up and restore', async (t) => {
  const server = await startTestServer(process.env.KAPOK_TEST_CLUSTER)
  t.after(() => server.remove())
  await withClient(server.connection, async (client) => {
    await client.query('drop role if exists kapok_app, kapok_migrator').catch(() => {})
    await client.query('create role landlord login createrole')
    for (const name of ['first', 'second']) {
      await client.query(`create database ${name} owner landlord`)
    }
    for (const role of ['kapok_app', 'kapok_migrator']) {
      const there = await client.query('select from pg_roles where rolname = $1', [role])
      if (there.rowCount) await client.query(`grant ${role} to landlord with admin option`)
    }
  })
  const [first, second] = ['first', 'second'].map((database) => ({
    ...server.connection,
    user: 'landlord',
    database,
  }))
  const [from, to] = [await folder(t), await folder(t)]
  const secrets = openSecrets(join(from, 'keys'))
  const password = secrets.derive('database-app').toString('hex')
  await migrate(first!, password, { now: testNow })
  const out = join(await folder(t), 'one.kapok')
  await backup({ ...targetIn(from, first!), secrets }, out, { now: testNow, withKeys: true })
  await restore(targetIn(to, second!), out, { now: testNow })
  const [before, after] = [await contentOf(first!), await contentOf(second!)]
  for (const content of [before, after]) delete content['journal.cursor']
  assert.deepEqual(after, before)
})
