// For whom a person may act: themself, organisations, departments, and those who gave a mandate.
import { sql } from 'kysely'
import type { Ctx, Tx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { record, type SubjectKind, store } from './store.ts'

export interface Choice {
  id: string
  name: string
  kind: SubjectKind
  area: string | null
  via: 'self' | 'member' | 'office' | 'mandate'
  mandateId: string | null
}

/** Everything a person may act for now: themself first, then by name. */
export async function listChoices(tx: Tx, personId: string, now: Date): Promise<Choice[]> {
  const { rows } = await sql<Choice>`
    with own as (
      select organisation from identity.membership where person = ${personId} and ended_at is null
    ), found as (
      select ${personId}::uuid as id, 'self' as via, null::uuid as mandate, 0 as rank
      union all select organisation, 'member', null, 1 from own
      union all select distinct department, 'office', null::uuid, 1 from identity.office
        where person = ${personId} and ended_at is null and department is not null
      union all select grantor, 'mandate', id, 2 from identity.mandate
        where (holder = ${personId} or holder in (select organisation from own))
          and revoked_at is null and valid_from <= ${now} and valid_to > ${now}
    )
    select s.id, s.name, s.kind, s.area, f.via, f.mandate as "mandateId"
    from found f join identity.subject s on s.id = f.id
    order by f.rank, s.name, s.id, f.mandate`.execute(tx)
  return rows
}

/** Whom a new session acts for: as the last one, else one’s only body, else oneself. */
export async function firstChoice(ctx: Ctx, personId: string): Promise<Choice> {
  const choices = await listChoices(ctx.tx, personId, ctx.now)
  const last = await store(ctx.tx)
    .selectFrom('identity.session')
    .select(['subject', 'mandate'])
    .where('person', '=', personId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  const bodies = choices.filter(({ via }) => via === 'member' || via === 'office')
  return (
    choices.find(({ id, mandateId }) => id === last?.subject && mandateId === last.mandate) ??
    (bodies.length === 1 ? bodies[0]! : choices[0]!)
  )
}

/** Chooses for whom the present session acts from now on. */
export async function chooseSubject(
  ctx: Ctx,
  wanted: { subjectId: string; mandateId: string | null },
): Promise<void> {
  const { personId, sessionId } = ctx.actor
  if (!personId || !sessionId) throw problem('access.sign-in')
  if (wanted.mandateId) await requireMandate(ctx, wanted.mandateId)
  const choices = await listChoices(ctx.tx, personId, ctx.now)
  const choice = choices.find(
    ({ id, mandateId }) => id === wanted.subjectId && mandateId === wanted.mandateId,
  )
  if (!choice) throw problem('request.not-found')
  await store(ctx.tx)
    .updateTable('identity.session')
    .set({ subject: choice.id, mandate: choice.mandateId })
    .where('id', '=', sessionId)
    .execute()
  await record(ctx, 'identity.acting-changed', choice.id, {
    personId,
    sessionId,
    subjectId: choice.id,
    mandateId: choice.mandateId,
  })
}

/** Says why a mandate that the person once held cannot be used any more. */
async function requireMandate(ctx: Ctx, id: string): Promise<void> {
  const row = await store(ctx.tx)
    .selectFrom('identity.mandate as m')
    .select(['m.valid_from', 'm.valid_to', 'm.revoked_at'])
    .where('m.id', '=', id)
    .where((on) =>
      on.or([
        on('m.holder', '=', ctx.actor.personId!),
        on.exists(
          on
            .selectFrom('identity.membership as h')
            .select('h.id')
            .whereRef('h.organisation', '=', 'm.holder')
            .where('h.person', '=', ctx.actor.personId!)
            .where('h.ended_at', 'is', null),
        ),
      ]),
    )
    .executeTakeFirst()
  if (!row) throw problem('request.not-found')
  if (row.revoked_at) throw problem('identity.mandate-revoked')
  if (row.valid_to <= ctx.now) throw problem('identity.mandate-expired')
  if (row.valid_from > ctx.now) throw problem('identity.mandate-early')
}
