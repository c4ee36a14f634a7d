// The headline figures come from the journal, and simulated cards are in neither of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numberEntries } from '#platform/journal.ts'
import { catchUp, registerReactions } from '#platform/reactions.ts'
import { actorOf } from '../ledger/test-vouchers.ts'
import { readFigures } from './figures.ts'
import { drainNode } from './operate.ts'
import { reactionsOf } from './reactions.ts'
import { preempt } from './stop.ts'
import {
  type Bed,
  computeBed,
  danxia,
  founder,
  MINUTE,
  nodeOf,
  operator,
  processors,
  SECOND,
  sme,
} from './test-bed.ts'
import { TestExecutor } from './test-executor.ts'

/** Lets the reactions read all that has happened. */
async function caughtUp(bed: Bed) {
  const reactions = reactionsOf(bed.parts.notify)
  await registerReactions(bed.world.db, reactions)
  await numberEntries(bed.world.db)
  for (const reaction of reactions) await catchUp(bed.world, reaction)
  return bed.at(founder, readFigures)
}

const cards = [0, 1].map((index) => ({
  index,
  vendor: 'nvidia' as const,
  model: 'H200',
  uuid: `GPU-${index}`,
  memoryMib: 143_771,
}))

test('simulated cards and processor slots count in no headline figure', async (t) => {
  const bed = await computeBed(t)
  const simulated = await bed.submit(founder, {}, danxia)
  const slots = await bed.submit(sme, { chipClasses: ['cpu'] }, processors)
  bed.pass(7 * SECOND)
  await bed.step()
  const figures = await caughtUp(bed)
  assert.deepEqual(figures.firstAccelerator, { seconds: null, organisations: 0 })
  assert.deepEqual(figures.dispatchable, { cards: 0, of: 0, share: null })
  assert.deepEqual(figures.simulated, { seconds: 7, organisations: 1, cards: 64 })
  assert.deepEqual(figures.jobs, { running: 2, waiting: 0, settled: 0 })
  bed.pass(MINUTE)
  for (const task of bed.machine.running) bed.machine.end(task)
  await bed.step()
  assert.equal((await bed.job(simulated)).simulated, true)
  assert.equal((await bed.job(slots)).accelerator, false)
  assert.deepEqual((await caughtUp(bed)).jobs, { running: 0, waiting: 0, settled: 2 })
})

test('real cards count: how soon a first job ran on one, and how many can be had', async (t) => {
  const bed = await computeBed(t, new TestExecutor({ cards }))
  const { options } = await bed.quote(founder, { chipClasses: ['h200'] })
  const real = options.find(({ chosen }) => chosen)!
  assert.equal(real.simulated, false)
  await bed.submit(founder, { chipClasses: ['h200'] })
  bed.pass(12 * SECOND)
  await bed.step()
  assert.deepEqual(bed.machine.starts[0]!.cards, { indices: [0], simulated: 0 })
  let figures = await caughtUp(bed)
  assert.deepEqual(figures.firstAccelerator, { seconds: 12, organisations: 1 })
  assert.deepEqual(figures.dispatchable, { cards: 2, of: 2, share: 1 })
  // A second job of the same organisation is not a first one.
  await bed.submit(founder, { chipClasses: ['h200'] })
  bed.pass(MINUTE)
  await bed.step()
  figures = await caughtUp(bed)
  assert.deepEqual(figures.firstAccelerator, { seconds: 12, organisations: 1 })
  const owner = actorOf('yangcheng')
  const his = { ...owner, grants: [{ ...owner.grants[0]!, role: 'operator' as const }] }
  await bed.at(his, (ctx) =>
    drainNode(ctx, { nodeId: nodeOf('real:H200'), basis: 'maintenance', ifMatch: '1' }),
  )
  assert.deepEqual((await caughtUp(bed)).dispatchable, { cards: 0, of: 2, share: 0 })
})

test('the organisation is told how its job ended, and that it has to give way', async (t) => {
  const bed = await computeBed(t)
  const ids = [await bed.submit(founder), await bed.submit(founder), await bed.submit(founder)]
  await bed.step()
  bed.pass(30 * MINUTE)
  const tasks = await Promise.all(ids.map(async (id) => (await bed.tasks(id))[0]!))
  bed.machine.end(tasks[0]!)
  bed.machine.end(tasks[1]!, { exitCode: 2 })
  await bed.at(operator, (ctx) => preempt(ctx, { workloadId: ids[2]!, basis: 'maintenance' }))
  await bed.step()
  await caughtUp(bed)
  await caughtUp(bed)
  const told = bed.told.map(({ kind, to }) => [kind, (to as { subject: string }).subject])
  assert.deepEqual(told.sort(), [
    ['compute.done', founder.subjectId],
    ['compute.failed', founder.subjectId],
    ['compute.preempted', founder.subjectId],
  ])
  const failed = bed.told.find(({ kind }) => kind === 'compute.failed')!
  assert.equal((failed.params as { amount: string }).amount, '4.02')
})
