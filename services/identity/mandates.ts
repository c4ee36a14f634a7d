// Mandates: B lets A act for it, within scopes and dates; revoked at any time.
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { latestMandateEnd } from './limits.ts'
import { findByCreditCode } from './parties.ts'
import { actingPerson, record, type SubjectKind, store } from './store.ts'

export interface NewMandate {
  id?: string
  grantorId: string
  holderId: string
  scopes: readonly string[]
  from: Date
  until: Date
  createdBy: string
}

/** Stores a mandate whose fields have been checked. */
export async function insertMandate(ctx: Ctx, given: NewMandate): Promise<string> {
  const id = given.id ?? ctx.newId()
  const { grantorId, holderId, from, until } = given
  const scopes = [...given.scopes]
  await store(ctx.tx)
    .insertInto('identity.mandate')
    .values({
      id,
      grantor: grantorId,
      holder: holderId,
      scopes,
      valid_from: from,
      valid_to: until,
      created_by: given.createdBy,
      created_at: ctx.now,
      revoked_at: null,
    })
    .execute()
  await record(ctx, 'identity.mandate-granted', grantorId, {
    mandateId: id,
    grantorId,
    holderId,
    scopes,
    from: from.toISOString(),
    until: until.toISOString(),
  })
  return id
}

async function findHolder(ctx: Ctx, holder: { creditCode: string } | { id: string }) {
  if ('creditCode' in holder) return findByCreditCode(ctx, holder.creditCode)
  const row = await store(ctx.tx)
    .selectFrom('identity.subject as s')
    .leftJoin('identity.person as p', 'p.id', 's.id')
    .select('s.id')
    .where('s.id', '=', holder.id)
    .where('s.kind', '<>', 'department')
    .where('p.erased_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw problem('identity.party-unknown')
  return row.id
}

/** Grants a mandate from the actor's own subject; it cannot begin in the past or last too long. */
export async function grantMandate(
  ctx: Ctx,
  grantorId: string,
  given: {
    holder: { creditCode: string } | { id: string }
    scopes: readonly string[]
    from?: string | undefined
    until: string
  },
): Promise<string> {
  const from = given.from ? new Date(given.from) : ctx.now
  const until = new Date(given.until)
  const latest = latestMandateEnd(from)
  if (from < ctx.now || until <= from || until > latest) {
    throw problem('identity.dates', { latest: latest.toISOString() })
  }
  const holderId = await findHolder(ctx, given.holder)
  if (holderId === grantorId) throw problem('identity.party-self')
  const { scopes } = given
  return insertMandate(ctx, {
    grantorId,
    holderId,
    scopes,
    from,
    until,
    createdBy: actingPerson(ctx),
  })
}

/** Ends a mandate that the actor's subject granted; acting under it is refused from now on. */
export async function revokeMandate(ctx: Ctx, grantorId: string, mandateId: string): Promise<void> {
  const changed = await store(ctx.tx)
    .updateTable('identity.mandate')
    .set({ revoked_at: ctx.now })
    .where('id', '=', mandateId)
    .where('grantor', '=', grantorId)
    .where('revoked_at', 'is', null)
    .returning('holder')
    .executeTakeFirst()
  if (!changed) throw problem('request.not-found')
  const holderId = changed.holder
  await record(ctx, 'identity.mandate-revoked', grantorId, { mandateId, holderId })
}

interface Row {
  id: string
  grantor: string
  grantorName: string
  grantorKind: SubjectKind
  holder: string
  holderName: string
  holderKind: SubjectKind
  scopes: string[]
  valid_from: Date
  valid_to: Date
  revoked_at: Date | null
}

function stateOf(row: Row, now: Date): 'future' | 'current' | 'expired' | 'revoked' {
  if (row.revoked_at) return 'revoked'
  if (row.valid_to <= now) return 'expired'
  return row.valid_from > now ? 'future' : 'current'
}

/** Mandates that a subject granted and those that it holds, newest first. */
export async function listMandates(ctx: Ctx, subjectId: string) {
  const rows: Row[] = await store(ctx.tx)
    .selectFrom('identity.mandate as m')
    .innerJoin('identity.subject as g', 'g.id', 'm.grantor')
    .innerJoin('identity.subject as h', 'h.id', 'm.holder')
    .select([
      'm.id',
      'm.grantor',
      'g.name as grantorName',
      'g.kind as grantorKind',
      'm.holder',
      'h.name as holderName',
      'h.kind as holderKind',
      'm.scopes',
      'm.valid_from',
      'm.valid_to',
      'm.revoked_at',
    ])
    .where((on) => on.or([on('m.grantor', '=', subjectId), on('m.holder', '=', subjectId)]))
    .orderBy('m.id', 'desc')
    .limit(500)
    .execute()
  const views = rows.map((row) => ({
    id: row.id,
    grantor: { id: row.grantor, name: row.grantorName, kind: row.grantorKind },
    holder: { id: row.holder, name: row.holderName, kind: row.holderKind },
    scopes: row.scopes,
    from: row.valid_from.toISOString(),
    until: row.valid_to.toISOString(),
    state: stateOf(row, ctx.now),
  }))
  return {
    granted: views.filter(({ grantor }) => grantor.id === subjectId),
    held: views.filter(({ holder }) => holder.id === subjectId),
  }
}
