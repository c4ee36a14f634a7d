// Dispatchers: one leads, another takes over, and one that was replaced writes nothing any more.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { Dispatcher } from './dispatcher.ts'
import { store } from './store.ts'
import { type Bed, computeBed, founder, MINUTE } from './test-bed.ts'

/** Another process on the same world and the same machine. */
function second(t: TestContext, bed: Bed): Dispatcher {
  const dispatcher = new Dispatcher(bed.parts)
  t.after(() => dispatcher.stop())
  return dispatcher
}

/** Ends the connection that the leading dispatcher holds its lock by, as a network would. */
const cut = (bed: Bed) =>
  sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where application_name = 'kapok compute' and datname = current_database()`.execute(bed.world.db)

test('one leads; the other does when the first one ends', async (t) => {
  const bed = await computeBed(t)
  const other = second(t, bed)
  assert.equal(await bed.dispatcher.lead(), true)
  assert.equal(await other.lead(), false)
  await bed.dispatcher.stop()
  assert.equal(await other.lead(), true)
  const id = await bed.submit(founder)
  await other.step(true)
  assert.equal((await bed.job(id)).state, 'running')
  await bed.check()
})

test('one that was replaced writes nothing any more, whatever it has in hand', async (t) => {
  const bed = await computeBed(t)
  const other = second(t, bed)
  const waiting = await bed.submit(founder)
  await bed.step()
  const queued = await bed.submit(founder)
  await cut(bed)
  assert.equal(await other.lead(), true)
  bed.pass(MINUTE)
  bed.machine.end((await bed.tasks(waiting))[0]!)
  // It does not know yet: its lock is gone, its picture is not.
  await assert.rejects(bed.step(), /another dispatcher is active/)
  const write = bed.dispatcher.transact((ctx) =>
    store(ctx).updateTable('compute.workload').set({ name: 'x' }).execute(),
  )
  await assert.rejects(write, /another dispatcher is active/)
  assert.equal((await bed.job(waiting)).state, 'running')
  assert.deepEqual([(await bed.job(queued)).state, (await bed.job(queued)).attempt], ['queued', 0])
  await other.step(true)
  assert.equal((await bed.job(waiting)).state, 'settled')
  assert.equal((await bed.job(queued)).state, 'running')
  await bed.check()
})

test('two steps at once book an end once', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await bed.step()
  bed.pass(MINUTE)
  bed.machine.end((await bed.tasks(id))[0]!)
  await Promise.all([bed.step(), bed.step(), bed.step()])
  assert.equal(await bed.story(id), 'submitted placed started ended settled')
  await bed.check()
})

test('the loop runs by itself: a job that is submitted starts, one that ends is settled', async (t) => {
  const bed = await computeBed(t)
  const { dispatcher, machine } = bed
  const step = dispatcher.step.bind(dispatcher)
  let told = () => {}
  t.mock.method(dispatcher, 'step', async (sweep: boolean) => {
    await step(sweep)
    told()
  })
  const reaches = async (id: string, state: string) => {
    while ((await bed.job(id)).state !== state) {
      await new Promise<void>((resolve) => {
        told = resolve
      })
    }
  }
  dispatcher.start()
  const id = await bed.submit(founder)
  await reaches(id, 'running')
  machine.end((await bed.tasks(id))[0]!)
  await reaches(id, 'settled')
  await dispatcher.stop()
  await bed.check()
})

test('what a broken connection interrupts is taken up by the same process', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await cut(bed)
  while (!(await bed.dispatcher.lead())) await new Promise(setImmediate)
  await bed.step()
  assert.equal((await bed.job(id)).state, 'running')
  await bed.check()
})

test('an attempt that cannot be looked at holds no other one up', async (t) => {
  const bed = await computeBed(t)
  const ids = [await bed.submit(founder), await bed.submit(founder)]
  await bed.step()
  const [stuck, fine] = [(await bed.tasks(ids[0]!))[0]!, (await bed.tasks(ids[1]!))[0]!]
  const observe = bed.machine.observe.bind(bed.machine)
  t.mock.method(bed.machine, 'observe', (id: string) => {
    if (id === stuck) throw new Error('the machine does not answer')
    return observe(id)
  })
  bed.pass(MINUTE)
  bed.machine.end(fine)
  await bed.step()
  assert.equal((await bed.job(ids[0]!)).state, 'running')
  assert.equal((await bed.job(ids[1]!)).state, 'settled')
  await bed.check()
})
