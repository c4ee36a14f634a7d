// The supervisor: a process that outlives the server, starts tasks, watches them and reports.
// usage: node supervisor.ts FOLDER EXAMPLES isolated|plain [MISSING,...]
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, Socket } from 'node:net'
import { join } from 'node:path'
import { ExecutorRefused, type Isolation, type TaskSpec } from '#services/compute/ports.ts'
import { accessTo } from './cards.ts'
import { type Cgroups, findCgroups } from './cgroups.ts'
import { ownName, processesOf, signalIfThere, type UserRange, usersOf } from './processes.ts'
import { type Message, type Request, receiveLines, VERSION } from './protocol.ts'
import { type Layout, layoutOf, observeFolder } from './task-folder.ts'
import { Tasks } from './tasks.ts'
import { Watch } from './watch.ts'

const LOOK_MS = 500
/** Without a task and without a server, it ends. */
const IDLE_MS = 10_000

const probe: TaskSpec = {
  id: 'probe',
  jobId: 'probe',
  bundled: null,
  program: null,
  inputs: [],
  command: ['/bin/sh', '-c', 'test -w /output && ! test -w /usr && ! test -e /sys/kernel'],
  environment: {},
  cards: { indices: [], simulated: 0 },
  cpuMilli: 1_000,
  memoryMib: 256,
  diskMib: 16,
  logMib: 1,
  limitMs: 10_000,
  graceMs: 0,
}

/** A name that only one process of this machine can hold, and that a dead one holds no longer. */
function takeLock(folder: string): Promise<boolean> {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 32)
  const lock = createServer((socket) => socket.destroy())
  return new Promise((resolve) => {
    lock.once('error', () => resolve(false))
    lock.listen(`\0kapok-executor-${name}`, () => resolve(true))
  })
}

/** Keepers write 'id event' lines into the named pipe. */
function openEvents(path: string, heard: (id: string) => void): void {
  rmSync(path, { force: true })
  execFileSync('mkfifo', ['-m', '600', path])
  // Open for writing too, or it would end when the last keeper closes it.
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  const pipe = new Socket({ fd, readable: true, writable: false })
  receiveLines(pipe, (line) => heard(line.split(' ')[0]!))
}

class Supervisor {
  readonly #layout: Layout
  readonly #tasks: Tasks
  readonly #servers = new Set<Socket>()
  readonly #watch: Watch
  readonly #cgroups: Cgroups | null
  readonly #users: UserRange
  #isolation: Isolation
  #listener: ReturnType<typeof createServer> | null = null
  #idleSinceMs = performance.now()
  #probed: (() => void) | null = null

