// Offices: administrators, auditors, officials of a department with an area; granted and ended.
import type { Ctx } from '#platform/context.ts'
import { sqlState } from '#platform/database.ts'
import { problem } from '#platform/errors.ts'
import { administrators, type officeRoles } from './contract.ts'
import { isArea, reaches } from './jurisdiction.ts'
import { endSessions } from './sessions.ts'
import { actingPerson, lockSubject, record, store } from './store.ts'

export type OfficeRole = (typeof officeRoles)[number]

export interface NewOffice {
  id?: string
  personId: string
  role: OfficeRole
  departmentId: string | null
  area: string | null
}

const isAdministrator = (role: string): boolean =>
  (administrators as readonly string[]).includes(role)

/** Stores an office; the database refuses a second administrator's office for one person. */
export async function insertOffice(ctx: Ctx, office: NewOffice): Promise<string> {
  const id = office.id ?? ctx.newId()
  const { personId, role, departmentId, area } = office
  try {
    await store(ctx.tx)
      .insertInto('identity.office')
      .values({
        id,
        person: personId,
        role,
        department: departmentId,
        area,
        since: ctx.now,
        ended_at: null,
        granted_by: ctx.actor.personId,
      })
      .execute()
  } catch (error) {
    const code = isAdministrator(role) ? 'identity.office-exclusive' : 'identity.office-held'
    throw sqlState(error) === '23505' ? problem(code) : error
  }
  const fact = { officeId: id, personId, role, departmentId, area }
  await record(ctx, 'identity.office-granted', departmentId, fact)
  return id
}

/** A person who can sign in; locked against a second change at the same moment. */
async function lockPerson(ctx: Ctx, personId: string): Promise<void> {
  await lockSubject(ctx, personId)
  const person = await store(ctx.tx)
    .selectFrom('identity.person')
    .select('erased_at')
    .where('id', '=', personId)
    .executeTakeFirst()
  if (!person || person.erased_at) throw problem('request.not-found')
}

/**
 * Grants an office. An official belongs to a department and reaches no further than it does.
 * @throws identity.office-self, -exclusive, -held, -department, identity.area-unknown
 */
export async function grantOffice(
  ctx: Ctx,
  personId: string,
  wanted: { role: OfficeRole; departmentId?: string | undefined; area?: string | undefined },
): Promise<string> {
  if (actingPerson(ctx) === personId) throw problem('identity.office-self')
  await lockPerson(ctx, personId)
  const { role } = wanted
  const departmentId = wanted.departmentId ?? null
  let area = wanted.area ?? null
  if (isAdministrator(role) && (departmentId || area)) throw problem('identity.office-department')
  if (role === 'official' && !departmentId) throw problem('identity.office-department')
  if (area && !isArea(area)) throw problem('identity.area-unknown', { area })
  if (departmentId) {
    const department = await store(ctx.tx)
      .selectFrom('identity.department')
      .select('area')
      .where('id', '=', departmentId)
      .executeTakeFirst()
    if (!department) throw problem('request.not-found')
    area ??= department.area
    if (!reaches(department.area, area)) throw problem('identity.office-department')
  }
  const others = await store(ctx.tx)
    .selectFrom('identity.office')
    .select('role')
    .where('person', '=', personId)
    .where('ended_at', 'is', null)
    .execute()
  if (isAdministrator(role) && others.some((office) => isAdministrator(office.role))) {
    throw problem('identity.office-exclusive')
  }
  return insertOffice(ctx, { personId, role, departmentId, area })
}

/**
 * Ends an office and the sessions of its holder, so that nothing opened under it goes on.
 * @throws identity.office-self, identity.office-last for the only one of an administrator's kind
 */
export async function endOffice(ctx: Ctx, personId: string, officeId: string): Promise<void> {
  if (actingPerson(ctx) === personId) throw problem('identity.office-self')
  await lockPerson(ctx, personId)
  const db = store(ctx.tx)
  const office = await db
    .selectFrom('identity.office')
    .select(['role', 'department'])
    .where('id', '=', officeId)
    .where('person', '=', personId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (!office) throw problem('request.not-found')
  if (isAdministrator(office.role)) await requireAnother(ctx, office.role, personId)
  await db
    .updateTable('identity.office')
    .set({ ended_at: ctx.now })
    .where('id', '=', officeId)
    .execute()
  await endSessions(ctx, { personId, except: null })
  await record(ctx, 'identity.office-ended', office.department, { officeId, personId })
}

/** The platform never stands without one of its three administrators. */
async function requireAnother(ctx: Ctx, role: string, personId: string): Promise<void> {
  // All holders are locked in one order, so that two cannot leave at once.
  const holders = await store(ctx.tx)
    .selectFrom('identity.office')
    .select('person')
    .where('role', '=', role)
    .where('ended_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  if (holders.every(({ person }) => person === personId)) throw problem('identity.office-last')
}
