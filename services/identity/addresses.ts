// Where people are reached by mail, for the notices.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'

/** A person's mail address, or null. */
export async function addressOf(ctx: Ctx, personId: string): Promise<string | null> {
  const { rows } = await sql<{ email: string | null }>`
    select email from identity.person where id = ${personId} and erased_at is null`.execute(ctx.tx)
  return rows[0]?.email ?? null
}

/** The people who belong to an organisation now. */
export async function membersOf(ctx: Ctx, subjectId: string): Promise<string[]> {
  const { rows } = await sql<{ person: string }>`
    select person from identity.membership
    where organisation = ${subjectId} and ended_at is null order by person`.execute(ctx.tx)
  return rows.map((row) => row.person)
}
