// Every route of the whole platform, to be called as any role: what the walking tests share.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { type Actor, roles, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { parseSettings } from '#platform/settings.ts'
import { testDatabase } from '#platform/test-database.ts'
import { type Kapok, openKapok } from '../main.ts'

const SOMEBODY = '01890000-0000-7000-8000-00000000aaaa'
const SOMEWHERE = '01890000-0000-7000-8000-00000000bbbb'

export type Walker = (typeof roles)[number] | 'visitor' | 'person' | 'self'
export const walkers: Walker[] = ['visitor', 'person', 'self', ...roles]

function actorOf(walker: Walker): Actor {
  if (walker === 'visitor') return visitor
  const self = walker === 'self'
  const grants =
    self || walker === 'person' ? [] : [{ role: walker, subjectId: SOMEWHERE, area: '440000' }]
  return {
    ...visitor,
    kind: 'person',
    name: walker,
    personId: SOMEBODY,
    subjectId: self ? null : SOMEWHERE,
    grants,
  }
}

export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  id: string
  roles: Walker[]
  sentence: { zh: string; en: string }
  body: BodySchema | null
  query: { name: string; schema: BodySchema }[]
}

/** As much of JSON Schema as the contracts use. */
export interface BodySchema {
  type?: string
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, BodySchema>
  required?: string[]
  items?: BodySchema
  anyOf?: BodySchema[]
  oneOf?: BodySchema[]
  minimum?: number
  maxLength?: number
}

interface Walkable {
  app: FastifyInstance
  kapok: Kapok
  operations: Operation[]
}

/** An empty world's server, and every operation of its OpenAPI document. */
export async function walkable(t: TestContext): Promise<Walkable> {
  const data = mkdtempSync(join(tmpdir(), 'kapok-rights-'))
  const admin = await testDatabase(t, { template: 'empty', prepare: async () => {} })
  const settings = parseSettings({ KAPOK_DATA: data, KAPOK_LOG_LEVEL: 'silent' })
  const kapok = await openKapok({ settings, admin, empty: true })
  // The real routes; only who asks is told by a header, instead of by a session.
  const app = await buildServer(kapok.world, {
    routes: kapok.services.routes,
    authenticate: async (request) => actorOf((request.headers['x-walker'] ?? 'visitor') as Walker),
  })
  t.after(async () => {
    await app.close()
    await kapok.close()
    rmSync(data, { recursive: true, force: true })
  })
  const document = (await app.inject('/openapi.json')).json()
  const paths = document.paths as Record<string, Record<string, Documented>>
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase() as Operation['method'],
      path,
      id: operation.operationId,
      roles: operation['x-roles'],
      sentence: operation['x-policy'],
      body: operation.requestBody?.content['application/json']?.schema ?? null,
      query: (operation.parameters ?? []).filter((one) => one.in === 'query'),
    })),
  )
  return { app, kapok, operations }
}

interface Documented {
  operationId: string
  'x-roles': Walker[]
  'x-policy': Operation['sentence']
  requestBody?: { content: Record<string, { schema: BodySchema }> }
  parameters?: { name: string; in: string; schema: BodySchema }[]
}

/** An address of the operation: parameters become an id that nobody has. */
export function addressOf({ path }: Operation): string {
  return path
    .replaceAll(/\{(\w*[Pp]osition|size|from|to)\}/g, '999999999')
    .replaceAll(/\{number\}/g, '7')
    .replaceAll(/\{\w+\}/g, '01890000-0000-7000-8000-00000000cccc')
}

/** Whether the policy's role list lets this walker pass. */
export function passes(operation: Operation, walker: Walker): boolean {
  if (operation.roles.includes('visitor')) return true
  if (walker === 'visitor') return false
  return operation.roles.includes('person') || operation.roles.includes(walker)
}
