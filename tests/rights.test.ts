// Every route with every role, walked from the OpenAPI document: who is refused, and how.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { addressOf, type Operation, passes, type Walker, walkable, walkers } from './walk.ts'

async function walk(app: FastifyInstance, operation: Operation, walker: Walker) {
  const reply = await app.inject({
    method: operation.method,
    url: addressOf(operation),
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
  const ofOne = operations.filter(
    ({ method, path }) => method === 'GET' && path.includes('{') && !path.endsWith('/events'),
  )
  for (const operation of ofOne) {
    const walker = walkers.find((one) => one !== 'visitor' && passes(operation, one))!
    const { status, code } = await walk(app, operation, walker)
    assert.ok(
      [200, 400, 404, 410].includes(status),
      `${operation.path} as ${walker}: ${status} ${code}`,
    )
  }
})
