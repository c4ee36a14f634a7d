// What time has brought: holds whose end has passed, and vouchers that expired with a rest.
import { system } from '#platform/context.ts'
import { Problem } from '#platform/errors.ts'
import type { World } from '#platform/world.ts'
import { releaseExpired } from './hold.ts'
import { store } from './store.ts'
import { expireVoucher } from './voucher-pool.ts'

const BATCH = 200

/** Each in a transaction of its own; what somebody settled meanwhile is passed over. */
async function each(ids: readonly string[], work: (id: string) => Promise<unknown>): Promise<void> {
  for (const id of ids) {
    try {
      await work(id)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
    }
  }
}

/** Gives expired holds back, at most a batch of them. Returns how many were due. */
export async function releaseDueHolds(world: World): Promise<number> {
  const actor = system('ledger.release-expired')
  const due = await world.read(actor, (ctx) =>
    store(ctx)
      .selectFrom('ledger.hold')
      .select('id')
      .where('remaining', '>', 0n)
      .where('expires_at', '<=', ctx.now)
      .limit(BATCH)
      .execute(),
  )
  await each(
    due.map(({ id }) => id),
    (id) => world.transact(actor, (ctx) => releaseExpired(ctx, id)),
  )
  return due.length
}

/** Returns what expired vouchers still hold to their pools, at most a batch of them. */
export async function returnDueVouchers(world: World): Promise<number> {
  const actor = system('ledger.return-vouchers')
  const due = await world.read(actor, (ctx) =>
    store(ctx)
      .selectFrom('ledger.voucher as v')
      .innerJoin('ledger.account as a', 'a.id', 'v.account_id')
      .innerJoin('ledger.balance as b', 'b.account_id', 'v.account_id')
      .select('v.account_id')
      .where('b.available', '>', 0n)
      .where('a.valid_until', '<=', ctx.now)
      .limit(BATCH)
      .execute(),
  )
  await each(
    due.map(({ account_id }) => account_id),
    (id) => world.transact(actor, (ctx) => expireVoucher(ctx, id)),
  )
  return due.length
}
