// What time has brought: holds that were never committed and whose expiry has passed.
import { system } from '#platform/context.ts'
import { Problem } from '#platform/errors.ts'
import type { World } from '#platform/world.ts'
import { releaseExpired } from './hold.ts'
import { store } from './store.ts'

const BATCH = 500

/** Gives expired holds back, at most a batch of them, each by itself. Returns how many were due. */
export async function releaseDueHolds(world: World): Promise<number> {
  const actor = system('capacity.release-expired')
  const due = await world.read(actor, (ctx) =>
    store(ctx)
      .selectFrom('capacity.hold')
      .select('id')
      .where('state', '=', 'held')
      .where('expires_at', '<=', ctx.now)
      .orderBy('expires_at')
      .limit(BATCH)
      .execute(),
  )
  for (const { id } of due) {
    try {
      await world.once(actor, (ctx) => releaseExpired(ctx, id))
    } catch (error) {
      // Committed meanwhile: then it is no longer due.
      if (!(error instanceof Problem)) throw error
    }
  }
  return due.length
}
