// What the database refuses by itself, even to its owner; and what the check finds where it is damaged.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import pg from 'pg'
import { commit } from './hold.ts'
import { close, drain, reopen, setUnits } from './resources.ts'
import { type Bookings, bookings, refused } from './test-capacity.ts'

/** Connects as a superuser of the server. */
async function owner(b: Bookings): Promise<pg.Client> {
  const client = new pg.Client(b.world.admin as pg.ClientConfig)
  await client.connect()
  // The database may go down first when the test ends.
  client.on('error', () => {})
  const { rows } = await client.query('select rolsuper from pg_roles where rolname = current_user')
  assert.deepEqual(rows, [{ rolsuper: true }])
  return client
}

const claim = (hold: string, resource: string, what: string, [from, to]: [number, number | '']) => {
  const period = `[${from},${to})`
  return `insert into capacity.claim (hold, resource, ${what.startsWith('{') ? 'units' : 'amount'}, period, asked)
   values ('${hold}', '${resource}', '${what}', '${period}', '${period}')`
}

test('a superuser cannot take a unit twice, nor a sum above the units', async (t) => {
  const b = await bookings(t)
  const [node, quota] = [await b.node(), await b.quota(4000)]
  const id = await b.hold([
    { resourceId: node, units: [[0, 3000]], from: b.now + 100, to: b.now + 200 },
    { resourceId: quota, amount: 3000, from: b.now + 100, to: b.now + 200 },
  ])
  const client = await owner(b)
  t.after(() => client.end())
  const fails = (statement: string, state: string | RegExp) =>
    assert.rejects(client.query(statement), (error: pg.DatabaseError) =>
      typeof state === 'string' ? error.code === state : state.test(error.message),
    )
  await fails(claim(id, node, '{[2000,4000)}', [b.now + 150, b.now + 160]), '23P01')
  await fails(claim(id, node, '{[7000,9000)}', [b.now + 150, b.now + 160]), /capacity.claims/)
  await fails(claim(id, node, '{[3500,4500)}', [b.now + 150, b.now + 160]), /capacity.claims/)
  await fails(claim(id, node, '5', [b.now + 150, b.now + 160]), /capacity.claims/)
  await fails(claim(id, quota, '1001', [b.now + 199, b.now + 210]), /capacity.taken/)
  // Each alone would fit; the law looks at all rows of a statement.
  const half = claim(id, quota, '600', [b.now + 100, b.now + 200])
  await fails(`${half}, ${half.slice(half.indexOf('values') + 6)}`, /capacity.taken/)
  await fails(claim(id, quota, '{[0,1)}', [b.now + 199, b.now + 210]), /capacity.claims/)
  await fails(claim(id, randomUUID(), '5', [b.now + 150, b.now + 160]), /not-found/)
  await fails(claim(id, quota, '5', [b.now + 150, '']), '23514')
  await fails(`update capacity.claim set amount = 4001 where amount is not null`, /capacity.taken/)
  await fails(`update capacity.claim set units = '{[0,9000)}' where units is not null`, /claims/)
  await client.query(claim(id, node, '{[3000,4000)}', [b.now + 150, b.now + 160]))
  await fails(`update capacity.claim set units = '{[0,4000)}' where lower(units) = 3000`, '23P01')
  await fails(`update capacity.resource set units = 2000 where id = '${node}'`, /capacity.in-use/)
  await fails(`update capacity.resource set units = 2000 where id = '${quota}'`, /capacity.in-use/)
  await fails(`update capacity.resource set grain = 500 where id = '${node}'`, /keeps its/)
  for (const table of ['claim', 'hold', 'resource']) {
    await fails(`delete from capacity.${table}`, /bookings are kept/)
    await fails(`truncate capacity.${table} cascade`, /bookings are kept/)
  }
})

test('the application writes no table', async (t) => {
  const b = await bookings(t)
  const node = await b.node()
  const id = await b.hold([{ resourceId: node, units: [[0, 1000]], from: 100, to: 200 }])
  for (const statement of [
    claim(id, node, '{[2000,4000)}', [150, 160]),
    `update capacity.claim set period = 'empty'`,
    `update capacity.hold set state = 'committed', expires_at = null`,
    `update capacity.resource set units = 9000`,
    `select capacity.say(null, 'held', null, '{}')`,
    `select capacity.record(null, 'held', null, null)`,
  ]) {
    await assert.rejects(b.world.pool.query(statement), /permission denied/, statement)
  }
})

