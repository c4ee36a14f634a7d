// What the tests of the rulebook share: a world with the law's sets, two officials, a company.
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { type Actor, type Role, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import { type Rulebook, rulebook } from './index.ts'

export const id = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`
const office = id(300)
export const company = id(100)
const person = (n: number, subjectId: string, role: Role, area = '440000'): Actor => ({
  ...visitor,
  kind: 'person',
  name: `person-${n}`,
  personId: id(n),
  subjectId,
  grants: [{ role, subjectId, area }],
})
export const people: Record<string, Actor> = {
  writer: person(1, office, 'official'),
  reader: person(2, office, 'official'),
  county: person(6, id(301), 'official', '440106'),
  owner: person(3, company, 'owner'),
  stranger: person(4, id(200), 'owner'),
  auditor: person(5, id(5), 'auditor'),
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape
  body: any
}

export interface Bed {
  world: TestWorld
  app: FastifyInstance
  rules: Rulebook
  told: { kind: string; to: unknown }[]
  ask(
    who: string,
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: unknown,
    revision?: number,
  ): Promise<Answer>
  /** The definition in force, as anybody reads it. */
  definition(set: string, on?: string): Promise<Answer['body']>
}

/** Clauses as the regulation has them, as far as tests cite them. */
const clauses = new Map(Array.from({ length: 34 }, (_, nth) => [nth + 1, nth === 6 ? 3 : 4]))

export async function bed(t: TestContext, populationSize = 500): Promise<Bed> {
  // After the day of the sets' golden cases, which later values leave as they are.
  const world = await testWorld(t, { now: new Date('2026-11-29T02:00:00Z') })
  const told: Bed['told'] = []
  const rules = rulebook(world, {
    notify: async (_ctx, { kind, to }) => {
      told.push({ kind, to })
      return id(9)
    },
    clauses,
    populationSize,
  })
  await rules.prepare()
  const app = await buildServer(world, {
    routes: rules.service.routes,
    authenticate: async ({ headers }) => people[String(headers['x-who'])] ?? visitor,
  })
  t.after(() => app.close())
  const ask: Bed['ask'] = async (who, method, path, body, revision) => {
    const reply = await app.inject({
      method,
      url: `/api/rules${path}`,
      headers: {
        'x-who': who,
        ...(revision === undefined ? {} : { 'if-match': `"${revision}"` }),
      },
      ...(body === undefined ? {} : { payload: body as object }),
    })
    return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() }
  }
  return {
    world,
    app,
    rules,
    told,
    ask,
    definition: async (set, on) =>
      (await ask('visitor', 'GET', `/${set}${on ? `?on=${on}` : ''}`)).body.definition,
  }
}

/** A copy of a definition in which a parameter's open value ends, and another begins on a day. */
export function withParameter(
  definition: Answer['body'],
  name: string,
  from: string,
  value: string,
) {
  const copy = structuredClone(definition)
  const node = copy.nodes.find((one: { name: string }) => one.name === name)
  const last = node.values.at(-1)
  node.values = [...node.values.slice(0, -1), { ...last, to: from }, { ...last, from, value }]
  return copy
}
