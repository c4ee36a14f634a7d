// Reading a subject: everything for its own people, public fields for others, people not at all.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { recordAccess } from './access-log.ts'
import type { Activity, OrganisationClass, OrganisationSize } from './organisations.ts'
import type { SubjectKind } from './store.ts'
import { store } from './store.ts'

interface Named {
  id: string
  name: string
  kind: SubjectKind
}

interface Row extends Named {
  area: string | null
  version: number
  creditCode: string | null
  class: OrganisationClass | null
  size: OrganisationSize | null
  foundedOn: string | null
  activities: Activity[] | null
  representative: Named | null
  controller: Named | null
}

/**
 * A subject as the actor may see it.
 * @throws request.not-found for an unknown id, and for a person who is not the actor's subject
 */
export async function readSubject(ctx: Ctx, id: string) {
  const { rows } = await sql<Row>`
    select s.id, s.kind, s.name, s.area, s.version, o.credit_code as "creditCode", o.class, o.size,
      o.founded_on::text as "foundedOn", o.activities,
      (select jsonb_build_object('id', r.id, 'name', r.name, 'kind', r.kind)
        from identity.subject r where r.id = o.legal_representative) as representative,
      (select jsonb_build_object('id', c.id, 'name', c.name, 'kind', c.kind)
        from identity.subject c where c.id = o.controller) as controller
    from identity.subject s left join identity.organisation o on o.id = s.id
    where s.id = ${id}`.execute(ctx.tx)
  const row = rows[0]
  const own = ctx.actor.subjectId === id
  if (!row || (row.kind === 'person' && !own)) throw problem('request.not-found')
  const { representative, controller, ...fields } = row
  if (own) {
    const people = [representative, controller].filter((one) => one?.kind === 'person')
    await recordAccess(ctx, {
      personIds: people.map((one) => one!.id),
      fields: ['name'],
      purpose: { zh: '查看单位信息', en: 'Facts of the organisation' },
    })
  }
  const roles = ctx.actor.grants.filter(({ subjectId }) => subjectId === id)
  return {
    ...fields,
    activities: fields.activities ?? [],
    own: own
      ? { legalRepresentative: representative, controller, roles: roles.map(({ role }) => role) }
      : null,
  }
}

/** What other services show of a subject. */
export interface SubjectSummary extends Named {
  area: string | null
  class: OrganisationClass | null
  size: OrganisationSize | null
  foundedOn: string | null
  creditCode: string | null
}

/** Ids of organisations in their order, for work that goes over all of them. */
export async function organisationsAfter(
  ctx: Ctx,
  id: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await store(ctx.tx)
    .selectFrom('identity.subject')
    .select('id')
    .where('kind', '=', 'organisation')
    .$if(id !== null, (query) => query.where('id', '>', id!))
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}

/**
 * Subjects by id, for other services. Names of people are personal: whoever shows one to somebody
 * else calls `recordAccess`.
 */
export async function findSubjects(
  ctx: Ctx,
  ids: readonly string[],
): Promise<Map<string, SubjectSummary>> {
  if (ids.length === 0) return new Map()
  const rows = await store(ctx.tx)
    .selectFrom('identity.subject as s')
    .leftJoin('identity.organisation as o', 'o.id', 's.id')
    .select([
      's.id',
      's.name',
      's.kind',
      's.area',
      'o.class',
      'o.size',
      'o.credit_code as creditCode',
      sql<string | null>`o.founded_on::text`.as('foundedOn'),
    ])
    .where('s.id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map((row) => [row.id, row as SubjectSummary]))
}
