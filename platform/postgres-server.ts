// One PostgreSQL server process: its lock, its settings, its start, its restart and its end.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { EmbeddedOptions } from './embedded-postgres.ts'
import type { Place } from './postgres-place.ts'
import { StartError } from './start-error.ts'

const execute = promisify(execFile)

export const NEEDED_MB = 200
/** Exit status of flock when somebody else holds the lock. */
export const LOCK_HELD = 75
const MOST_RESTARTS_A_MINUTE = 20
const STOP_PATIENCE_MS = 30_000
/** How long a server that is already stopping may take to write its last checkpoint. */
const STOPPING_PATIENCE_S = 60
const LINES_KEPT = 50

/** Holds the folder's lock for as long as any process of the command lives. */
export async function locked(place: Place, waitSeconds: number): Promise<string[]> {
  const wrap = ['flock', '--no-fork', '-w', String(waitSeconds), '-E', String(LOCK_HELD)]
  const there = await execute('flock', ['-V']).catch(() => null)
  return there ? [...wrap, place.lock] : []
}

export function serverEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`,
    LC_ALL: 'C',
    // glibc would give memory back after each statement and fetch it again: a fifth of all time.
    MALLOC_TOP_PAD_: '4194304',
    MALLOC_TRIM_THRESHOLD_: '67108864',
  }
}

export interface PidFile {
  pid?: number
  status?: string
}

/** What a running (or killed) server wrote about itself: process and state. */
export async function readPidFile(place: Pick<Place, 'cluster'>): Promise<PidFile | null> {
  const text = await readFile(join(place.cluster, 'postmaster.pid'), 'utf8').catch(() => null)
  if (text === null) return null
  const lines = text.split('\n')
  return { pid: Number(lines[0]), status: lines[7]?.trim() }
}

export function isAlive(pid: number | undefined): boolean {
  if (!pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

export async function inUse(place: Place): Promise<StartError> {
  const path = dirname(place.cluster)
  return new StartError('data-in-use', { path, pid: (await readPidFile(place))?.pid ?? '?' })
}

/** Turns the server's last words into one sentence. */
export async function explain(place: Place, lines: string[], cause?: unknown): Promise<StartError> {
  const path = dirname(place.cluster)
  const said = lines.filter((line) => line.trim() !== '')
  const all = said.join('\n')
  if (/No space left on device|Disk quota exceeded/.test(all)) {
    return new StartError('disk-full', { path, free: 0, needed: NEEDED_MB }, cause)
  }
  if (/lock file "postmaster.pid" already exists/.test(all)) return inUse(place)
  if (/Read-only file system/.test(all)) {
    return new StartError('data-unwritable', { path, reason: 'EROFS' }, cause)
  }
  const worst = said.find((line) => /(FATAL|PANIC|error):/.test(line)) ?? said.at(-1) ?? ''
  const reason = worst.replace(/^.*?(FATAL|PANIC|error):\s*/, '') || String(cause)
  return new StartError('postgres-failed', { reason }, cause)
}

/** Settings for one machine with two cores; nothing listens on the network. */
function settings(runDir: string, durable: boolean): string[] {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.MAX_SAFE_INTEGER)
  const buffersMb = Math.max(32, Math.min(256, Math.floor(memory / 2 ** 20 / 8)))
  const table: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: runDir,
    unix_socket_permissions: '0700',
    max_connections: '60',
    shared_buffers: `${buffersMb}MB`,
    max_wal_size: '2GB',
    min_wal_size: '256MB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    wal_level: 'minimal',
    max_wal_senders: '0',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // Personal text of a failed statement must not reach the log.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    default_text_search_config: 'pg_catalog.simple',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  return Object.entries(table).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

// A pid written by a dead server may by now be another program's, or a server's of another folder:
// PostgreSQL cannot tell, but each server works in the folder of its own cluster.
const FORGET_RECYCLED_PID =
  'proc=/proc/$(head -n 1 "$1"); ' +
  'case "$(cat "$proc/comm" 2>/dev/null)" in "") ;; ' +
  'postgres) [ "$proc/cwd" -ef "$(dirname "$1")" ] || rm -f "$1" ;; ' +
  '*) rm -f "$1" ;; esac 2>/dev/null; shift; exec "$@"'

/** Keeps one server running from start() to stop(). */
export class Server {
  readonly #place: Place
  readonly #runDir: string
  readonly #options: EmbeddedOptions
  #child: ChildProcess | null = null
  #stopping = false
  #restarts: number[] = []

  constructor(place: Place, runDir: string, options: EmbeddedOptions) {
    this.#place = place
    this.#runDir = runDir
    this.#options = options
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  unref(): void {
    this.#child?.unref()
    if (this.#child?.stderr instanceof Socket) this.#child.stderr.unref()
  }

  /** Resolves when the server takes connections, after recovery where one is needed. */
  async start(): Promise<void> {
    try {
      await this.#launch(1)
    } catch (error) {
      if (!(error instanceof StartError) || error.code !== 'data-in-use') throw error
      const left = await readPidFile(this.#place)
      if (left?.status !== 'stopping' && isAlive(left?.pid)) throw error
      await this.#launch(STOPPING_PATIENCE_S)
    }
  }

  async #launch(waitSeconds: number): Promise<void> {
    const { cluster } = this.#place
    const args = settings(this.#runDir, !this.#options.forTests)
    const [file, ...rest] = [
      ...(await locked(this.#place, waitSeconds)),
      ...['sh', '-c', FORGET_RECYCLED_PID, 'kapok', join(cluster, 'postmaster.pid')],
      ...this.#place.command('postgres', cluster, (data) => ['-D', data, ...args]),
    ]
    if (this.#stopping) return
    // Its own session: Ctrl-C in the terminal must reach this process alone, which stops in order.
    const child = spawn(file!, rest, {
      cwd: '/',
      detached: true,
      env: serverEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child = child
    const said: string[] = []
    await new Promise<void>((ready, failed) => {
      createInterface({ input: child.stderr! }).on('line', (line) => {
        this.#options.log(line)
        if (said.push(line) > LINES_KEPT) said.shift()
        if (line.includes('database system is ready to accept connections')) ready()
      })
      child.once('error', failed)
      child.once('close', (code) => {
        const cause = new Error(`the server ended with status ${code}`)
        if (code === LOCK_HELD) inUse(this.#place).then(failed)
        else explain(this.#place, said, cause).then(failed)
      })
    })
    child.removeAllListeners('close').once('close', () => this.#onEnd())
    if (child.exitCode !== null || child.signalCode !== null) this.#onEnd()
  }

  /** The server died: start it again, unless it keeps dying. */
  async #onEnd(): Promise<void> {
    if (this.#stopping) return
    const now = Date.now()
    this.#restarts = [...this.#restarts.filter((at) => at > now - 60_000), now]
    this.#options.log('kapok: the server ended unexpectedly')
    const keepsEnding = this.#restarts.length > MOST_RESTARTS_A_MINUTE
    try {
      if (keepsEnding) throw new StartError('postgres-failed', { reason: 'it keeps ending' })
      await this.#launch(STOPPING_PATIENCE_S)
    } catch (error) {
      // Killed again while it was coming back: that is one more end, not the last one.
      const again = error instanceof StartError && error.code === 'postgres-failed'
      if (again && !keepsEnding) return this.#onEnd()
      if (!this.#stopping) this.#options.failed?.(error)
    }
  }

  /** SIGINT is PostgreSQL's fast shutdown; SIGQUIT, if that takes too long, its immediate one. */
  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'close')
    child.kill('SIGINT')
    const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_PATIENCE_MS)
    await ended
    clearTimeout(timer)
  }
}
