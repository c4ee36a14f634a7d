// The security administrator's work: finding people, locking them, lifting lock-outs, sessions.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { decodeCursor, page } from '#platform/routes.ts'
import { recordAccess } from './access-log.ts'
import type { activities, memberRoles, officeRoles } from './contract.ts'
import { makeLink } from './links.ts'
import { currentOffices } from './personal-data.ts'
import { endSessions } from './sessions.ts'
import { actingPerson, lockSubject, record, store, touchSubject } from './store.ts'

const purpose = { zh: '管理人员与角色', en: 'Administration of people and roles' }

interface PersonRow {
  id: string
  name: string
  login: string | null
  locked: boolean
  created_at: Date
  offices: {
    id: string
    role: (typeof officeRoles)[number]
    departmentId: string | null
    department: string | null
    area: string | null
    since: string
  }[]
  memberships: { subjectId: string; name: string; roles: (typeof memberRoles)[number][] }[]
}

const personColumns = sql`s.id, s.name, s.created_at, p.login, p.locked_at is not null as locked,
  (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'role', o.role, 'departmentId',
      o.department, 'department', d.name, 'area', o.area, 'since', o.since) order by o.id), '[]')
    from identity.office o left join identity.subject d on d.id = o.department
    where o.person = s.id and o.ended_at is null) as offices,
  (select coalesce(jsonb_agg(jsonb_build_object('subjectId', g.id, 'name', g.name, 'roles',
      m.roles) order by g.name), '[]')
    from identity.membership m join identity.subject g on g.id = m.organisation
    where m.person = s.id and m.ended_at is null) as memberships`

const viewOf = (row: PersonRow) => ({
  id: row.id,
  name: row.name,
  login: row.login,
  locked: row.locked,
  createdAt: row.created_at.toISOString(),
  offices: row.offices.map((one) => ({ ...one, since: new Date(one.since).toISOString() })),
  memberships: row.memberships,
})

