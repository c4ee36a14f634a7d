// Connections to PostgreSQL: one pool, prepared statements, and the codec of numbers and times.

import type { DatabaseConnection, TransactionSettings } from 'kysely'
import {
  CompiledQuery as Compiled,
  type CompiledQuery,
  Kysely,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import pg from 'pg'

/** How to reach a database: fields of a `pg` configuration (socket folder as host, or a URL). */
export type Connection = pg.PoolConfig

const INT8 = 20
const TIMESTAMPTZ = 1184

/** Sessions run in UTC, so a common time is ISO but for two characters; the rest is left to `pg`. */
function readTime(text: string): Date | number {
  const common = text.endsWith('+00') && text[4] === '-' && text[10] === ' '
  if (!common) return pg.types.getTypeParser(TIMESTAMPTZ)(text) as Date | number
  return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
}

/** int8 arrives as bigint and times are read fast; everything else as `pg` has it. */
const parsers = new Map<number, (text: string) => unknown>([
  [INT8, BigInt],
  [TIMESTAMPTZ, readTime],
])
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    parsers.get(oid) ??
    pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
}

const LARGEST_PREPARED = 8_000
const MOST_PREPARED = 1_000
const prepared = new Map<string, string>()

/** The name under which a statement is prepared; none for one-off or very long statements. */
function statementName(text: string): string | undefined {
  const known = prepared.get(text)
  if (known !== undefined) return known
  if (text.length > LARGEST_PREPARED || prepared.size >= MOST_PREPARED) return undefined
  const name = `k${prepared.size}`
  prepared.set(text, name)
  return name
}

/** A client that prepares each parameterised statement once, so that the server plans it once. */
class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg's query() is overloaded beyond what types can say
  override query(...args: any[]): any {
    const [text, values] = args
    if (typeof text === 'string' && Array.isArray(values) && args.length === 2) {
      return super.query({ name: statementName(text), text, values })
    }
    return super.query(...(args as [string]))
  }
}

/** Opens a pool of clients; the caller ends it. */
export function openPool(connection: Connection): pg.Pool {
  const pool = new pg.Pool({
    max: 16,
    application_name: 'kapok',
    ...connection,
    types,
    Client: PreparingClient,
    pipeline: true,
    options: '-c timezone=UTC',
  } as pg.PoolConfig)
  // A connection that breaks while idle is replaced at its next use; one that breaks in use fails
  // the statement in hand, and the event that comes with it must not end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** BEGIN travels together with the first statement: one round trip less per transaction. */
class EagerDriver extends PostgresDriver {
  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings) {
    const level = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : ''
    const mode = settings.accessMode ? ` ${settings.accessMode}` : ''
    const begun: CompiledQuery = Compiled.raw(`start transaction${level}${mode}`)
    connection.executeQuery(begun).catch(() => {})
  }
}

/** A query builder over a pool. */
export function openDatabase(pool: pg.Pool): Kysely<unknown> {
  return new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new EagerDriver({ pool }),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
}

/** The same database or transaction, typed with the tables of one service. */
export function tables<T>(tx: Kysely<unknown>): Kysely<T> {
  return tx as unknown as Kysely<T>
}

/** The SQLSTATE of a database error, if it is one. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}
