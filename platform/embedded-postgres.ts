// The embedded PostgreSQL: a real server on a Unix socket, started and stopped with this process.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chown,
  link,
  mkdir,
  mkdtemp,
  open,
  readFile,
  rm,
  rmdir,
  statfs,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { Connection } from './database.ts'
import { exists, findPlace, majorVersion, nativeFolder, type Place } from './postgres-place.ts'
import {
  explain,
  inUse,
  LOCK_HELD,
  locked,
  NEEDED_MB,
  Server,
  serverEnvironment,
} from './postgres-server.ts'
import { StartError } from './start-error.ts'

const execute = promisify(execFile)

const PORT = 5432
/** A socket path of more than 107 bytes is refused by the kernel. */
const LONGEST_TMPDIR = 60

export interface EmbeddedOptions {
  dataDir: string
  /** Receives the server's own log, line by line. */
  log(line: string): void
  /** Faster, not safe against a crash of the machine, and without passwords. */
  forTests?: boolean
  /** Called when the server died and could not be started again. */
  failed?(error: unknown): void
}

export interface Embedded {
  /** As the server's owner; the database exists. */
  connection: Connection
  /** The process id of the server; another one after it died and was started again. */
  pid(): number
  /** Fast shutdown: open transactions are rolled back, the next start needs no recovery. */
  stop(): Promise<void>
  /** Lets this process end by itself while the server runs, which then stops as well. */
  unref(): void
}

/**
 * Starts the server of a data folder, making it on first use. Restarts it when it dies.
 * @throws StartError naming what stands in the way; the data is then as it was
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = resolve(options.dataDir)
  await checkDataFolder(dataDir)
  const native = await nativeFolder()
  const temporary = Buffer.byteLength(tmpdir()) > LONGEST_TMPDIR ? '/tmp' : tmpdir()
  const runDir = await mkdtemp(join(temporary, 'kapok-'))
  let server: Server | null = null
  const end = async () => {
    await server?.stop()
    await sweep(runDir)
  }
  try {
    const place = await findPlace(dataDir, native, runDir)
    const password = await ownPassword(dataDir, place)
    await checkVersion(place, native)
    if (!(await exists(place.cluster)))
      await initialise(place, runDir, password, options.forTests ? 'trust' : 'scram-sha-256')
    server = new Server(place, runDir, options)
    await server.start()
    const connection = connectionAt(runDir, password)
    await ensureDatabase(connection)
    const note = await noteRunDir(dataDir, runDir)
    const stop = async () => {
      await end()
      await rm(note, { force: true })
    }
    return { connection, pid: () => server!.pid, stop, unref: () => server!.unref() }
  } catch (error) {
    await end()
    throw error
  }
}

function connectionAt(runDir: string, password: string): pg.ClientConfig {
  return { host: runDir, port: PORT, user: 'kapok', password, database: 'kapok' }
}

/** Notes where the socket is, for findRunning; the folder of a server that was killed goes. */
async function noteRunDir(dataDir: string, runDir: string): Promise<string> {
  const note = join(dataDir, 'postgres.socket')
  const left = await readFile(note, 'utf8').catch(() => '')
  if (left.trim()) await sweep(left.trim())
  // Root may have written it in the folder of another user, who can replace it but not write to it.
  await rm(note, { force: true })
  await writeFile(note, `${runDir}\n`, { mode: 0o600 })
  return note
}

/** The connection to a server that another process keeps running on this data folder, or null. */
export async function findRunning(dataDir: string): Promise<Connection | null> {
  const note = (name: string) => readFile(join(resolve(dataDir), name), 'utf8').catch(() => '')
  const [runDir, password] = [await note('postgres.socket'), await note('postgres.password')]
  if (!runDir || !password) return null
  const connection = connectionAt(runDir.trim(), password.trim())
  const client = new pg.Client(connection)
  try {
    await client.connect()
    await client.end()
    return connection
  } catch {
    return null
  }
}

