// The sealer on a real database: what it seals, what it never seals, and what the database refuses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { sql } from 'kysely'
import { fromHex, toHex } from '#engines/evidence/bytes.ts'
import { isConsistent, nodeHash } from '#engines/evidence/tree.ts'
import { verifyProof } from '#engines/evidence/verify.ts'
import { checkJournal } from './check-journal.ts'
import { system } from './context.ts'
import { openPool } from './database.ts'
import { numberEntries } from './journal.ts'
import { consistencyOf, positionOf, proofOf } from './proof.ts'
import { nodeCrypto, sm3 } from './seal-key.ts'
import { leafOf, numberedUpTo, readSalted, readSeals, readTiles } from './seal-store.ts'
import { seal } from './sealer.ts'
import { type TestWorld, testWorld } from './test-world.ts'

const writer = system('test')

/** Commits facts in one transaction; they are not yet numbered. Returns the entries' ids. */
async function append(world: TestWorld, count: number): Promise<bigint[]> {
  const payload = JSON.stringify({ amount: '1.2345', list: [1.5, null, '木棉'] })
  const { rows } = await sql<{ id: bigint }>`
    select journal.append('test.made', 1, '{"kind":"system","name":"test"}', null,
      ${world.clock.now()}, ${world.clock.now()},
      ${payload}::jsonb || jsonb_build_object('n', n)) as id
    from generate_series(1, ${count}::int) n`.execute(world.db)
  return rows.map(({ id }) => id)
}

/** The root by the definition of RFC 9162, over the leaves recomputed from the entries. */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0]!
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return nodeHash(sm3, rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)))
}

const check = (world: TestWorld) => world.read(writer, (ctx) => checkJournal(ctx.tx))

test('batches of any size, sealed one after the other, give the root of all entries', async (t) => {
  const world = await testWorld(t)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 400 }), async (count) => {
      await append(world, count)
      await numberEntries(world.db)
      assert.equal(await seal(world), count)
      assert.equal(await seal(world), 0, 'nothing more to seal')
      world.clock.advance(1000)
    }),
    { numRuns: 6 },
  )
  const [newest, before] = await readSeals(world.db, 2)
  const size = Number(newest!.size)
  const entries = await readSalted(world.db, 0, size, size)
  assert.equal(entries.length, size)
  assert.equal(toHex(newest!.root), toHex(rootOf(entries.map(leafOf))))
  assert.ok(newest!.at > before!.at)
  assert.deepEqual(await check(world), [])
})

test('an entry is sealed only after every earlier transaction is over', async (t) => {
  const world = await testWorld(t)
  const other = openPool({ ...world.connection, max: 1 })
  const held = await other.connect()
  await held.query('begin')
  await held.query(
    `select journal.append('test.held', 1, '{}', null, '2026-11-23Z', '2026-11-23Z', '{}')`,
  )
  for (let i = 0; i < 3; i++) await append(world, 1)
  await numberEntries(world.db)
  assert.equal(await seal(world), 0, 'later entries wait for the open transaction')
  await held.query('commit')
  held.release()
  await other.end()
  await numberEntries(world.db)
  assert.equal(await seal(world), 4)
  const [first] = await readSalted(world.db, 0, 1, 1)
  assert.equal(first!.entry.kind, 'test.held')
  assert.deepEqual(await check(world), [])
})

test('many sealers at once seal everything once', async (t) => {
  const world = await testWorld(t)
  await append(world, 700)
  await numberEntries(world.db)
  const sealed = await Promise.all(Array.from({ length: 5 }, () => seal(world)))
  assert.equal(
    sealed.reduce((sum, n) => sum + n),
    700,
  )
  assert.deepEqual(await check(world), [])
})

test('a proof of every position verifies offline with the published key', async (t) => {
  const world = await testWorld(t)
  const ids = await append(world, 300)
  await assert.rejects(proofOf(world.db, 1), { code: 'request.not-found' })
  assert.equal(await positionOf(world.db, ids[0]!), null)
  await numberEntries(world.db)
  await assert.rejects(proofOf(world.db, 1), { code: 'journal.not-sealed' })
  await seal(world)
  const [later] = await append(world, 1)
  await numberEntries(world.db)
  await assert.rejects(proofOf(world.db, 301), { code: 'journal.not-sealed' })
  await assert.rejects(proofOf(world.db, 302), { code: 'request.not-found' })
  assert.equal(await positionOf(world.db, later!), 301)
  const { rows } = await sql<{ public_key: Buffer }>`
    select public_key from journal.seal_key`.execute(world.db)
  for (let position = 1; position <= 300; position += 13) {
    const file = JSON.stringify(await proofOf(world.db, position))
    const verdict = await verifyProof(file, nodeCrypto, rows[0]!.public_key)
    assert.equal(verdict.genuine, true)
    assert.equal(verdict.proof?.entry.position, position)
  }
})

