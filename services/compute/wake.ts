// Tells the dispatcher of whichever process it runs in that there is something to do.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'

export const CHANNEL = 'kapok_compute'

/**
 * Heard when the caller's transaction commits; one that is missed costs a second, not a job.
 * @param what the queue has changed, or what is asked of an attempt
 */
export async function wake(ctx: Pick<Ctx, 'tx'>, what: 'queue' | 'attempt'): Promise<void> {
  await sql`select pg_notify(${CHANNEL}, ${what})`.execute(ctx.tx)
}
