// The facts that identity writes into the journal: ids and keyed hashes only.
import { z } from 'zod'
import { activities, administrators, area, id, memberRoles, officeRoles, scope } from './fields.ts'

const person = z.strictObject({ personId: id })
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const sessionFact = z.strictObject({ personId: id, sessionId: id })
const roles = z.array(z.enum(memberRoles))

/** Kind -> payload of version 1. */
export const facts = {
  'identity.person-registered': person,
  'identity.person-changed': z.strictObject({ personId: id, fields: z.array(z.string()) }),
  'identity.person-locked': person,
  'identity.person-unlocked': person,
  'identity.person-erased': person,
  'identity.personal-data-exported': person,
  'identity.password-changed': person,
  'identity.second-factor-added': person,
  'identity.second-factor-removed': person,
  'identity.link-made': z.strictObject({
    linkId: id,
    role: z.enum(administrators).nullable(),
    /** Whose password it sets; null for an office that nobody holds. */
    personId: id.nullable(),
  }),
  'identity.link-used': z.strictObject({ linkId: id, personId: id }),
  'identity.signed-in': z.strictObject({ ...sessionFact.shape, method: z.string() }),
  'identity.sign-in-refused': z.strictObject({ login: hash, personId: id.nullable() }),
  /** A lock began; null: nobody has the login. */
  'identity.sign-in-locked': z.strictObject({
    login: hash,
    personId: id.nullable(),
    until: z.iso.datetime(),
  }),
  'identity.signed-out': sessionFact,
  'identity.session-ended': sessionFact,
  'identity.acting-changed': z.strictObject({
    ...sessionFact.shape,
    subjectId: id,
    mandateId: id.nullable(),
  }),
  'identity.subject-registered': z.strictObject({
    subjectId: id,
    kind: z.enum(['organisation', 'department']),
    area,
  }),
  'identity.subject-changed': z.strictObject({ subjectId: id, fields: z.array(z.string()) }),
  'identity.shares-changed': z.strictObject({ subjectId: id, from: z.iso.date() }),
  'identity.activities-set': z.strictObject({
    subjectId: id,
    activities: z.array(z.enum(activities)),
  }),
  'identity.invited': z.strictObject({ invitationId: id, roles }),
  'identity.invitation-revoked': z.strictObject({ invitationId: id }),
  'identity.member-joined': z.strictObject({ personId: id, roles }),
  'identity.member-changed': z.strictObject({ personId: id, roles }),
  'identity.member-left': z.strictObject({ personId: id }),
  'identity.office-granted': z.strictObject({
    officeId: id,
    personId: id,
    role: z.enum(officeRoles),
    departmentId: id.nullable(),
    area: area.nullable(),
  }),
  'identity.office-ended': z.strictObject({ officeId: id, personId: id }),
  'identity.mandate-granted': z.strictObject({
    mandateId: id,
    grantorId: id,
    holderId: id,
    scopes: z.array(scope),
    from: z.iso.datetime(),
    until: z.iso.datetime(),
  }),
  'identity.mandate-revoked': z.strictObject({ mandateId: id, holderId: id }),
  'identity.key-created': z.strictObject({
    keyId: id,
    scopes: z.array(scope),
    until: z.iso.datetime(),
  }),
  'identity.key-revoked': z.strictObject({ keyId: id }),
  'identity.lock-lifted': z.strictObject({ attemptId: id }),
} as const

export type FactKind = keyof typeof facts
export type FactPayload<K extends FactKind> = z.input<(typeof facts)[K]>
