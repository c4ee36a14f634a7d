// Where people are reached: their mail address, and who belongs to an organisation or department.
import type { Ctx } from '#platform/context.ts'
import { store } from './store.ts'

/** A person's mail address, or null. */
export async function addressOf(ctx: Ctx, personId: string): Promise<string | null> {
  const row = await store(ctx.tx)
    .selectFrom('identity.person')
    .select('email')
    .where('id', '=', personId)
    .executeTakeFirst()
  return row?.email ?? null
}

/** The people who act for a subject: members of an organisation, officials of a department. */
export async function membersOf(ctx: Ctx, subjectId: string): Promise<readonly string[]> {
  const db = store(ctx.tx)
  const rows = await db
    .selectFrom('identity.membership')
    .select('person')
    .where('organisation', '=', subjectId)
    .where('ended_at', 'is', null)
    .union(
      db
        .selectFrom('identity.office')
        .select('person')
        .where('department', '=', subjectId)
        .where('ended_at', 'is', null),
    )
    .execute()
  return rows.map(({ person }) => person).sort()
}
