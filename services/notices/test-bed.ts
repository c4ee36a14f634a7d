// The bed of the notice service's tests: a world, four people, and a mail server that obeys.
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { type Actor, type Role, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { openJobs } from '#platform/jobs.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import { type Notices, notices } from './index.ts'
import type { Mail, Mailer } from './ports.ts'

export const id = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`
export const company = id(100)
export const actor = (n: number, subjectId: string, role: Role = 'member'): Actor => ({
  ...visitor,
  kind: 'person',
  name: `person-${n}`,
  personId: id(n),
  subjectId,
  grants: [{ role, subjectId, area: null }],
})
export const ann = actor(1, company)
export const ben = actor(2, company)
export const eve = actor(3, id(200))
export const root = actor(4, id(4), 'system-admin')

export interface Bed {
  world: TestWorld
  app: FastifyInstance
  service: Notices
  sent: Mail[]
  /** What the mail server does next; null takes the mail. */
  faults: (Error | null)[]
  sendDue(): Promise<void>
}

export async function bed(t: TestContext, options: { mail?: boolean } = {}): Promise<Bed> {
  const world = await testWorld(t, { settings: { KAPOK_PUBLIC_URL: 'https://kapok.example.org' } })
  const sent: Mail[] = []
  const faults: (Error | null)[] = []
  const mailer: Mailer = {
    send: async (mail) => {
      const fault = faults.shift()
      if (fault) throw fault
      sent.push(mail)
    },
    close: () => {},
  }
  const jobs = await openJobs(world)
  const service = notices(world, {
    mailer: options.mail === false ? null : mailer,
    jobs,
    addresses: {
      addressOf: async (_ctx, person) => (person === id(9) ? null : `${person}@example.org`),
      membersOf: async () => [id(1), id(2)],
    },
  })
  const people: Record<string, Actor> = { ann, ben, eve, root }
  const app = await buildServer(world, {
    routes: service.service.routes,
    authenticate: async ({ headers }) => people[String(headers['x-who'])] ?? visitor,
  })
  t.after(async () => {
    await service.close()
    await app.close()
    await jobs.stop()
  })
  return { world, app, service, sent, faults, sendDue: service.service.jobs![0]!.run }
}

export const tell = (it: Bed, to: { person: string } | { subject: string }, amount = '10.00') =>
  it.world.transact(visitor, (ctx) =>
    it.service.notify(ctx, {
      to,
      kind: 'ledger.voucher-granted',
      params: {
        voucher: { zh: '算力券', en: 'Compute voucher' },
        amount,
        until: '2027-01-01',
        use: '—',
      },
      link: '/statement',
    }),
  )

export const ask = async (it: Bed, who: string, path = '') => {
  const answer = await it.app.inject({ url: `/api/notices${path}`, headers: { 'x-who': who } })
  return answer.json()
}
export const act = (
  it: Bed,
  who: string,
  method: 'POST' | 'PUT',
  path: string,
  payload?: object,
  ifMatch?: string,
) =>
  it.app.inject({
    method,
    url: `/api/notices${path}`,
    headers: { 'x-who': who, ...(ifMatch ? { 'if-match': ifMatch } : {}) },
    ...(payload ? { payload } : {}),
  })
