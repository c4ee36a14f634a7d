// Removes what the platform keeps only for a while: idempotency keys older than a month.
import { sql } from 'kysely'
import type { Job } from './service.ts'
import type { World } from './world.ts'

const KEEP_MS = 30 * 86_400_000

/** An hourly job; repeating a write after a month is a new write. */
export function housekeeping(world: World): Job {
  return {
    name: 'platform.housekeeping',
    everySeconds: 3_600,
    run: async () => {
      const before = new Date(world.clock.now().getTime() - KEEP_MS)
      await sql`delete from platform.idempotency where at < ${before}`.execute(world.db)
    },
  }
}
