// What notices hold about a person: for their export, and for erasure.
import { sql } from 'kysely'
import type { Ctx, Json } from '#platform/context.ts'

/** The notices addressed to a person, with what fills their texts. */
export async function exportPerson(ctx: Ctx, personId: string): Promise<Json> {
  const { rows } = await sql<{ notice: Json }>`
    select jsonb_build_object('kind', kind, 'params', params, 'link', link, 'at', created_at)
      as notice
    from notices.notice where person = ${personId} order by id`.execute(ctx.tx)
  return rows.map((row) => row.notice)
}

/** Removes them, the marks on others, the preference, and mail still to go out. */
export async function erasePerson(ctx: Ctx, personId: string): Promise<void> {
  await sql`delete from notices.mail where person = ${personId}`.execute(ctx.tx)
  await sql`delete from notices.notice where person = ${personId}`.execute(ctx.tx)
  await sql`delete from notices.reading where reader = ${personId}`.execute(ctx.tx)
  await sql`delete from notices.preference where person = ${personId}`.execute(ctx.tx)
}
