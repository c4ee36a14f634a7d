// One-time links: taking up an administrator's office in an empty world, setting a new password.
import { type Ctx, visitor } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { administrators } from './contract.ts'
import { linkEnd, shortestPassword } from './limits.ts'
import { insertOffice } from './offices.ts'
import type { Parts } from './parts.ts'
import { hashPassword, requireGoodPassword } from './password.ts'
import { insertPerson, storePassword, withFreeLogin } from './people.ts'
import { dropSecondFactor } from './second-factor.ts'
import { endSessions, type Origin, openSession } from './sessions.ts'
import { record, store } from './store.ts'
import { hashToken, newToken } from './tokens.ts'

type Administrator = (typeof administrators)[number]

export interface Link {
  path: string
  expiresAt: Date
}

/** Makes a link for an office or for a person; earlier unused ones for the same purpose end. */
export async function makeLink(
  ctx: Ctx,
  purpose: { role: Administrator } | { personId: string },
): Promise<Link> {
  const role = 'role' in purpose ? purpose.role : null
  const person = 'personId' in purpose ? purpose.personId : null
  await store(ctx.tx)
    .updateTable('identity.link')
    .set({ expires_at: ctx.now })
    .where(role ? 'role' : 'person', '=', (role ?? person)!)
    .where('used_at', 'is', null)
    .where('expires_at', '>', ctx.now)
    .execute()
  const token = newToken()
  const id = ctx.newId()
  const expiresAt = linkEnd(ctx.now)
  await store(ctx.tx)
    .insertInto('identity.link')
    .values({
      id,
      token_hash: hashToken(token),
      role,
      person,
      created_at: ctx.now,
      expires_at: expiresAt,
      used_at: null,
    })
    .execute()
  await record(ctx, 'identity.link-made', null, { linkId: id, role, personId: person })
  return { path: `/first/${token}`, expiresAt }
}

/**
 * A link for each of the three administrators whose office nobody holds; none when all are held.
 * @returns the paths, to be shown once by whoever started the platform
 */
export async function createFirstLinks(ctx: Ctx): Promise<{ role: Administrator; path: string }[]> {
  const held = await store(ctx.tx)
    .selectFrom('identity.office')
    .select('role')
    .where('ended_at', 'is', null)
    .where('role', 'in', administrators)
    .execute()
  const links: { role: Administrator; path: string }[] = []
  for (const role of administrators.filter((one) => !held.some((row) => row.role === one))) {
    links.push({ role, path: (await makeLink(ctx, { role })).path })
  }
  return links
}

async function findLink(ctx: Ctx, token: string) {
  const row = await store(ctx.tx)
    .selectFrom('identity.link as l')
    .leftJoin('identity.person as p', 'p.id', 'l.person')
    .leftJoin('identity.subject as s', 's.id', 'l.person')
    .select(['l.id', 'l.role', 'l.person', 'l.expires_at', 'p.login', 's.name'])
    .where('l.token_hash', '=', hashToken(token))
    .where('l.used_at', 'is', null)
    .where('l.expires_at', '>', ctx.now)
    .executeTakeFirst()
  if (!row) throw problem('identity.link-invalid')
  return row
}

/** What a link is for. */
export async function readLink(ctx: Ctx, token: string) {
  const { role, login, expires_at } = await findLink(ctx, token)
  return { role: role as Administrator | null, login, expiresAt: expires_at.toISOString() }
}

/**
 * Uses a link up: makes the administrator's account, or sets the person's new password, which also
 * ends their sessions and takes their second factor away.
 * @returns the token of a fresh session
 */
export async function redeemLink(
  parts: Parts,
  token: string,
  given: { login?: string | undefined; name?: string | undefined; password: string },
  origin: Origin,
): Promise<string> {
  const { world } = parts
  const link = await world.read(visitor, (ctx) => findLink(ctx, token))
  const login = link.person ? link.login : given.login
  const name = link.person ? link.name : given.name
  if (!name || !login) throw problem('identity.link-incomplete')
  requireGoodPassword(given.password, shortestPassword(world.clock.now()), [login, name])
  const hash = await hashPassword(given.password)
  return withFreeLogin(() =>
    world.transact(visitor, async (ctx) => {
      const used = await store(ctx.tx)
        .updateTable('identity.link')
        .set({ used_at: ctx.now })
        .where('id', '=', link.id)
        .where('used_at', 'is', null)
        .executeTakeFirst()
      if (used.numUpdatedRows !== 1n) throw problem('identity.link-invalid')
      const personId = link.person ?? (await insertPerson(ctx, { login, name }))
      await storePassword(ctx, personId, hash)
      if (link.person) {
        await endSessions(ctx, { personId, except: null })
        await dropSecondFactor(ctx, personId)
      } else {
        const role = link.role as Administrator
        await insertOffice(ctx, { personId, role, departmentId: null, area: null })
      }
      await record(ctx, 'identity.link-used', null, { linkId: link.id, personId })
      return openSession(ctx, personId, { method: 'link', origin })
    }),
  )
}
