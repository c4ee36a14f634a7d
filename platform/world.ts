// The world that operations run in: one database, one clock, one way to open a transaction.
import type { Kysely } from 'kysely'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from './clock.ts'
import type { Actor, Ctx } from './context.ts'
import { type Connection, openDatabase, openPool, sqlState } from './database.ts'
import { problem } from './errors.ts'
import { append } from './journal.ts'
import type { Logger } from './log.ts'
import { type Metrics, openMetrics } from './metrics.ts'
import { openPools, type Pools } from './pools.ts'
import type { Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK = '40P01'
const MOST_ATTEMPTS = 5

export interface World {
  readonly settings: Settings
  readonly log: Logger
  readonly clock: Clock
  readonly secrets: Secrets
  readonly pools: Pools
  readonly metrics: Metrics
  readonly db: Kysely<unknown>
  readonly pool: pg.Pool
  readonly connection: Connection
  /** Whether this is the demo world; decided once, when the database was made. */
  readonly demo: boolean
  /** Opens the one transaction of an operation (READ COMMITTED) and repeats it on 40001 and 40P01. */
  transact<T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T>
  /** A consistent snapshot for reading; writing in it is refused by the database. */
  read<T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export interface WorldParts {
  settings: Settings
  log: Logger
  clock: Clock
  secrets: Secrets
  connection: Connection
  demo: boolean
}

function isRetryable(error: unknown): boolean {
  const state = sqlState(error)
  return state === SERIALIZATION_FAILURE || state === DEADLOCK
}

/** Opens a world on a migrated database, connecting as the role kapok_app. */
export function openWorld(parts: WorldParts): World {
  const pool = openPool(parts.connection)
  const db = openDatabase(pool)
  const metrics = openMetrics()
  const pools = openPools()

  const context = (tx: Kysely<unknown>, actor: Actor): Ctx => {
    const now = parts.clock.now()
    return {
      tx,
      actor,
      now,
      newId: () => uuidv7(),
      append: (fact) => append(tx, actor, now, fact),
    }
  }

  return {
    ...parts,
    pool,
    db,
    metrics,
    pools,
    async transact(actor, work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await db.transaction().execute((tx) => work(context(tx, actor)))
        } catch (error) {
          if (!isRetryable(error)) throw error
          if (attempt === MOST_ATTEMPTS) throw problem('platform.busy')
          metrics.retries.inc()
        }
      }
    },
    read: (actor, work) =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute((tx) => work(context(tx, actor))),
    async close() {
      await pools.close()
      await db.destroy()
    },
  }
}
