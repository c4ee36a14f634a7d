// Tells the dispatcher of whichever process it runs in that there is something to do.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'

export const CHANNEL = 'kapok_compute'

/** Heard when the caller's transaction commits; one that is missed costs a second, not a job. */
export async function wake(ctx: Pick<Ctx, 'tx'>): Promise<void> {
  await sql`select pg_notify(${CHANNEL}, '')`.execute(ctx.tx)
}
