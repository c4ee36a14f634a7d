// What is held about a person: exporting it all, and erasing the values while ids remain.
import { sql } from 'kysely'
import type { Ctx, JsonObject, Text } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { endMembership } from './members.ts'
import type { Parts } from './parts.ts'
import { dropSecondFactor } from './second-factor.ts'
import { endSessions } from './sessions.ts'
import { actingPerson, lockSubject, record, store } from './store.ts'

const ERASED_NAME = '已注销'

/** Everything that identity holds about a person; secrets only as whether they are set. */
async function exportOwn(ctx: Ctx, personId: string): Promise<JsonObject> {
  const { rows } = await sql<{ held: JsonObject }>`
    select jsonb_build_object(
      'account', (select jsonb_build_object('id', s.id, 'name', s.name, 'login', p.login,
          'email', p.email, 'createdAt', s.created_at, 'lockedAt', p.locked_at,
          'residentNumberKnown', p.resident_key is not null)
        from identity.person p join identity.subject s on s.id = p.id where p.id = ${personId}),
      'passwordChangedAt', (select changed_at from identity.password where person = ${personId}),
      'secondFactorSince', (select confirmed_at from identity.totp where person = ${personId}),
      'singleSignOn', (select coalesce(jsonb_agg(jsonb_build_object('issuer', issuer, 'name', name,
          'since', since)), '[]') from identity.federated where person = ${personId}),
      'memberships', (select coalesce(jsonb_agg(jsonb_build_object('organisation', s.name,
          'id', s.id, 'roles', m.roles, 'since', m.since, 'endedAt', m.ended_at)), '[]')
        from identity.membership m join identity.subject s on s.id = m.organisation
        where m.person = ${personId}),
      'offices', (select coalesce(jsonb_agg(jsonb_build_object('role', role, 'area', area,
          'department', department, 'since', since, 'endedAt', ended_at)), '[]')
        from identity.office where person = ${personId}),
      'shares', (select coalesce(jsonb_agg(jsonb_build_object('organisation', s.name,
          'basisPoints', h.basis_points, 'from', h.valid_from, 'to', h.valid_to)), '[]')
        from identity.shareholding h join identity.subject s on s.id = h.organisation
        where h.holder = ${personId}),
      'representativeOf', (select coalesce(jsonb_agg(s.name), '[]')
        from identity.organisation o join identity.subject s on s.id = o.id
        where o.legal_representative = ${personId} or o.controller = ${personId}),
      'mandates', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'grantor', grantor,
          'holder', holder, 'scopes', scopes, 'from', valid_from, 'until', valid_to,
          'revokedAt', revoked_at)), '[]')
        from identity.mandate where grantor = ${personId} or holder = ${personId}),
      'apiKeys', (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'prefix', prefix,
          'scopes', scopes, 'createdAt', created_at, 'lastUsedAt', last_used_at)), '[]')
        from identity.api_key where created_by = ${personId}),
      'sessions', (select coalesce(jsonb_agg(jsonb_build_object('agent', agent, 'method', method,
          'address', address, 'createdAt', created_at, 'lastSeenAt', last_seen_at)), '[]')
        from identity.session where person = ${personId}),
      'accesses', (select coalesce(jsonb_agg(jsonb_build_object('purpose', purpose,
          'fields', fields, 'reads', reads, 'firstAt', first_at, 'lastAt', last_at)), '[]')
        from identity.access where person = ${personId})
    ) as held`.execute(ctx.tx)
  return rows[0]!.held
}

/** Everything held about the actor, by service, as a document for download. */
export async function exportPersonalData(parts: Parts, ctx: Ctx): Promise<JsonObject> {
  const personId = actingPerson(ctx)
  const services: JsonObject = { identity: await exportOwn(ctx, personId) }
  for (const { name, export: read } of parts.ports.personalData ?? []) {
    services[name] = await read(ctx, personId)
  }
  await record(ctx, 'identity.personal-data-exported', null, { personId })
  return { personId, exportedAt: ctx.now.toISOString(), services }
}

interface SoleOwnership {
  id: string
  name: string
  others: boolean
}

/** Organisations whose only owner the person is, and whether others belong to them. */
async function soleOwnerships(ctx: Ctx, personId: string): Promise<SoleOwnership[]> {
  const { rows } = await sql<SoleOwnership>`
    select s.id, s.name, exists (select from identity.membership o where o.organisation = s.id
        and o.person <> ${personId} and o.ended_at is null) as others
    from identity.membership m join identity.subject s on s.id = m.organisation
    where m.person = ${personId} and m.ended_at is null and 'owner' = any(m.roles)
      and not exists (select from identity.membership o where o.organisation = m.organisation
        and o.person <> ${personId} and o.ended_at is null and 'owner' = any(o.roles))
    order by s.id`.execute(ctx.tx)
  return rows
}

