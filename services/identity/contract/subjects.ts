// Organisations, members, shareholders, mandates and API keys.
import { z } from 'zod'
import {
  activities,
  area,
  date,
  id,
  instant,
  memberRoles,
  name,
  named,
  organisationClasses,
  organisationSizes,
  scopes,
  subjectKind,
} from './fields.ts'

/** Whom a register names: an organisation by its code, or a natural person. */
export const party = z.union([
  z.strictObject({ creditCode: z.string().max(40) }),
  z.strictObject({ person: name, residentNumber: z.string().trim().max(40).optional() }),
  z.strictObject({ subjectId: id }),
])
export type Party = z.output<typeof party>
const organisationFields = {
  name,
  class: z.enum(organisationClasses),
  size: z.enum(organisationSizes).nullable(),
  area,
  foundedOn: date,
  legalRepresentative: party,
  controller: party.nullable(),
}
export const registerOrganisation = z.strictObject({
  creditCode: z.string().max(40),
  ...organisationFields,
})
export const changeOrganisation = z.strictObject(organisationFields).partial()
export const subjectView = z.strictObject({
  id,
  kind: subjectKind,
  name: z.string(),
  area: area.nullable(),
  creditCode: z.string().nullable(),
  class: z.enum(organisationClasses).nullable(),
  size: z.enum(organisationSizes).nullable(),
  foundedOn: date.nullable(),
  activities: z.array(z.enum(activities)),
  /** Only for its own people; null for everybody else. */
  own: z
    .strictObject({
      legalRepresentative: named.nullable(),
      controller: named.nullable(),
      roles: z.array(z.string()),
    })
    .nullable(),
  version: z.int(),
})
export const departments = z.strictObject({
  items: z.array(z.strictObject({ id, authority: z.string(), name: z.string(), area })),
})
export const members = z.strictObject({
  items: z.array(
    z.strictObject({
      person: id,
      name: z.string(),
      roles: z.array(z.enum(memberRoles)),
      since: instant,
      version: z.int(),
    }),
  ),
})
export const memberRolesBody = z.strictObject({ roles: z.array(z.enum(memberRoles)).min(1).max(4) })
export const invitationMade = z.strictObject({ id, code: z.string(), expiresAt: instant })
export const invitations = z.strictObject({
  items: z.array(
    z.strictObject({ id, roles: z.array(z.string()), createdAt: instant, expiresAt: instant }),
  ),
})
export const acceptInvitation = z.strictObject({ code: z.string().trim().min(8).max(100) })
export const accepted = z.strictObject({ subjectId: id, name: z.string() })
export const shareholders = z.strictObject({
  items: z.array(
    z.strictObject({
      holder: named,
      basisPoints: z.int(),
      from: date,
      to: date.nullable(),
    }),
  ),
  version: z.int(),
})
export const changeShareholders = z.strictObject({
  from: date,
  holders: z
    .array(z.strictObject({ holder: party, basisPoints: z.int().min(1).max(10_000) }))
    .max(200),
})
export const mandateStates = ['future', 'current', 'expired', 'revoked'] as const
export const mandate = z.strictObject({
  id,
  grantor: named,
  holder: named,
  scopes: z.array(z.string()),
  from: instant,
  until: instant,
  state: z.enum(mandateStates),
})
export const mandates = z.strictObject({ granted: z.array(mandate), held: z.array(mandate) })
export const grantMandate = z.strictObject({
  holder: z.union([z.strictObject({ creditCode: z.string().max(40) }), z.strictObject({ id })]),
  scopes,
  from: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }),
})
export const keyView = z.strictObject({
  id,
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  createdAt: instant,
  expiresAt: instant,
  lastUsedAt: instant.nullable(),
  state: z.enum(['current', 'expired', 'revoked']),
})
export const keys = z.strictObject({ items: z.array(keyView) })
export const createKey = z.strictObject({
  name,
  scopes,
  expiresAt: z.iso.datetime({ offset: true }),
})
/** The secret is in this one reply and nowhere else. */
export const keyMade = z.strictObject({ key: z.string(), ...keyView.shape })