/** `%` and `_` of a search mean themselves. */
const pattern = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`

/** People by name or login; each learns that they were looked up. */
export async function searchPeople(
  ctx: Ctx,
  query: { query?: string | undefined; cursor?: string | undefined; limit: number },
) {
  const wanted = query.query ? pattern(query.query) : null
  const [afterName, afterId] = query.cursor ? decodeCursor(query.cursor) : [null, null]
  const { rows } = await sql<PersonRow>`
    select ${personColumns}
    from identity.person p join identity.subject s on s.id = p.id
    where p.erased_at is null
      and (${wanted}::text is null or s.name ilike ${wanted} or p.login ilike ${wanted})
      and (${afterId}::uuid is null or (s.name, s.id) > (${afterName}::text, ${afterId}::uuid))
    order by s.name, s.id limit ${query.limit + 1}`.execute(ctx.tx)
  const { items, next } = page(rows, query.limit, (last) => [last.name, last.id])
  await recordAccess(ctx, {
    personIds: items.map(({ id }) => id),
    fields: ['name', 'login', 'roles'],
    purpose,
  })
  return { items: items.map(viewOf), next }
}

/** One person with offices and memberships; they learn that they were looked up. */
export async function readPerson(ctx: Ctx, personId: string) {
  const { rows } = await sql<PersonRow>`
    select ${personColumns}
    from identity.person p join identity.subject s on s.id = p.id
    where p.id = ${personId} and p.erased_at is null`.execute(ctx.tx)
  if (!rows[0]) throw problem('request.not-found')
  const fields = ['name', 'login', 'roles']
  await recordAccess(ctx, { personIds: [personId], fields, purpose })
  return viewOf(rows[0])
}

/** Locks a person out, ending their sessions, or lets them in again. */
export async function setLock(ctx: Ctx, personId: string, locked: boolean): Promise<void> {
  if (actingPerson(ctx) === personId) throw problem('identity.office-self')
  await lockSubject(ctx, personId)
  const changed = await store(ctx.tx)
    .updateTable('identity.person')
    .set({ locked_at: locked ? ctx.now : null })
    .where('id', '=', personId)
    .where('erased_at', 'is', null)
    .where('locked_at', locked ? 'is' : 'is not', null)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) {
    await readPerson(ctx, personId)
    return
  }
  if (locked) await endSessions(ctx, { personId, except: null })
  await record(ctx, locked ? 'identity.person-locked' : 'identity.person-unlocked', null, {
    personId,
  })
}

/** A one-time link with which a person sets a new password. */
const watching = new Set<string>(['system-admin', 'security-admin', 'audit-admin', 'auditor'])

export async function makePasswordLink(ctx: Ctx, personId: string) {
  if (actingPerson(ctx) === personId) throw problem('identity.office-self')
  const person = await readPerson(ctx, personId)
  if (person.login === null) throw problem('request.not-found')
  // Whoever resets the password of those who watch could sign in as them.
  if ((await currentOffices(ctx, personId)).some(({ role }) => watching.has(role))) {
    throw problem('identity.link-office')
  }
  const { path, expiresAt } = await makeLink(ctx, { personId })
  return { path, expiresAt: expiresAt.toISOString() }
}

/** Enters what an organisation carries on, which decides what its members may be made. */
export async function setActivities(
  ctx: Ctx,
  organisationId: string,
  wanted: (typeof activities)[number][],
): Promise<void> {
  await lockSubject(ctx, organisationId)
  const carried = [...new Set(wanted)]
  const changed = await store(ctx.tx)
    .updateTable('identity.organisation')
    .set({ activities: carried })
    .where('id', '=', organisationId)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) throw problem('request.not-found')
  await touchSubject(ctx, organisationId)
  const fact = { subjectId: organisationId, activities: carried }
  await record(ctx, 'identity.activities-set', organisationId, fact)
}

/** Logins and addresses with failed tries, the locked ones first. */
export async function listLockouts(ctx: Ctx) {
  const rows = await store(ctx.tx)
    .selectFrom('identity.attempt')
    .selectAll()
    .where('failures', '>', 0)
    .orderBy(sql`locked_until desc nulls last`)
    .orderBy('first_at', 'desc')
    .limit(200)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    key: row.key,
    failures: row.failures,
    firstAt: row.first_at.toISOString(),
    lockedUntil: row.locked_until?.toISOString() ?? null,
  }))
}

export async function liftLockout(ctx: Ctx, attemptId: string): Promise<void> {
  const removed = await store(ctx.tx)
    .deleteFrom('identity.attempt')
    .where('id', '=', attemptId)
    .executeTakeFirst()
  if (removed.numDeletedRows === 0n) throw problem('request.not-found')
  await record(ctx, 'identity.lock-lifted', null, { attemptId })
}

/** Open sessions of everybody, the last seen first. */
export async function listSessions(
  ctx: Ctx,
  query: { cursor?: string | undefined; limit: number },
) {
  const [seen, after] = query.cursor ? decodeCursor(query.cursor) : [null, null]
  const { rows } = await sql<{
    id: string
    person: string
    name: string
    subject: string
    method: string
    address: string
    created_at: Date
    last_seen_at: Date
  }>`
    select t.id, t.person, s.name, b.name as subject, t.method, t.address, t.created_at,
      t.last_seen_at
    from identity.session t join identity.subject s on s.id = t.person
      join identity.subject b on b.id = t.subject
    where t.ended_at is null and t.expires_at > ${ctx.now} and (${after}::uuid is null
      or (t.last_seen_at, t.id) < (${seen}::timestamptz, ${after}::uuid))
    order by t.last_seen_at desc, t.id desc limit ${query.limit + 1}`.execute(ctx.tx)
  const { items, next } = page(rows, query.limit, (last) => [
    last.last_seen_at.toISOString(),
    last.id,
  ])
  await recordAccess(ctx, {
    personIds: items.map(({ person }) => person),
    fields: ['name', 'sessions'],
    purpose,
  })
  return {
    items: items.map((row) => ({
      id: row.id,
      personId: row.person,
      name: row.name,
      subject: row.subject,
      method: row.method,
      address: row.address,
      createdAt: row.created_at.toISOString(),
      lastSeenAt: row.last_seen_at.toISOString(),
    })),
    next,
  }
}

/** Ends anybody's session. */
export async function endAnySession(ctx: Ctx, sessionId: string): Promise<void> {
  const row = await store(ctx.tx)
    .selectFrom('identity.session')
    .select('person')
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw problem('request.not-found')
  await endSessions(ctx, { ids: [sessionId] })
  await record(ctx, 'identity.session-ended', null, { personId: row.person, sessionId })
}
