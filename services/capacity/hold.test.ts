// A hold from the first moment to the release: all claims or none, and what each refusal says.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { system } from '#platform/context.ts'
import { testWorld } from '#platform/test-world.ts'
import { checkCapacity } from './check.ts'
import { hold } from './hold.ts'
import { addResource } from './resources.ts'

test('smoke', async (t) => {
  const world = await testWorld(t)
  const node = randomUUID()
  const quota = randomUUID()
  await world.transact(system('t'), async (ctx) => {
    await addResource(ctx, {
      id: node,
      kind: 'compute.node',
      owner: null,
      mode: 'exact',
      units: 8000,
      grain: 1000,
    })
    await addResource(ctx, {
      id: quota,
      kind: 'compute.quota',
      owner: null,
      mode: 'pooled',
      units: 4000,
    })
  })
  const done = await world.once(system('t'), (ctx) =>
    hold(ctx, {
      service: 'compute',
      holder: 'x',
      subjectId: randomUUID(),
      key: 'k',
      expiresAt: null,
      claims: [
        { resourceId: node, units: [[0, 1000]], from: 10, to: 20 },
        { resourceId: quota, amount: 1000, from: 10, to: 20 },
      ],
    }),
  )
  assert.equal(done.replayed, false)
  assert.deepEqual(await world.read(system('t'), checkCapacity), [])
})
