// The platform as a user starts it, to be killed again and again: server, database, supervisor.
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const root = join(import.meta.dirname, '..')

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

/** A process that serves a connection of the platform; the postmaster itself when there is none. */
function backendOf(postmaster: number): number {
  const command = ['-o', 'pid=,args=', '--ppid', `${postmaster}`]
  const { stdout } = spawnSync('ps', command, { encoding: 'utf8' })
  const backends = stdout.split('\n').filter((line) => line.includes('kapok_app'))
  const chosen = backends[Math.floor(Math.random() * backends.length)]
  return chosen ? Number.parseInt(chosen, 10) : postmaster
}

/** One data folder and port for the whole test. */
export class Platform {
  readonly data = mkdtempSync(join(tmpdir(), 'kapok-kill-'))
  #port = 0
  #process: ChildProcess | undefined
  starts = 0

  get origin(): string {
    return `http://localhost:${this.#port}`
  }

  /** A server killed while its database was coming back leaves that for a moment; then again. */
  async start(): Promise<void> {
    const until = Date.now() + 30_000
    for (;;) {
      try {
        return await this.#startOnce()
      } catch (error) {
        if (!String(error).includes('in use') || Date.now() > until) throw error
        await wait(500)
      }
    }
  }

  async #startOnce(): Promise<void> {
    this.#port ||= await freePort()
    this.starts++
    const command = ['commands/run.ts', 'start', '--port', `${this.#port}`, '--data', this.data]
    const started = spawn(process.execPath, command, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = started
    let said = ''
    await new Promise<void>((done, refuse) => {
      const listen = (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes('kapok ready')) done()
      }
      started.stdout.on('data', listen)
      started.stderr.on('data', listen)
      started.once('exit', (code) => refuse(new Error(`start ended with ${code}: ${said}`)))
    })
  }

  async killServer(): Promise<void> {
    assert.equal(this.#process!.exitCode, null, 'the server ended by itself')
    const gone = new Promise((done) => this.#process!.once('exit', done))
    this.#process!.kill('SIGKILL')
    await gone
  }

  /** The postmaster, or one of its children: either way the whole server starts over. */
  async killDatabase(which: 'postmaster' | 'backend'): Promise<void> {
    for (;;) {
      try {
        const file = readFileSync(join(this.data, 'postgres/postmaster.pid'), 'utf8')
        const postmaster = Number(file.split('\n')[0])
        return void process.kill(
          which === 'backend' ? backendOf(postmaster) : postmaster,
          'SIGKILL',
        )
      } catch {
        // It is just coming back from the last time.
        await wait(50)
      }
    }
  }

  /** Whoever is signed in for the whole test: the cookie of a demo account. */
  async enter(account: string): Promise<string> {
    const reply = await fetch(`${this.origin}/api/demo/enter`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account }),
    })
    assert.equal(reply.status, 200, await reply.text())
    return reply.headers.getSetCookie().join('; ').split(';')[0]!
  }

  run(...args: string[]): string {
    return execFileSync(process.execPath, ['commands/run.ts', ...args, '--data', this.data], {
      cwd: root,
      encoding: 'utf8',
    })
  }

  async stop(): Promise<void> {
    if (this.#process!.exitCode !== null || this.#process!.signalCode !== null) return
    const gone = new Promise((done) => this.#process!.once('exit', done))
    this.#process!.kill('SIGTERM')
    await gone
  }
}
