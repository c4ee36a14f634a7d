// Withdrawing a version that was wrong: what was decided under it becomes work to be done again.
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { store } from './store.ts'

export interface Withdrawing {
  version: string
  reason: string
}

/**
 * From now on it is in force on no day, and its predecessor is again. Decisions made under it stay
 * as they are until each is made again.
 * @returns how many are to be made again
 * @throws request.not-found, rules.withdrawn-already, rules.own-version, rules.last-version
 */
export async function withdraw(ctx: Ctx, { version, reason }: Withdrawing): Promise<number> {
  const db = store(ctx)
  const found = await db
    .selectFrom('rulebook.version')
    .selectAll()
    .where('id', '=', version)
    .forUpdate()
    .executeTakeFirst()
  if (!found) throw problem('request.not-found')
  if (found.withdrawn_at) throw problem('rules.withdrawn-already')
  if (found.origin === 'draft' && found.author === ctx.actor.personId)
    throw problem('rules.own-version')
  const others = await db
    .selectFrom('rulebook.version')
    .select('id')
    .where('set_id', '=', found.set_id)
    .where('id', '<>', version)
    .where('withdrawn_at', 'is', null)
    .where('valid_from', '<=', found.valid_from)
    .limit(1)
    .execute()
  if (others.length === 0) throw problem('rules.last-version')
  await db
    .updateTable('rulebook.version')
    .set({ withdrawn_at: ctx.now, withdrawn_by: ctx.actor.personId, withdrawal: reason })
    .where('id', '=', version)
    .execute()
  const { numUpdatedRows } = await db
    .updateTable('rulebook.decision')
    .set({ redo_since: ctx.now })
    .where('version', '=', version)
    .where('redo_since', 'is', null)
    .where('redone_by', 'is', null)
    .executeTakeFirstOrThrow()
  const count = Number(numUpdatedRows)
  await ctx.append({
    kind: 'rulebook.withdrawn',
    version: 1,
    subjectId: ctx.actor.subjectId,
    payload: { version, set: found.set_id, number: found.number, decisions: count },
  })
  return count
}
