// The laws that the database keeps by itself, tried as its owner; and what the application may not.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { testWorld } from '#platform/test-world.ts'
import { fund, ids, ledgerOf } from './test-ledger.ts'

async function bed(t: TestContext) {
  const world = await testWorld(t)
  const { payer, payee } = ids()
  const [from, to] = [await fund(world, payer, 100n), await fund(world, payee, 100n)]
  const owner = {
    async query(text: string, values: unknown[] = []) {
      const client = new pg.Client(world.admin as pg.ClientConfig)
      await client.connect()
      try {
        return await client.query(text, values)
      } finally {
        await client.end()
      }
    },
  }
  const app = (text: string) => sql.raw(text).execute(world.db)
  return { world, payer, from, to, owner, app }
}

const posting = (
  account: string,
  entry: string,
  change: bigint,
  version = 2n,
  after = 100n + change,
) => `('${account}', ${version}, '${entry}', ${change}, 0, ${after}, 0, '2027-01-01')`
const insert = (...rows: string[]) => `insert into ledger.posting values ${rows.join(',')}`
const bump = (account: string, change: bigint) =>
  `update ledger.balance set version = version + 1, available = available + ${change}
   where account_id = '${account}'`

test('postings that do not balance are refused, whoever writes them', async (t) => {
  const { owner, from, to, world } = await bed(t)
  const entry = randomUUID()
  await owner.query(bump(from, -5n))
  await owner.query(bump(to, 6n))
  await assert.rejects(owner.query(insert(posting(from, entry, -5n), posting(to, entry, 6n))), {
    code: '23514',
  })
  // One leg alone is refused at once, not only at the end of the transaction.
  await assert.rejects(owner.query(insert(posting(from, entry, -5n))), { code: '23514' })
  await owner.query(bump(to, -1n))
  await owner.query('update ledger.balance set version = version - 1 where account_id = $1', [to])
  await owner.query(insert(posting(from, entry, -5n), posting(to, entry, 5n)))
  const findings = await ledgerOf(world).check()
  assert.deepEqual(
    findings.map(({ code, place }) => [code, place]),
    [['ledger.entry', entry]],
    'balanced, but no entry says why',
  )
})

test('a posting that skips a version or claims another balance is refused', async (t) => {
  const { owner, from, to } = await bed(t)
  const entry = randomUUID()
  const both = (version: bigint, after: bigint) =>
    insert(posting(from, entry, -5n, version, after), posting(to, entry, 5n))
  await owner.query(bump(to, 5n))
  await assert.rejects(owner.query(both(2n, 95n)), { code: '23514' }, 'the balance did not move')
  await owner.query(bump(from, -5n))
  await assert.rejects(owner.query(both(3n, 95n)), { code: '23514' }, 'a version is left out')
  await assert.rejects(owner.query(both(2n, 96n)), { code: '23514' }, 'another balance')
  await owner.query(both(2n, 95n))
})

test('balances below zero are refused', async (t) => {
  const { owner, from } = await bed(t)
  for (const change of ['available = -1', 'held = -1']) {
    await assert.rejects(
      owner.query(`update ledger.balance set ${change} where account_id = $1`, [from]),
      { code: '23514' },
    )
  }
})

test('nothing is changed or deleted afterwards, not even by the owner', async (t) => {
  const { owner } = await bed(t)
  for (const text of [
    'update ledger.posting set available = 0',
    'delete from ledger.posting',
    'truncate ledger.posting',
    "update ledger.entry set memo = 'x'",
    'delete from ledger.entry',
    'delete from ledger.account',
    'delete from ledger.balance',
    'delete from ledger.hold',
  ]) {
    await assert.rejects(owner.query(text), /only grows|cannot truncate/, text)
  }
})

test('the application reads tables and calls operations, nothing else', async (t) => {
  const { app, from, payer } = await bed(t)
  for (const text of [
    `update ledger.balance set available = 1 where account_id = '${from}'`,
    `insert into ledger.account values ('${randomUUID()}', null, 'cny', 'main', null, null)`,
    "insert into ledger.asset values ('x', 'money', 0, 'x', 'x', 'x', 'x')",
    'update ledger.hold set remaining = 0',
    'delete from ledger.voucher_use',
    "select ledger.post(null, null, 'issued', null, null, null, null, null, null)",
    `select ledger.place_hold(null, null, 'held', '${payer}', null, null, 'x', null, null, null,
      null, null)`,
    "select ledger.settle(null, null, 'captured', null, null, null, true, true)",
    'alter table ledger.posting disable trigger balanced',
  ]) {
    await assert.rejects(app(text), { code: '42501' }, text)
  }
})

test('check finds what a damaged database says', async (t) => {
  const { world, owner, from, to } = await bed(t)
  const at = ledgerOf(world)
  assert.deepEqual(await at.check(), [])
  const found = async () => new Set((await at.check()).map(({ code, place }) => `${code} ${place}`))
  await owner.query('update ledger.balance set available = available + 1 where account_id = $1', [
    from,
  ])
  assert.deepEqual(await found(), new Set(['ledger.sum cny', `ledger.chain ${from}`]))
  await owner.query('update ledger.balance set available = available - 1 where account_id = $1', [
    from,
  ])
  await owner.query('update ledger.balance set held = 7, available = 93 where account_id = $1', [
    to,
  ])
  assert.deepEqual(await found(), new Set([`ledger.chain ${to}`, `ledger.held ${to}`]))
  await owner.query('update ledger.balance set held = 0, available = 100 where account_id = $1', [
    to,
  ])
  const { rows } = await owner.query(
    `select j.id, j.payload ->> 'entry' as entry from journal.entry j
     where kind = 'ledger.issued' order by id limit 1`,
  )
  await owner.query(
    `update journal.entry set payload = jsonb_set(payload, '{available,0}', '"-99"') where id = $1`,
    [rows[0].id],
  )
  assert.deepEqual(await found(), new Set([`ledger.journal ${rows[0].entry}`]))
})
