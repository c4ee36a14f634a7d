// Sends mail that is due: take it (commit), hand it over, record what happened (commit).
import { system } from '#platform/context.ts'
import type { World } from '#platform/world.ts'
import { type Outcome, settle, type TakenMail, takeDue } from './outbox.ts'
import { type AddressBook, type Mailer, MailRefused } from './ports.ts'
import { render } from './templates.ts'

const actor = system('notices.mail')
const BATCH = 20
const MOST_ATTEMPTS = 10
const LEASE_MS = 300_000
const FIRST_WAIT_MS = 60_000
const LONGEST_WAIT_MS = 6 * 3_600_000

export interface SendParts {
  world: World
  mailer: Mailer
  addresses: AddressBook
}

/** Both languages in one mail, Chinese first, with the page it is about. */
export function compose(mail: TakenMail, publicUrl: string | undefined) {
  const { title, body } = render(mail.kind, mail.params)
  const page = publicUrl ? [new URL(mail.link, publicUrl).href, ''] : []
  const banner = '示范系统，非政府网站。Demonstration system, not a government site.'
  const lines = [title.zh, body.zh, '', title.en, body.en, '', ...page, banner]
  return { subject: title.zh, text: `${lines.join('\n')}\n` }
}

/** A failure without the addresses that mail servers like to repeat. */
function withoutAddresses(error: unknown): string {
  return String(error)
    .replace(/\S+@\S+/g, '…')
    .slice(0, 300)
}

async function attempt(parts: SendParts, mail: TakenMail): Promise<Outcome> {
  const { world, mailer, addresses } = parts
  try {
    const to = await world.read(actor, (ctx) => addresses.addressOf(ctx, mail.person))
    if (to === null) return { state: 'dead', failedWith: 'no address' }
    await mailer.send({ id: mail.id, to, ...compose(mail, world.settings.KAPOK_PUBLIC_URL) })
    return { state: 'sent' }
  } catch (error) {
    const failedWith = withoutAddresses(error)
    world.log.warn({ mail: mail.id, attempt: mail.attempts, failedWith }, 'mail not sent')
    if (error instanceof MailRefused || mail.attempts >= MOST_ATTEMPTS) {
      return { state: 'dead', failedWith }
    }
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (mail.attempts - 1))
    return { state: 'waiting', failedWith, dueAt: new Date(world.clock.now().getTime() + wait) }
  }
}

/**
 * Sends what is due, or only one mail. A process that dies in between leaves the mail taken; after
 * the lease another sends it again under the same Message-ID.
 * @returns how many were tried
 */
export async function sendDue(parts: SendParts, only?: string): Promise<number> {
  let tried = 0
  for (;;) {
    const taken = await parts.world.transact(actor, (ctx) =>
      takeDue(ctx, { only, most: BATCH, leaseMs: LEASE_MS }),
    )
    for (const mail of taken) {
      const outcome = await attempt(parts, mail)
      await parts.world.transact(actor, (ctx) => settle(ctx, mail, outcome))
    }
    tried += taken.length
    if (taken.length < BATCH) return tried
  }
}
