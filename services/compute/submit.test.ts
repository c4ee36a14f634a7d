// Taking a quote: funds, budget and capacity together or not at all, at the price that was quoted.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { hold, planFunding } from '#services/ledger/index.ts'
import { addBudget, changeBudget, listBudgets } from './budgets.ts'
import { drainNode, setPrice } from './operate.ts'
import {
  type Bed,
  clusterOf,
  computeBed,
  danxia,
  founder,
  HOUR,
  lab,
  MINUTE,
  nodeOf,
  operator,
  refusal,
  SECOND,
  sme,
  yuan,
} from './test-bed.ts'

const cluster = clusterOf('danxia-910c')

async function holdsOfCapacity({ world }: Bed): Promise<number> {
  const { rows } = await sql<{
    n: number
  }>`select count(*)::float8 as n from capacity.hold`.execute(world.db)
  return rows[0]!.n
}

/** Takes this many whole cards of the cluster for three hours. */
async function fill(bed: Bed, cards: number): Promise<string> {
  await bed.agree(sme, { borrowing: 32 })
  return bed.submit(sme, { gang: { count: cards, milli: 1_000 }, limitSeconds: 10_800 }, danxia)
}

test('money that is gone since the quote: refused, and no claim on any card is left', async (t) => {
  const bed = await computeBed(t)
  const { id } = await bed.quote(founder)
  await bed.at(founder, async (ctx) => {
    const payer = founder.subjectId!
    const amount = yuan(29_995)
    const parts = await planFunding(ctx, { payer, purpose: 'other', asset: 'cny', amount })
    const expiresAt = new Date(ctx.now.getTime() + HOUR)
    await hold(ctx, { key: 'elsewhere', payer, payee: null, purpose: 'other', parts, expiresAt })
  })
  assert.equal(await refusal(bed.take(founder, id, danxia)), 'ledger.insufficient')
  assert.equal(await holdsOfCapacity(bed), 0)
  assert.equal((await bed.purse('liyu')).held, yuan(29_995))
})

test('room that is gone since the quote: too late for the deadline, and no money is held', async (t) => {
  const bed = await computeBed(t)
  const deadline = new Date(bed.world.clock.now().getTime() + 2 * HOUR).toISOString()
  const { id } = await bed.quote(founder, { deadline })
  await fill(bed, 32)
  assert.equal(await refusal(bed.take(founder, id, danxia)), 'compute.deadline')
  assert.equal((await bed.purse('liyu')).held, 0n)
  assert.equal(await holdsOfCapacity(bed), 1)
  await bed.check()
})

test('nodes that are gone since the quote: the option cannot be taken, and nothing is held', async (t) => {
  const bed = await computeBed(t)
  const { id } = await bed.quote(founder)
  for (const name of ['sg-01', 'sg-02', 'sg-03', 'sg-04']) {
    const act = { nodeId: nodeOf(name), basis: 'maintenance', ifMatch: '1' }
    await bed.at(operator, (ctx) => drainNode(ctx, act))
  }
  assert.equal(await refusal(bed.take(founder, id, danxia)), 'compute.option')
  assert.equal((await bed.purse('liyu')).held, 0n)
  await bed.check()
})

test('an option that has no start, or that the quote does not have, cannot be taken', async (t) => {
  const bed = await computeBed(t)
  const { id, options } = await bed.quote(founder)
  const impossible = options.find(({ startsBy }) => startsBy === null)!
  assert.equal(await refusal(bed.take(founder, id, impossible.key)), 'compute.option')
  assert.equal(await refusal(bed.take(founder, id, 'none')), 'compute.option')
})

test('an option that was not the chosen one may be taken; the job keeps which it was', async (t) => {
  const bed = await computeBed(t)
  const { id, options } = await bed.quote(founder)
  const other = options.find((option) => option.startsBy && !option.chosen)!
  const job = await bed.job((await bed.take(founder, id, other.key)).id)
  assert.deepEqual(
    job.options.filter(({ chosen }) => chosen).map(({ key }) => key),
    [other.key],
  )
})

test('the quote of another organisation is not found', async (t) => {
  const bed = await computeBed(t)
  const { id } = await bed.quote(founder)
  assert.equal(await refusal(bed.take(sme, id, danxia)), 'request.not-found')
})

test('two at once for the last card: one runs now, the other is promised the next room', async (t) => {
  const bed = await computeBed(t)
  await fill(bed, 31)
  const [one, other] = await Promise.all([bed.quote(founder), bed.quote(lab)])
  const now = bed.world.clock.now().getTime()
  const taken = await Promise.all([
    bed.take(founder, one.id, danxia),
    bed.take(lab, other.id, danxia),
  ])
  const starts = await Promise.all(taken.map(async ({ id }) => (await bed.job(id)).promise.from))
  const hourAndGrace = HOUR + 20 * SECOND
  assert.deepEqual(
    starts.sort((a, b) => a - b),
    [now, now + hourAndGrace],
  )
  await bed.step()
  assert.equal(bed.machine.running.length, 32)
  await bed.check()
})

