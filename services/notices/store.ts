// SQL of the notice service.
import { type SqlBool, sql } from 'kysely'
import type { Actor, Ctx, JsonObject } from '#platform/context.ts'
import { tables } from '#platform/database.ts'
import { problem } from '#platform/errors.ts'
import { idInCursor, page } from '#platform/routes.ts'
import { MOST_COUNTED, type NoticeView } from './contract.ts'
import { render } from './templates.ts'

interface NoticeRow {
  id: string
  person: string | null
  subject: string | null
  kind: string
  params: JsonObject
  link: string
  created_at: Date
}

export interface NoticeTables {
  'notices.notice': NoticeRow
  'notices.reading': { reader: string; notice: string; at: Date }
  'notices.preference': { person: string; mail: boolean; version: number }
}

type HasTx = Pick<Ctx, 'tx'>
const db = (ctx: HasTx) => tables<NoticeTables>(ctx.tx)

/** Whose notices an actor sees: their own, and those of the organisation they act for. */
export interface Reader {
  /** Whose marks count. */
  id: string
  person: string | null
  subject: string | null
}

/** Under a mandate only one's own notices are shown: its scope does not cover the principal's. */
export function readerOf(actor: Actor): Reader {
  const subject = actor.mandateId === null ? actor.subjectId : null
  const id = actor.personId ?? subject
  if (!id) throw problem('access.sign-in')
  return { id, person: actor.personId, subject }
}

const isFor = ({ person, subject }: Reader) =>
  sql<SqlBool>`(n.person = ${person}::uuid or n.subject = ${subject}::uuid)`
const isUnread = ({ id }: Reader) => sql<SqlBool>`not exists (
  select from notices.reading r where r.notice = n.id and r.reader = ${id}::uuid)`

export async function insertNotice(ctx: Ctx, row: NoticeRow): Promise<void> {
  await db(ctx)
    .insertInto('notices.notice')
    .values({ ...row, params: JSON.stringify(row.params) as unknown as JsonObject })
    .execute()
}

/** Notices of a reader, newest first. */
export async function listNotices(
  ctx: HasTx,
  reader: Reader,
  query: { cursor?: string; limit: number; unread?: boolean },
): Promise<{ items: NoticeView[]; next: string | null }> {
  let rows = db(ctx)
    .selectFrom('notices.notice as n')
    .selectAll()
    .select((eb) => eb.not(isUnread(reader)).as('read'))
    .where(isFor(reader))
    .orderBy('n.id', 'desc')
    .limit(query.limit + 1)
  if (query.unread) rows = rows.where(isUnread(reader))
  if (query.cursor) rows = rows.where('n.id', '<', idInCursor(query.cursor))
  const found = page(await rows.execute(), query.limit, (last) => [last.id])
  const items = found.items.map((row) => ({
    id: row.id,
    kind: row.kind,
    toOrganisation: row.subject !== null,
    ...render(row.kind, row.params),
    link: row.link,
    at: row.created_at.toISOString(),
    read: Boolean(row.read),
  }))
  return { items, next: found.next }
}

/** How many are unread, at most MOST_COUNTED. */
export async function countUnread(ctx: HasTx, reader: Reader): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from (
    select from notices.notice n where ${isFor(reader)} and ${isUnread(reader)}
    limit ${MOST_COUNTED}) unread`.execute(ctx.tx)
  return rows[0]!.n
}

/** Marks notices as read; ids that are not the reader's are passed over. */
export async function markRead(
  ctx: Ctx,
  reader: Reader,
  which: { ids: readonly string[] } | { all: true },
): Promise<void> {
  const chosen = 'ids' in which ? sql`and n.id = any(${which.ids}::uuid[])` : sql``
  await sql`insert into notices.reading (reader, notice, at)
    select ${reader.id}, n.id, ${ctx.now} from notices.notice n
    where ${isFor(reader)} and ${isUnread(reader)} ${chosen}
    on conflict do nothing`.execute(ctx.tx)
}

/** Mail goes to those who did not say otherwise. */
export async function readPreference(ctx: HasTx, person: string) {
  const row = await db(ctx)
    .selectFrom('notices.preference')
    .select(['mail', 'version'])
    .where('person', '=', person)
    .executeTakeFirst()
  return row ?? { mail: true, version: 0 }
}

export async function storePreference(ctx: Ctx, person: string, mail: boolean): Promise<void> {
  await db(ctx)
    .insertInto('notices.preference')
    .values({ person, mail, version: 1 })
    .onConflict((conflict) =>
      conflict.column('person').doUpdateSet((eb) => ({
        mail,
        version: eb('notices.preference.version', '+', 1),
      })),
    )
    .execute()
}
