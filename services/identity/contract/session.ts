// Sign-in, sessions, demo entry and one-time links.
import { z } from 'zod'
import {
  administrators,
  allRoles,
  area,
  code,
  id,
  instant,
  login,
  name,
  password,
  subjectKind,
  text,
} from './fields.ts'

export const grant = z.strictObject({
  role: z.enum(allRoles),
  subjectId: id.nullable(),
  area: area.nullable(),
})
export const choice = z.strictObject({
  id,
  name: z.string(),
  kind: subjectKind,
  via: z.enum(['self', 'member', 'office', 'mandate']),
  mandateId: id.nullable(),
})
export const sessionView = z.strictObject({
  person: z.strictObject({ id, name: z.string() }).nullable(),
  subject: z
    .strictObject({ id, name: z.string(), kind: subjectKind, area: area.nullable() })
    .nullable(),
  mandateId: id.nullable(),
  subjects: z.array(choice),
  grants: z.array(grant),
  demo: z.boolean(),
  demoEntry: z.boolean(),
  clockOffsetMs: z.number(),
  oidc: z.boolean(),
  version: z.string(),
})
export type SessionView = z.input<typeof sessionView>
export const signIn = z.strictObject({
  // Anything may be tried as a login; the answer is the same.
  login: z.string().trim().toLowerCase().min(1).max(200),
  password,
  code: code.optional(),
})
export const actFor = z.strictObject({ subjectId: id, mandateId: id.optional() })
export const demoAccounts = z.strictObject({
  items: z.array(
    z.strictObject({ account: z.string(), title: text, organisation: z.string(), about: text }),
  ),
})
export const enterDemo = z.strictObject({ account: z.string().min(1).max(60) })
export const oidcStart = z.strictObject({ returnTo: z.string().max(400).optional() })
const reported = z.string().max(4_000).optional()
export const oidcReturn = z.strictObject({
  state: z.string().max(200),
  code: reported,
  iss: reported,
  session_state: reported,
  error: reported,
  error_description: reported,
})
export const linkView = z.strictObject({
  role: z.enum(administrators).nullable(),
  login: z.string().nullable(),
  expiresAt: instant,
})
export const useLink = z.strictObject({ login: login.optional(), name: name.optional(), password })
