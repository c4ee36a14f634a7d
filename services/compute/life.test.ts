// A workload from submission to settlement: states, the exact money, its document, its notices.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readInvoice } from './invoices.ts'
import { ExecutorRefused } from './ports.ts'
import { cancel } from './stop.ts'
import { store } from './store.ts'
import {
  type Bed,
  computeBed,
  danxia,
  founder,
  HOUR,
  MINUTE,
  refusal,
  SECOND,
  yuan,
} from './test-bed.ts'
import { readWorkload } from './views.ts'

const stop = (bed: Bed, workloadId: string) =>
  bed.at(founder, (ctx) => cancel(ctx, bed.parts, { workloadId, basis: 'owner' }))

/** What a settled job cost, how it ended and why. */
async function outcome(bed: Bed, id: string) {
  const { state, outcome: how, amount } = await bed.job(id)
  assert.equal(state, 'settled')
  return [how, (await bed.attempts(id)).at(-1)?.cause ?? null, amount]
}

test('a job goes from the queue to settlement, and is paid to the fen', async (t) => {
  const bed = await computeBed(t)
  const before = await bed.purse('liyu')
  const id = await bed.submit(founder)
  assert.equal((await bed.job(id)).state, 'queued')
  assert.equal((await bed.purse('liyu')).held, yuan(8.05))
  await bed.check()
  await bed.step()
  const [task] = await bed.tasks(id)
  const running = await bed.job(id)
  assert.equal(running.state, 'running')
  assert.equal(running.flavor_id, danxia)
  await bed.check()
  bed.pass(10 * MINUTE + SECOND)
  bed.machine.end(task!)
  await bed.step()
  const settled = await bed.job(id)
  assert.equal(settled.metered, 601_000_000n)
  // 8.05 yuan x 601 s / 3600 s = 1.3438...: the rest of a fen is nobody's.
  assert.deepEqual(await outcome(bed, id), ['succeeded', 'exit', yuan(1.34)])
  const after = { available: before.available - yuan(1.34), held: 0n }
  assert.deepEqual(await bed.purse('liyu'), after)
  assert.equal((await bed.purse('yunling')).available, yuan(1.34))
  assert.equal(await bed.story(id), 'submitted placed started ended settled')
  await bed.check()
})

test('a voucher pays its ratio of what was metered, the document says the whole', async (t) => {
  const bed = await computeBed(t)
  await bed.claim('liyu', 3_000)
  const id = await bed.submit(founder, { vouchers: true })
  assert.equal((await bed.purse('liyu')).held, yuan(4.025))
  await bed.step()
  bed.pass(21 * MINUTE)
  bed.machine.end((await bed.tasks(id))[0]!)
  await bed.step()
  const { amount, voucher_amount } = await bed.job(id)
  assert.deepEqual([amount, voucher_amount], [yuan(2.81), yuan(1.405)])
  assert.equal((await bed.purse('liyu')).held, 0n)
  const seen = await bed.at(founder, (ctx) => readWorkload(ctx, id))
  assert.deepEqual([seen.cost.voucher?.amount, seen.cost.cash], ['1.405', '1.405'])
  assert.deepEqual(
    seen.cost.entries.map(({ kind }) => kind),
    ['held', 'settled'],
  )
  const invoice = await bed.at(founder, (ctx) => readInvoice(ctx, seen.invoice!.id))
  assert.match(invoice.number, /^99\d{18}$/)
  assert.deepEqual([invoice.total, invoice.tax, invoice.net], ['2.81', '0.16', '2.65'])
  assert.equal(invoice.line.quantity, '0.3500')
  await bed.check()
})

test('two jobs share a card by halves: each pays for its half', async (t) => {
  const bed = await computeBed(t)
  const half = { gang: { count: 1, milli: 500 } }
  const ids = [await bed.submit(founder, half), await bed.submit(founder, half)]
  await bed.step()
  const places = await Promise.all(ids.map(async (id) => (await bed.job(id)).promise.places))
  assert.equal(places[0]![0]!.nodeId, places[1]![0]!.nodeId)
  assert.deepEqual(places.flatMap(([place]) => place!.units).sort(), [
    [0, 500],
    [500, 1_000],
  ])
  bed.pass(HOUR / 2)
  for (const task of bed.machine.running) bed.machine.end(task)
  await bed.step()
  for (const id of ids) assert.equal((await bed.job(id)).amount, yuan(2.01))
  await bed.check()
})

test('cancelled while it waits: costs nothing, everything comes back', async (t) => {
  const bed = await computeBed(t)
  const before = await bed.purse('liyu')
  const id = await bed.submit(founder)
  await stop(bed, id)
  assert.deepEqual(await outcome(bed, id), ['cancelled', null, 0n])
  assert.deepEqual(await bed.purse('liyu'), before)
  assert.equal(await bed.story(id), 'submitted cancelled settled')
  assert.equal(await refusal(stop(bed, id)), 'compute.over')
  await bed.step()
  assert.equal(bed.machine.starts.length, 0)
  await bed.check()
})

