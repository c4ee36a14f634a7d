// A workload from submission to settlement: states, the exact money, its document, its notices.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { computeBed, danxia, founder, MINUTE, SECOND, yuan } from './test-bed.ts'

test('a job goes from the queue to settlement, and is paid to the fen', async (t) => {
  const bed = await computeBed(t)
  const before = await bed.purse('liyu')
  const id = await bed.submit(founder)
  assert.equal((await bed.job(id)).state, 'queued')
  assert.equal((await bed.purse('liyu')).held, 80_500n)
  await bed.step()
  const [task] = await bed.tasks(id)
  assert.ok(task)
  const running = await bed.job(id)
  assert.equal(running.state, 'running')
  assert.equal(running.flavor_id, danxia)
  bed.pass(10 * MINUTE + SECOND)
  bed.machine.end(task)
  await bed.step()
  const settled = await bed.job(id)
  assert.equal(settled.state, 'settled')
  assert.equal(settled.outcome, 'succeeded')
  assert.equal(settled.metered, 601_000_000n)
  // 8.05 yuan x 601 s / 3600 s = 1.3438...: 1.34, the rest of a fen is nobody's.
  assert.equal(settled.amount, yuan(1.34))
  assert.deepEqual(await bed.purse('liyu'), {
    available: before.available - yuan(1.34),
    held: 0n,
  })
  assert.equal((await bed.purse('yunling')).available, yuan(1.34))
  assert.equal(await bed.story(id), 'submitted placed started ended settled')
  await bed.check()
})
