// Sessions: opening, listing and ending them. Only the hash of a token is stored.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { firstChoice } from './acting.ts'
import { idleMs, logRetentionMs, sessionEnd } from './limits.ts'
import { actingPerson, record, store } from './store.ts'
import { hashToken, newToken } from './tokens.ts'

export type Method = 'password' | 'totp' | 'oidc' | 'demo' | 'link'

/** Where a session was opened: shown to its owner so that they can recognise it. */
export interface Origin {
  agent: string
  address: string
}

/** Opens a session and returns its token, which goes into the cookie and nowhere else. */
export async function openSession(
  ctx: Ctx,
  personId: string,
  opened: { method: Method; origin: Origin },
): Promise<string> {
  const token = newToken()
  const id = ctx.newId()
  const choice = await firstChoice(ctx, personId)
  await store(ctx.tx)
    .insertInto('identity.session')
    .values({
      id,
      token_hash: hashToken(token),
      person: personId,
      subject: choice.id,
      mandate: choice.mandateId,
      method: opened.method,
      agent: opened.origin.agent,
      address: opened.origin.address,
      created_at: ctx.now,
      last_seen_at: ctx.now,
      expires_at: sessionEnd(ctx.now),
      ended_at: null,
    })
    .execute()
  const fact = { personId, sessionId: id, method: opened.method }
  await record(ctx, 'identity.signed-in', null, fact)
  return token
}

/** Signs out: ends the session that the request came with, if there is one. */
export async function closeSession(ctx: Ctx): Promise<void> {
  const { personId, sessionId } = ctx.actor
  if (!personId || !sessionId) return
  await endSessions(ctx, { ids: [sessionId] })
  await record(ctx, 'identity.signed-out', null, { personId, sessionId })
}

/** Ends sessions by id, or all of a person but one; returns how many there were. */
export async function endSessions(
  ctx: Ctx,
  which: { ids: readonly string[] } | { personId: string; except: string | null },
): Promise<number> {
  let change = store(ctx.tx)
    .updateTable('identity.session')
    .set({ ended_at: ctx.now })
    .where('ended_at', 'is', null)
  if ('ids' in which) change = change.where('id', 'in', [...which.ids])
  else {
    change = change.where('person', '=', which.personId)
    if (which.except) change = change.where('id', '<>', which.except)
  }
  const { numUpdatedRows } = await change.executeTakeFirst()
  return Number(numUpdatedRows)
}

/** The person's own sessions that are still open, newest first. */
export async function listMySessions(ctx: Ctx) {
  const rows = await store(ctx.tx)
    .selectFrom('identity.session')
    .select(['id', 'method', 'agent', 'address', 'created_at', 'last_seen_at', 'expires_at'])
    .where('person', '=', actingPerson(ctx))
    .where('ended_at', 'is', null)
    .where('expires_at', '>', ctx.now)
    .where('last_seen_at', '>', new Date(ctx.now.getTime() - idleMs(ctx.now)))
    .orderBy('created_at', 'desc')
    .limit(100)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    current: row.id === ctx.actor.sessionId,
    method: row.method,
    agent: row.agent,
    address: row.address,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }))
}

/** Ends one session of the person's own. */
export async function endMySession(ctx: Ctx, sessionId: string): Promise<void> {
  const personId = actingPerson(ctx)
  const own = await store(ctx.tx)
    .selectFrom('identity.session')
    .select('id')
    .where('id', '=', sessionId)
    .where('person', '=', personId)
    .executeTakeFirst()
  if (!own) throw problem('request.not-found')
  if ((await endSessions(ctx, { ids: [sessionId] })) > 0) {
    await record(ctx, 'identity.session-ended', null, { personId, sessionId })
  }
}

/** Removes what network logs need not keep any longer, and single sign-ons left half-way. */
export async function removeOldSignIns(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.now.getTime() - logRetentionMs(ctx.now))
  const db = store(ctx.tx)
  await db
    .deleteFrom('identity.session')
    .where(sql<boolean>`greatest(last_seen_at, ended_at) < ${before}`)
    .where((on) => on.or([on('ended_at', 'is not', null), on('expires_at', '<', before)]))
    .execute()
  await db
    .deleteFrom('identity.attempt')
    .where('first_at', '<', before)
    .where((on) => on.or([on('locked_until', 'is', null), on('locked_until', '<', ctx.now)]))
    .execute()
  await db.deleteFrom('identity.oidc_flow').where('expires_at', '<', ctx.now).execute()
}