test('cancelled while it runs: it gets its grace, and what it used is paid', async (t) => {
  const bed = await computeBed(t)
  bed.machine.manners = 'ignores'
  const id = await bed.submit(founder)
  await bed.step()
  bed.pass(30 * MINUTE)
  await stop(bed, id)
  await stop(bed, id)
  await bed.step()
  assert.equal((await bed.job(id)).state, 'running')
  assert.equal((await bed.tasks(id)).length, 1)
  bed.pass(20 * SECOND)
  await bed.step()
  // 1820 s of an hour at 8.05.
  assert.deepEqual(await outcome(bed, id), ['cancelled', 'stopped', yuan(4.06)])
  await bed.check()
})

test('placed but not begun when it is cancelled: it never starts and costs nothing', async (t) => {
  const bed = await computeBed(t)
  bed.machine.refuses = () => {
    throw new Error('the machine does not answer')
  }
  const id = await bed.submit(founder)
  await bed.step()
  assert.equal((await bed.job(id)).state, 'placed')
  await stop(bed, id)
  await bed.step()
  assert.deepEqual(await outcome(bed, id), ['cancelled', 'stopped', 0n])
  await bed.check()
})

test('a program that fails is paid like any other, and its exit code is kept', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await bed.step()
  bed.pass(36 * MINUTE)
  bed.machine.end((await bed.tasks(id))[0]!, { exitCode: 3 })
  await bed.step()
  assert.deepEqual(await outcome(bed, id), ['failed', 'exit', yuan(4.83)])
  assert.equal((await bed.attempts(id))[0]!.exit_code, 3)
  await bed.check()
})

test('at its time limit a job is ended and pays no more than was held, however slowly it went', async (t) => {
  const bed = await computeBed(t)
  for (const manners of ['leaves', 'ignores'] as const) {
    bed.machine.manners = manners
    const id = await bed.submit(founder)
    await bed.step()
    bed.pass(3 * HOUR)
    await bed.step()
    assert.deepEqual(await outcome(bed, id), ['failed', 'time-limit', yuan(8.05)])
    assert.equal((await bed.job(id)).ran_ms, BigInt(HOUR + (manners === 'ignores' ? 20_000 : 0)))
  }
  await bed.check()
})

test('memory and disk limits end a job as failed, with their names', async (t) => {
  const bed = await computeBed(t)
  for (const cause of ['memory-limit', 'disk-limit'] as const) {
    const id = await bed.submit(founder)
    await bed.step()
    bed.pass(MINUTE)
    bed.machine.end((await bed.tasks(id))[0]!, { cause, signal: 'SIGKILL' })
    await bed.step()
    assert.deepEqual(await outcome(bed, id), ['failed', cause, yuan(0.13)])
  }
  await bed.check()
})

test('what the executor refuses fails at once, with the reason, and costs nothing', async (t) => {
  const bed = await computeBed(t)
  bed.machine.refuses = () => new ExecutorRefused('material-missing', { name: 'data' })
  const id = await bed.submit(founder)
  await bed.step()
  assert.deepEqual(await outcome(bed, id), ['failed', 'refused', 0n])
  const [attempt] = await bed.attempts(id)
  assert.deepEqual(attempt!.detail, { code: 'material-missing', name: 'data' })
  await bed.check()
})

test('an executor that fails for a while: the job stays placed and starts later', async (t) => {
  const bed = await computeBed(t)
  bed.machine.refuses = () => {
    throw new Error('the machine does not answer')
  }
  const id = await bed.submit(founder)
  await bed.step()
  assert.equal((await bed.job(id)).state, 'placed')
  bed.machine.refuses = () => null
  await bed.step()
  assert.equal((await bed.job(id)).state, 'running')
  assert.equal((await bed.attempts(id)).length, 1)
  await bed.check()
})

test('near its time limit the owner is told, once', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await bed.step()
  bed.pass(47 * MINUTE)
  await bed.step()
  const near = () => bed.told.filter(({ kind }) => kind === 'compute.limit-near')
  assert.equal(near().length, 0)
  bed.pass(2 * MINUTE)
  await bed.step()
  await bed.step()
  assert.deepEqual(
    near().map(({ params }) => (params as { percent: string }).percent),
    ['81'],
  )
  assert.ok((await bed.job(id)).warned)
})

test('the world’s clock steps by a day while a job runs: the meter is the machine’s', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await bed.step()
  bed.pass(10 * MINUTE)
  bed.world.clock.advance(24 * HOUR)
  await bed.step()
  assert.equal((await bed.job(id)).state, 'running')
  // Its room is over in the calendar, but nobody else gets the card while it runs.
  const other = await bed.submit(founder)
  await bed.step()
  const units = async (of: string) => JSON.stringify((await bed.attempts(of))[0]!.placement)
  assert.notEqual(await units(id), await units(other))
  bed.pass(10 * MINUTE)
  bed.machine.end((await bed.tasks(id))[0]!)
  await bed.step()
  assert.deepEqual(await outcome(bed, id), ['succeeded', 'exit', yuan(2.68)])
  const row = await store({ tx: bed.world.db })
    .selectFrom('compute.attempt')
    .select('ran_ms')
    .where('workload_id', '=', id)
    .executeTakeFirstOrThrow()
  assert.equal(row.ran_ms, BigInt(20 * MINUTE))
  bed.machine.end((await bed.tasks(other))[0]!)
  await bed.step()
  await bed.check()
})
