// For those who operate the platform: whether it is well (/health), and measurements (/metrics).
import { createHash, timingSafeEqual } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { z } from 'zod'
import { problem } from './errors.ts'
import { listMigrations } from './migrate.ts'
import { anyone } from './policy.ts'
import { Download, type Route, route } from './routes.ts'
import type { World } from './world.ts'

const PATIENCE_MS = 2_000
const REMEMBERED_MS = 1_000
const LITTLE_SPACE_BYTES = 200 * 2 ** 20
const MOST_COUNTED = 10_000
const MOST_UNSEALED = 20_000

const state = z.enum(['ok', 'degraded', 'failing'])
const health = z.strictObject({
  /** The worst of all parts. */
  status: state,
  database: z.strictObject({ status: state }),
  migrations: z.strictObject({ status: state, applied: z.int(), expected: z.int() }),
  clock: z.strictObject({ status: state, now: z.iso.datetime(), aheadMs: z.int() }),
  /** Facts without a position (counted up to 10,000), facts without a seal, reactions that fail. */
  journal: z.strictObject({
    status: state,
    unnumbered: z.int(),
    unsealed: z.int(),
    failingReactions: z.int(),
  }),
  /** Where the data folder lies. */
  disk: z.strictObject({ status: state, freeBytes: z.int() }),
})
export type Health = z.output<typeof health>

interface Counts {
  applied: number
  unnumbered: number
  unsealed: bigint
  failing: number
}

async function readCounts(world: World): Promise<Counts | null> {
  const asked = sql<Counts>`select
    (select count(*)::int from platform.migration) as applied,
    (select count(*)::int from (
      select from journal.entry e, journal.cursor c
      where (e.xid, e.id) > (c.xid, c.id) limit ${MOST_COUNTED}) waiting) as unnumbered,
    (select position from journal.cursor)
      - coalesce((select max(size) from journal.seal), 0) as unsealed,
    (select count(*)::int from platform.reaction where failures > 0) as failing`.execute(world.db)
  const { promise: patience, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), PATIENCE_MS)
  try {
    const answer = await Promise.race([asked, patience])
    return answer?.rows[0] ?? null
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}

async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return 0
  }
}

const order: readonly Health['status'][] = ['ok', 'degraded', 'failing']

/** Looks at every part; a part that cannot be looked at counts as failing. */
export async function readHealth(world: World, expected: number): Promise<Health> {
  const [counts, free] = await Promise.all([
    readCounts(world),
    freeBytes(world.settings.KAPOK_DATA),
  ])
  const { applied = 0, unnumbered = 0, failing = 0 } = counts ?? {}
  const unsealed = Number(counts?.unsealed ?? 0n)
  const reached = counts ? 'ok' : 'failing'
  const isLate = unnumbered >= MOST_COUNTED || unsealed > MOST_UNSEALED || failing > 0
  const parts = {
    database: { status: reached },
    migrations: { status: applied === expected ? 'ok' : 'failing', applied, expected },
    clock: {
      status: reached,
      now: world.clock.now().toISOString(),
      aheadMs: world.clock.offset,
    },
    journal: {
      status: !counts ? 'failing' : isLate ? 'degraded' : 'ok',
      unnumbered,
      unsealed,
      failingReactions: failing,
    },
    disk: { status: free < LITTLE_SPACE_BYTES ? 'degraded' : 'ok', freeBytes: free },
  } satisfies Omit<Health, 'status'>
  const worst = Math.max(...Object.values(parts).map((part) => order.indexOf(part.status)))
  return { status: order[worst]!, ...parts }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** From this very machine, and not passed on by a proxy that runs here. */
function isLocal(request: FastifyRequest): boolean {
  const address = request.raw.socket.remoteAddress ?? ''
  const headers = Object.keys(request.headers)
  const isForwarded = headers.some((name) => name === 'forwarded' || name.startsWith('x-forwarded'))
  return !isForwarded && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address)
}

function holdsToken(request: FastifyRequest, token: string | undefined): boolean {
  const given = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined || given === undefined) return false
  return timingSafeEqual(digest(given), digest(token))
}

/** The routes /health and /metrics. */
export function healthRoutes(world: World): Route[] {
  const expected = listMigrations().length
  let last: { at: number; answer: Promise<Health> } | null = null
  const remembered = (): Promise<Health> => {
    // However often it is asked, the database is asked once a second.
    if (!last || performance.now() - last.at > REMEMBERED_MS) {
      last = { at: performance.now(), answer: readHealth(world, expected) }
    }
    return last.answer
  }
  return [
    route({
      method: 'GET',
      path: '/health',
      name: 'platform.health',
      title: { zh: '运行状况', en: 'Whether the platform is well' },
      policy: anyone,
      perform: async (_actor, _input, { reply }) => {
        const answer = await remembered()
        reply.header('cache-control', 'no-store')
        if (answer.status === 'failing') reply.code(503)
        return new Download('application/json; charset=utf-8', null, JSON.stringify(answer))
      },
    }),
    route({
      method: 'GET',
      path: '/metrics',
      name: 'platform.metrics',
      title: { zh: '运行指标（Prometheus）', en: 'Measurements for Prometheus' },
      policy: anyone,
      perform: async (_actor, _input, { request }) => {
        const { KAPOK_METRICS_TOKEN: token } = world.settings
        if (!isLocal(request) && !holdsToken(request, token)) throw problem('platform.metrics')
        const { registry } = world.metrics
        return new Download(registry.contentType, null, await registry.metrics())
      },
    }),
  ]
}