/** Makes the data folder and refuses one that cannot be written or has no room. */
export async function checkDataFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    const probe = join(path, `.probe-${randomBytes(4).toString('hex')}`)
    await writeFile(probe, 'x')
    await unlink(probe)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    if (reason !== 'ENOSPC') throw new StartError('data-unwritable', { path, reason }, error)
  }
  const { bavail, bsize } = await statfs(path)
  const free = Math.floor((bavail * bsize) / 2 ** 20)
  if (free < NEEDED_MB) throw new StartError('disk-full', { path, free, needed: NEEDED_MB })
}

async function checkVersion(place: Place, native: string): Promise<void> {
  const found = await readFile(join(place.cluster, 'PG_VERSION'), 'utf8').catch(() => null)
  if (found === null) return
  const ours = await majorVersion(native)
  const params = { path: place.cluster, found: found.trim(), ours }
  if (Number(found) > ours) throw new StartError('postgres-newer', params)
  if (Number(found) < ours) throw new StartError('postgres-older', params)
}

/** The password of the server's owner: made once, readable by the data folder's user alone. */
async function ownPassword(dataDir: string, place: Place): Promise<string> {
  const path = join(dataDir, 'postgres.password')
  if (await exists(place.cluster)) {
    const kept = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      throw new StartError('postgres-failed', { reason: `${path}: ${cause.code}` }, cause)
    })
    return kept.trim()
  }
  // Linked into place whole: of several first starts at once, all use what the first one chose.
  const draft = `${path}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await unlink(draft)
  return (await readFile(path, 'utf8')).trim()
}

/** Makes the cluster beside its final name, so that an interrupted first start leaves none. */
async function initialise(
  place: Place,
  runDir: string,
  password: string,
  auth: string,
): Promise<void> {
  const made = `${place.cluster}.new`
  const passwordFile = join(runDir, 'password')
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (place.owner) await chown(passwordFile, place.owner.uid, place.owner.gid)
  const initdb = place.command('initdb', made, (data) => [
    ...[
      '-D',
      data,
      '-U',
      'kapok',
      '-A',
      auth,
      ...(auth === 'trust' ? ['--wal-segsize=1', '--no-sync'] : []),
      '--pwfile',
      passwordFile,
    ],
    ...['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ])
  const script =
    'test -e "$1" && exit 0; rm -rf "$2"; mkdir -m 700 "$2" && chown "$3" "$2" || exit; ' +
    'made=$2 cluster=$1; shift 3; "$@" && mv "$made" "$cluster"'
  const owner = place.owner ?? { uid: process.geteuid!(), gid: process.getegid!() }
  const inner = [place.cluster, made, `${owner.uid}:${owner.gid}`, ...initdb]
  const [file, ...args] = [...(await locked(place, 1)), 'sh', '-c', script, 'kapok', ...inner]
  try {
    await execute(file!, args, { cwd: '/', env: serverEnvironment() })
  } catch (error) {
    const { code, stderr = '' } = error as { code?: number; stderr?: string }
    if (code === LOCK_HELD) throw await inUse(place)
    throw await explain(place, stderr.split('\n'), error)
  } finally {
    await rm(passwordFile, { force: true })
  }
  const parent = await open(dirname(place.cluster))
  await parent.sync()
  await parent.close()
}

/** Removes a socket folder of ours; by name only, so that nothing mounted there is touched. */
async function sweep(runDir: string): Promise<void> {
  if (!/\/kapok-\w{6}$/.test(runDir)) return
  for (const file of ['.s.PGSQL.5432', '.s.PGSQL.5432.lock', 'password']) {
    await rm(join(runDir, file), { force: true })
  }
  for (const folder of ['programs', 'cluster', '.']) {
    await rmdir(resolve(runDir, folder)).catch(() => {})
  }
}

async function ensureDatabase(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres' })
  await client.connect()
  try {
    const there = await client.query('select from pg_database where datname = $1', [
      connection.database,
    ])
    if (there.rowCount === 0) await client.query(`create database ${connection.database}`)
  } finally {
    await client.end()
  }
}
