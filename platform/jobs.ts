// Work that follows a commit: queues of pg-boss, filled within the caller's transaction.
import type { Kysely } from 'kysely'
import type pg from 'pg'
import {
  fromKysely,
  getConstructionPlans,
  getMigrationPlans,
  type JobResult,
  PgBoss,
} from 'pg-boss'
import pgBossPackage from 'pg-boss/package.json' with { type: 'json' }
import type { Ctx, JsonObject } from './context.ts'
import { StartError } from './start-error.ts'
import type { World } from './world.ts'

const SCHEMA = 'boss'
const SCHEMA_VERSION = pgBossPackage.pgboss.schema
const CONNECTIONS = 3
const BATCH = 100
const AT_ONCE = 8
const SUPERVISE_SECONDS = 15
const STOP_PATIENCE_MS = 10_000

/** A worker that dies is noticed after the heartbeat; a failing job is tried for about a day. */
const queueOptions = {
  notify: true,
  heartbeatSeconds: 30,
  expireInSeconds: 900,
  retryLimit: 30,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 3_600,
  retentionSeconds: 30 * 86_400,
  deleteAfterSeconds: 86_400,
}

const grants = `
  grant usage on schema ${SCHEMA} to kapok_app;
  grant select, insert, update, delete on all tables in schema ${SCHEMA} to kapok_app;
  grant execute on all functions in schema ${SCHEMA} to kapok_app`

/**
 * Brings the queues' own schema to the version of the installed pg-boss.
 * @param client connected as the role that is to own the schema, outside a transaction
 * @throws StartError 'newer-data' when a later pg-boss has been here
 */
export async function installJobs(client: pg.Client): Promise<void> {
  const there = await client.query<{ name: string | null }>(
    `select to_regclass('${SCHEMA}.version') as name`,
  )
  if (there.rows[0]!.name === null) {
    await client.query(getConstructionPlans(SCHEMA))
  } else {
    const found = await client.query<{ version: number }>(`select version from ${SCHEMA}.version`)
    const { version } = found.rows[0]!
    if (version > SCHEMA_VERSION) {
      throw new StartError('newer-data', { name: `${SCHEMA} ${version}` })
    }
    if (version === SCHEMA_VERSION) return
    // Indexes built concurrently follow the transaction, each a statement of its own.
    const [inOne, after = ''] = getMigrationPlans(SCHEMA, version).split(/(?<=COMMIT;)/)
    await client.query(inOne!)
    for (const statement of after.split(';\n')) {
      if (statement.trim()) await client.query(statement)
    }
  }
  await client.query(grants)
}

/** Does one job. It may run more than once: after a crash, or when it threw. */
export type JobHandler = (payload: JsonObject) => Promise<void>

export interface Jobs {
  /** Queues a job that exists exactly when the caller's transaction commits. */
  enqueue(ctx: Pick<Ctx, 'tx'>, queue: string, payload: JsonObject): Promise<void>
  /** Starts to do the jobs of a queue, several at once; a job that throws is tried again later. */
  work(queue: string, handler: JobHandler): Promise<void>
  /** Takes no more jobs and waits for those under way. */
  stop(): Promise<void>
}

/** Runs `one` over the jobs, at most `AT_ONCE` of them together. */
async function settleAll(
  jobs: readonly { id: string; data: JsonObject }[],
  one: (job: { id: string; data: JsonObject }) => Promise<JobResult>,
): Promise<JobResult[]> {
  const results: JobResult[] = []
  const rest = [...jobs]
  const lane = async () => {
    for (let job = rest.shift(); job; job = rest.shift()) results.push(await one(job))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return results
}

/**
 * Opens the queues with connections of their own: pg-boss reads numbers as `pg` gives them, while
 * the world's pool gives bigint; `enqueue` alone uses the caller's transaction.
 * @param options.superviseSeconds how often to look for jobs whose worker died
 */
export async function openJobs(
  world: Pick<World, 'connection' | 'log'>,
  options: { superviseSeconds?: number } = {},
): Promise<Jobs> {
  const { superviseSeconds = SUPERVISE_SECONDS } = options
  const boss = new PgBoss({
    ...world.connection,
    max: CONNECTIONS,
    application_name: 'kapok-jobs',
    schema: SCHEMA,
    migrate: false,
    createSchema: false,
    schedule: false,
    reindex: false,
    monitorVacuum: false,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    useListenNotify: true,
  } as ConstructorParameters<typeof PgBoss>[0] & object)
  boss.on('error', (error) => world.log.error({ err: error }, 'job queue'))
  boss.on('warning', (warning) => world.log.warn({ warning }, 'job queue'))
  await boss.start()

  const known = new Map<string, Promise<void>>()
  const ensureQueue = (queue: string): Promise<void> => {
    const made = known.get(queue) ?? boss.createQueue(queue, queueOptions)
    known.set(queue, made)
    made.catch(() => known.delete(queue))
    return made
  }

  return {
    async enqueue(ctx, queue, payload) {
      await ensureQueue(queue)
      await boss.send(queue, payload, { db: fromKysely(ctx.tx as Kysely<unknown>) })
    },
    async work(queue, handler) {
      await ensureQueue(queue)
      const one = async (job: { id: string; data: JsonObject }): Promise<JobResult> => {
        try {
          await handler(job.data)
          return { id: job.id, status: 'completed' }
        } catch (error) {
          world.log.error({ err: error, queue, job: job.id }, 'job failed')
          return { id: job.id, status: 'failed', output: { error: String(error).slice(0, 500) } }
        }
      }
      const options = {
        batchSize: BATCH,
        pollingIntervalSeconds: 0.5,
        notifyPollingIntervalSeconds: 5,
        burstWhenBatchFull: true,
        perJobResults: true,
      } as const
      await boss.work<JsonObject, unknown, typeof options>(queue, options, (jobs) =>
        settleAll(jobs, one),
      )
    },
    stop: () => boss.stop({ graceful: true, timeout: STOP_PATIENCE_MS }),
  }
}
