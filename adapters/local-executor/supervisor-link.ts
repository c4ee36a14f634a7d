// The server's end of the line to the supervisor: starts one when none runs, and after it died.
import { spawn } from 'node:child_process'
import { closeSync, constants, openSync, statSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ExecutorRefused, type Isolation } from '#services/compute/ports.ts'
import { usersOf } from './processes.ts'
import { type Ask, type Message, receiveLines, VERSION } from './protocol.ts'
import type { Layout } from './task-folder.ts'

const PATIENCE_MS = 15_000
const RETRY_MS = 20
const LONG_LOG_BYTES = 1024 * 1024
/** Pauses before isolation is tried again. */
const AGAIN_AFTER_MS = [300, 1_000]

interface Waiting {
  done(): void
  refuse(error: Error): void
}

export interface LinkOptions {
  layout: Layout
  examples: string
  changed(id: string): void
  /** A new line stands; what changed meanwhile was not said. */
  renewed(): void
  log(line: string): void
}

/** Connects by a detour that keeps the path short, wherever the folder lies. */
function connect(layout: Layout): Promise<Socket | null> {
  const folder = openSync(layout.folder, constants.O_RDONLY)
  return new Promise<Socket | null>((resolve) => {
    const socket = createConnection(`/proc/self/fd/${folder}/socket`)
    socket.once('error', () => resolve(null))
    socket.once('connect', () => resolve(socket))
  }).finally(() => closeSync(folder))
}

export class SupervisorLink {
  isolation: Isolation = { level: 'none', memory: 'watch', missing: ['supervisor'] }
  readonly #options: LinkOptions
  readonly #waiting = new Map<number, Waiting>()
  #socket: Socket | null = null
  #opening: Promise<Socket> | null = null
  #closed = false
  #next = 1

  constructor(options: LinkOptions) {
    this.#options = options
  }

  /** The line, made when there is none. */
  async open(): Promise<Socket> {
    if (this.#socket) return this.#socket
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  async #connect(): Promise<Socket> {
    const until = performance.now() + PATIENCE_MS
    while (performance.now() < until) {
      const socket = await connect(this.#options.layout)
      if (socket && (await this.#greet(socket))) return socket
      if (!socket) await this.#startSupervisor()
      await wait(RETRY_MS)
    }
    throw new Error('the supervisor of tasks does not start: see supervisor.log')
  }

  /** @returns false when it is of another version and was asked to make room */
  #greet(socket: Socket): Promise<boolean> {
    return new Promise((resolve) => {
      receiveLines(socket, (line) => {
        const message = JSON.parse(line) as Message
        if (!('hello' in message)) {
          this.#receive(message)
        } else if (message.hello === VERSION) {
          this.isolation = message.isolation
          this.#socket = socket
          resolve(true)
        } else {
          socket.end(`${JSON.stringify({ id: 0, verb: 'retire' })}\n`)
          resolve(false)
        }
      })
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        resolve(false)
        if (this.#socket === socket) this.#lost()
      })
    })
  }

  #receive(message: Message): void {
    if ('changed' in message) this.#options.changed(message.changed)
    if (!('id' in message)) return
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.refused) {
      waiting?.refuse(new ExecutorRefused(message.refused.code, message.refused.params))
    } else if (message.failed) waiting?.refuse(new Error(message.failed))
    else waiting?.done()
  }

  /** Every verb may be repeated, so that what was not answered is asked again. */
  #lost(): void {
    this.#socket = null
    for (const { refuse } of this.#waiting.values()) refuse(new LineLost())
    this.#waiting.clear()
    if (this.#closed) return
    this.open().then(this.#options.renewed, (error) => this.#options.log(String(error)))
  }

  async ask(question: Ask): Promise<void> {
    for (;;) {
      if (this.#closed) throw new Error('the executor is closed')
      const socket = await this.open()
      const id = this.#next++
      try {
        return await new Promise<void>((done, refuse) => {
          this.#waiting.set(id, { done, refuse })
          socket.write(`${JSON.stringify({ id, ...question })}\n`)
        })
      } catch (error) {
        if (!(error instanceof LineLost)) throw error
      }
    }
  }

  /**
   * What was refused may have been a passing shortage, or somebody's kill -9 in the midst of trying:
   * refused several times, with some time between, the machine does not grant it.
   */
  async #startSupervisor(): Promise<void> {
    let missing = 'root'
    if (process.geteuid?.() === 0) {
      missing = await this.#start('isolated', '')
      for (const pauseMs of AGAIN_AFTER_MS) {
        if (!missing) return
        await wait(pauseMs)
        missing = await this.#start('isolated', '')
      }
    }
    if (missing) await this.#start('plain', missing)
  }

  /** @returns what the machine refused, or '' when a supervisor runs (this or another one) */
  async #start(level: 'isolated' | 'plain', missing: string): Promise<string> {
    const { layout, examples } = this.#options
    const script = join(import.meta.dirname, 'supervisor.ts')
    const supervisor = [process.execPath, script, layout.folder, examples, level, missing]
    const { first, count } = usersOf(layout.folder)
    const build = [join(import.meta.dirname, 'root.sh'), layout.root, process.execPath]
    const own = ['unshare', '--mount', '--propagation', 'slave', 'sh', ...build]
    const command = level === 'plain' ? [] : [...own, String(first), String(count)]
    command.push(...supervisor)
    const isLong = (statSync(layout.log, { throwIfNoEntry: false })?.size ?? 0) > LONG_LOG_BYTES
    const log = openSync(layout.log, isLong ? 'w' : 'a', 0o600)
    const started = spawn(command[0]!, command.slice(1), {
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', log],
    })
    closeSync(log)
    return new Promise<string>((resolve) => {
      started.once('error', () => resolve('unshare'))
      // 3: another one is there. A signal says nothing about the machine.
      started.once('exit', (code) => resolve(code === 3 || code === null ? '' : 'namespaces'))
      started.stdout!.once('data', () => resolve(''))
    }).finally(() => {
      started.stdout!.destroy()
      started.unref()
    })
  }

  close(): void {
    this.#closed = true
    this.#socket?.destroy()
  }
}

class LineLost extends Error {}
