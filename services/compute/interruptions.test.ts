// What comes between a job and its end: preemption, lost tasks, gangs that break.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExecutorRefused } from './ports.ts'
import { preempt } from './stop.ts'
import {
  type Bed,
  computeBed,
  danxia,
  founder,
  MINUTE,
  operator,
  refusal,
  SECOND,
  sme,
  yuan,
} from './test-bed.ts'
import { readWorkload } from './views.ts'

const ask = (bed: Bed, workloadId: string) =>
  bed.at(operator, (ctx) => preempt(ctx, { workloadId, basis: 'maintenance' }))

test('asked to give way: notice, checkpoint, back in the queue, on with what is left', async (t) => {
  const bed = await computeBed(t)
  bed.machine.manners = 'ignores'
  const id = await bed.submit(founder)
  await bed.step()
  bed.pass(15 * MINUTE)
  assert.equal(await ask(bed, id), true)
  assert.equal(await ask(bed, id), false)
  await bed.step()
  assert.equal((await bed.job(id)).state, 'running')
  const [first] = await bed.tasks(id)
  bed.pass(5 * SECOND)
  // It has saved its state and leaves within its grace.
  bed.machine.end(first!, { cause: 'stopped', exitCode: 0 })
  await bed.step()
  const again = await bed.job(id)
  assert.deepEqual([again.state, again.attempt], ['running', 2])
  assert.equal(again.ran_ms, BigInt(15 * MINUTE + 5 * SECOND))
  const restarted = bed.machine.starts.at(-1)!
  assert.equal(restarted.jobId, id)
  assert.equal(restarted.limitMs, 45 * MINUTE - 5 * SECOND)
  assert.equal(restarted.environment.KAPOK_ATTEMPT, '2')
  await bed.check()
  bed.pass(15 * MINUTE)
  bed.machine.end((await bed.tasks(id))[0]!)
  await bed.step()
  const { outcome, amount, metered } = await bed.job(id)
  assert.deepEqual([outcome, metered], ['succeeded', 1_805_000_000n])
  assert.equal(amount, yuan(4.03))
  assert.equal(
    await bed.story(id),
    'submitted placed started preempted ended requeued placed started ended settled',
  )
  assert.equal(await refusal(ask(bed, id)), 'compute.over')
  await bed.check()
})

test('what it holds itself is in nobody’s way: a quota of one card promises it for now', async (t) => {
  const bed = await computeBed(t)
  await bed.agree(founder, { borrowing: 1 })
  const id = await bed.submit(founder, {}, danxia)
  await bed.step()
  bed.pass(10 * MINUTE)
  await ask(bed, id)
  await bed.step()
  const seen = await bed.at(founder, (ctx) => readWorkload(ctx, id))
  const requeued = seen.steps.find(({ kind }) => kind === 'requeued')!
  assert.equal(requeued.detail.startsBy, bed.world.clock.now().toISOString())
  await bed.check()
})

test('a program that does not leave is ended at the end of its grace, and queued again', async (t) => {
  const bed = await computeBed(t)
  bed.machine.manners = 'ignores'
  const id = await bed.submit(founder)
  await bed.step()
  await ask(bed, id)
  await bed.step()
  bed.pass(20 * SECOND)
  await bed.step()
  assert.deepEqual(
    (await bed.attempts(id)).map(({ signal }) => signal),
    ['SIGKILL', null],
  )
  assert.equal((await bed.job(id)).state, 'running')
  await bed.check()
})

test('a program that fails by itself while it is asked to leave has failed', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await bed.step()
  bed.pass(MINUTE)
  bed.machine.end((await bed.tasks(id))[0]!, { exitCode: 1 })
  await ask(bed, id)
  await bed.step()
  assert.deepEqual([(await bed.job(id)).outcome, (await bed.job(id)).attempt], ['failed', 1])
  await bed.check()
})

test('a lost task is not charged and runs again, three times at most', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  for (let nth = 1; nth <= 4; nth++) {
    await bed.step()
    assert.deepEqual([(await bed.job(id)).state, (await bed.job(id)).attempt], ['running', nth])
    bed.pass(10 * MINUTE)
    bed.machine.end((await bed.tasks(id))[0]!, { cause: 'lost' })
    await bed.step()
    await bed.check()
  }
  const { state, outcome, amount } = await bed.job(id)
  assert.deepEqual([state, outcome, amount], ['settled', 'failed', 0n])
  assert.equal(bed.machine.starts.length, 4)
})

