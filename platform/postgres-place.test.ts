// PostgreSQL under every kind of user and folder, each in a process of its own.
import assert from 'node:assert/strict'
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { findRunning, startEmbedded } from './embedded-postgres.ts'
import { makeReady } from './postgres-place.ts'
import { missing, missingRoot } from './test-needs.ts'

const repository = join(import.meta.dirname, '..')
const ORDINARY = 4242

async function folder(t: TestContext, mode = 0o755): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'kapok-place-'))
  await chmod(path, mode)
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

/** A program that starts the server in `data`, counts its starts in a table, prints, and stops. */
const program = (repo: string, data: string, then = 'await server.stop()') => `
  const { startEmbedded } = await import('${repo}/platform/embedded-postgres.ts')
  const { default: pg } = await import('${repo}/node_modules/pg/lib/index.js')
  try {
    const server = await startEmbedded({ dataDir: '${data}', log: () => {} })
    const client = new pg.Client(server.connection)
    client.on('error', () => {})
    await client.connect()
    await client.query('create table if not exists start (at int)')
    await client.query('insert into start select count(*) from start')
    const { rows } = await client.query(
      "select count(*)::int as starts, current_setting('data_directory') as place from start")
    console.log(JSON.stringify({ ...rows[0], pid: server.pid() }))
    await client.end()
    ${then}
  } catch (error) {
    console.log(JSON.stringify({ code: error.code, message: error.message }))
  }`

interface Said {
  starts?: number
  place?: string
  pid?: number
  code?: string
  message?: string
}

const node = (repo: string) => join(repo, process.execPath.slice(repository.length + 1))

/** Runs the program after `before`, a shell script in a mount namespace of its own, as `uid`. */
async function runIn(
  options: { before?: string; uid?: number; repo?: string; path?: string },
  data: string,
): Promise<Said> {
  const repo = options.repo ?? repository
  const drop = options.uid
    ? ['setpriv', `--reuid=${options.uid}`, `--regid=${options.uid}`, '--clear-groups']
    : []
  const script = `${options.before ?? ':'} && exec "$@"`
  const run = ['--input-type=module', '-e', program(repo, data)]
  const inner = [...drop, node(repo), ...run]
  const env = { ...process.env, PATH: options.path ?? process.env.PATH }
  const output = await new Promise<string>((resolve, reject) =>
    execFile(
      '/usr/bin/unshare',
      ['-m', 'sh', '-ec', script, 'sh', ...inner],
      { env, cwd: '/' },
      (error, stdout, stderr) => (stdout ? resolve(stdout) : reject(error ?? new Error(stderr))),
    ),
  )
  return JSON.parse(output)
}

const skip =
  missingRoot || missing('root', process.execPath.startsWith(repository), 'run by ./kapok test')

/** The repository, seen at a path of the given folder. */
const bind = (at: string) => `mkdir -p ${at} && mount --bind ${repository} ${at}`

test('root, programs and data below a folder that nobody else may enter', { skip }, async (t) => {
  const closed = await folder(t, 0o700)
  const repo = join(closed, 'a very long name for a folder '.replaceAll(' ', '-').repeat(4))
  const before = bind(repo)
  for (const starts of [1, 2]) {
    const said = await runIn({ before, repo }, join(closed, 'data'))
    assert.equal(said.starts, starts, said.message)
    assert.match(said.place!, /\/kapok-\w{6}\/cluster$/, 'seen at a short path')
  }
  assert.notEqual((await stat(join(closed, 'data/postgres'))).uid, 0)
})

