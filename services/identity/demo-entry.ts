// One-click entry into the demo world: only while the server listens on loopback, only from there.
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { type Ctx, visitor } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import type { World } from '#platform/world.ts'
import { readDemoWorld } from './demo-world.ts'
import type { Parts } from './parts.ts'
import { type Origin, openSession } from './sessions.ts'
import { demoId } from './stable-id.ts'

/** Names by which a machine calls itself. */
const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i
const loopbackAddress = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/i

function isLoopbackUrlHost(host: string | undefined): boolean {
  if (!host) return false
  return loopbackHost.test(host.replace(/:\d+$/, ''))
}

function isLoopbackOrigin(origin: string | undefined): boolean {
  if (origin === undefined) return true
  return URL.canParse(origin) && isLoopbackUrlHost(new URL(origin).host)
}

/** Whether this world can be entered by one click at all. */
export function offersDemoEntry(world: World): boolean {
  const host = world.settings.KAPOK_HOST
  const listens = loopbackHost.test(host) || host === '::1'
  return world.demo && listens && !world.settings.KAPOK_TRUST_PROXY
}

/**
 * Whether this request may enter by one click: its socket, Host and Origin are this machine's own,
 * and no header says that it was passed on for somebody else.
 */
export function mayEnterDemo(world: World, request: FastifyRequest): boolean {
  const { headers } = request
  const passedOn = Object.keys(headers).some(
    (name) => name === 'forwarded' || name === 'x-real-ip' || name.startsWith('x-forwarded'),
  )
  return (
    offersDemoEntry(world) &&
    !passedOn &&
    loopbackAddress.test(request.raw.socket.remoteAddress ?? '') &&
    isLoopbackUrlHost(headers.host) &&
    isLoopbackOrigin(headers.origin)
  )
}

/** The accounts of the demo world with the body that each belongs to; erased ones are gone. */
export async function listDemoAccounts(ctx: Ctx) {
  const { accounts } = readDemoWorld()
  const { rows } = await sql<{ id: string; body: string | null }>`
    select p.id, (
      select s.name from identity.subject s where s.id in (
        select organisation from identity.membership where person = p.id and ended_at is null
        union all
        select department from identity.office where person = p.id and ended_at is null)
      order by s.name limit 1) as body
    from identity.person p
    where p.id = any(${accounts.map(({ person }) => demoId(person))}::uuid[])
      and p.erased_at is null and p.locked_at is null`.execute(ctx.tx)
  const bodies = new Map(rows.map(({ id, body }) => [id, body]))
  return accounts
    .filter(({ person }) => bodies.has(demoId(person)))
    .map(({ account, person, title, about }) => ({
      account,
      title,
      about,
      organisation: bodies.get(demoId(person)) ?? '',
    }))
}

/**
 * Enters as one of the demo accounts.
 * @returns the session's token
 * @throws identity.demo-refused
 */
export async function enterDemo(parts: Parts, account: string, origin: Origin): Promise<string> {
  const { accounts } = readDemoWorld()
  const wanted = accounts.find((one) => one.account === account)
  if (!wanted) throw problem('request.not-found')
  return parts.world.transact(visitor, async (ctx) => {
    const open = await listDemoAccounts(ctx)
    if (!open.some((one) => one.account === account)) throw problem('request.not-found')
    return openSession(ctx, demoId(wanted.person), { method: 'demo', origin })
  })
}
