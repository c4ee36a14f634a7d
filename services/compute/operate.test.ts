// Drained nodes and missed starts: what waits is promised another place, what runs is asked to leave.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drainNode, resumeNode, setPrice } from './operate.ts'
import { cancel } from './stop.ts'
import { store } from './store.ts'
import {
  type Bed,
  clusterOf,
  computeBed,
  danxia,
  founder,
  HOUR,
  MINUTE,
  nodeOf,
  operator,
  refusal,
  SECOND,
  sme,
  yuan,
} from './test-bed.ts'

const cluster = clusterOf('danxia-910c')
const nodes = ['sg-01', 'sg-02', 'sg-03', 'sg-04']
const drain = (bed: Bed, name: string, ifMatch = '1') =>
  bed.at(operator, (ctx) => drainNode(ctx, { nodeId: nodeOf(name), basis: 'maintenance', ifMatch }))
const resume = (bed: Bed, name: string) =>
  bed.at(operator, (ctx) =>
    resumeNode(ctx, { nodeId: nodeOf(name), basis: 'maintenance', ifMatch: '2' }),
  )

test('draining a node: what waits is promised elsewhere, what may leave leaves, the rest stays', async (t) => {
  const bed = await computeBed(t)
  await bed.agree(sme, { borrowing: 32 })
  const whole = { gang: { count: 1, milli: 4_000 } }
  const stays = await bed.submit(sme, { ...whole, preemptible: false }, danxia)
  const leaves = await bed.submit(sme, whole, danxia)
  const waiting = [
    await bed.submit(sme, { ...whole, limitSeconds: 60 }, danxia),
    await bed.submit(sme, { ...whole, limitSeconds: 60 }, danxia),
  ]
  const nodesOf = async (id: string) => (await bed.job(id)).promise.places.map(({ node }) => node)
  const node = (await nodesOf(stays))[0]!
  assert.deepEqual(await nodesOf(leaves), [node])
  await bed.dispatcher.step(false)
  const there = await Promise.all(waiting.map(async (id) => (await nodesOf(id))[0] === node))
  const { asked, moved } = await drain(bed, node)
  assert.equal(asked, 1)
  assert.equal(moved, there.filter(Boolean).length)
  await bed.step()
  assert.deepEqual(await nodesOf(stays), [node])
  for (const id of [leaves, ...waiting]) assert.notDeepEqual(await nodesOf(id), [node])
  assert.deepEqual([(await bed.job(stays)).attempt, (await bed.job(leaves)).attempt], [1, 2])
  await bed.check()
  await resume(bed, node)
  const later = await bed.quote(founder, { gang: { count: 1, milli: 4_000 } })
  assert.deepEqual(later.options.find(({ key }) => key === danxia)!.nodes, [node])
})

test('two that wait on drained nodes both get new promises, one after the other', async (t) => {
  const bed = await computeBed(t)
  for (const actor of [founder, sme]) await bed.agree(actor, { borrowing: 32 })
  const all = { gang: { count: 4, milli: 8_000 }, limitSeconds: 600, preemptible: false }
  await bed.submit(sme, all, danxia)
  await bed.step()
  const half = { gang: { count: 1, milli: 8_000 }, limitSeconds: 60 }
  const ids: string[] = []
  for (let nth = 0; nth < 4; nth++) ids.push(await bed.submit(founder, half, danxia))
  const node = (await bed.job(ids[0]!)).promise.places[0]!.node
  const other = (await bed.job(ids[1]!)).promise.places[0]!.node
  assert.equal((await drain(bed, node)).moved, 1)
  assert.equal((await drain(bed, other)).moved, 1)
  await bed.step()
  const places = await Promise.all(
    ids.map(async (id) => (await bed.job(id)).promise.places[0]!.node),
  )
  assert.ok(
    places.every((one) => one !== node && one !== other),
    places.join(' '),
  )
  await bed.check()
})