/** Why the actor's account cannot be erased yet; empty when it can. */
export async function erasureReasons(parts: Parts, ctx: Ctx): Promise<Text[]> {
  const personId = actingPerson(ctx)
  const obligations = parts.ports.obligations ?? (async () => [])
  const reasons = [...(await obligations(ctx, personId))]
  for (const { id, name, others } of await soleOwnerships(ctx, personId)) {
    if (others) {
      reasons.push({
        zh: `您是“${name}”唯一的负责人，请先指定另一名负责人`,
        en: `You are the only owner of “${name}”: make somebody else an owner first`,
      })
    }
    for (const { zh, en } of await obligations(ctx, id)) {
      reasons.push({ zh: `${name}：${zh}`, en: `${name}: ${en}` })
    }
  }
  const offices = await currentOffices(ctx, personId)
  if (offices.length > 0) {
    reasons.push({
      zh: '您仍担任平台角色，请先由安全管理员撤销',
      en: 'You still hold an office here: the security administrator must end it first',
    })
  }
  return reasons
}

export function currentOffices(ctx: Ctx, personId: string) {
  return store(ctx.tx)
    .selectFrom('identity.office')
    .select(['id', 'role'])
    .where('person', '=', personId)
    .where('ended_at', 'is', null)
    .execute()
}

/** Deletes the values that identity holds; rows that others point to keep their ids. */
async function eraseOwn(ctx: Ctx, personId: string): Promise<void> {
  const db = store(ctx.tx)
  const memberships = await db
    .selectFrom('identity.membership')
    .select(['id', 'organisation'])
    .where('person', '=', personId)
    .where('ended_at', 'is', null)
    .execute()
  for (const { id, organisation } of memberships) {
    await endMembership(ctx, { id, organisationId: organisation, personId })
  }
  await endSessions(ctx, { personId, except: null })
  await dropSecondFactor(ctx, personId)
  const { login } = await db
    .selectFrom('identity.person')
    .select('login')
    .where('id', '=', personId)
    .executeTakeFirstOrThrow()
  await db.deleteFrom('identity.password').where('person', '=', personId).execute()
  await db.deleteFrom('identity.federated').where('person', '=', personId).execute()
  await db.deleteFrom('identity.session').where('person', '=', personId).execute()
  if (login) await db.deleteFrom('identity.attempt').where('key', '=', login).execute()
  await db
    .updateTable('identity.api_key')
    .set({ name: ERASED_NAME, revoked_at: sql<Date>`coalesce(revoked_at, ${ctx.now})` })
    .where('created_by', '=', personId)
    .execute()
  await db
    .updateTable('identity.mandate')
    .set({ revoked_at: ctx.now })
    .where('revoked_at', 'is', null)
    .where((on) => on.or([on('grantor', '=', personId), on('holder', '=', personId)]))
    .execute()
  await db
    .updateTable('identity.person')
    .set({ login: null, email: null, resident_key: null, erased_at: ctx.now })
    .where('id', '=', personId)
    .execute()
  await db
    .updateTable('identity.subject')
    .set({ name: ERASED_NAME, version: sql<number>`version + 1` })
    .where('id', '=', personId)
    .execute()
}

/**
 * Erases the actor's personal data in every service. Ids remain, so that the journal still adds up.
 * @throws identity.erasure-unconfirmed, identity.erasure-refused with the reasons
 */
export async function erasePersonalData(parts: Parts, ctx: Ctx, confirm: string): Promise<void> {
  const personId = actingPerson(ctx)
  const { name } = await lockSubject(ctx, personId)
  if (name !== confirm) throw problem('identity.erasure-unconfirmed')
  for (const { id } of await soleOwnerships(ctx, personId)) await lockSubject(ctx, id)
  const reasons = await erasureReasons(parts, ctx)
  if (reasons.length > 0) {
    throw problem('identity.erasure-refused', { reasons: reasons.map((reason) => ({ ...reason })) })
  }
  for (const { erase } of parts.ports.personalData ?? []) await erase(ctx, personId)
  await record(ctx, 'identity.person-erased', null, { personId })
  await eraseOwn(ctx, personId)
}
