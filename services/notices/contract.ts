// What the notice service says and hears.
import { z } from 'zod'

const text = z.strictObject({ zh: z.string(), en: z.string() })

export const notice = z.strictObject({
  id: z.uuid(),
  kind: z.string(),
  /** Told to the organisation acted for, rather than to the person alone. */
  toOrganisation: z.boolean(),
  title: text,
  body: text,
  /** A page of the portal. */
  link: z.string(),
  at: z.iso.datetime(),
  read: z.boolean(),
})
export type NoticeView = z.output<typeof notice>

/** Unread notices are counted up to this; the portal writes 99+. */
export const MOST_COUNTED = 100

export const count = z.strictObject({ unread: z.int().max(MOST_COUNTED) })

export const noticeList = z.strictObject({
  items: z.array(notice),
  next: z.string().nullable(),
  unread: z.int(),
})

/** Either some notices, or all that are there now. */
export const markRead = z.union([
  z.strictObject({ ids: z.array(z.uuid()).min(1).max(200) }),
  z.strictObject({ all: z.literal(true) }),
])

export const preference = z.strictObject({ mail: z.boolean(), version: z.int() })
export const preferenceChange = z.strictObject({ mail: z.boolean() })

/** A mail that has not gone out, for the system administrator: no address, no text. */
export const pendingMail = z.strictObject({
  id: z.uuid(),
  kind: z.string(),
  state: z.enum(['waiting', 'sending', 'dead']),
  attempts: z.int(),
  dueAt: z.iso.datetime(),
  failedWith: z.string().nullable(),
})
export const pendingMailList = z.strictObject({
  items: z.array(pendingMail),
  next: z.string().nullable(),
  /** Whether a mail server is set up at all (KAPOK_MAIL_URL). */
  configured: z.boolean(),
})
