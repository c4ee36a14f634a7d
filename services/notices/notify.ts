// Tells somebody something: the in-box row, and mail for those who want it, in the caller's transaction.
import { sql } from 'kysely'
import type { Ctx, JsonObject } from '#platform/context.ts'
import type { Jobs } from '#platform/jobs.ts'
import { insertMail } from './outbox.ts'
import type { AddressBook } from './ports.ts'
import { insertNotice, readPreference } from './store.ts'
import { type NoticeKind, type NoticeParams, templates } from './templates.ts'

export const CHANNEL = 'kapok_notices'
export const MAIL_QUEUE = 'notices.mail'

export type Recipient = { person: string } | { subject: string }

export interface NotifyParts {
  addresses: AddressBook
  /** Whether a mail server is set up. */
  mails: boolean
  jobs: Pick<Jobs, 'enqueue'>
}

/** Wakes the open pages of a recipient when this transaction commits. */
export async function wake(ctx: Pick<Ctx, 'tx'>, recipient: string): Promise<void> {
  await sql`select pg_notify(${CHANNEL}, ${recipient})`.execute(ctx.tx)
}

async function queueMail(ctx: Ctx, parts: NotifyParts, notice: string, to: Recipient) {
  const people = 'person' in to ? [to.person] : await parts.addresses.membersOf(ctx, to.subject)
  for (const person of people) {
    if (!(await readPreference(ctx, person)).mail) continue
    const mail = await insertMail(ctx, notice, person)
    await parts.jobs.enqueue(ctx, MAIL_QUEUE, { mail })
  }
}

/**
 * @param notice.link a page of the portal, e.g. '/statement'
 * @returns the id of the notice
 */
export async function notify<K extends NoticeKind>(
  ctx: Ctx,
  parts: NotifyParts,
  notice: { to: Recipient; kind: K; params: NoticeParams<K>; link: string },
): Promise<string> {
  const { to, kind, link } = notice
  const id = ctx.newId()
  const person = 'person' in to ? to.person : null
  const subject = 'subject' in to ? to.subject : null
  const params = notice.params as unknown as JsonObject
  await insertNotice(ctx, { id, person, subject, kind, params, link, created_at: ctx.now })
  if (parts.mails && templates[kind].mail) await queueMail(ctx, parts, id, to)
  await wake(ctx, (person ?? subject)!)
  return id
}
