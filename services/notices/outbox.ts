// SQL of mail that goes with notices: what is due, taken, sent, or given up.
import { type Selectable, sql } from 'kysely'
import type { Ctx, JsonObject } from '#platform/context.ts'
import { tables } from '#platform/database.ts'
import { problem } from '#platform/errors.ts'
import { idInCursor, page } from '#platform/routes.ts'

interface MailRow {
  id: string
  notice: string
  person: string
  state: 'waiting' | 'sending' | 'sent' | 'dead'
  attempts: number
  due_at: Date
  failed_with: string | null
  settled_at: Date | null
}

interface MailTables {
  'notices.mail': MailRow
  'notices.notice': { id: string; kind: string; params: JsonObject; link: string }
}

const db = (ctx: Pick<Ctx, 'tx'>) => tables<MailTables>(ctx.tx)

export async function insertMail(ctx: Ctx, notice: string, person: string): Promise<string> {
  const id = ctx.newId()
  await db(ctx)
    .insertInto('notices.mail')
    .values({
      id,
      notice,
      person,
      state: 'waiting',
      attempts: 0,
      due_at: ctx.now,
      failed_with: null,
      settled_at: null,
    })
    .execute()
  return id
}

export type TakenMail = Pick<Selectable<MailRow>, 'id' | 'person' | 'attempts'> & {
  kind: string
  params: JsonObject
  link: string
}

/**
 * Takes mails that are due, for `leaseMs`; nobody else takes them meanwhile.
 * @param only one mail, if it is due
 */
export async function takeDue(
  ctx: Ctx,
  options: { only?: string; most: number; leaseMs: number },
): Promise<TakenMail[]> {
  const only = options.only ? sql`and id = ${options.only}::uuid` : sql``
  const until = new Date(ctx.now.getTime() + options.leaseMs)
  const { rows } = await sql<TakenMail>`
    with due as (
      select id from notices.mail
      where state in ('waiting', 'sending') and due_at <= ${ctx.now} ${only}
      order by due_at limit ${options.most} for update skip locked)
    update notices.mail m set state = 'sending', attempts = attempts + 1, due_at = ${until}
    from due, notices.notice n
    where m.id = due.id and n.id = m.notice
    returning m.id, m.person, m.attempts, n.kind, n.params, n.link`.execute(ctx.tx)
  return rows
}

/** What came of an attempt. */
export type Outcome =
  | { state: 'sent' }
  | { state: 'dead'; failedWith: string }
  | { state: 'waiting'; failedWith: string; dueAt: Date }

/** Records what was observed, unless another attempt has been made since. */
export async function settle(
  ctx: Ctx,
  mail: Pick<TakenMail, 'id' | 'attempts'>,
  outcome: Outcome,
): Promise<void> {
  await db(ctx)
    .updateTable('notices.mail')
    .set({
      state: outcome.state,
      failed_with: outcome.state === 'sent' ? null : outcome.failedWith,
      settled_at: outcome.state === 'waiting' ? null : ctx.now,
      ...(outcome.state === 'waiting' ? { due_at: outcome.dueAt } : {}),
    })
    .where('id', '=', mail.id)
    .where('state', '=', 'sending')
    .where('attempts', '=', mail.attempts)
    .execute()
}

/** Mail that has not gone out, newest first. */
export async function listPending(
  ctx: Pick<Ctx, 'tx'>,
  query: { cursor?: string; limit: number; dead?: boolean },
) {
  let rows = db(ctx)
    .selectFrom('notices.mail as m')
    .innerJoin('notices.notice as n', 'n.id', 'm.notice')
    .select(['m.id', 'm.state', 'm.attempts', 'm.due_at', 'm.failed_with', 'n.kind'])
    .where('m.state', 'in', query.dead ? ['dead'] : ['waiting', 'sending', 'dead'])
    .orderBy('m.id', 'desc')
    .limit(query.limit + 1)
  if (query.cursor) rows = rows.where('m.id', '<', idInCursor(query.cursor))
  const found = page(await rows.execute(), query.limit, (last) => [last.id])
  const items = found.items.map((row) => ({
    id: row.id,
    kind: row.kind,
    state: row.state as 'waiting' | 'sending' | 'dead',
    attempts: row.attempts,
    dueAt: row.due_at.toISOString(),
    failedWith: row.failed_with,
  }))
  return { items, next: found.next }
}

/** Gives a dead mail all its attempts again. @throws request.not-found */
export async function revive(ctx: Ctx, id: string): Promise<void> {
  const row = await db(ctx)
    .updateTable('notices.mail')
    .set({ state: 'waiting', attempts: 0, due_at: ctx.now, settled_at: null })
    .where('id', '=', id)
    .where('state', '=', 'dead')
    .returning('id')
    .executeTakeFirst()
  if (!row) throw problem('request.not-found')
}
