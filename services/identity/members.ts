// Members of an organisation: invited by code, given roles, removed; one owner always stays.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { requireVersion } from '#platform/routes.ts'
import { recordAccess } from './access-log.ts'
import type { memberRoles } from './contract.ts'
import { invitationEnd } from './limits.ts'
import { endSessions } from './sessions.ts'
import { actingPerson, lockSubject, record, store } from './store.ts'
import { hashToken, newToken } from './tokens.ts'

export type MemberRole = (typeof memberRoles)[number]

interface NewMembership {
  id?: string
  personId: string
  organisationId: string
  roles: readonly MemberRole[]
}

/** Stores a membership; the organisation's row is locked or new. */
export async function insertMembership(ctx: Ctx, given: NewMembership): Promise<void> {
  const { personId, organisationId } = given
  const roles = [...given.roles]
  await store(ctx.tx)
    .insertInto('identity.membership')
    .values({
      id: given.id ?? ctx.newId(),
      person: personId,
      organisation: organisationId,
      roles,
      version: 1,
      since: ctx.now,
      ended_at: null,
    })
    .execute()
  await record(ctx, 'identity.member-joined', organisationId, { personId, roles })
}

/** Operators and community managers exist only where the organisation carries that activity. */
async function requireActivities(
  ctx: Ctx,
  organisationId: string,
  roles: readonly MemberRole[],
): Promise<void> {
  const row = await store(ctx.tx)
    .selectFrom('identity.organisation')
    .select('activities')
    .where('id', '=', organisationId)
    .executeTakeFirst()
  if (!row) throw problem('request.not-found')
  const needed = { operator: 'cluster-operator', 'community-manager': 'community' } as const
  for (const role of roles) {
    if (role === 'owner' || role === 'member') continue
    if (!row.activities.includes(needed[role])) throw problem('identity.activity', { role })
  }
}

/** The members by name; that their names were read is recorded for them. */
export async function listMembers(ctx: Ctx, organisationId: string) {
  const rows = await store(ctx.tx)
    .selectFrom('identity.membership as m')
    .innerJoin('identity.subject as s', 's.id', 'm.person')
    .select(['m.person', 's.name', 'm.roles', 'm.since', 'm.version'])
    .where('m.organisation', '=', organisationId)
    .where('m.ended_at', 'is', null)
    .orderBy('s.name')
    .orderBy('m.person')
    .limit(1_000)
    .execute()
  await recordAccess(ctx, {
    personIds: rows.map(({ person }) => person),
    fields: ['name', 'roles'],
    purpose: { zh: '查看单位成员', en: 'Members of the organisation' },
  })
  return rows.map((row) => ({
    ...row,
    roles: row.roles as MemberRole[],
    since: row.since.toISOString(),
  }))
}

/** Makes an invitation; its code is shown once and works once. */
export async function inviteMember(ctx: Ctx, organisationId: string, roles: MemberRole[]) {
  await requireActivities(ctx, organisationId, roles)
  const code = newToken()
  const id = ctx.newId()
  const expiresAt = invitationEnd(ctx.now)
  await store(ctx.tx)
    .insertInto('identity.invitation')
    .values({
      id,
      organisation: organisationId,
      roles: [...new Set(roles)],
      code_hash: hashToken(code),
      created_by: actingPerson(ctx),
      created_at: ctx.now,
      expires_at: expiresAt,
      used_by: null,
      used_at: null,
      revoked_at: null,
    })
    .execute()
  await record(ctx, 'identity.invited', organisationId, { invitationId: id, roles })
  return { id, code, expiresAt: expiresAt.toISOString() }
}

const openInvitations = (ctx: Ctx) =>
  store(ctx.tx)
    .selectFrom('identity.invitation')
    .selectAll()
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', ctx.now)

/** Invitations that can still be accepted, newest first. */
export async function listInvitations(ctx: Ctx, organisationId: string) {
  const rows = await openInvitations(ctx)
    .where('organisation', '=', organisationId)
    .orderBy('id', 'desc')
    .limit(200)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    roles: row.roles,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }))
}

