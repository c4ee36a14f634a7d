// How the world opens transactions: once is one statement, read cannot write, transact is all or nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Kysely, sql } from 'kysely'
import { system } from './context.ts'
import { tables } from './database.ts'
import { testWorld } from './test-world.ts'

const actor = system('test')
const fact = { kind: 'try.counted', version: 1, subjectId: null, payload: {} }

test('once: one statement commits by itself, a second one is refused', async (t) => {
  const world = await testWorld(t)
  await world.once(actor, (ctx) => ctx.append(fact))
  await assert.rejects(
    world.once(actor, async (ctx) => {
      await sql`select 1`.execute(ctx.tx)
      await ctx.append(fact)
    }),
    /second statement/,
  )
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from journal.entry`.execute(
    world.db,
  )
  assert.equal(rows[0]!.n, 1)
})

test('read: a snapshot in which nothing can be written', async (t) => {
  const world = await testWorld(t)
  await assert.rejects(
    world.read(actor, (ctx) => ctx.append(fact)),
    /read-only transaction/,
  )
  const seen = await world.read(actor, async (ctx) => {
    const count = () => sql<{ n: number }>`select count(*)::int as n from journal.entry`
    const before = (await count().execute(ctx.tx)).rows[0]!.n
    await world.transact(actor, (other) => other.append(fact))
    return [before, (await count().execute(ctx.tx)).rows[0]!.n]
  })
  assert.deepEqual(seen, [0, 0])
})

test('a context brings its own time and ids that sort by it', async (t) => {
  const world = await testWorld(t)
  await world.read(actor, async (ctx) => {
    assert.equal(ctx.now.getTime(), world.clock.now().getTime())
    const ids = Array.from({ length: 50 }, () => ctx.newId())
    assert.deepEqual([...ids].sort(), ids)
  })
})

test('readOnce: one select of the query builder, and nothing else', async (t) => {
  const world = await testWorld(t)
  const entries = (tx: Kysely<unknown>) =>
    tables<{ 'journal.entry': { id: bigint } }>(tx).selectFrom('journal.entry').select('id')
  assert.deepEqual(await world.readOnce(actor, ({ tx }) => entries(tx).execute()), [])
  await assert.rejects(
    world.readOnce(actor, ({ tx }) => sql`delete from journal.entry`.execute(tx)),
    /only a select/,
  )
  await assert.rejects(
    world.readOnce(actor, async ({ tx }) => {
      await entries(tx).execute()
      await entries(tx).execute()
    }),
    /second statement/,
  )
})

test('times of the database are read exactly, the uncommon ones too', async (t) => {
  const world = await testWorld(t)
  const at = async (text: string) => {
    const { rows } = await sql<{ at: Date | number }>`select ${text}::timestamptz as at`.execute(
      world.db,
    )
    return rows[0]!.at
  }
  for (const text of ['2026-11-27T14:24:03.123Z', '1999-12-31T16:00:00.000Z']) {
    assert.equal(((await at(text)) as Date).toISOString(), text)
  }
  assert.equal(await at('infinity'), Number.POSITIVE_INFINITY)
  assert.equal(((await at('0044-03-15 12:00:00+00 BC')) as Date).getUTCFullYear(), -43)
})