test('consistency between seals is proved, and only between seals', async (t) => {
  const world = await testWorld(t)
  for (const count of [3, 254, 400]) {
    await append(world, count)
    await numberEntries(world.db)
    await seal(world)
  }
  for (const [from, to] of [
    [3, 257],
    [3, 657],
    [257, 657],
    [657, 657],
  ] as const) {
    const proof = await consistencyOf(world.db, from, to)
    const side = (each: { size: number; root: string }) => ({
      size: each.size,
      root: fromHex(each.root),
    })
    assert.ok(isConsistent(sm3, side(proof.from), side(proof.to), proof.path.map(fromHex)))
  }
  await assert.rejects(consistencyOf(world.db, 4, 257), { code: 'request.not-found' })
  await assert.rejects(consistencyOf(world.db, 257, 3), { code: 'request.not-found' })
})

/** Until the pool has noticed that its connections were cut, statements on them fail. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 50; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left === 0) throw error
      await setImmediate()
    }
  }
}

test('a sealer that is cut off anywhere leaves nothing half done', async (t) => {
  const world = await testWorld(t)
  const killer = openPool({ ...world.admin, max: 1 })
  for (let round = 0; round < 12; round++) {
    await persistently(() => append(world, 300))
    await persistently(() => numberEntries(world.db))
    const sealing = seal(world).catch(() => 'cut off')
    for (let i = 0; i < round; i++) await killer.query('select 1')
    await killer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where usename = 'kapok_app' and datname = current_database()`,
    )
    await sealing
  }
  await killer.end()
  await persistently(() => seal(world))
  const [newest] = await readSeals(world.db, 1)
  assert.ok(newest!.size >= 3600n)
  assert.equal(Number(newest!.size), await numberedUpTo(world.db))
  assert.deepEqual(await check(world), [])
})

test('a failure before the seal is stored leaves the journal as it was', async (t) => {
  const world = await testWorld(t)
  await append(world, 5)
  await numberEntries(world.db)
  const broken = { ...world, secrets: { ...world.secrets, read: () => Promise.reject('no key') } }
  await assert.rejects(seal(broken), /no key/)
  assert.deepEqual(await readSeals(world.db, 1), [])
  assert.deepEqual(await readTiles(world.db, [{ level: 0, index: 0 }]), [])
  assert.equal(await seal(world), 5)
})

test('the application can neither rewrite nor remove what is sealed', async (t) => {
  const world = await testWorld(t)
  await append(world, 300)
  await numberEntries(world.db)
  await seal(world)
  for (const table of ['entry', 'sequence', 'tile', 'seal', 'seal_key', 'origin', 'cursor']) {
    const denied = { message: new RegExp(`permission denied for table ${table}`) }
    await assert.rejects(sql.raw(`delete from journal.${table}`).execute(world.db), denied)
    await assert.rejects(sql.raw(`truncate journal.${table}`).execute(world.db), denied)
  }
  for (const change of [
    `update journal.entry set payload = '{}'`,
    `update journal.tile set hashes = hashes`,
    `update journal.seal set at = at`,
    `update journal.seal_key set since = since`,
    `insert into journal.tile values (0, 9, '\\x')`,
    `insert into journal.sequence values (9, 9, 'a.b', null, null, '2026-01-01')`,
  ]) {
    await assert.rejects(sql.raw(change).execute(world.db), /permission denied/)
  }
})

test('the database refuses a seal that rewrites, goes back or reaches too far', async (t) => {
  const world = await testWorld(t)
  await append(world, 300)
  await numberEntries(world.db)
  await seal(world)
  await append(world, 10)
  await numberEntries(world.db)
  const [last] = await readSeals(world.db, 1)
  const [full, edge] = await readTiles(world.db, [
    { level: 0, index: 0 },
    { level: 0, index: 1 },
  ])
  const put = (index: number, hashes: Uint8Array, size: number, previous: Buffer | null) =>
    sql`select journal.put_seal(array[0], array[${index}]::bigint[], array[${hashes}]::bytea[],
      ${size}::bigint, ${last!.root}, ${world.clock.now()}, ${previous}, ${last!.key_id},
      ${last!.signature})`.execute(world.db)
  const other = Buffer.from(full!.hashes)
  other[5]! ^= 1
  const shorter = Buffer.from(edge!.hashes).subarray(0, 32)
  await assert.rejects(put(0, other, 310, last!.root), /a tile would be rewritten/)
  await assert.rejects(put(1, shorter, 310, last!.root), /a tile would be rewritten/)
  await assert.rejects(put(1, edge!.hashes, 300, last!.root), /seal of 300 after one of 300/)
  await assert.rejects(put(1, edge!.hashes, 311, last!.root), /not all numbered/)
  await assert.rejects(put(1, edge!.hashes, 310, null), /must name the one before/)
  assert.deepEqual(await check(world), [])
})
