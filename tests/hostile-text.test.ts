// SQL, HTML and formulas in every text field of every operation: refused or stored as text, never run.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { checkJournal } from '#platform/check-journal.ts'
import { system } from '#platform/context.ts'
import { checkCapacity } from '#services/capacity/index.ts'
import { checkLedger } from '#services/ledger/index.ts'
import { addressOf, type BodySchema, type Operation, passes, walkable, walkers } from './walk.ts'

const hostile = [
  `'; drop schema ledger cascade; --`,
  `" or ""="`,
  `<script>alert(1)</script><img src=x onerror=alert(1)>`,
  `=cmd|' /C calc'!A0`,
  `{{7*7}}\${7*7}%00%0d%0aSet-Cookie: a=b`,
  `\u202e反转\u0007\u200b`,
]

/** A value that fits the schema as far as it can be told, with the text wherever text is taken. */
function fill(schema: BodySchema, text: string): unknown {
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0]
  if (choice) return fill(choice, text)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'object') {
    const entries = Object.entries(schema.properties ?? {})
    return Object.fromEntries(entries.map(([name, inner]) => [name, fill(inner, text)]))
  }
  if (schema.type === 'array') return [fill(schema.items ?? { type: 'string' }, text)]
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, schema.minimum ?? 1)
  if (schema.type === 'boolean') return true
  if (schema.format === 'uuid') return '01890000-0000-7000-8000-00000000dddd'
  if (schema.format === 'date-time') return '2027-01-01T00:00:00.000Z'
  if (schema.format === 'date') return '2026-01-01'
  return text.slice(0, schema.maxLength ?? text.length)
}

/** The same, but every text that has a format of its own is hostile too. */
function fillAll(schema: BodySchema, text: string): unknown {
  if (schema.type === 'object') {
    const entries = Object.entries(schema.properties ?? {})
    return Object.fromEntries(entries.map(([name, inner]) => [name, fillAll(inner, text)]))
  }
  return text
}

function requests(operation: Operation, text: string) {
  const query = operation.query.map(({ name }) => [name, text] as [string, string])
  const bodies = operation.body
    ? [fill(operation.body, text), fillAll(operation.body, text)]
    : [null]
  return bodies.map((body) => ({ query: new URLSearchParams(query).toString(), body }))
}

test('every text field of every operation: nothing runs, nothing breaks', async (t) => {
  const { app, kapok, operations } = await walkable(t)
  const faults: string[] = []
  let sent = 0
  for (const operation of operations.filter(({ path }) => !path.endsWith('/live'))) {
    const walker = walkers.find((one) => passes(operation, one))!
    for (const text of hostile) {
      for (const { query, body } of requests(operation, text)) {
        const reply = await app.inject({
          method: operation.method,
          url: `${addressOf(operation)}${query ? `?${query}` : ''}`,
          headers: { 'x-walker': walker },
          ...(body === null ? {} : { payload: body as object }),
        })
        sent++
        const where = `${operation.method} ${operation.path} ${JSON.stringify(text)}`
        if (reply.statusCode >= 500 && reply.statusCode !== 503)
          faults.push(`${where}: ${reply.body}`)
        const type = String(reply.headers['content-type'] ?? 'application/json')
        if (type.includes('text/html')) faults.push(`${where}: answered with HTML`)
        if (reply.headers['set-cookie']?.includes('a=b')) faults.push(`${where}: header injected`)
      }
    }
  }
  assert.deepEqual(faults, [])
  assert.ok(sent > 500, `${sent} requests`)
  const { rows } = await sql<{ schemas: number }>`
    select count(*)::int as schemas from pg_namespace
    where nspname in ('ledger', 'identity', 'journal', 'platform', 'files')`.execute(kapok.world.db)
  assert.equal(rows[0]!.schemas, 5)
  const findings = await kapok.world.read(system('check'), async (ctx) => [
    ...(await checkJournal(ctx.tx)),
    ...(await checkLedger(ctx)),
    ...(await checkCapacity(ctx)),
  ])
  assert.deepEqual(findings, [])
  t.diagnostic(`${operations.length} operations, ${sent} requests`)
})
