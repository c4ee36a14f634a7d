// The tables of identity as Kysely sees them, and the rows that several operations read.
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Ctx, Tx } from '#platform/context.ts'
import { tables } from '#platform/database.ts'
import { problem } from '#platform/errors.ts'
import type { FactKind, FactPayload } from './contract.ts'

export type SubjectKind = 'organisation' | 'person' | 'department'

export interface IdentityTables {
  'identity.subject': {
    id: string
    kind: SubjectKind
    name: string
    area: string | null
    version: number
    created_at: Date
  }
  'identity.person': {
    id: string
    login: string | null
    email: string | null
    resident_key: Buffer | null
    locked_at: Date | null
    erased_at: Date | null
  }
  'identity.organisation': {
    id: string
    credit_code: string
    class: string
    size: string | null
    founded_on: string
    legal_representative: string | null
    controller: string | null
    activities: string[]
  }
  'identity.department': { id: string; authority: string; area: string }
  'identity.shareholding': {
    id: string
    organisation: string
    holder: string
    basis_points: number
    valid_from: string
    valid_to: string | null
  }
  'identity.membership': {
    id: string
    person: string
    organisation: string
    roles: string[]
    version: number
    since: Date
    ended_at: Date | null
  }
  'identity.invitation': {
    id: string
    organisation: string
    roles: string[]
    code_hash: Buffer
    created_by: string
    created_at: Date
    expires_at: Date
    used_by: string | null
    used_at: Date | null
    revoked_at: Date | null
  }
  'identity.office': {
    id: string
    person: string
    role: string
    department: string | null
    area: string | null
    since: Date
    ended_at: Date | null
    granted_by: string | null
  }
  'identity.mandate': {
    id: string
    grantor: string
    holder: string
    scopes: string[]
    valid_from: Date
    valid_to: Date
    created_by: string
    created_at: Date
    revoked_at: Date | null
  }
  'identity.api_key': {
    id: string
    subject: string
    name: string
    prefix: string
    hash: Buffer
    scopes: string[]
    created_by: string
    created_at: Date
    expires_at: Date
    last_used_at: Date | null
    revoked_at: Date | null
  }
  'identity.access': {
    person: string
    day: string
    reader: string
    purpose: string
    purpose_en: string
    reader_subject: string | null
    reader_role: string | null
    fields: string[]
    reads: number
    first_at: Date
    last_at: Date
  }
  'identity.password': { person: string; hash: string; changed_at: Date }
  'identity.totp': {
    person: string
    secret: Buffer
    confirmed_at: Date | null
    last_step: bigint
  }
  'identity.recovery_code': { person: string; hash: Buffer; used_at: Date | null }
  'identity.session': {
    id: string
    token_hash: Buffer
    person: string
    subject: string
    mandate: string | null
    method: string
    agent: string
    address: string
    created_at: Date
    last_seen_at: Date
    expires_at: Date
    ended_at: Date | null
  }
  'identity.attempt': {
    id: string
    kind: 'login' | 'address'
    key: string
    failures: number
    first_at: Date
    locked_until: Date | null
  }
  'identity.link': {
    id: string
    token_hash: Buffer
    role: string | null
    person: string | null
    created_at: Date
    expires_at: Date
    used_at: Date | null
  }
  'identity.federated': { issuer: string; name: string; person: string; since: Date }
  'identity.oidc_flow': {
    state_hash: Buffer
    browser_hash: Buffer
    checks: Buffer
    return_to: string
    expires_at: Date
  }
}

export const store = (tx: Tx): Kysely<IdentityTables> => tables<IdentityTables>(tx)

/** Appends a fact of the contract; the compiler checks that its payload is the declared one. */
export function record<K extends FactKind>(
  ctx: Ctx,
  kind: K,
  subjectId: string | null,
  payload: FactPayload<K>,
): Promise<bigint> {
  return ctx.append({ kind, version: 1, subjectId, payload: payload as never })
}

/** The id of the person who acts. Policies let nobody else through. */
export function actingPerson(ctx: Ctx): string {
  if (!ctx.actor.personId) throw problem('access.sign-in')
  return ctx.actor.personId
}

/**
 * Refuses every subject but the one that is acted for: another's id is simply not found.
 * @throws request.not-found
 */
export function requireOwn(ctx: Ctx, subjectId: string): void {
  if (ctx.actor.subjectId !== subjectId) throw problem('request.not-found')
}

/** Two who register the same name (a credit code, a federated person) come one after the other. */
export async function lockName(ctx: Ctx, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`identity:${name}`}, 0))`.execute(
    ctx.tx,
  )
}

/** Locks a subject for a change and returns its row. */
export async function lockSubject(
  ctx: Ctx,
  id: string,
): Promise<IdentityTables['identity.subject']> {
  const row = await store(ctx.tx)
    .selectFrom('identity.subject')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw problem('request.not-found')
  return row
}

/** Raises the version of a subject, with new values of its own where some are given. */
export async function touchSubject(
  ctx: Ctx,
  id: string,
  values: { name?: string; area?: string } = {},
): Promise<void> {
  await store(ctx.tx)
    .updateTable('identity.subject')
    .set({ ...values, version: sql<number>`version + 1` })
    .where('id', '=', id)
    .execute()
}

/** Adds a subject of any kind; its own table follows. */
export async function insertSubject(
  ctx: Ctx,
  subject: { id: string; kind: SubjectKind; name: string; area: string | null },
): Promise<void> {
  await store(ctx.tx)
    .insertInto('identity.subject')
    .values({ ...subject, version: 1, created_at: ctx.now })
    .execute()
}