  constructor(layout: Layout, examples: string, isolated: boolean, missing: string[]) {
    const users = usersOf(layout.folder)
    const cgroups: Cgroups | null = isolated ? findCgroups(`kapok-${users.first}`) : null
    const memory = cgroups?.memory ? 'cgroup' : 'watch'
    this.#layout = layout
    this.#cgroups = cgroups
    this.#users = users
    this.#isolation = {
      level: isolated ? 'full' : 'none',
      memory,
      missing: cgroups?.memory ? missing : [...missing, 'cgroup'],
    }
    const changed = (id: string) => this.#changed(id)
    const place = { layout, examples, isolated, cgroups }
    this.#tasks = new Tasks({ ...place, users, changed })
    this.#watch = new Watch(this.#tasks, memory === 'watch')
  }

  #changed(id: string): void {
    if (id === probe.id) this.#probed?.()
    for (const server of this.#servers) this.#send(server, { changed: id })
  }

  #send(server: Socket, message: Message): void {
    if (server.writable) server.write(`${JSON.stringify(message)}\n`)
  }

  /** Runs one task in full isolation and says why that did not work; null when it did. */
  async #tryIsolation(): Promise<string | null> {
    const folder = this.#layout.task(probe.id)
    this.#tasks.start(probe, accessTo([]))
    let seen = observeFolder(folder)
    while (seen.state !== 'ended') {
      await new Promise<void>((done) => {
        this.#probed = done
        setTimeout(done, LOOK_MS)
      })
      // A launcher that was killed takes nothing up: the probe is launched again.
      this.#tasks.look()
      seen = observeFolder(folder)
    }
    this.#tasks.heard(probe.id)
    rmSync(folder, { recursive: true, force: true })
    rmSync(this.#layout.checkpoint(probe.jobId), { recursive: true, force: true })
    return seen.exitCode === 0 ? null : String(seen.detail?.reason ?? seen.cause)
  }

  /** @returns false when this machine does not isolate after all */
  async open(): Promise<boolean> {
    openEvents(this.#layout.events, (id) => this.#tasks.heard(id))
    rmSync(this.#layout.task(probe.id), { recursive: true, force: true })
    this.#tasks.adopt()
    if (this.#isolation.level === 'full') {
      const reason = await this.#tryIsolation()
      if (reason) {
        console.error(`isolation: ${reason}`)
        return false
      }
    }
    await this.#listen()
    setInterval(() => this.#look(), LOOK_MS)
    return true
  }

  #listen(): Promise<void> {
    const folder = openSync(this.#layout.folder, constants.O_RDONLY)
    // By this detour the path is short enough for a socket, wherever the folder lies.
    const path = `/proc/self/fd/${folder}/socket`
    rmSync(path, { force: true })
    this.#listener = createServer((server) => this.#serve(server))
    return new Promise((resolve) => {
      this.#listener!.listen(path, () => {
        closeSync(folder)
        resolve()
      })
    })
  }

  #serve(server: Socket): void {
    this.#servers.add(server)
    this.#send(server, { hello: VERSION, pid: process.pid, isolation: this.#isolation })
    receiveLines(server, (line) => this.#answer(server, JSON.parse(line) as Request))
    server.on('error', () => server.destroy())
    server.on('close', () => this.#servers.delete(server))
  }

  async #answer(server: Socket, request: Request): Promise<void> {
    const { id } = request
    try {
      if (request.verb === 'start') this.#tasks.start(request.task, request.cards)
      if (request.verb === 'stop') this.#tasks.stop(request.task)
      if (request.verb === 'end-all') await this.#endAll()
      this.#send(server, { id })
      if (request.verb === 'end-all' || request.verb === 'retire') this.#leave()
    } catch (error) {
      if (error instanceof ExecutorRefused) {
        const { code, params } = error
        this.#send(server, { id, refused: { code, params } })
      } else if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
        this.#send(server, { id, refused: { code: 'no-room', params: {} } })
      } else {
        this.#send(server, { id, failed: String(error) })
      }
    }
  }

  async #endAll(): Promise<void> {
    while (this.#tasks.live.size > 0) {
      for (const task of this.#tasks.live.values()) this.#tasks.kill(task, 'stopped')
      await new Promise((done) => setTimeout(done, 20))
      this.#tasks.look()
    }
  }

  /** Replies that were written are sent before the process ends. */
  #leave(): void {
    this.#listener?.close()
    this.#tasks.close()
    if (this.#tasks.live.size === 0) this.#cgroups?.close()
    for (const server of this.#servers) server.end()
    setTimeout(() => process.exit(0), 50)
  }

  /** Somebody removed the folder: nothing can be told any more, and nothing is to be left. */
  #abandon(): void {
    for (const { pid } of processesOf(this.#users)) signalIfThere(pid)
    this.#cgroups?.close()
    process.exit(5)
  }

  #look(): void {
    if (!existsSync(this.#layout.tasks)) this.#abandon()
    this.#tasks.look()
    this.#tasks.noteSeen()
    this.#watch.look()
    const busy = this.#servers.size > 0 || this.#tasks.live.size > 0
    const now = performance.now()
    if (busy) this.#idleSinceMs = now
    else if (now - this.#idleSinceMs > IDLE_MS) this.#leave()
  }
}

const [folder, examples, level, missing] = process.argv.slice(2) as [
  string,
  string,
  string,
  string?,
]
process.on('SIGHUP', () => {})
// Tasks are other users: what is made for them to read must be readable.
process.umask(0o022)
const layout = layoutOf(folder)
for (const path of [layout.tasks, layout.materials, layout.checkpoints]) {
  mkdirSync(path, { recursive: true, mode: 0o700 })
}
if (!(await takeLock(folder))) process.exit(3)
const { pid, born } = ownName()
writeFileSync(join(folder, 'supervisor'), `pid ${pid}\nborn ${born}\n`)
const codes = missing ? missing.split(',') : []
const supervisor = new Supervisor(layout, examples, level === 'isolated', codes)
if (!(await supervisor.open())) process.exit(4)
process.stdout.write('ready\n')