test('two superusers at once: one of them takes it', async (t) => {
  const b = await bookings(t)
  const [node, quota] = [await b.node(), await b.quota(10)]
  const id = await b.hold([{ resourceId: node, units: [[0, 1000]], from: 1, to: 2 }])
  const [one, two] = [await owner(b), await owner(b)]
  t.after(() => Promise.all([one.end(), two.end()]))
  for (const what of [
    claim(id, node, '{[2000,4000)}', [150, 160]),
    claim(id, quota, '6', [150, 160]),
  ]) {
    await one.query('begin')
    await one.query(what)
    const second = two.query(what).then(
      () => 'taken twice',
      (error: pg.DatabaseError) => error.code ?? '',
    )
    await one.query('commit')
    assert.match(await second, /23P01|KC001/)
  }
})

test('resources shrink, close and drain only as far as nothing booked is broken', async (t) => {
  const b = await bookings(t)
  const [node, quota] = [await b.node(), await b.quota(4000)]
  const id = await b.hold([
    { resourceId: node, units: [[2000, 3000]], from: b.now, to: b.now + 1000 },
    { resourceId: quota, amount: 3000, from: b.now + 500, to: b.now + 1000 },
  ])
  await b.at((ctx) => commit(ctx, { holdId: id }))
  const resize = (resourceId: string, units: number) =>
    b.at((ctx) => setUnits(ctx, { resourceId, units }))
  assert.equal((await refused(resize(node, 2000), 'capacity.in-use')).until, b.now + 1000)
  await refused(resize(node, 2500), 'capacity.claims')
  await refused(resize(quota, 2999), 'capacity.in-use')
  await resize(node, 3000)
  await resize(quota, 3000)
  await refused(
    b.hold([{ resourceId: node, units: [[3000, 4000]], from: b.now, to: b.now + 5 }]),
    'capacity.claims',
  )
  await resize(node, 16_000)

  const at = b.now + 900
  await refused(
    b.at((ctx) => close(ctx, { resourceId: node, at })),
    'capacity.in-use',
  )
  await b.at((ctx) => drain(ctx, { resourceId: node, at }))
  const late = { resourceId: node, units: [[0, 1000]] as const, from: b.now + 800, to: b.now + 901 }
  assert.equal((await refused(b.hold([late]), 'capacity.closed')).until, at)
  await b.hold([{ ...late, to: at }])
  assert.deepEqual((await b.taken(id)).length, 2)
  await b.at((ctx) => reopen(ctx, { resourceId: node }))
  await b.hold([{ ...late, from: at }])
  await b.at((ctx) => close(ctx, { resourceId: node, at: b.now + 1000 }))

  // What is over may lie outside of what there is now.
  b.world.clock.advance(2000)
  await resize(node, 1000)
  await resize(quota, 1)
  assert.deepEqual(await b.check(), [])
})

test('the check names what was damaged', async (t) => {
  const b = await bookings(t)
  const [node, quota] = [await b.node(), await b.quota(4000)]
  const [from, to] = [b.now + 10, b.now + 20]
  const first = await b.hold([{ resourceId: node, units: [[0, 1000]], from, to }])
  await b.hold([{ resourceId: quota, amount: 3000, from, to }])
  assert.deepEqual(await b.check(), [])
  const client = await owner(b)
  t.after(() => client.end())
  await client.query(`alter table capacity.claim drop constraint claim_taken_once;
    alter table capacity.claim disable trigger all; alter table capacity.resource disable trigger all`)
  const period: [number, number] = [from, to]
  await client.query(claim(first, node, '{[500,900)}', period))
  await client.query(claim(first, quota, '1001', period))
  await client.query(claim(first, node, '{[9000,9500)}', period))
  await client.query(`update capacity.claim set asked = int8range(1, 2) where amount = 1001`)
  const found = (await b.check()) as { code: string; place: string }[]
  assert.deepEqual(
    found.map(({ code, place }) => [code, place]),
    [
      ['capacity.overlap', node],
      ['capacity.sum', quota],
      ['capacity.bounds', node],
      ['capacity.use', first],
      ['capacity.journal', first],
    ],
  )
})
