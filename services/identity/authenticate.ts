// Who sends a request: a person by the session cookie, a program by its API key, or a visitor.
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { type Actor, type Grant, type Role, visitor } from '#platform/context.ts'
import { type ProblemCode, problem } from '#platform/errors.ts'
import type { World } from '#platform/world.ts'
import { idleMs } from './limits.ts'
import { hashToken, isApiKey } from './tokens.ts'

export const sessionCookie = 'kapok_session'

/** How old "last seen" and "last used" may grow before they are written again. */
const TOUCH_MS = 60_000
/** A person's own affairs stay open to them whatever mandate they act under. */
const personalScopes = ['session:read', 'session:write', 'people:read', 'people:write']
/** Pages on which a person whose mandate has ended can choose anew; all else is refused. */
const personalPath = /^\/api\/(session|people\/me|demo|first)(\/|$)/

interface MandateRow {
  scopes: string[]
  begun: boolean
  expired: boolean
  revoked: boolean
}

interface SessionRow {
  id: string
  person: string
  subject: string
  mandate_id: string | null
  roles: Role[] | null
  offices: { role: Role; department: string | null; area: string | null }[] | null
  mandate: MandateRow | null
}

/** One statement: the session, what its person may do for its subject, and the time last seen. */
async function findSession(world: World, token: string): Promise<SessionRow | undefined> {
  const now = world.clock.now()
  const idleSince = new Date(now.getTime() - idleMs(now))
  const stale = new Date(now.getTime() - TOUCH_MS)
  const { rows } = await sql<SessionRow>`
    with s as materialized (
      select s.id, s.person, s.subject, s.mandate, s.last_seen_at
      from identity.session s join identity.person p on p.id = s.person
      where s.token_hash = ${hashToken(token)} and s.ended_at is null
        and s.expires_at > ${now} and s.last_seen_at > ${idleSince}
        and p.locked_at is null and p.erased_at is null
    ), seen as (
      update identity.session t set last_seen_at = ${now}
      from s where t.id = s.id and s.last_seen_at < ${stale}
    )
    select s.id, s.person, s.subject, s.mandate as mandate_id,
      (select m.roles from identity.membership m
        where m.person = s.person and m.organisation = s.subject and m.ended_at is null) as roles,
      (select jsonb_agg(jsonb_build_object(
          'role', o.role, 'department', o.department, 'area', o.area))
        from identity.office o
        where o.person = s.person and coalesce(o.department, o.person) = s.subject
          and o.ended_at is null) as offices,
      (select jsonb_build_object('scopes', m.scopes, 'begun', m.valid_from <= ${now},
          'expired', m.valid_to <= ${now}, 'revoked', m.revoked_at is not null)
        from identity.mandate m
        where m.id = s.mandate and m.grantor = s.subject and (m.holder = s.person or exists (
          select from identity.membership h
          where h.person = s.person and h.organisation = m.holder and h.ended_at is null))
      ) as mandate
    from s`.execute(world.db)
  return rows[0]
}

/** Why a mandate cannot be used, or null. Somebody who left the holder has no mandate at all. */
function mandateFault(mandate: MandateRow | null): ProblemCode | null {
  if (!mandate || mandate.revoked) return 'identity.mandate-revoked'
  if (mandate.expired) return 'identity.mandate-expired'
  return mandate.begun ? null : 'identity.mandate-early'
}

function grantsOf(row: SessionRow): Grant[] {
  const offices = (row.offices ?? []).map(({ role, department, area }) => ({
    role,
    subjectId: department,
    area,
  }))
  const own: Role[] = row.subject === row.person ? ['owner'] : (row.roles ?? [])
  return [...own.map((role) => ({ role, subjectId: row.subject, area: null })), ...offices]
}

function personActor(row: SessionRow, personal: boolean): Actor {
  const actor: Actor = {
    kind: 'person',
    name: `person:${row.person}`,
    personId: row.person,
    subjectId: row.subject,
    mandateId: null,
    grants: grantsOf(row),
    scopes: null,
    sessionId: row.id,
  }
  if (row.mandate_id !== null) {
    const fault = mandateFault(row.mandate)
    if (fault && !personal) throw problem(fault)
    if (!fault && row.mandate) {
      return {
        ...actor,
        mandateId: row.mandate_id,
        grants: [{ role: 'member', subjectId: row.subject, area: null }],
        scopes: [...row.mandate.scopes, ...personalScopes],
      }
    }
  }
  if (actor.grants.length > 0) return actor
  // What was acted for is no longer theirs: the person stands for themself again.
  const own: Grant = { role: 'owner', subjectId: row.person, area: null }
  return { ...actor, subjectId: row.person, grants: [own] }
}

interface KeyRow {
  id: string
  subject: string
  scopes: string[]
  person: string
  roles: Role[] | null
  ended: boolean
  expired: boolean
}

async function keyActor(world: World, key: string): Promise<Actor> {
  if (!isApiKey(key)) throw problem('identity.key-unknown')
  const now = world.clock.now()
  const stale = new Date(now.getTime() - TOUCH_MS)
  const { rows } = await sql<KeyRow>`
    with k as materialized (
      select k.id, k.subject, k.scopes, k.created_by as person, k.last_used_at,
        k.expires_at <= ${now} as expired,
        (k.revoked_at is not null or p.locked_at is not null or p.erased_at is not null) as ended
      from identity.api_key k join identity.person p on p.id = k.created_by
      where k.hash = ${hashToken(key)}
    ), used as (
      update identity.api_key t set last_used_at = ${now}
      from k where t.id = k.id and not k.expired and not k.ended
        and (k.last_used_at is null or k.last_used_at < ${stale})
    )
    select k.*, (select m.roles from identity.membership m
      where m.person = k.person and m.organisation = k.subject and m.ended_at is null) as roles
    from k`.execute(world.db)
  const row = rows[0]
  if (!row) throw problem('identity.key-unknown')
  // A key can do no more than its maker may do now; when they leave, it ends.
  const roles: Role[] = row.subject === row.person ? ['owner'] : (row.roles ?? [])
  if (row.ended || roles.length === 0) throw problem('identity.key-revoked')
  if (row.expired) throw problem('identity.key-expired')
  return {
    kind: 'key',
    name: `key:${row.id}`,
    // A key of an organisation opens nothing that is its maker's own.
    personId: row.subject === row.person ? row.person : null,
    subjectId: row.subject,
    mandateId: null,
    grants: roles.map((role) => ({ role, subjectId: row.subject, area: null })),
    scopes: row.scopes,
    sessionId: null,
  }
}

/** The actor of a session's token: a visitor when it is over. */
export async function actorOfSession(
  world: World,
  token: string,
  request: FastifyRequest,
): Promise<Actor> {
  const row = await findSession(world, token)
  return row ? personActor(row, personalPath.test(request.routeOptions.url ?? '')) : visitor
}

/**
 * The actor of a request, by one statement.
 * @throws identity.key-unknown, -revoked, -expired; identity.mandate-expired, -revoked, -early
 */
export async function authenticate(world: World, request: FastifyRequest): Promise<Actor> {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer?.startsWith('kapok_')) return keyActor(world, bearer)
  const token = request.cookies[sessionCookie]
  return token ? actorOfSession(world, token, request) : visitor
}
