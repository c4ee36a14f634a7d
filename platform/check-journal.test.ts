// Every kind of damage to the journal is found by the check, at its place, and nothing else is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { checkJournal } from './check-journal.ts'
import { system } from './context.ts'
import { openDatabase, openPool } from './database.ts'
import { numberEntries } from './journal.ts'
import { seal } from './sealer.ts'
import { type TestWorld, testWorld } from './test-world.ts'

const writer = system('test')

async function append(world: TestWorld, count: number): Promise<void> {
  const now = world.clock.now()
  await sql`
    select journal.append('test.made', 1, '{"kind":"system","name":"test"}', null,
      ${now}, ${now}, jsonb_build_object('amount', '1.0000', 'n', n))
    from generate_series(1, ${count}::int) n`.execute(world.db)
  await numberEntries(world.db)
}

const codes = async (world: TestWorld) => {
  const findings = await world.read(writer, (ctx) => checkJournal(ctx.tx))
  return findings.map(({ code, place }) => [code, place])
}

test('an empty journal and one that is not yet sealed are clean', async (t) => {
  const world = await testWorld(t)
  assert.deepEqual(await codes(world), [])
  await append(world, 3)
  assert.deepEqual(await codes(world), [])
})

test('much damage of one kind is counted, not listed without end', async (t) => {
  const world = await testWorld(t)
  await append(world, 60)
  await seal(world)
  const admin = openPool({ ...world.admin, max: 1 })
  await admin.query(`update journal.entry set version = 2`)
  await admin.end()
  const findings = await world.read(writer, (ctx) => checkJournal(ctx.tx))
  assert.equal(findings.length, 21)
  assert.deepEqual(findings.at(-1)?.text.en, 'the entry is not what was sealed: 60 places in all')
})

test('the check finds each kind of damage, at its place', async (t) => {
  const damages: [string, [string, string][]][] = [
    [
      `update journal.entry set payload = payload || '{"amount":"9.0000"}' where id =
        (select entry_id from journal.sequence where position = 200)`,
      [['journal.leaf', 'position 200']],
    ],
    [
      `update journal.entry set known_at = known_at + interval '1 microsecond' where id =
        (select entry_id from journal.sequence where position = 7)`,
      [
        ['journal.copy', 'position 7'],
        ['journal.leaf', 'position 7'],
      ],
    ],
    [
      `update journal.entry set salt = decode('00112233445566778899aabbccddeeff', 'hex')
        where id = (select entry_id from journal.sequence where position = 520)`,
      [['journal.leaf', 'position 520']],
    ],
    [
      `update journal.tile set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)
        where level = 1`,
      [['journal.tile', 'tile 1/0']],
    ],
    [
      `update journal.tile set hashes = set_byte(hashes, 8191, get_byte(hashes, 8191) # 1)
        where level = 0 and index = 1`,
      [
        ['journal.leaf', 'position 512'],
        ['journal.tile', 'tile 1/0'],
        ['journal.root', 'seal 520'],
      ],
    ],
    [`delete from journal.tile where level = 0 and index = 0`, [['journal.tile', 'tile 0/0']]],
    [
      `update journal.seal set root = set_byte(root, 0, get_byte(root, 0) # 1) where size = 300`,
      [
        ['journal.signature', 'seal 300'],
        ['journal.root', 'seal 300'],
        ['journal.chain', 'seal 520'],
      ],
    ],
    [
      `update journal.seal set at = at + interval '1 s' where size = 520`,
      [['journal.signature', 'seal 520']],
    ],
    [`delete from journal.seal where size = 300`, [['journal.chain', 'seal 520']]],
    [
      `update journal.seal_key set public_key = set_byte(public_key, 0, 0)`,
      [
        ['journal.signature', 'seal 300'],
        ['journal.signature', 'seal 520'],
      ],
    ],
    [
      `update journal.sequence set subject = gen_random_uuid() where position = 3`,
      [['journal.copy', 'position 3']],
    ],
    [
      `delete from journal.sequence where position = 525`,
      [
        ['journal.gap', 'cursor 525'],
        ['journal.skipped', 'entry 525'],
      ],
    ],
    [
      `update journal.cursor set position = 400`,
      [
        ['journal.gap', 'cursor 400'],
        ['journal.beyond', 'seal 520'],
      ],
    ],
  ]
  const world = await testWorld(t)
  for (const count of [300, 220]) {
    await append(world, count)
    await seal(world)
  }
  await append(world, 5)
  assert.deepEqual(await codes(world), [])
  const admin = openPool({ ...world.admin, max: 1 })
  const db = openDatabase(admin)
  for (const [damage, findings] of damages) {
    const found = await db
      .transaction()
      .execute(async (tx) => {
        await sql.raw(damage).execute(tx)
        const seen = await checkJournal(tx)
        throw Object.assign(new Error('undo'), { seen })
      })
      .catch((error) => {
        if (!error.seen) throw error
        return error.seen as { code: string; place: string }[]
      })
    const seen = found.map(({ code, place }) => [code, place])
    for (const finding of findings) {
      assert.ok(
        seen.some(([code, place]) => code === finding[0] && place === finding[1]),
        `${damage}: ${finding} in ${JSON.stringify(seen)}`,
      )
    }
    const kinds = new Set(findings.map(([code]) => code))
    const unexpected = seen.filter(([code]) => !kinds.has(code!) && code !== 'journal.leaf')
    assert.deepEqual(unexpected, [], damage)
  }
  await db.destroy()
  assert.deepEqual(await codes(world), [], 'every damage was undone')
})
