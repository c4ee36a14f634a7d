// The one loop that schedules, starts, observes and settles; one process at a time runs it.
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { Ctx } from '#platform/context.ts'
import { attemptOf } from './attempt.ts'
import { Explained, scheduler, turn } from './cycle.ts'
import type { Parts } from './parts.ts'
import { advance, type Live, liveAttempts } from './runner.ts'
import { upkeep } from './settle-rest.ts'
import { store } from './store.ts'
import { CHANNEL } from './wake.ts'

const TICK_MS = 1_000
/** What changes in a burst is answered once. */
const GATHER_MS = 10
const AGAIN_MS = 250
/** Turns take at most one part in this many of the time, however long the queue. */
const REST = 4
/** Any number that nothing else in this database uses. */
const LOCK = 4_460_707
const AT_ONCE = 8

/** Another process has taken over; this one writes nothing any more. */
class Fenced extends Error {}

export class Dispatcher {
  readonly #parts: Parts
  #client: pg.Client | null = null
  #epoch: bigint | null = null
  #stopping = false
  readonly #explained = new Explained()
  #dirty = true
  #restUntil = 0
  #asked = true
  #changed = new Set<string>()
  #wakeUp: () => void = () => {}
  #running: Promise<void> | null = null
  #unsubscribe: () => void = () => {}
  readonly #upkeep: () => Promise<void>

  constructor(parts: Parts) {
    this.#parts = parts
    this.#upkeep = upkeep(parts, (work) => this.transact(work))
  }

  /** Begins to work as soon as no other process does. */
  start(): void {
    this.#unsubscribe = this.#parts.executor.onChange((task) => {
      this.#changed.add(attemptOf(task))
      this.#wakeUp()
    })
    this.#running = this.#loop()
  }

  /** Ends after the step in hand; what runs, runs on. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#unsubscribe()
    this.#wakeUp()
    await this.#running
    await this.#leave()
  }

  /** In the transaction of each write: only the newest epoch may. */
  readonly transact = <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> =>
    this.#parts.world.transact(scheduler, async (ctx) => {
      const { epoch } = await store(ctx)
        .selectFrom('compute.dispatcher')
        .select('epoch')
        .forShare()
        .executeTakeFirstOrThrow()
      if (epoch !== this.#epoch) throw new Fenced('another dispatcher is active')
      return work(ctx)
    })

  async #loop(): Promise<void> {
    const { log } = this.#parts.world
    let sweepAt = 0
    while (!this.#stopping) {
      try {
        if (!(await this.lead())) {
          await this.#pause(TICK_MS)
          continue
        }
        const sweep = Date.now() >= sweepAt
        if (sweep) sweepAt = Date.now() + TICK_MS
        await this.step(sweep, sweep || performance.now() >= this.#restUntil)
      } catch (error) {
        if (error instanceof Fenced) await this.#leave()
        else log.error({ err: error }, 'dispatcher step failed')
        this.#dirty = true
        await wait(200)
      }
      if (!this.#dirty && this.#changed.size === 0) {
        await this.#pause(Math.max(1, sweepAt - Date.now()))
        await wait(GATHER_MS)
      }
    }
  }

  /** Everything that is due: tasks that changed, or (every second, or when asked) all; the queue. */
  async step(sweep: boolean, turning = true): Promise<void> {
    const changed = this.#changed
    const all = sweep || this.#asked
    const queued = sweep || this.#dirty || changed.size > 0 || all
    this.#changed = new Set()
    this.#asked = false
    this.#dirty = false
    if (all) await this.#advanceAll(await liveAttempts(this.#parts))
    else if (changed.size > 0) await this.#advanceAll(await liveAttempts(this.#parts, [...changed]))
    if (sweep) await this.#upkeep()
    if (!queued) return
    if (!turning) return this.#again(Math.max(1, this.#restUntil - performance.now()))
    const began = performance.now()
    const { placed, dropped } = await turn(this.#parts, this.transact, this.#explained)
    this.#restUntil = performance.now() + (performance.now() - began) * REST
    if (placed.length > 0) await this.#advanceAll(await liveAttempts(this.#parts, placed))
    if (dropped > 0) this.#again(AGAIN_MS)
  }

  /** What was dropped is decided again soon, and not in a circle as fast as the machine goes. */
  #again(afterMs: number): void {
    setTimeout(() => {
      this.#dirty = true
      this.#wakeUp()
    }, afterMs).unref()
  }

  async #advanceAll(live: readonly Live[]): Promise<void> {
    const rest = [...live]
    const worker = async () => {
      for (let one = rest.pop(); one; one = rest.pop()) {
        try {
          await advance(this.#parts, this.transact, one)
        } catch (error) {
          if (error instanceof Fenced) throw error
          this.#parts.world.log.error({ err: error, attempt: one.attempt.id }, 'attempt stuck')
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  }

  /** Whether this process leads: it holds the lock of a connection of its own, and an epoch. */
  async lead(): Promise<boolean> {
    if (this.#client) return true
    const client = new pg.Client({
      ...(this.#parts.world.connection as pg.ClientConfig),
      application_name: 'kapok compute',
    })
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ payload }) => {
      if (payload === 'attempt') this.#asked = true
      this.#dirty = true
      this.#wakeUp()
    })
    await client.connect()
    const { rows } = await client.query('select pg_try_advisory_lock($1) as mine', [LOCK])
    if (!rows[0].mine) {
      await client.end()
      return false
    }
    await client.query(`listen ${CHANNEL}`)
    this.#epoch = await this.#parts.world.transact(scheduler, async (ctx) => {
      const { epoch } = await store(ctx)
        .updateTable('compute.dispatcher')
        .set(({ eb }) => ({ epoch: eb('epoch', '+', 1n) }))
        .returning('epoch')
        .executeTakeFirstOrThrow()
      return epoch
    })
    this.#client = client
    this.#dirty = true
    return true
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return
    this.#client = null
    this.#wakeUp()
  }

  async #leave(): Promise<void> {
    const client = this.#client
    this.#client = null
    await client?.end().catch(() => {})
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
