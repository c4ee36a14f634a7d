// The journal: order of commit, nothing skipped, nothing changed, reactions once for each position.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { system } from './context.ts'
import { openDatabase, openPool } from './database.ts'
import { append, numberEntries, readEntries } from './journal.ts'
import { catchUp, registerReactions } from './reactions.ts'
import type { Reaction } from './service.ts'
import { type TestWorld, testWorld } from './test-world.ts'

const actor = system('test')
const fact = (n: number) => ({
  kind: 'try.counted',
  version: 1,
  subjectId: null,
  payload: { n },
})

const add = (world: TestWorld, n: number) => world.transact(actor, (ctx) => ctx.append(fact(n)))

async function numbers(world: TestWorld): Promise<number[]> {
  const entries = await readEntries(world.db, { limit: 10_000 })
  entries.forEach((entry, nth) => {
    assert.equal(entry.position, BigInt(nth + 1), 'positions are dense')
  })
  return entries.map((entry) => entry.payload.n as number)
}

test('a transaction held open while others commit: its entry is not skipped', async (t) => {
  const world = await testWorld(t)
  await add(world, 1)
  const slow = openPool(world.connection)
  const db = openDatabase(slow)
  const held = await db.startTransaction().execute()
  await append(held as never, actor, world.clock.now(), fact(2))
  await add(world, 3)
  await numberEntries(world.db)
  assert.deepEqual(await numbers(world), [1], 'nothing after the open transaction is numbered yet')
  await held.commit().execute()
  await numberEntries(world.db)
  assert.deepEqual(await numbers(world), [1, 2, 3])
  await db.destroy()
})

test('an entry of a rolled-back transaction never gets a position', async (t) => {
  const world = await testWorld(t)
  await assert.rejects(
    world.transact(actor, async (ctx) => {
      await ctx.append(fact(1))
      throw new Error('no')
    }),
  )
  await add(world, 2)
  await numberEntries(world.db)
  assert.deepEqual(await numbers(world), [2])
})

test('any interleaving of transactions: every committed entry once, readers see a growing prefix', async (t) => {
  const world = await testWorld(t)
  let expected = 0
  const step = fc.record({ slot: fc.nat(3), end: fc.constantFrom('commit', 'rollback', 'stay') })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
      const open = new Map<number, { tx: Awaited<ReturnType<typeof begin>>; count: number }>()
      const begin = () => world.db.startTransaction().execute()
      let seen = await numbers(world)
      for (const { slot, end } of steps) {
        const current = open.get(slot) ?? { tx: await begin(), count: 0 }
        open.set(slot, current)
        if (end === 'stay') {
          await append(current.tx as never, actor, world.clock.now(), fact(++expected))
          current.count++
        } else {
          await current.tx[end]().execute()
          open.delete(slot)
        }
        await numberEntries(world.db)
        const now = await numbers(world)
        assert.deepEqual(now.slice(0, seen.length), seen)
        seen = now
      }
      for (const { tx } of open.values()) await tx.commit().execute()
      await numberEntries(world.db)
      const { rows } = await sql<{ n: number }>`
        select (payload ->> 'n')::int as n from journal.entry`.execute(world.db)
      const stored = rows.map((row) => row.n).sort((a, b) => a - b)
      assert.deepEqual(
        (await numbers(world)).sort((a, b) => a - b),
        stored,
      )
    }),
    { numRuns: 25 },
  )
})

test('the application can neither change nor delete an entry', async (t) => {
  const world = await testWorld(t)
  await add(world, 1)
  for (const statement of [
    `update journal.entry set payload = '{}'`,
    'delete from journal.entry',
    'truncate journal.entry',
    `insert into journal.entry (kind, version, actor, valid_at, known_at, payload)
     values ('a.b', 1, '{}', '2026-01-01', '2026-01-01', '{}')`,
    'update journal.cursor set position = 0',
    'select journal.rebase()',
    'create table journal.mine (id int)',
    'create table public.mine (id int)',
  ]) {
    await assert.rejects(sql.raw(statement).execute(world.db), /permission denied/, statement)
  }
})

test('a reaction handles each position once, survives a failure, and skips nothing', async (t) => {
  const world = await testWorld(t)
  const handled: number[] = []
  let broken = true
  const reaction: Reaction = {
    name: 'try.reaction',
    kinds: ['try.counted'],
    handle: async (_ctx, entry) => {
      const n = entry.payload.n as number
      if (n === 3 && broken) throw new Error('not yet')
      handled.push(n)
    },
  }
  await registerReactions(world.db, [reaction])
  for (const n of [1, 2, 3, 4]) await add(world, n)
  await numberEntries(world.db)
  await catchUp(world, reaction)
  // The first batch was rolled back as a whole; then one by one up to the broken entry.
  assert.deepEqual(handled, [1, 2, 1, 2])
  broken = false
  assert.equal(await catchUp(world, reaction), 0, 'it waits before it tries again')
  world.clock.advance(120_000)
  assert.equal(await catchUp(world, reaction), 2)
  assert.deepEqual(handled, [1, 2, 1, 2, 3, 4])
  assert.equal(await catchUp(world, reaction), 0)
})

test('two processes run the same reaction: each position is handled by one of them', async (t) => {
  const world = await testWorld(t)
  const handled: number[] = []
  const reaction: Reaction = {
    name: 'try.shared',
    kinds: ['try.counted'],
    handle: async (_ctx, entry) => {
      handled.push(entry.payload.n as number)
    },
  }
  await registerReactions(world.db, [reaction])
  const all = Array.from({ length: 300 }, (_, n) => n)
  await Promise.all(all.map((n) => add(world, n)))
  await Promise.all([numberEntries(world.db), numberEntries(world.db)])
  await numberEntries(world.db)
  await Promise.all([catchUp(world, reaction), catchUp(world, reaction), catchUp(world, reaction)])
  await catchUp(world, reaction)
  assert.deepEqual(
    handled.sort((a, b) => a - b),
    all,
  )
})

test('a deadlock is repeated by transact and both changes arrive', async (t) => {
  const world = await testWorld(t)
  const both = [1, 2].map((first) =>
    world.transact(system(`lock-${first}`), async (ctx) => {
      await sql`select pg_advisory_xact_lock(${first})`.execute(ctx.tx)
      await sql`select pg_sleep(0.2)`.execute(ctx.tx)
      await sql`select pg_advisory_xact_lock(${3 - first})`.execute(ctx.tx)
      return ctx.append(fact(first))
    }),
  )
  await Promise.all(both)
  await numberEntries(world.db)
  assert.deepEqual((await numbers(world)).sort(), [1, 2])
})
