// The second factor: enrolling an authenticator, checking its codes, recovery codes.
import type { Actor, Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { countSignIn, locked, uncount } from './attempts.ts'
import type { Parts } from './parts.ts'
import { actingPerson, record, store } from './store.ts'
import { base32, findStep, newRecoveryCodes, newTotpSecret, totpUri } from './totp.ts'

const label = (personId: string): string => `identity.totp:${personId}`

/** The person's authenticator, locked for a change; null when there is none. */
async function findTotp(parts: Parts, ctx: Ctx, personId: string) {
  const row = await store(ctx.tx)
    .selectFrom('identity.totp')
    .selectAll()
    .where('person', '=', personId)
    .forUpdate()
    .executeTakeFirst()
  if (!row) return null
  const secret = Buffer.from(parts.world.secrets.open(row.secret, label(personId)), 'hex')
  return { secret, confirmed: row.confirmed_at !== null, lastStep: Number(row.last_step) }
}

/** Whether the person signs in with a second factor. */
export async function hasSecondFactor(ctx: Ctx, personId: string): Promise<boolean> {
  const row = await store(ctx.tx)
    .selectFrom('identity.totp')
    .select('person')
    .where('person', '=', personId)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}

async function storeStep(ctx: Ctx, personId: string, step: number): Promise<void> {
  await store(ctx.tx)
    .updateTable('identity.totp')
    .set({ last_step: BigInt(step) })
    .where('person', '=', personId)
    .execute()
}

async function spendRecoveryCode(
  parts: Parts,
  ctx: Ctx,
  personId: string,
  code: string,
): Promise<boolean> {
  const used = await store(ctx.tx)
    .updateTable('identity.recovery_code')
    .set({ used_at: ctx.now })
    .where('person', '=', personId)
    .where('hash', '=', parts.recoveryHash(personId, code.toLowerCase()))
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return used.numUpdatedRows === 1n
}

/** Takes a code of the authenticator or an unused recovery code; each works once. */
export async function acceptCode(
  parts: Parts,
  ctx: Ctx,
  personId: string,
  code: string,
): Promise<boolean> {
  const totp = await findTotp(parts, ctx, personId)
  if (!totp?.confirmed) return false
  const step = findStep(totp.secret, code, ctx.now, totp.lastStep)
  if (step === null) return spendRecoveryCode(parts, ctx, personId, code)
  await storeStep(ctx, personId, step)
  return true
}

/** Begins to enrol an authenticator; it counts only once a code of it was given. */
export async function enrolTotp(parts: Parts, ctx: Ctx) {
  const personId = actingPerson(ctx)
  if (await hasSecondFactor(ctx, personId)) throw problem('identity.totp-there')
  const { login } = await store(ctx.tx)
    .selectFrom('identity.person')
    .select('login')
    .where('id', '=', personId)
    .executeTakeFirstOrThrow(() => problem('request.not-found'))
  const secret = newTotpSecret()
  const values = {
    secret: parts.world.secrets.seal(secret.toString('hex'), label(personId)),
    confirmed_at: null,
    last_step: 0n,
  }
  await store(ctx.tx)
    .insertInto('identity.totp')
    .values({ person: personId, ...values })
    .onConflict((conflict) => conflict.column('person').doUpdateSet(values))
    .execute()
  return { secret: base32(secret), uri: totpUri(secret, login ?? personId) }
}

/** Confirms the authenticator by one of its codes; returns the recovery codes, shown once. */
export async function confirmTotp(parts: Parts, ctx: Ctx, code: string): Promise<string[]> {
  const personId = actingPerson(ctx)
  const totp = await findTotp(parts, ctx, personId)
  if (!totp) throw problem('identity.totp-absent')
  if (totp.confirmed) throw problem('identity.totp-there')
  const step = findStep(totp.secret, code, ctx.now, totp.lastStep)
  if (step === null) throw problem('identity.code-wrong')
  const db = store(ctx.tx)
  await db
    .updateTable('identity.totp')
    .set({ confirmed_at: ctx.now, last_step: BigInt(step) })
    .where('person', '=', personId)
    .execute()
  const codes = newRecoveryCodes()
  await db.deleteFrom('identity.recovery_code').where('person', '=', personId).execute()
  await db
    .insertInto('identity.recovery_code')
    .values(
      codes.map((one) => ({
        person: personId,
        hash: parts.recoveryHash(personId, one),
        used_at: null,
      })),
    )
    .execute()
  await record(ctx, 'identity.second-factor-added', null, { personId })
  return codes
}

/**
 * Takes the second factor away, by one of its codes or a recovery code. A wrong code is counted as
 * a failed sign-in, so that six digits cannot be guessed in an open browser.
 */
export async function removeTotp(
  parts: Parts,
  actor: Actor,
  code: string,
  address: string,
): Promise<void> {
  const { world } = parts
  const personId = actor.personId!
  const login = `totp:${personId}`
  const until = await world.transact(actor, (ctx) => countSignIn(ctx, login, address))
  if (until) throw locked(world.clock.now(), until)
  await world.transact(actor, async (ctx) => {
    if (!(await hasSecondFactor(ctx, personId))) throw problem('identity.totp-absent')
    if (!(await acceptCode(parts, ctx, personId, code))) throw problem('identity.code-wrong')
    await uncount(ctx, { login, address, entered: true })
    await dropSecondFactor(ctx, personId)
    await record(ctx, 'identity.second-factor-removed', null, { personId })
  })
}

/** Deletes a person's authenticator and recovery codes. */
export async function dropSecondFactor(ctx: Ctx, personId: string): Promise<void> {
  await store(ctx.tx).deleteFrom('identity.totp').where('person', '=', personId).execute()
  await store(ctx.tx).deleteFrom('identity.recovery_code').where('person', '=', personId).execute()
}
