// API keys of a subject: created with scopes and an end, shown once, listed, revoked.
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { latestKeyEnd } from './limits.ts'
import { actingPerson, type IdentityTables, record, store } from './store.ts'
import { hashToken, newApiKey } from './tokens.ts'

type Row = Omit<IdentityTables['identity.api_key'], 'hash' | 'subject' | 'created_by'>

function viewOf(row: Row, now: Date) {
  const state = row.revoked_at ? 'revoked' : row.expires_at <= now ? 'expired' : 'current'
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    state: state as 'current' | 'expired' | 'revoked',
  }
}

/** The keys of a subject, newest first; never their secrets. */
export async function listKeys(ctx: Ctx, subjectId: string) {
  const rows = await store(ctx.tx)
    .selectFrom('identity.api_key')
    .select(['id', 'name', 'prefix', 'scopes', 'created_at', 'expires_at'])
    .select(['last_used_at', 'revoked_at'])
    .where('subject', '=', subjectId)
    .orderBy('id', 'desc')
    .limit(500)
    .execute()
  return rows.map((row) => viewOf(row, ctx.now))
}

/** Creates a key; the reply is the only place where its secret ever is. */
export async function createKey(
  ctx: Ctx,
  subjectId: string,
  given: { name: string; scopes: readonly string[]; expiresAt: string },
) {
  const expiresAt = new Date(given.expiresAt)
  const latest = latestKeyEnd(ctx.now)
  if (expiresAt <= ctx.now || expiresAt > latest) {
    throw problem('identity.dates', { latest: latest.toISOString() })
  }
  const { key, prefix } = newApiKey()
  const row = {
    id: ctx.newId(),
    name: given.name,
    prefix,
    scopes: [...given.scopes],
    created_at: ctx.now,
    expires_at: expiresAt,
    last_used_at: null,
    revoked_at: null,
  }
  await store(ctx.tx)
    .insertInto('identity.api_key')
    .values({ ...row, subject: subjectId, hash: hashToken(key), created_by: actingPerson(ctx) })
    .execute()
  await record(ctx, 'identity.key-created', subjectId, {
    keyId: row.id,
    scopes: row.scopes,
    until: expiresAt.toISOString(),
  })
  return { key, ...viewOf(row, ctx.now) }
}

/** Ends a key at once. */
export async function revokeKey(ctx: Ctx, subjectId: string, keyId: string): Promise<void> {
  const changed = await store(ctx.tx)
    .updateTable('identity.api_key')
    .set({ revoked_at: ctx.now })
    .where('id', '=', keyId)
    .where('subject', '=', subjectId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) throw problem('request.not-found')
  await record(ctx, 'identity.key-revoked', subjectId, { keyId })
}
