// Every route with every role, walked from the OpenAPI document: who is refused, and how.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { type Actor, roles, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { parseSettings } from '#platform/settings.ts'
import { testDatabase } from '#platform/test-database.ts'
import { openKapok } from '../main.ts'

const SOMEBODY = '01890000-0000-7000-8000-00000000aaaa'
const SOMEWHERE = '01890000-0000-7000-8000-00000000bbbb'

type Walker = (typeof roles)[number] | 'visitor' | 'person'
const walkers: Walker[] = ['visitor', 'person', ...roles]

function actorOf(walker: Walker): Actor {
  if (walker === 'visitor') return visitor
  const grants = walker === 'person' ? [] : [{ role: walker, subjectId: SOMEWHERE, area: '440000' }]
  return {
    ...visitor,
    kind: 'person',
    name: walker,
    personId: SOMEBODY,
    subjectId: SOMEWHERE,
    grants,
  }
}

interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  id: string
  roles: Walker[]
  sentence: { zh: string; en: string }
}

async function walkable(
  t: TestContext,
): Promise<{ app: FastifyInstance; operations: Operation[] }> {
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
  const operations = Object.entries(
    document.paths as Record<string, Record<string, Record<string, unknown>>>,
  ).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase() as Operation['method'],
      path,
      id: operation.operationId as string,
      roles: operation['x-roles'] as Walker[],
      sentence: operation['x-policy'] as Operation['sentence'],
    })),
  )
  return { app, operations }
}

/** Whether the policy's role list lets this walker pass. */
function passes(operation: Operation, walker: Walker): boolean {
  if (operation.roles.includes('visitor')) return true
  if (walker === 'visitor') return false
  return operation.roles.includes('person') || operation.roles.includes(walker)
}

async function walk(app: FastifyInstance, operation: Operation, walker: Walker) {
  const url = operation.path
    .replaceAll(/\{(\w*[Pp]osition|size|from|to)\}/g, '999999999')
    .replaceAll(/\{number\}/g, '7')
    .replaceAll(/\{\w+\}/g, '01890000-0000-7000-8000-00000000cccc')
  const reply = await app.inject({
    method: operation.method,
    url,
    headers: { 'x-walker': walker, 'content-type': 'application/json' },
    ...(operation.method === 'GET' ? {} : { payload: '{}' }),
  })
  const isProblem = String(reply.headers['content-type']).includes('problem+json')
  return { status: reply.statusCode, code: isProblem ? String(reply.json().code) : null }
}

test('every route names who may, in both languages, by roles that exist', async (t) => {
  const { operations } = await walkable(t)
  assert.ok(operations.length > 40, `${operations.length} operations`)
  for (const { id, sentence, roles: allowed } of operations) {
    assert.match(sentence.zh, /\p{Script=Han}/u, id)
    assert.match(sentence.en, /[a-z]/, id)
    assert.ok(allowed.length > 0 && allowed.every((role) => walkers.includes(role)), id)
  }
  assert.equal(new Set(operations.map(({ id }) => id)).size, operations.length)
})

test('every route with every role: outsiders get 401 or 403, insiders neither, nobody a 500', async (t) => {
  const { app, operations } = await walkable(t)
  const faults: string[] = []
  for (const operation of operations) {
    // Streams that stay open are walked by their own tests.
    if (operation.path.endsWith('/live')) continue
    for (const walker of walkers) {
      const { status, code } = await walk(app, operation, walker)
      const refused = code === 'access.sign-in' || code === 'access.denied'
      const where = `${operation.method} ${operation.path} as ${walker}: ${status} ${code}`
      if (status >= 500) faults.push(where)
      if (refused === passes(operation, walker)) faults.push(where)
      if (walker === 'visitor' && refused && status !== 401) faults.push(where)
    }
  }
  assert.deepEqual(faults, [])
})

test('what belongs to somebody else is not found, never forbidden', async (t) => {
  const { app, operations } = await walkable(t)
  const ofOne = operations.filter(({ method, path }) => method === 'GET' && path.includes('{'))
  for (const operation of ofOne) {
    const walker = walkers.find((one) => one !== 'visitor' && passes(operation, one))!
    const { status, code } = await walk(app, operation, walker)
    assert.ok(
      [200, 400, 404, 410].includes(status),
      `${operation.path} as ${walker}: ${status} ${code}`,
    )
  }
})