test('a start that was missed is promised anew, with its whole time', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  bed.pass(30 * MINUTE)
  await bed.step()
  const { state, promise } = await bed.job(id)
  assert.equal(state, 'running')
  const now = bed.world.clock.now().getTime()
  assert.deepEqual([promise.from, promise.to], [now, now + HOUR + 20 * SECOND])
  await bed.check()
})

test('a whole cluster drained: what waits there waits on, and runs when a node comes back', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder, {}, danxia)
  for (const name of nodes) await drain(bed, name)
  await bed.step()
  assert.equal((await bed.job(id)).state, 'queued')
  bed.pass(HOUR)
  await bed.step()
  assert.equal((await bed.job(id)).state, 'queued')
  await bed.check()
  await resume(bed, 'sg-03')
  await bed.step()
  assert.equal((await bed.job(id)).state, 'running')
  assert.equal((await bed.job(id)).promise.places[0]!.node, 'sg-03')
  await bed.check()
})

test('asked to leave where no node is left: it waits for one, and goes on with its state', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await bed.step()
  bed.pass(MINUTE)
  for (const name of nodes) await drain(bed, name)
  await bed.step()
  assert.deepEqual([(await bed.job(id)).state, bed.machine.running], ['queued', []])
  assert.equal((await bed.job(id)).metered, 60_000_000n)
  await bed.check()
  bed.pass(2 * HOUR)
  await bed.step()
  await resume(bed, 'sg-02')
  await bed.step()
  assert.equal((await bed.job(id)).state, 'running')
  assert.equal(bed.machine.starts.at(-1)!.limitMs, HOUR - MINUTE)
  await bed.check()
})

test('cancelled while it waits to go on: what it used before is paid', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await bed.step()
  bed.pass(30 * MINUTE)
  for (const name of nodes) await drain(bed, name)
  await bed.step()
  await bed.at(founder, (ctx) => cancel(ctx, bed.parts, { workloadId: id, basis: 'owner' }))
  const { state, outcome, amount } = await bed.job(id)
  assert.deepEqual([state, outcome, amount], ['settled', 'cancelled', yuan(4.02)])
  await bed.check()
})

test('asked to leave a cluster that is closed: it has failed, and pays what it used', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await bed.step()
  bed.pass(30 * MINUTE)
  await drain(bed, 'sg-01')
  await store({ tx: bed.world.db })
    .updateTable('compute.cluster')
    .set({ state: 'closed' })
    .where('id', '=', cluster)
    .execute()
  await bed.step()
  const { state, outcome, amount } = await bed.job(id)
  assert.deepEqual([state, outcome, amount], ['settled', 'failed', yuan(4.02)])
  await bed.check()
})

test('a node is drained once, resumed once, and only on the version that was read', async (t) => {
  const bed = await computeBed(t)
  await drain(bed, 'sg-01')
  assert.equal(await refusal(drain(bed, 'sg-01')), 'request.version')
  assert.equal(await refusal(drain(bed, 'sg-01', '2')), 'compute.node-state')
  await resume(bed, 'sg-01')
  const again = bed.at(operator, (ctx) =>
    resumeNode(ctx, { nodeId: nodeOf('sg-01'), basis: 'maintenance', ifMatch: '3' }),
  )
  assert.equal(await refusal(again), 'compute.node-state')
})

test('prices begin in the future, and only the operator’s own sites are his', async (t) => {
  const bed = await computeBed(t)
  const now = bed.world.clock.now().getTime()
  const price = (at: number, who = operator) =>
    bed.at(who, (ctx) => {
      const from = new Date(at).toISOString()
      return setPrice(ctx, cluster, { flavorId: danxia, amount: '9', from })
    })
  assert.equal(await refusal(price(now)), 'compute.price-past')
  await price(now + HOUR)
  assert.equal(await refusal(price(now + HOUR)), 'compute.price-past')
  assert.equal(await refusal(price(now + 2 * HOUR, founder)), 'request.not-found')
})
