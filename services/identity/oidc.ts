// Sign-in through the configured OIDC issuer: once there and back, in the same browser.
import { type Ctx, visitor } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import type { Parts } from './parts.ts'
import { insertPerson } from './people.ts'
import type { Oidc, OidcChecks, OidcPerson } from './ports.ts'
import { type Origin, openSession } from './sessions.ts'
import { lockName, store } from './store.ts'
import { hashToken, newToken } from './tokens.ts'

const FLOW_MS = 10 * 60_000
const label = 'identity.oidc'

function requireOidc(parts: Parts): Oidc {
  if (!parts.ports.oidc) throw problem('identity.oidc-off')
  return parts.ports.oidc
}

/** What goes wrong with the issuer is for the log; the visitor learns that it did not succeed. */
async function attempt<T>(parts: Parts, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // Only its message: what the library attaches may hold claims of the person.
    const reason = error instanceof Error ? error.message : String(error)
    parts.world.log.warn({ reason }, 'single sign-on refused')
    throw problem('identity.oidc-failed')
  }
}

/** Only a path of this site, never another one: no scheme, no double slash. */
function localPath(path: string | undefined): string {
  return path && /^\/(?![/\\])[^\s\\]*$/.test(path) ? path : '/'
}

/**
 * Begins: remembers the checks and names the page to go to.
 * @returns `browser`, a secret for a cookie, so that nobody can be signed in by another's link
 */
export async function beginOidc(
  parts: Parts,
  redirectUri: string,
  returnTo: string | undefined,
): Promise<{ url: URL; browser: string }> {
  const oidc = requireOidc(parts)
  const { url, checks } = await attempt(parts, () => oidc.begin(redirectUri))
  const browser = newToken()
  const { secrets } = parts.world
  await parts.world.transact(visitor, async (ctx) => {
    await store(ctx.tx)
      .insertInto('identity.oidc_flow')
      .values({
        state_hash: hashToken(checks.state),
        browser_hash: hashToken(browser),
        checks: secrets.seal(JSON.stringify(checks), label),
        return_to: localPath(returnTo),
        expires_at: new Date(ctx.now.getTime() + FLOW_MS),
      })
      .execute()
  })
  return { url, browser }
}

/** Takes up the remembered flow; it is gone afterwards, whatever comes of it. */
async function takeFlow(parts: Parts, state: string, browser: string | undefined) {
  const row = await parts.world.transact(visitor, (ctx) =>
    store(ctx.tx)
      .deleteFrom('identity.oidc_flow')
      .where('state_hash', '=', hashToken(state))
      .where('browser_hash', '=', hashToken(browser ?? ''))
      .where('expires_at', '>', ctx.now)
      .returning(['checks', 'return_to'])
      .executeTakeFirst(),
  )
  if (!row) throw problem('identity.oidc-failed')
  const checks = JSON.parse(parts.world.secrets.open(row.checks, label)) as OidcChecks
  return { checks, returnTo: row.return_to }
}

/** The person whom the issuer names, added at their first sign-in; null when they are locked. */
async function findFederated(ctx: Ctx, found: OidcPerson): Promise<string | null> {
  const { issuer, subject, name } = found
  const db = store(ctx.tx)
  await lockName(ctx, `${issuer} ${subject}`)
  const known = await db
    .selectFrom('identity.federated as f')
    .innerJoin('identity.person as p', 'p.id', 'f.person')
    .select(['p.id', 'p.locked_at', 'p.erased_at'])
    .where('f.issuer', '=', issuer)
    .where('f.name', '=', subject)
    .executeTakeFirst()
  if (known) return known.locked_at || known.erased_at ? null : known.id
  const called = name?.trim().slice(0, 200).toWellFormed() || '未提供姓名'
  const person = await insertPerson(ctx, { login: null, name: called })
  await db
    .insertInto('identity.federated')
    .values({ issuer, name: subject, person, since: ctx.now })
    .execute()
  return person
}

/**
 * Ends: redeems the code and opens a session.
 * @throws identity.oidc-failed for anything that does not match, without saying what
 */
export async function finishOidc(
  parts: Parts,
  returned: { url: URL; state: string; browser: string | undefined },
  origin: Origin,
): Promise<{ token: string; returnTo: string }> {
  const oidc = requireOidc(parts)
  const { checks, returnTo } = await takeFlow(parts, returned.state, returned.browser)
  const found = await attempt(parts, () => oidc.finish(returned.url, checks))
  const token = await parts.world.transact(visitor, async (ctx) => {
    const personId = await findFederated(ctx, found)
    return personId && openSession(ctx, personId, { method: 'oidc', origin })
  })
  if (!token) throw problem('identity.oidc-failed')
  return { token, returnTo }
}
