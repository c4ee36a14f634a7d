// kill -9 of server, supervisor and database while jobs run: each is adopted or honestly run again.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { isAlive, processesOf, usersOf } from '#adapters/local-executor/processes.ts'
import { supervisorOf } from '#adapters/local-executor/task-folder.ts'
import { missingRoot } from '#platform/test-needs.ts'
import { Platform } from './platform-to-kill.ts'

const KILLS = 30
const WORKERS = 3
const PATIENCE_MS = 20_000
const SETTLE_MS = 90_000

/** Measures its own life by a clock that nobody steps, in seconds since the machine began. */
const script = (seconds: number) =>
  `cut -d" " -f1 /proc/uptime > /output/from; sleep ${seconds}; cut -d" " -f1 /proc/uptime > /output/to`

interface Job {
  id: string
  state: string
  outcome: string | null
  attempts: { nth: number; ranSeconds: number; cause: string | null }[]
  cost: { soFar: string }
}

/** Submits jobs again and again; one whose answer was cut off is sent again under the same key. */
class Jobs {
  readonly platform: Platform
  readonly cookie: string
  readonly acknowledged = new Set<string>()
  #stopped = false
  #next = 0
  retried = 0
  constructor(platform: Platform, cookie: string) {
    this.platform = platform
    this.cookie = cookie
  }

  async call<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
    for (;;) {
      try {
        const reply = await fetch(this.platform.origin + path, {
          method,
          headers: {
            cookie: this.cookie,
            ...(body ? { 'content-type': 'application/json' } : {}),
            ...(key ? { 'idempotency-key': key } : {}),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
          signal: AbortSignal.timeout(PATIENCE_MS),
        })
        const text = await reply.text()
        if (reply.status >= 500) throw new Error(text)
        assert.ok(reply.status < 300, `${path}: ${text}`)
        return (path.includes('/output?') ? text : JSON.parse(text)) as T
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error
        this.retried++
        await wait(50)
      }
    }
  }

  async #one(nth: number): Promise<void> {
    const seconds = 0.2 + (nth % 5) * 0.4
    const quote = await this.call<{ id: string; options: { key: string; chosen: boolean }[] }>(
      'POST',
      '/api/compute/quotes',
      {
        name: `第 ${nth} 个`,
        purpose: 'other',
        program: { bundled: 'train-digits' },
        command: ['sh', '-c', script(seconds)],
        environment: {},
        inputs: [],
        gang: { count: 1, milli: 1_000 },
        chipClasses: [],
        clusters: [],
        limitSeconds: 600,
        expectedSeconds: 2,
        deadline: null,
        preemptible: true,
        priority: 'normal',
        budgetId: null,
        vouchers: false,
      },
    )
    const { key } = quote.options.find(({ chosen }) => chosen)!
    const { id } = await this.call<{ id: string }>(
      'POST',
      '/api/compute/workloads',
      { quoteId: quote.id, option: key },
      `job-kill-${nth}`,
    )
    this.acknowledged.add(id)
  }

  async work(): Promise<void> {
    const one = async () => {
      while (!this.#stopped) {
        await this.#one(this.#next++)
        await wait(150)
      }
    }
    await Promise.all(Array.from({ length: WORKERS }, one))
  }

  stop(): void {
    this.#stopped = true
  }

  read(id: string): Promise<Job> {
    return this.call<Job>('GET', `/api/compute/workloads/${id}`)
  }

  /** How long a job says that its last run took, in seconds. */
  async ownLife(id: string): Promise<number> {
    const at = async (name: string) =>
      Number(await this.call<string>('GET', `/api/compute/workloads/${id}/output?path=${name}`))
    return (await at('to')) - (await at('from'))
  }
}

const fen = (yuan: string) => Math.round(Number(yuan) * 100)

test(`kill -9 of server, supervisor and database at ${KILLS} random moments: no job, no fen lost`, {
  timeout: 480_000,
  skip: missingRoot,
}, async (t) => {
  const platform = new Platform()
  const executor = join(platform.data, 'executor')
  t.after(async () => {
    await platform.stop().catch(() => {})
    rmSync(platform.data, { recursive: true, force: true })
  })
  await platform.start()
  const jobs = new Jobs(platform, await platform.enter('lab'))
  const cashOf = async () => {
    const { items } = await jobs.call<{
      items: { kind: string; asset: { code: string }; available: string; held: string }[]
    }>('GET', '/api/ledger/accounts')
    const { available, held } = items.find(({ asset, kind }) => {
      return asset.code === 'cny' && kind === 'main'
    })!
    return { available: fen(available), held: fen(held) }
  }
  const before = await cashOf()
  const working = jobs.work()
  let broken: unknown
  working.catch((error) => {
    broken = error
  })
  t.after(() => jobs.stop())
  for (let kill = 0; kill < KILLS; kill++) {
    await wait(100 + Math.random() * 900)
    assert.ifError(broken)
    const victim = (['server', 'supervisor', 'postmaster'] as const)[kill % 3]!
    if (victim === 'server') {
      await platform.killServer()
      await platform.start()
    } else if (victim === 'postmaster') {
      await platform.killDatabase('postmaster')
    } else {
      const supervisor = supervisorOf(executor)
      if (supervisor && isAlive(supervisor)) process.kill(supervisor.pid, 'SIGKILL')
    }
  }
  jobs.stop()
  await working
  const ids = [...jobs.acknowledged]
  const ended = new Map<string, Job>()
  const until = Date.now() + SETTLE_MS
  while (ended.size < ids.length) {
    for (const id of ids) {
      if (ended.has(id)) continue
      const job = await jobs.read(id)
      if (job.state === 'settled') ended.set(id, job)
    }
    assert.ok(Date.now() < until, `${ids.length - ended.size} of ${ids.length} jobs are stuck`)
    await wait(250)
  }
  let paid = 0
  let again = 0
  let widest = 0
  for (const [id, job] of ended) {
    assert.equal(job.outcome, 'succeeded', JSON.stringify(job.attempts))
    paid += fen(job.cost.soFar)
    again += job.attempts.length - 1
    for (const { cause } of job.attempts.slice(0, -1)) assert.equal(cause, 'lost')
    const apart = Math.abs(job.attempts.at(-1)!.ranSeconds - (await jobs.ownLife(id)))
    widest = Math.max(widest, apart)
  }
  assert.ok(widest < 1, `a meter is ${widest.toFixed(2)} s away from the life of its process`)
  const after = await cashOf()
  assert.equal(after.held, before.held, 'nothing is held any more')
  assert.equal(before.available - after.available, paid, 'what is gone is what was settled')
  assert.match(platform.run('check'), /✓/, 'while running')
  assert.deepEqual(processesOf(usersOf(executor)), [], 'no process of any job is left')
  await platform.stop()
  assert.match(platform.run('check'), /✓/, 'after the stop')
  t.diagnostic(
    `${ids.length} jobs, ${again} run again, ${jobs.retried} retries, ${platform.starts} starts, meter within ${widest.toFixed(2)} s`,
  )
})
