// What the system administrator and the auditors see of the platform itself.
import { sql } from 'kysely'
import { z } from 'zod'
import { tables } from './database.ts'
import { problem } from './errors.ts'
import { lastPosition, readEntries } from './journal.ts'
import { having } from './policy.ts'
import type { ReactionTables } from './reactions.ts'
import { decodeCursor, page, paging, type Route, route } from './routes.ts'
import { describeSettings } from './settings.ts'
import type { World } from './world.ts'

const systemAdministrator = having(['system-admin'], {
  zh: '系统管理员可看',
  en: 'The system administrator',
})
const auditors = having(['audit-admin', 'auditor'], {
  zh: '审计管理员和审计人员可看',
  en: 'The audit administrator and auditors',
})

const text = z.strictObject({ zh: z.string(), en: z.string() })

const systemReply = z.strictObject({
  settings: z.array(
    z.strictObject({ name: z.string(), value: z.string(), secret: z.boolean(), about: text }),
  ),
  reactions: z.array(
    z.strictObject({
      name: z.string(),
      position: z.string(),
      behind: z.string(),
      failures: z.number(),
      failedWith: z.string().nullable(),
      retryAt: z.string().nullable(),
    }),
  ),
  journal: z.strictObject({ position: z.string(), sealed: z.string(), unnumbered: z.string() }),
  migrations: z.array(
    z.strictObject({ service: z.string(), name: z.string(), appliedAt: z.string() }),
  ),
  storage: z.array(z.strictObject({ schema: z.string(), bytes: z.string() })),
  process: z.strictObject({
    node: z.string(),
    uptimeSeconds: z.number(),
    memoryBytes: z.number(),
  }),
})

const entry = z.strictObject({
  position: z.string(),
  kind: z.string(),
  version: z.number(),
  actor: z.record(z.string(), z.json()),
  subjectId: z.string().nullable(),
  validAt: z.string(),
  knownAt: z.string(),
  payload: z.record(z.string(), z.json()),
})

function systemRoute(world: World): Route {
  return route({
    method: 'GET',
    path: '/api/admin/system',
    name: 'admin.readSystem',
    title: { zh: '系统概况', en: 'The state of the platform' },
    policy: systemAdministrator,
    reply: systemReply,
    handle: async (ctx) => {
      const position = await lastPosition(ctx.tx)
      const reactions = await tables<ReactionTables>(ctx.tx)
        .selectFrom('platform.reaction')
        .selectAll()
        .orderBy('name')
        .execute()
      const journal = await sql<{ sealed: bigint; unnumbered: bigint }>`
        select coalesce((select max(size) from journal.seal), 0) as sealed,
               (select count(*) from journal.entry e, journal.cursor c
                where (e.xid, e.id) > (c.xid, c.id)) as unnumbered`.execute(ctx.tx)
      const migrations = await sql<{ service: string; name: string; applied_at: Date }>`
        select service, name, applied_at from platform.migration
        order by applied_at, service, name`.execute(ctx.tx)
      const storage = await sql<{ schema: string; bytes: bigint }>`
        select n.nspname as schema, sum(pg_total_relation_size(c.oid))::int8 as bytes
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema)'
        group by 1 order by 2 desc`.execute(ctx.tx)
      const { sealed, unnumbered } = journal.rows[0]!
      return {
        settings: describeSettings(world.settings),
        reactions: reactions.map((row) => ({
          name: row.name,
          position: String(row.position),
          behind: String(position - row.position),
          failures: row.failures,
          failedWith: row.failed_with,
          retryAt: row.retry_at?.toISOString() ?? null,
        })),
        journal: {
          position: String(position),
          sealed: String(sealed),
          unnumbered: String(unnumbered),
        },
        migrations: migrations.rows.map((row) => ({
          service: row.service,
          name: row.name,
          appliedAt: row.applied_at.toISOString(),
        })),
        storage: storage.rows.map((row) => ({ schema: row.schema, bytes: String(row.bytes) })),
        process: {
          node: process.version,
          uptimeSeconds: Math.floor(process.uptime()),
          memoryBytes: process.memoryUsage().rss,
        },
      }
    },
  })
}

const journalRoute: Route = route({
  method: 'GET',
  path: '/api/admin/journal',
  name: 'admin.listJournal',
  title: { zh: '浏览事项日志', en: 'Browse the journal' },
  policy: auditors,
  query: z.strictObject({
    ...paging,
    kind: z
      .string()
      .regex(/^[a-z]+\.[a-z-]+$/)
      .optional(),
    subjectId: z.uuid().optional(),
    personId: z.uuid().optional(),
  }),
  reply: z.strictObject({ items: z.array(entry), next: z.string().nullable() }),
  handle: async (ctx, { query }) => {
    const before = query.cursor ? decodeCursor(query.cursor)[0] : undefined
    if (before !== undefined && !/^\d{1,18}$/.test(String(before))) throw problem('request.cursor')
    const rows = await readEntries(ctx.tx, {
      newestFirst: true,
      limit: query.limit + 1,
      ...(before === undefined ? {} : { before: BigInt(String(before)) }),
      ...(query.kind ? { kinds: [query.kind] } : {}),
      ...(query.subjectId ? { subjectId: query.subjectId } : {}),
      ...(query.personId ? { personId: query.personId } : {}),
    })
    const items = rows.map((row) => ({
      position: String(row.position),
      kind: row.kind,
      version: row.version,
      actor: row.actor,
      subjectId: row.subjectId,
      validAt: row.validAt.toISOString(),
      knownAt: row.knownAt.toISOString(),
      payload: row.payload,
    }))
    return page(items, query.limit, (last) => [last.position])
  },
})

/** The platform's own routes for administrators and auditors. */
export function adminRoutes(world: World): Route[] {
  return [systemRoute(world), journalRoute]
}
