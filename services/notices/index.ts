// Notices: an in-box for people and organisations, and the same by mail.
import type { Ctx, Json } from '#platform/context.ts'
import type { Jobs } from '#platform/jobs.ts'
import type { Serves, Service } from '#platform/service.ts'
import type { World } from '#platform/world.ts'
import { LiveCounts } from './live.ts'
import { MAIL_QUEUE, notify, type Recipient } from './notify.ts'
import { erasePerson, exportPerson } from './personal-data.ts'
import type { AddressBook, Mailer } from './ports.ts'
import { noticeReaction } from './reactions.ts'
import { routesOf } from './routes.ts'
import { sendDue } from './send-mail.ts'
import type { NoticeKind, NoticeParams } from './templates.ts'

export { moment } from './reactions.ts'

/** The draft orders no such service; what others serve with it is theirs to claim. */
export const serves: readonly Serves[] = []

export interface Notices {
  service: Service
  /** Tells somebody something in the caller's transaction; returns the notice's id. */
  notify<K extends NoticeKind>(
    ctx: Ctx,
    notice: { to: Recipient; kind: K; params: NoticeParams<K>; link: string },
  ): Promise<string>
  /** For identity: what is held about a person. */
  personalData: {
    name: string
    export(ctx: Ctx, personId: string): Promise<Json>
    erase(ctx: Ctx, personId: string): Promise<void>
  }
  /** Starts to send mail as soon as it is queued; without it the periodic job sends it. */
  startSending(): Promise<void>
  /** Ends the live counts and the mailer's connections. */
  close(): Promise<void>
}

/** @param parts.mailer null: no mail server is set up, notices stay in the in-box */
export function notices(
  world: World,
  parts: { mailer: Mailer | null; addresses: AddressBook; jobs: Jobs },
): Notices {
  const { mailer, addresses, jobs } = parts
  const live = new LiveCounts(world)
  const send = async (only?: string) => {
    if (mailer) await sendDue({ world, mailer, addresses }, only)
  }
  const tell: Notices['notify'] = (ctx, notice) =>
    notify(ctx, { addresses, mails: mailer !== null, jobs }, notice)
  return {
    service: {
      name: 'notices',
      serves,
      routes: routesOf(live, mailer !== null),
      reactions: [noticeReaction(tell)],
      jobs: [{ name: 'notices.mail', everySeconds: 30, run: () => send() }],
    },
    notify: tell,
    personalData: { name: 'notices', export: exportPerson, erase: erasePerson },
    startSending: () => jobs.work(MAIL_QUEUE, ({ mail }) => send(String(mail))),
    async close() {
      await live.close()
      mailer?.close()
    },
  }
}