export async function revokeInvitation(
  ctx: Ctx,
  organisationId: string,
  invitationId: string,
): Promise<void> {
  const changed = await store(ctx.tx)
    .updateTable('identity.invitation')
    .set({ revoked_at: ctx.now })
    .where('id', '=', invitationId)
    .where('organisation', '=', organisationId)
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) throw problem('request.not-found')
  await record(ctx, 'identity.invitation-revoked', organisationId, { invitationId })
}

/** Joins the organisation that an invitation names. */
export async function acceptInvitation(ctx: Ctx, code: string) {
  const personId = actingPerson(ctx)
  const invitation = await openInvitations(ctx)
    .where('code_hash', '=', hashToken(code))
    .forUpdate()
    .executeTakeFirst()
  if (!invitation) throw problem('identity.invitation-invalid')
  const organisation = await lockSubject(ctx, invitation.organisation)
  if (await findMembership(ctx, organisation.id, personId)) throw problem('identity.member-there')
  const roles = invitation.roles as MemberRole[]
  await requireActivities(ctx, organisation.id, roles)
  await insertMembership(ctx, { personId, organisationId: organisation.id, roles })
  await store(ctx.tx)
    .updateTable('identity.invitation')
    .set({ used_by: personId, used_at: ctx.now })
    .where('id', '=', invitation.id)
    .execute()
  return { subjectId: organisation.id, name: organisation.name }
}

function findMembership(ctx: Ctx, organisationId: string, personId: string) {
  return store(ctx.tx)
    .selectFrom('identity.membership')
    .select(['id', 'roles', 'version'])
    .where('organisation', '=', organisationId)
    .where('person', '=', personId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
}

/** @throws identity.last-owner; the organisation's row must be locked */
async function requireOtherOwner(ctx: Ctx, organisationId: string, personId: string) {
  const other = await store(ctx.tx)
    .selectFrom('identity.membership')
    .select('id')
    .where('organisation', '=', organisationId)
    .where('person', '<>', personId)
    .where('ended_at', 'is', null)
    .where(sql<boolean>`'owner' = any(roles)`)
    .limit(1)
    .executeTakeFirst()
  if (!other) throw problem('identity.last-owner')
}

/** Gives a member other roles, against the version that was read. */
export async function changeMember(
  ctx: Ctx,
  where: { organisationId: string; personId: string },
  wanted: MemberRole[],
  ifMatch: string | null,
): Promise<void> {
  const { organisationId, personId } = where
  await lockSubject(ctx, organisationId)
  const found = await findMembership(ctx, organisationId, personId)
  if (!found) throw problem('request.not-found')
  requireVersion(ifMatch, found.version)
  const roles = [...new Set(wanted)]
  await requireActivities(ctx, organisationId, roles)
  if (!roles.includes('owner')) await requireOtherOwner(ctx, organisationId, personId)
  await store(ctx.tx)
    .updateTable('identity.membership')
    .set({ roles, version: found.version + 1 })
    .where('id', '=', found.id)
    .execute()
  await record(ctx, 'identity.member-changed', organisationId, { personId, roles })
}

/** Ends a membership: the member leaves, or an owner removes them. Their sessions here end too. */
export async function removeMember(
  ctx: Ctx,
  organisationId: string,
  personId: string,
): Promise<void> {
  await lockSubject(ctx, organisationId)
  const found = await findMembership(ctx, organisationId, personId)
  if (!found) throw problem('request.not-found')
  await requireOtherOwner(ctx, organisationId, personId)
  await endMembership(ctx, { id: found.id, organisationId, personId })
  const acting = await store(ctx.tx)
    .selectFrom('identity.session')
    .select('id')
    .where('person', '=', personId)
    .where('subject', '=', organisationId)
    .where('ended_at', 'is', null)
    .execute()
  const others = acting.map(({ id }) => id).filter((id) => id !== ctx.actor.sessionId)
  if (others.length > 0) await endSessions(ctx, { ids: others })
}

export async function endMembership(
  ctx: Ctx,
  membership: { id: string; organisationId: string; personId: string },
): Promise<void> {
  const { id, organisationId, personId } = membership
  await store(ctx.tx)
    .updateTable('identity.membership')
    .set({ ended_at: ctx.now })
    .where('id', '=', id)
    .execute()
  await record(ctx, 'identity.member-left', organisationId, { personId })
}
