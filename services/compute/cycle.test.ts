// A turn of the scheduler: what has changed since its picture is dropped, and reasons stay true.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Explanation } from '#engines/scheduling/types.ts'
import { Explained, scheduler, turn } from './cycle.ts'
import { readPicture } from './snapshot.ts'
import { cancel } from './stop.ts'
import { json, store } from './store.ts'
import { clusterOf, computeBed, danxia, founder, sme } from './test-bed.ts'

const here = [clusterOf('danxia-910c')]

test('a job that is cancelled after the picture was taken is not placed', async (t) => {
  const bed = await computeBed(t)
  const [gone, stays] = [await bed.submit(founder), await bed.submit(founder)]
  let first = true
  const result = await turn(bed.parts, async (work) => {
    if (first) {
      first = false
      const input = { workloadId: gone, basis: 'owner' }
      await bed.at(founder, (ctx) => cancel(ctx, bed.parts, input))
    }
    return bed.dispatcher.transact(work)
  })
  assert.deepEqual([result.placed.length, result.dropped], [1, 1])
  assert.equal((await bed.job(gone)).state, 'settled')
  assert.equal((await bed.job(stays)).state, 'placed')
  await bed.check()
})

test('a job that has changed since the picture was taken is placed by the next picture', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  const result = await turn(bed.parts, async (work) => {
    await store({ tx: bed.world.db })
      .updateTable('compute.workload')
      .set({ version: 2 })
      .where('id', '=', id)
      .execute()
    return bed.dispatcher.transact(work)
  })
  assert.deepEqual([result.placed.length, result.dropped], [0, 1])
  await bed.step()
  assert.equal((await bed.job(id)).state, 'running')
})

test('a placement that fails holds the others of its turn not up', async (t) => {
  const bed = await computeBed(t)
  await bed.submit(founder)
  await bed.submit(sme)
  // Both together fail, and then the first alone.
  let failures = 2
  const result = await turn(bed.parts, async (work) => {
    if (failures > 0) {
      failures--
      throw new Error('the database is away')
    }
    return bed.dispatcher.transact(work)
  })
  assert.deepEqual([result.placed.length, result.dropped], [1, 1])
  await bed.step()
  assert.equal(bed.machine.running.length, 2)
  await bed.check()
})

test('the reason of one that waits again is written again, though it is the same', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder, {}, danxia)
  const explained = new Explained()
  const why = (outcome: 'waiting' | 'placed', code: string): Explanation => ({
    workloadId: id,
    outcome,
    position: 1,
    reasons: [{ code, params: {} }],
    alternatives: [],
    startsBy: null,
  })
  const write = (all: Explanation[]) => explained.write(bed.dispatcher.transact, all)
  const code = async () => (await bed.job(id)).reasons[0]?.code
  await write([why('waiting', 'full')])
  assert.equal(await code(), 'full')
  await write([why('placed', 'room-now')])
  await store({ tx: bed.world.db })
    .updateTable('compute.workload')
    .set({ reasons: json([{ code: 'room-now', params: {} }]) })
    .execute()
  await write([why('waiting', 'full')])
  assert.equal(await code(), 'full')
})

test('a flood hides nobody: the first of every queue is looked at, and whoever’s time has come', async (t) => {
  const bed = await computeBed(t)
  const flood: string[] = []
  for (let nth = 0; nth < 12; nth++) {
    const limitSeconds = nth === 0 ? 7_200 : 3_600
    flood.push(await bed.submit(founder, { clusters: here, limitSeconds }))
  }
  const small = await bed.submit(sme, { clusters: here })
  const looked = async () => {
    const { snapshot } = await bed.world.read(scheduler, (ctx) => readPicture(ctx, 3))
    return { ids: snapshot.pending.map(({ id }) => id), blocks: snapshot.blocks.length }
  }
  // Eight cards of quota: the ninth of the flood and those after it are promised a later hour.
  const first = await looked()
  assert.ok(first.ids.includes(small) && first.ids.includes(flood[0]!))
  assert.equal(first.ids.length, 9, 'three by depth and turn, the others because they are due')
  assert.ok(!first.ids.includes(flood[9]!))
  assert.ok(first.blocks > 0, 'room of those further back is left alone')
  await bed.step()
  const second = await looked()
  assert.deepEqual(second.ids, flood.slice(8, 11))
})
