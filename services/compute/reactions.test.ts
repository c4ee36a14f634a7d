// Whom the end of a job, or its giving way, concerns; and that a time in a notice is that of Guangdong.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reactionsOf } from './reactions.ts'
import { preempt } from './stop.ts'
import { computeBed, danxia, founder, MINUTE, operator } from './test-bed.ts'

test('a job that has to give way: its owner is told until when, in the time of Guangdong', async (t) => {
  const bed = await computeBed(t)
  const workloadId = await bed.submit(founder, {}, danxia)
  await bed.step()
  bed.pass(MINUTE)
  const told: { kind: string; params: Record<string, unknown> }[] = []
  const notices = reactionsOf(async (_, { kind, params }) => {
    told.push({ kind, params })
    return 'id'
  }).find(({ name }) => name === 'compute.notices')!
  await bed.at(operator, (ctx) => preempt(ctx, { workloadId, basis: 'maintenance' }))
  const { subject } = await bed.job(workloadId)
  await bed.at(operator, (ctx) =>
    notices.handle(ctx, {
      kind: 'compute.preempted',
      subjectId: subject,
      payload: { workload: workloadId, leavesBy: '2026-11-23T18:30:00.000Z' },
    } as never),
  )
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['compute.preempted'],
  )
  assert.match(JSON.stringify(told[0]!.params.until), /2026年11月24日.*2:30/)
})
