// Lock-out: tries are counted in the database by login and by address; a lock always has an end.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { addressFailures, lockMs, loginFailures } from './limits.ts'
import { store } from './store.ts'

type Kind = 'login' | 'address'

interface Counted {
  failures: number
  locked_until: Date | null
}

/**
 * Counts a try before it is made, so that tries at the same moment cannot pass together.
 * Counting begins anew when the last try is longer ago than a lock lasts.
 */
async function count(ctx: Ctx, kind: Kind, key: string, most: number): Promise<Date | null> {
  const lock = lockMs(ctx.now)
  const until = new Date(ctx.now.getTime() + lock)
  const stale = new Date(ctx.now.getTime() - lock)
  // While a lock lasts nothing is counted: tries cannot make it longer.
  const { rows } = await sql<Counted>`
    insert into identity.attempt as a (id, kind, key, failures, first_at, locked_until)
    values (${ctx.newId()}, ${kind}, ${key}, 1, ${ctx.now}, null)
    on conflict (kind, key) do update set
      failures = case
        when a.locked_until > ${ctx.now} then a.failures
        when a.locked_until is not null or a.first_at < ${stale} then 1
        else a.failures + 1 end,
      first_at = case
        when a.locked_until > ${ctx.now} then a.first_at
        when a.locked_until is not null or a.first_at < ${stale} then ${ctx.now}
        else a.first_at end,
      locked_until = case
        when a.locked_until > ${ctx.now} then a.locked_until
        when a.locked_until is null and a.first_at >= ${stale} and a.failures >= ${most}
          then ${until}::timestamptz
        end
    returning failures, locked_until`.execute(ctx.tx)
  return rows[0]!.locked_until
}

/** Counts a try by its address alone. @returns when the lock ends, or null */
export function countAddress(ctx: Ctx, address: string): Promise<Date | null> {
  return count(ctx, 'address', address, addressFailures(ctx.now))
}

/**
 * Counts a sign-in by login and by address.
 * @returns the end of the lock that forbids it, or null when it may be tried
 */
export async function countSignIn(ctx: Ctx, login: string, address: string): Promise<Date | null> {
  const byAddress = await countAddress(ctx, address)
  if (byAddress) return byAddress
  return count(ctx, 'login', login, loginFailures(ctx.now))
}

/** Whether a lock that ends at `until` has begun with this very try. */
export function beginsNow(now: Date, until: Date): boolean {
  return until.getTime() - now.getTime() === lockMs(now)
}

/** The refusal that a lock causes, the same whether the login exists or not. */
export function locked(now: Date, until: Date) {
  const minutes = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 60_000))
  return problem('identity.locked', { minutes })
}

/** Takes a counted try back: it was right so far, or it was right altogether (`entered`). */
export async function uncount(
  ctx: Ctx,
  tried: { login: string; address: string; entered: boolean },
): Promise<void> {
  const db = store(ctx.tx)
  const less = db
    .updateTable('identity.attempt')
    .set({ failures: sql<number>`greatest(failures - 1, 0)` })
  await less.where('kind', '=', 'address').where('key', '=', tried.address).execute()
  const mine = [tried.login, 'login'] as const
  if (tried.entered) {
    await db
      .deleteFrom('identity.attempt')
      .where('key', '=', mine[0])
      .where('kind', '=', mine[1])
      .execute()
  } else {
    await less.where('key', '=', mine[0]).where('kind', '=', mine[1]).execute()
  }
}
