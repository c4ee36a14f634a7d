// The security administrator's pages: people, offices, lock-outs, sessions.
import { z } from 'zod'
import { activities, area, id, instant, memberRoles, officeRoles } from './fields.ts'

export const office = z.strictObject({
  id,
  role: z.enum(officeRoles),
  departmentId: id.nullable(),
  department: z.string().nullable(),
  area: area.nullable(),
  since: instant,
})
export const personRow = z.strictObject({
  id,
  name: z.string(),
  login: z.string().nullable(),
  locked: z.boolean(),
  createdAt: instant,
  offices: z.array(office),
  memberships: z.array(
    z.strictObject({ subjectId: id, name: z.string(), roles: z.array(z.enum(memberRoles)) }),
  ),
})
export const people = z.strictObject({ items: z.array(personRow), next: z.string().nullable() })
export const peopleQuery = z.strictObject({
  query: z.string().trim().max(200).optional(),
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const grantOffice = z.strictObject({
  role: z.enum(officeRoles),
  departmentId: id.optional(),
  area: area.optional(),
})
export const made = z.strictObject({ id })
export const linkMade = z.strictObject({ path: z.string(), expiresAt: instant })
export const setActivities = z.strictObject({ activities: z.array(z.enum(activities)).max(2) })
export const lockouts = z.strictObject({
  items: z.array(
    z.strictObject({
      id,
      kind: z.enum(['login', 'address']),
      key: z.string(),
      failures: z.int(),
      firstAt: instant,
      lockedUntil: instant.nullable(),
    }),
  ),
})
export const allSessions = z.strictObject({
  items: z.array(
    z.strictObject({
      id,
      personId: id,
      name: z.string(),
      subject: z.string(),
      method: z.string(),
      address: z.string(),
      createdAt: instant,
      lastSeenAt: instant,
    }),
  ),
  next: z.string().nullable(),
})
