// People: registering, reading and changing one's own account, changing the password.
import { sql } from 'kysely'
import { type Actor, type Ctx, visitor } from '#platform/context.ts'
import { sqlState } from '#platform/database.ts'
import { problem } from '#platform/errors.ts'
import { requireVersion } from '#platform/routes.ts'
import { countAddress, countSignIn, locked, uncount } from './attempts.ts'
import { shortestPassword } from './limits.ts'
import type { Parts } from './parts.ts'
import { hashPassword, isPassword, requireGoodPassword } from './password.ts'
import { endSessions, type Origin, openSession } from './sessions.ts'
import { actingPerson, insertSubject, lockSubject, record, store, touchSubject } from './store.ts'

const UNIQUE_VIOLATION = '23505'

export interface NewPerson {
  id?: string
  login: string | null
  name: string
  email?: string | null
  residentKey?: Buffer | null
}

/** Adds a person; with a login when they are to sign in. @returns their id */
export async function insertPerson(ctx: Ctx, person: NewPerson): Promise<string> {
  const id = person.id ?? ctx.newId()
  await insertSubject(ctx, { id, kind: 'person', name: person.name, area: null })
  await store(ctx.tx)
    .insertInto('identity.person')
    .values({
      id,
      login: person.login,
      email: person.email ?? null,
      resident_key: person.residentKey ?? null,
      locked_at: null,
      erased_at: null,
    })
    .execute()
  await record(ctx, 'identity.person-registered', null, { personId: id })
  return id
}

/** Stores the hash of a password, whether or not there was one before. */
export async function storePassword(ctx: Ctx, personId: string, hash: string): Promise<void> {
  const values = { hash, changed_at: ctx.now }
  await store(ctx.tx)
    .insertInto('identity.password')
    .values({ person: personId, ...values })
    .onConflict((conflict) => conflict.column('person').doUpdateSet(values))
    .execute()
}

/** Says that a login is taken instead of failing on the database's constraint. */
export async function withFreeLogin<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw problem('identity.login-taken')
    throw error
  }
}

/**
 * A stranger opens an account and is signed in. That a login is taken shows here, so tries are
 * counted by address as failed sign-ins are.
 * @returns the session's token
 */
export async function registerPerson(
  parts: Parts,
  given: { login: string; name: string; password: string },
  origin: Origin,
): Promise<string> {
  const { world } = parts
  const { login, name, password } = given
  requireGoodPassword(password, shortestPassword(world.clock.now()), [login, name])
  const until = await world.transact(visitor, (ctx) => countAddress(ctx, origin.address))
  if (until) throw locked(world.clock.now(), until)
  const hash = await hashPassword(password)
  return withFreeLogin(() =>
    world.transact(visitor, async (ctx) => {
      const id = await insertPerson(ctx, { login, name })
      await storePassword(ctx, id, hash)
      await uncount(ctx, { login, address: origin.address, entered: false })
      return openSession(ctx, id, { method: 'password', origin })
    }),
  )
}

/** The person's own account. */
export async function readMe(ctx: Ctx) {
  const { rows } = await sql<{
    id: string
    name: string
    login: string | null
    email: string | null
    totp: boolean
    recoveryCodesLeft: number
    hasPassword: boolean
    version: number
  }>`
    select s.id, s.name, p.login, p.email, s.version,
      exists (select from identity.totp t
        where t.person = p.id and t.confirmed_at is not null) as totp,
      (select count(*)::int from identity.recovery_code c
        where c.person = p.id and c.used_at is null) as "recoveryCodesLeft",
      exists (select from identity.password w where w.person = p.id) as "hasPassword"
    from identity.person p join identity.subject s on s.id = p.id
    where p.id = ${actingPerson(ctx)}`.execute(ctx.tx)
  if (!rows[0]) throw problem('request.not-found')
  return rows[0]
}

/** Changes the person's own name or mail address, against the version that they read. */
export async function changeMe(
  ctx: Ctx,
  change: { name?: string | undefined; email?: string | null | undefined },
  ifMatch: string | null,
) {
  const personId = actingPerson(ctx)
  const row = await lockSubject(ctx, personId)
  requireVersion(ifMatch, row.version)
  await touchSubject(ctx, personId, change.name === undefined ? {} : { name: change.name })
  if (change.email !== undefined) {
    await store(ctx.tx)
      .updateTable('identity.person')
      .set({ email: change.email })
      .where('id', '=', personId)
      .execute()
  }
  await record(ctx, 'identity.person-changed', null, { personId, fields: Object.keys(change) })
  return readMe(ctx)
}

/**
 * Changes the password and ends all other sessions. A wrong present password counts as a failed
 * sign-in, so that a borrowed browser is no place to guess.
 */
export async function changePassword(
  parts: Parts,
  actor: Actor,
  given: { current: string; next: string },
  address: string,
): Promise<void> {
  const { world } = parts
  const personId = actor.personId!
  const found = await world.transact(actor, async (ctx) => {
    const account = await store(ctx.tx)
      .selectFrom('identity.person as p')
      .innerJoin('identity.subject as s', 's.id', 'p.id')
      .leftJoin('identity.password as w', 'w.person', 'p.id')
      .select(['p.login', 's.name', 'w.hash'])
      .where('p.id', '=', personId)
      .executeTakeFirstOrThrow(() => problem('request.not-found'))
    return { account, until: await countSignIn(ctx, account.login ?? personId, address) }
  })
  const { account } = found
  if (found.until) throw locked(world.clock.now(), found.until)
  if (!(await isPassword(given.current, account.hash))) throw problem('identity.password-wrong')
  const known = [account.login ?? '', account.name]
  requireGoodPassword(given.next, shortestPassword(world.clock.now()), known)
  const hash = await hashPassword(given.next)
  await world.transact(actor, async (ctx) => {
    await uncount(ctx, { login: account.login ?? personId, address, entered: true })
    await storePassword(ctx, personId, hash)
    await endSessions(ctx, { personId, except: actor.sessionId })
    await record(ctx, 'identity.password-changed', null, { personId })
  })
}