test('a price that changes while a quote is open: the old quote keeps its price, a new one does not', async (t) => {
  const bed = await computeBed(t)
  const from = new Date(bed.world.clock.now().getTime() + MINUTE).toISOString()
  const old = await bed.quote(founder)
  await bed.at(operator, (ctx) => setPrice(ctx, cluster, { flavorId: danxia, amount: '9', from }))
  bed.pass(2 * MINUTE)
  const fresh = await bed.quote(founder)
  const first = await bed.job((await bed.take(founder, old.id, danxia)).id)
  const second = await bed.job((await bed.take(founder, fresh.id, danxia)).id)
  assert.deepEqual([first.price, first.most], [yuan(8.05), yuan(8.05)])
  assert.deepEqual([second.price, second.most], [yuan(9), yuan(9)])
  await bed.step()
  bed.pass(30 * MINUTE)
  for (const task of bed.machine.running) bed.machine.end(task)
  await bed.step()
  assert.equal((await bed.job(first.id)).amount, yuan(4.02))
  assert.equal((await bed.job(second.id)).amount, yuan(4.5))
  await bed.check()
})

test('a quote ends: then it is refused and nothing is held', async (t) => {
  const bed = await computeBed(t)
  const { id } = await bed.quote(founder)
  bed.pass(15 * MINUTE)
  assert.equal(await refusal(bed.take(founder, id, danxia)), 'compute.quote-expired')
  assert.equal((await bed.purse('liyu')).held, 0n)
})

test('a deadline that passes while the quote is open is refused', async (t) => {
  const bed = await computeBed(t)
  const deadline = new Date(bed.world.clock.now().getTime() + 4 * MINUTE).toISOString()
  const { id } = await bed.quote(founder, { deadline, limitSeconds: 60 })
  bed.pass(5 * MINUTE)
  assert.equal(await refusal(bed.take(founder, id, danxia)), 'compute.deadline-past')
})

test('a budget limits what its jobs may cost, holds it, and has spent what they cost', async (t) => {
  const bed = await computeBed(t)
  const now = bed.world.clock.now().getTime()
  const budget = await bed.at(founder, (ctx) =>
    addBudget(ctx, {
      name: '识字项目',
      limit: '10',
      from: new Date(now - HOUR).toISOString(),
      to: new Date(now + 5 * HOUR).toISOString(),
    }),
  )
  const id = await bed.submit(founder, { budgetId: budget.id })
  assert.equal(await refusal(bed.submit(founder, { budgetId: budget.id })), 'compute.budget')
  const line = async () => (await bed.at(founder, listBudgets)).items[0]!
  assert.deepEqual([(await line()).held, (await line()).spent], ['8.05', '0.00'])
  const lower = changeBudget
  assert.equal(
    await refusal(bed.at(founder, (ctx) => lower(ctx, budget.id, { limit: '8' }, '1'))),
    'compute.budget-below',
  )
  await bed.step()
  bed.pass(10 * MINUTE)
  bed.machine.end((await bed.tasks(id))[0]!)
  await bed.step()
  assert.deepEqual([(await line()).held, (await line()).spent], ['0.00', '1.34'])
  const mine = { budgetId: budget.id }
  assert.equal(await refusal(bed.submit(sme, mine)), 'request.not-found')
  await bed.at(founder, (ctx) => changeBudget(ctx, budget.id, { closed: true }, '1'))
  assert.equal(await refusal(bed.submit(founder, mine)), 'compute.budget-closed')
  await bed.at(founder, (ctx) => changeBudget(ctx, budget.id, { closed: false }, '2'))
  bed.pass(6 * HOUR)
  assert.equal(await refusal(bed.submit(founder, mine)), 'compute.budget-closed')
  await bed.check()
})

test('two at once for the rest of a budget: one is refused', async (t) => {
  const bed = await computeBed(t)
  const now = bed.world.clock.now().getTime()
  const span = { from: new Date(now).toISOString(), to: new Date(now + HOUR).toISOString() }
  const budget = await bed.at(founder, (ctx) =>
    addBudget(ctx, { name: '一份', limit: '10', ...span }),
  )
  const spec = { budgetId: budget.id }
  const [one, other] = [await bed.quote(founder, spec), await bed.quote(founder, spec)]
  const both = await Promise.allSettled([
    bed.take(founder, one.id, danxia),
    bed.take(founder, other.id, danxia),
  ])
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  assert.equal((await bed.check()).live, 1)
})
