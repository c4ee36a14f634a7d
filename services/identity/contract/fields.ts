// Fields and lists of values that all parts of the contract share.
import { z } from 'zod'

export const organisationClasses = [
  'enterprise',
  'individual-business',
  'institution',
  'university',
  'research-institute',
  'government',
  'community',
  'association',
] as const
export const organisationSizes = ['micro', 'small', 'medium', 'large'] as const
export const activities = ['cluster-operator', 'community'] as const
export const memberRoles = ['owner', 'member', 'operator', 'community-manager'] as const
export const officeRoles = [
  'system-admin',
  'security-admin',
  'audit-admin',
  'auditor',
  'official',
] as const
export const administrators = ['system-admin', 'security-admin', 'audit-admin'] as const
export const allRoles = [...officeRoles, ...memberRoles] as const

/** A name as people write it; shown as text, never as markup. */
export const name = z.string().trim().min(1).max(200)
export const area = z.string().regex(/^\d{6}$/)
/** `service:read` or `service:write`. */
export const scope = z.string().regex(/^[a-z][a-z-]{0,39}:(read|write)$/)
export const scopes = z
  .array(scope)
  .min(1)
  .max(40)
  .transform((all) => [...new Set(all)].sort())
export const login = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@-]{2,63}$/)
/** Any text may be tried as a password; which may be set is the policy's business. */
export const password = z.string().min(1).max(400)
export const code = z.string().trim().min(6).max(40)
export const date = z.iso.date()
export const instant = z.iso.datetime()
export const id = z.uuid()
export const text = z.strictObject({ zh: z.string(), en: z.string() })

export const subjectKind = z.enum(['organisation', 'person', 'department'])
export const named = z.strictObject({ id, name: z.string(), kind: subjectKind })

export const byId = z.strictObject({ id })
export const byMember = z.strictObject({ id, person: id })
export const byMandate = z.strictObject({ id, mandate: id })
export const byKey = z.strictObject({ id, key: id })
export const byInvitation = z.strictObject({ id, invitation: id })
export const byOffice = z.strictObject({ id, office: id })
export const byToken = z.strictObject({ token: z.string().min(20).max(100) })
