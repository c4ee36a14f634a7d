// The world that operations run in: one database, one clock, one way to open a transaction.
import type { Kysely, KyselyPlugin } from 'kysely'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from './clock.ts'
import type { Actor, Ctx } from './context.ts'
import { type Connection, openDatabase, openPool, sqlState } from './database.ts'
import { problem } from './errors.ts'
import { append, appendAll } from './journal.ts'
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
  /** Opens the one transaction of an operation (READ COMMITTED) and repeats it on 40001, 40P01 and Stale. */
  transact<T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T>
  /**
   * For an operation that is one call of one database function: the statement is its own
   * transaction, which saves BEGIN and COMMIT. A second statement is refused.
   */
  once<T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T>
  /** A consistent snapshot for reading; writing in it is refused by the database. */
  read<T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T>
  /** For reading by one select, which is a snapshot of its own: saves BEGIN and COMMIT. */
  readOnce<T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T>
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

/** What was decided rests on a picture that is no longer true: decide again in a new transaction. */
export class Stale extends Error {
  constructor(cause: unknown) {
    super('decided on a stale picture', { cause })
    this.name = 'Stale'
  }
}

function isRetryable(error: unknown): boolean {
  if (error instanceof Stale) return true
  const state = sqlState(error)
  return state === SERIALIZATION_FAILURE || state === DEADLOCK
}

/** Refuses a second statement: it would not be in the transaction of the first. */
function onlyOne(): KyselyPlugin {
  let statements = 0
  return {
    transformQuery: ({ node }) => {
      if (++statements > 1)
        throw new Error('a second statement needs a transaction: world.transact or world.read')
      return node
    },
    transformResult: async ({ result }) => result,
  }
}

/** Refuses anything but a select of the query builder; raw SQL could write. */
function onlySelect(): KyselyPlugin {
  return {
    transformQuery: ({ node }) => {
      if (node.kind !== 'SelectQueryNode') throw new Error('world.readOnce: only a select')
      return node
    },
    transformResult: async ({ result }) => result,
  }
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
      appendAll: (facts) => appendAll(tx, actor, now, facts),
    }
  }

  const repeated = async <T>(attempt: () => Promise<T>): Promise<T> => {
    for (let nth = 1; ; nth++) {
      try {
        return await attempt()
      } catch (error) {
        if (!isRetryable(error)) throw error
        if (nth === MOST_ATTEMPTS) {
          throw error instanceof Stale ? error.cause : problem('platform.busy')
        }
        metrics.retries.inc()
      }
    }
  }

  return {
    ...parts,
    pool,
    db,
    metrics,
    pools,
    transact: (actor, work) =>
      repeated(() => db.transaction().execute((tx) => work(context(tx, actor)))),
    once: (actor, work) => repeated(() => work(context(db.withPlugin(onlyOne()), actor))),
    read: (actor, work) =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute((tx) => work(context(tx, actor))),
    readOnce: (actor, work) =>
      work(context(db.withPlugin(onlyOne()).withPlugin(onlySelect()), actor)),
    async close() {
      await pools.close()
      await db.destroy()
    },
  }
}
