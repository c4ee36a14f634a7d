// What the tests of identity share: a server on a fresh world, browsers with cookies, people.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { type JsonObject, system } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { numberEntries, readEntries } from '#platform/journal.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import { type FactKind, facts } from './contract.ts'
import { type Identity, type IdentityPorts, identity } from './index.ts'
import { insertOffice, type OfficeRole } from './offices.ts'
import { openSession } from './sessions.ts'

export const goodPassword = '河畔-tram-42-lantern'

/** A reply, as tests look at it. */
export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape
  body: any
  headers: Record<string, string | string[] | number | undefined>
}

interface Options {
  method?: InjectOptions['method']
  body?: unknown
  headers?: Record<string, string>
  remoteAddress?: string
}

/** A browser: it keeps its cookies between requests. */
export class Browser {
  readonly cookies: Record<string, string> = {}
  readonly app: FastifyInstance
  constructor(app: FastifyInstance) {
    this.app = app
  }
  async send(url: string, options: Options = {}): Promise<Answer> {
    const reply = await this.app.inject({
      url,
      method: options.method ?? 'GET',
      ...(options.body === undefined ? {} : { payload: options.body as object }),
      headers: options.headers ?? {},
      cookies: this.cookies,
      remoteAddress: options.remoteAddress ?? '127.0.0.1',
    })
    for (const { name, value, maxAge, expires } of reply.cookies) {
      const gone = maxAge === 0 || (expires && expires.getTime() < Date.now())
      if (gone) delete this.cookies[name]
      else this.cookies[name] = value
    }
    const isJson = String(reply.headers['content-type']).includes('json')
    const body = isJson ? reply.json() : reply.body
    return { status: reply.statusCode, body, headers: reply.headers }
  }
  get = (url: string) => this.send(url)
  post = (url: string, body?: unknown, headers?: Record<string, string>) =>
    this.send(url, { method: 'POST', body, ...(headers ? { headers } : {}) })
  put = (url: string, body: unknown, version: number | string) =>
    this.send(url, { method: 'PUT', body, headers: { 'if-match': `"${version}"` } })
  patch = (url: string, body: unknown, version: number | string) =>
    this.send(url, { method: 'PATCH', body, headers: { 'if-match': `"${version}"` } })
  delete = (url: string) => this.send(url, { method: 'DELETE' })
}

export interface Bed {
  world: TestWorld
  app: FastifyInstance
  identity: Identity
  browser(): Browser
  /** A new person, signed in at a browser of their own, acting for themself. */
  person(login: string, name?: string): Promise<Browser & { id: string }>
  /** Gives an office as the platform itself. */
  office(personId: string, role: OfficeRole, departmentId?: string, area?: string): Promise<void>
  /** All facts so far; each is checked against the contract. */
  journal(): Promise<{ kind: string; payload: JsonObject; text: string }[]>
}

export async function bed(
  t: TestContext,
  options: { demo?: boolean; settings?: Record<string, string>; ports?: IdentityPorts } = {},
): Promise<Bed> {
  const world = await testWorld(t, options)
  const service = identity(world, options.ports)
  const app = await buildServer(world, {
    routes: service.service.routes,
    authenticate: service.authenticate,
  })
  t.after(() => app.close())
  await service.prepare()
  const browser = () => new Browser(app)
  return {
    world,
    app,
    identity: service,
    browser,
    async person(login, name = `人员${login}`) {
      const { insertPerson } = await import('./people.ts')
      const id = await world.transact(system('test'), (ctx) => insertPerson(ctx, { login, name }))
      const own = browser()
      own.cookies.kapok_session = await world.transact(system('test'), (ctx) =>
        openSession(ctx, id, { method: 'demo', origin: { agent: 'test', address: '127.0.0.1' } }),
      )
      return Object.assign(own, { id })
    },
    office: (personId, role, departmentId, area) =>
      world.transact(system('test'), async (ctx) => {
        const office = { personId, role, departmentId: departmentId ?? null, area: area ?? null }
        await insertOffice(ctx, office)
      }),
    async journal() {
      await numberEntries(world.db)
      const entries = await readEntries(world.db, { limit: 10_000 })
      return entries.map((entry) => {
        const schema = facts[entry.kind as FactKind]
        assert.ok(schema, `${entry.kind} is a fact of the contract`)
        schema.parse(entry.payload)
        return { kind: entry.kind, payload: entry.payload, text: JSON.stringify(entry, string) }
      })
    },
  }
}

const string = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)

/** The body of a registration that nothing is wrong with. */
export const organisation = (creditCode: string, more: object = {}) => ({
  creditCode,
  name: '示例有限公司',
  class: 'enterprise',
  size: 'micro',
  area: '440106',
  foundedOn: '2026-01-05',
  legalRepresentative: { person: '张三' },
  controller: null,
  ...more,
})

/** Registers an organisation and acts for it from now on. @returns its id */
export async function found(owner: Browser, creditCode: string, more?: object): Promise<string> {
  const made = await owner.post('/api/subjects', organisation(creditCode, more))
  assert.equal(made.status, 201, JSON.stringify(made.body))
  await act(owner, made.body.id)
  return made.body.id
}

/** Acts for a subject, under a mandate when one is given. */
export async function act(who: Browser, subjectId: string, mandateId?: string): Promise<void> {
  const body = mandateId ? { subjectId, mandateId } : { subjectId }
  const chosen = await who.post('/api/session/subject', body)
  assert.equal(chosen.status, 200, JSON.stringify(chosen.body))
}