test('a lost task of a job that must not be interrupted is not run twice', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder, { preemptible: false })
  await bed.step()
  bed.pass(MINUTE)
  bed.machine.end((await bed.tasks(id))[0]!, { cause: 'lost' })
  await bed.step()
  const { outcome, amount, attempt } = await bed.job(id)
  assert.deepEqual([outcome, amount, attempt], ['failed', 0n, 1])
  await bed.check()
})

test('a machine that forgot its running tasks: they are lost, never started a second time', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await bed.step()
  bed.pass(MINUTE)
  bed.machine.forgetAll()
  await bed.step()
  const attempts = await bed.attempts(id)
  assert.deepEqual(
    attempts.map(({ cause }) => cause),
    ['lost', null],
  )
  assert.notEqual(bed.machine.starts[0]!.id, bed.machine.starts[1]!.id)
  await bed.check()
})

const gang = { gang: { count: 3, milli: 1_000 } }

test('a gang starts and ends as one, and every task is metered', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder, gang)
  await bed.step()
  const tasks = await bed.tasks(id)
  assert.equal(tasks.length, 3)
  assert.deepEqual(
    bed.machine.starts.map(({ environment }) => environment.KAPOK_RANK),
    ['0', '1', '2'],
  )
  for (const task of tasks) {
    bed.pass(10 * MINUTE)
    assert.equal((await bed.job(id)).state, 'running')
    bed.machine.end(task)
    await bed.step()
  }
  const { outcome, metered } = await bed.job(id)
  assert.deepEqual([outcome, metered], ['succeeded', BigInt(60 * MINUTE) * 1_000n])
  await bed.check()
})

test('one task of a gang fails: the others are stopped, and the blame is its', async (t) => {
  const bed = await computeBed(t)
  bed.machine.manners = 'ignores'
  const id = await bed.submit(founder, gang)
  await bed.step()
  const tasks = await bed.tasks(id)
  bed.pass(MINUTE)
  bed.machine.end(tasks[2]!, { exitCode: 7 })
  await bed.step()
  assert.equal((await bed.job(id)).state, 'running')
  bed.pass(20 * SECOND)
  await bed.step()
  const [attempt] = await bed.attempts(id)
  assert.deepEqual([attempt!.cause, attempt!.exit_code], ['exit', 7])
  assert.equal((await bed.job(id)).outcome, 'failed')
  assert.deepEqual(bed.machine.running, [])
  await bed.check()
})

test('one task of a gang is refused: those that began are stopped, nothing is charged', async (t) => {
  for (const manners of ['leaves', 'ignores'] as const) {
    const bed = await computeBed(t)
    bed.machine.manners = manners
    bed.machine.refuses = ({ environment }) =>
      environment.KAPOK_RANK === '2' ? new ExecutorRefused('no-room') : null
    const id = await bed.submit(founder, gang)
    await bed.step()
    bed.pass(25 * SECOND)
    await bed.step()
    const [attempt] = await bed.attempts(id)
    assert.deepEqual([attempt!.cause, attempt!.detail], ['refused', { code: 'no-room' }])
    const { state, outcome, amount } = await bed.job(id)
    assert.deepEqual([state, outcome, amount], ['settled', 'failed', 0n])
    assert.deepEqual(bed.machine.running, [])
    await bed.check()
    t.mock.timers.reset()
  }
})

test('a gang waits until all of it has room', async (t) => {
  const bed = await computeBed(t)
  for (const actor of [founder, sme]) await bed.agree(actor, { borrowing: 32 })
  const big = { gang: { count: 30, milli: 1_000 }, limitSeconds: 600 }
  const first = await bed.submit(sme, big, danxia)
  await bed.step()
  const id = await bed.submit(founder, gang, danxia)
  await bed.step()
  assert.equal((await bed.job(id)).state, 'queued')
  assert.ok((await bed.job(id)).reasons.length > 0)
  assert.equal((await bed.tasks(first)).length, 30)
  bed.pass(MINUTE)
  for (const task of await bed.tasks(first)) bed.machine.end(task)
  await bed.step()
  assert.equal((await bed.tasks(id)).length, 3)
  const { reasons } = await bed.job(id)
  assert.deepEqual(
    reasons.filter(({ code }) => code === 'placed-earlier').map(({ params }) => params.minutes),
    [9],
  )
  await bed.check()
})