test('root where mount namespaces are refused: data under /var/lib/kapok', { skip }, async (t) => {
  const closed = await folder(t, 0o700)
  const tools = await folder(t)
  await writeFile(join(tools, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  const data = join(closed, 'data')
  for (const starts of [1, 2]) {
    const said = await runIn({ path: `${tools}:${process.env.PATH}` }, data)
    assert.equal(said.starts, starts, said.message)
    assert.ok(said.place!.startsWith('/var/lib/kapok/'))
  }
  const elsewhere = readFileSync(join(data, 'postgres.location'), 'utf8').trim()
  t.after(() => rm(elsewhere, { recursive: true }))
  // A start with namespaces follows the pointer and does not begin anew.
  assert.equal((await runIn({}, data)).starts, 3)
})

test('root without the right to change users is told so', { skip }, async (t) => {
  const tools = await folder(t)
  await writeFile(join(tools, 'setpriv'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  const said = await runIn({ path: `${tools}:${process.env.PATH}` }, join(tools, 'data'))
  assert.equal(said.code, 'postgres-root')
})

test('root takes over the folder of an ordinary user and gives it back', { skip }, async (t) => {
  const own = await folder(t)
  const before = `${bind(join(own, 'repo'))} && install -d -o ${ORDINARY} ${own}/data`
  const options = { before, repo: join(own, 'repo') }
  assert.equal((await runIn({ ...options, uid: ORDINARY }, join(own, 'data'))).starts, 1)
  assert.equal((await runIn(options, join(own, 'data'))).starts, 2)
  assert.equal((await stat(join(own, 'data/postgres'))).uid, ORDINARY)
})

test('an ordinary user, even one without a name', { skip }, async (t) => {
  const own = await folder(t)
  const before = `${bind(join(own, 'repo'))} && install -d -o ${ORDINARY} ${own}/data`
  for (const starts of [1, 2]) {
    const options = { before, repo: join(own, 'repo'), uid: ORDINARY }
    const said = await runIn(options, join(own, 'data'))
    assert.equal(said.starts, starts, said.message)
  }
  const other = { before: bind(join(own, 'repo')), repo: join(own, 'repo'), uid: ORDINARY + 1 }
  await chmod(join(own, 'data'), 0o777)
  assert.equal((await runIn(other, join(own, 'data'))).code, 'postgres-owner')
})

test('a read-only data folder is refused, and nothing in it changes', { skip }, async (t) => {
  const data = await folder(t)
  assert.equal((await runIn({}, data)).starts, 1)
  const list = () => execFileSync('find', [data, '-type', 'f', '-printf', '%p %T@\n']).toString()
  const before = list()
  const readOnly = `mount --bind ${data} ${data} && mount -o remount,bind,ro ${data}`
  const said = await runIn({ before: readOnly }, data)
  assert.equal(said.code, 'data-unwritable')
  assert.match(said.message!, /EROFS/)
  assert.equal(list(), before)
  assert.equal((await runIn({}, data)).starts, 2)
})

test('a full disk is refused before anything is written', { skip }, async (t) => {
  const data = await folder(t)
  const small = `mount -t tmpfs -o size=8m tmpfs ${data}`
  const said = await runIn({ before: small }, data)
  assert.equal(said.code, 'disk-full')
  assert.match(said.message!, /8 MB/)
})

test('the server ends when its parent is killed, and nothing committed is lost', async (t) => {
  const data = await folder(t)
  const run = ['--input-type=module', '-e', program(repository, data, '')]
  const sockets: string[] = []
  for (const starts of [1, 2, 3]) {
    const child = spawn(process.execPath, run, { stdio: ['ignore', 'pipe', 'inherit'] })
    t.after(() => child.kill('SIGKILL'))
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const said: Said = JSON.parse(line)
    assert.equal(said.starts, starts, said.message)
    sockets.push((await findRunning(data))!.host!)
    child.kill('SIGKILL')
  }
  const last = await startEmbedded({ dataDir: data, log: () => {} })
  await last.stop()
  for (const left of sockets) assert.ok(!existsSync(left), 'the next start sweeps up')
})

test('links and executable bits that an install left out are set, once', async (t) => {
  const native = join(await folder(t), 'native')
  await mkdir(join(native, 'bin'), { recursive: true })
  await mkdir(join(native, 'lib'))
  for (const file of ['bin/initdb', 'bin/postgres', 'lib/libpq.so.5.18']) {
    await writeFile(join(native, file), file, { mode: 0o644 })
  }
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links))
  for (const _ of ['first', 'second']) {
    await makeReady(native)
    assert.equal(readFileSync(join(native, 'lib/libpq.so.5'), 'utf8'), 'lib/libpq.so.5.18')
    assert.equal((await stat(join(native, 'bin/postgres'))).mode & 0o111, 0o111)
  }
  await rm(join(native, 'bin/initdb'))
  await assert.rejects(makeReady(native), { code: 'postgres-files' })
})
