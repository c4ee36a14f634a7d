// Shareholders: who holds how much of an organisation, with dates; replaced as of a day.
import { sql } from 'kysely'
import { dateInChina } from '#law/schema.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { requireVersion } from '#platform/routes.ts'
import { recordAccess } from './access-log.ts'
import type { Party } from './contract.ts'
import { resolveParty } from './parties.ts'
import type { Parts } from './parts.ts'
import { lockSubject, record, type SubjectKind, store, touchSubject } from './store.ts'

const WHOLE = 10_000

export interface Holding {
  holderId: string
  basisPoints: number
}

/** Shares held on a day: from its first day up to, not including, the day it ends. */
export const heldOn = (day: string) =>
  sql<boolean>`valid_from <= ${day}::date and (valid_to is null or valid_to > ${day}::date)`

/** All holdings of an organisation, present and past, newest first. */
export async function listShareholders(ctx: Ctx, organisationId: string) {
  const rows = await store(ctx.tx)
    .selectFrom('identity.shareholding as h')
    .innerJoin('identity.subject as s', 's.id', 'h.holder')
    .select([
      's.id',
      's.name',
      's.kind',
      'h.basis_points',
      sql<string>`h.valid_from::text`.as('from'),
      sql<string | null>`h.valid_to::text`.as('to'),
    ])
    .where('h.organisation', '=', organisationId)
    .orderBy('h.valid_from', 'desc')
    .orderBy('h.basis_points', 'desc')
    .orderBy('s.id')
    .limit(1_000)
    .execute()
  await recordAccess(ctx, {
    personIds: rows.filter(({ kind }) => kind === 'person').map(({ id }) => id),
    fields: ['name', 'shares'],
    purpose: { zh: '查看单位股东', en: 'Shareholders of the organisation' },
  })
  const { version } = await store(ctx.tx)
    .selectFrom('identity.subject')
    .select('version')
    .where('id', '=', organisationId)
    .executeTakeFirstOrThrow(() => problem('request.not-found'))
  return {
    items: rows.map(({ id, name, kind, basis_points, from, to }) => ({
      holder: { id, name, kind: kind as SubjectKind },
      basisPoints: basis_points,
      from,
      to,
    })),
    version,
  }
}

/** Ends what is held on `from` and stores the new holdings; what began later is replaced too. */
export async function storeHoldings(
  ctx: Ctx,
  organisationId: string,
  from: string,
  holdings: readonly Holding[],
): Promise<void> {
  const db = store(ctx.tx)
  // A holding that would last no day at all never was: it is deleted, not ended.
  await db
    .deleteFrom('identity.shareholding')
    .where('organisation', '=', organisationId)
    .where('valid_from', '>=', from)
    .execute()
  await db
    .updateTable('identity.shareholding')
    .set({ valid_to: from })
    .where('organisation', '=', organisationId)
    .where(heldOn(from))
    .execute()
  if (holdings.length > 0) {
    await db
      .insertInto('identity.shareholding')
      .values(
        holdings.map(({ holderId, basisPoints }) => ({
          id: ctx.newId(),
          organisation: organisationId,
          holder: holderId,
          basis_points: basisPoints,
          valid_from: from,
          valid_to: null,
        })),
      )
      .execute()
  }
  const fact = { subjectId: organisationId, from }
  await record(ctx, 'identity.shares-changed', organisationId, fact)
}

/**
 * Replaces the shareholders of the actor's own organisation as of a day, not in the future.
 * @throws identity.shares-sum above 100 %, identity.shares-twice for a holder named twice
 */
export async function changeShareholders(
  parts: Parts,
  ctx: Ctx,
  organisationId: string,
  change: { from: string; holders: readonly { holder: Party; basisPoints: number }[] },
  ifMatch: string | null,
): Promise<void> {
  const subject = await lockSubject(ctx, organisationId)
  if (subject.kind !== 'organisation') throw problem('request.not-found')
  requireVersion(ifMatch, subject.version)
  const { from } = change
  if (from > dateInChina(ctx.now)) throw problem('identity.date-future', { date: from })
  const sum = change.holders.reduce((total, { basisPoints }) => total + basisPoints, 0)
  if (sum > WHOLE) throw problem('identity.shares-sum', { percent: (sum / 100).toFixed(2) })
  const holdings: Holding[] = []
  for (const { holder, basisPoints } of change.holders) {
    const holderId = await resolveParty(parts, ctx, holder)
    if (holderId === organisationId) throw problem('identity.party-self')
    if (holdings.some((other) => other.holderId === holderId)) {
      throw problem('identity.shares-twice')
    }
    holdings.push({ holderId, basisPoints })
  }
  await storeHoldings(ctx, organisationId, from, holdings)
  await touchSubject(ctx, organisationId)
}
