// What the notice service needs of the outside: a mail server, and who has which address.
import type { Ctx } from '#platform/context.ts'

export interface Mail {
  /** A UUID; the same for every attempt, so that a mail server sees a repeat as one. */
  id: string
  to: string
  subject: string
  text: string
}

export interface Mailer {
  /**
   * Hands a mail to the server. Repeating it with the same id is harmless.
   * @throws MailRefused when it will never be taken; any other error is worth another try
   */
  send(mail: Mail): Promise<void>
  close(): void
}

/** The mail server refuses this mail for good: no such address, for instance. */
export class MailRefused extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause })
    this.name = 'MailRefused'
  }
}

/** Where people are reached; joined to identity by the composition root. */
export interface AddressBook {
  /** A person's mail address, or null. */
  addressOf(ctx: Ctx, personId: string): Promise<string | null>
  /** The people of an organisation who get its notices by mail. */
  membersOf(ctx: Ctx, subjectId: string): Promise<readonly string[]>
}
