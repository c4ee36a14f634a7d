// kill -9 at random moments under load: nothing acknowledged is lost, nothing is done twice.
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { openOwnDatabase } from '#platform/data-folder.ts'
import { parseSettings } from '#platform/settings.ts'

const root = join(import.meta.dirname, '..')
const KILLS = 20
const WORKERS = 6
const account = 'founder'
/** A request that hangs longer is a fault of its own. */
const PATIENCE_MS = 20_000

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

/** The platform as a user starts it, on one data folder and port for the whole test. */
class Platform {
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

/** Claims one yuan again and again; what was answered is kept, what was not is sent again. */
class Claims {
  readonly platform: Platform
  readonly acknowledged = new Map<string, string>()
  readonly unsure = new Set<string>()
  #cookie = ''
  #next = 0
  #stopped = false
  #abandoned = false
  retried = 0
  constructor(platform: Platform) {
    this.platform = platform
  }

  async enter(): Promise<void> {
    const reply = await fetch(`${this.platform.origin}/api/demo/enter`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account }),
    })
    assert.equal(reply.status, 200, await reply.text())
    this.#cookie = reply.headers.getSetCookie().join('; ').split(';')[0]!
  }

  async #send(key: string): Promise<void> {
    this.unsure.add(key)
    const reply = await fetch(`${this.platform.origin}/api/vouchers`, {
      method: 'POST',
      headers: {
        cookie: this.#cookie,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ scheme: 'guangdong.compute', amount: '1.00' }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const body = (await reply.json()) as { entryId: string; code?: string }
    if (reply.status >= 500) throw new Error(body.code)
    assert.ok(reply.status < 300, JSON.stringify(body))
    this.acknowledged.set(key, body.entryId)
    this.unsure.delete(key)
  }

  async #until(key: string): Promise<void> {
    for (;;) {
      try {
        return await this.#send(key)
      } catch (error) {
        if (error instanceof assert.AssertionError || this.#abandoned) throw error
        this.retried++
        await wait(50)
      }
    }
  }

  async work(): Promise<void> {
    const one = async () => {
      while (!this.#stopped) await this.#until(`claim-${String(this.#next++).padStart(6, '0')}`)
    }
    await Promise.all(Array.from({ length: WORKERS }, one))
  }

  stop(): void {
    this.#stopped = true
  }

  /** The test failed: nothing is sent again. */
  abandon(): void {
    this.#stopped = true
    this.#abandoned = true
  }
}

/** Every claim that the database holds, in the ledger and in the journal. */
async function storedClaims(data: string): Promise<{ entries: string[]; facts: string[] }> {
  const database = await openOwnDatabase(parseSettings({ KAPOK_DATA: data }))
  const client = new pg.Client(database.admin as pg.ClientConfig)
  try {
    await client.connect()
    const ids = async (query: string) =>
      (await client.query<{ id: string }>(query)).rows.map(({ id }) => id).sort()
    return {
      entries: await ids(`select id from ledger.entry where kind = 'voucher-claimed'`),
      facts: await ids(`select payload ->> 'entry' as id from journal.entry
        where kind = 'ledger.voucher-claimed'`),
    }
  } finally {
    await client.end()
    await database.close()
  }
}

test(`kill -9 of server and database at ${KILLS} random moments: nothing lost, nothing doubled`, {
  timeout: 300_000,
}, async (t) => {
  const platform = new Platform()
  t.after(async () => {
    await platform.stop().catch(() => {})
    rmSync(platform.data, { recursive: true, force: true })
  })
  await platform.start()
  const claims = new Claims(platform)
  await claims.enter()
  const working = claims.work()
  working.catch(() => {})
  t.after(() => claims.abandon())
  for (let kill = 0; kill < KILLS; kill++) {
    await wait(100 + Math.random() * 900)
    const victim = (['server', 'postmaster', 'backend'] as const)[kill % 3]!
    if (victim === 'server') {
      await platform.killServer()
      await platform.start()
    } else {
      await platform.killDatabase(victim)
    }
  }
  // Whatever was under way is answered in the end, under the same key.
  claims.stop()
  await working
  assert.equal(claims.unsure.size, 0)
  assert.match(platform.run('check'), /✓/, 'while running')
  await platform.stop()
  assert.match(platform.run('check'), /✓/, 'after the stop')
  const { entries, facts } = await storedClaims(platform.data)
  const answered = [...claims.acknowledged.values()].sort()
  assert.equal(new Set(answered).size, answered.length, 'each key has its own entry')
  assert.deepEqual(entries, answered, 'what was answered is stored, once, and nothing else')
  assert.deepEqual(facts, answered, 'and so are its facts')
  assert.ok(claims.retried > 0, 'some requests were cut off')
  t.diagnostic(`${entries.length} claims, ${claims.retried} retries, ${platform.starts} starts`)
})
