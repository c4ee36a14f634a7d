// Sign-in by password and second factor: the same answer, after the same time, whoever asks.
import { type Ctx, visitor } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { beginsNow, countSignIn, locked, uncount } from './attempts.ts'
import type { Parts } from './parts.ts'
import { isPassword } from './password.ts'
import { acceptCode, hasSecondFactor } from './second-factor.ts'
import { type Method, type Origin, openSession } from './sessions.ts'
import { record, store } from './store.ts'

interface Credentials {
  login: string
  password: string
  code?: string | undefined
}

interface Account {
  id: string
  hash: string | null
  barred: boolean
}

async function findAccount(ctx: Ctx, login: string): Promise<Account | null> {
  const row = await store(ctx.tx)
    .selectFrom('identity.person as p')
    .leftJoin('identity.password as w', 'w.person', 'p.id')
    .select(['p.id', 'w.hash', 'p.locked_at', 'p.erased_at'])
    .where('p.login', '=', login)
    .executeTakeFirst()
  if (!row) return null
  return { id: row.id, hash: row.hash, barred: row.locked_at !== null || row.erased_at !== null }
}

/** What the second factor says: how the session was opened, or what is wrong. */
async function checkCode(
  parts: Parts,
  ctx: Ctx,
  personId: string,
  code: string | undefined,
): Promise<Method | 'needed' | 'wrong'> {
  if (!(await hasSecondFactor(ctx, personId))) return 'password'
  if (code === undefined) return 'needed'
  return (await acceptCode(parts, ctx, personId, code)) ? 'totp' : 'wrong'
}

/**
 * Opens a session for the right login, password and code. The try is counted and committed first,
 * the slow check of the password happens outside any transaction.
 * @returns the session's token
 * @throws identity.sign-in-refused, identity.code-needed, identity.locked
 */
export async function signIn(parts: Parts, given: Credentials, origin: Origin): Promise<string> {
  const { world } = parts
  const { login, password, code } = given
  const { address } = origin
  const begun = await world.transact(visitor, async (ctx) => {
    const until = await countSignIn(ctx, login, address)
    const account = await findAccount(ctx, login)
    if (until && beginsNow(ctx.now, until)) {
      await record(ctx, 'identity.sign-in-locked', null, {
        login: parts.journalHash(login),
        personId: account?.id ?? null,
        until: until.toISOString(),
      })
    }
    return { until, now: ctx.now, account }
  })
  if (begun.until) throw locked(begun.now, begun.until)
  const { account } = begun
  const right = await isPassword(password, account?.hash ?? null)
  // A refusal is a fact to be committed, so it is thrown only after the transaction.
  const outcome = await world.transact(visitor, async (ctx) => {
    const method =
      account && right && !account.barred ? await checkCode(parts, ctx, account.id, code) : 'wrong'
    if (method === 'wrong') {
      const fact = { login: parts.journalHash(login), personId: account?.id ?? null }
      await record(ctx, 'identity.sign-in-refused', null, fact)
      return { method, token: null }
    }
    await uncount(ctx, { login, address, entered: method !== 'needed' })
    if (method === 'needed') return { method, token: null }
    return { method, token: await openSession(ctx, account!.id, { method, origin }) }
  })
  if (outcome.method === 'needed') throw problem('identity.code-needed')
  if (!outcome.token) throw problem('identity.sign-in-refused')
  return outcome.token
}
