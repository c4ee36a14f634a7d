// Quotes: every way to run a job is compared, and what cannot be chosen says why.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { issue, openAccount } from '#services/ledger/index.ts'
import { actorOf } from '../ledger/test-vouchers.ts'
import { drainNode } from './operate.ts'
import type { Option } from './shapes.ts'
import { store } from './store.ts'
import {
  type Bed,
  clusterOf,
  computeBed,
  danxia,
  founder,
  HOUR,
  lab,
  MINUTE,
  mingwan,
  nodeOf,
  operator,
  processors,
  reasonsFor,
  refusal,
  relatedSme,
  sme,
  yuan,
  zhishicheng,
} from './test-bed.ts'

const find = (options: readonly Option[], key: string) => options.find((one) => one.key === key)!

test('every flavor is compared: the cheapest of the early ones wins, the others say why not', async (t) => {
  const bed = await computeBed(t)
  const { options, refused, available } = await bed.quote(founder)
  assert.deepEqual(refused, [])
  assert.equal(available, '30000.00')
  assert.equal(options.length, 4)
  assert.deepEqual(reasonsFor(options, danxia), ['chosen-earliest', 'chosen-cheapest'])
  assert.deepEqual(reasonsFor(options, zhishicheng), ['dearer-than'])
  assert.equal(find(options, zhishicheng).reasons[0]!.params.percent, 24)
  assert.deepEqual(reasonsFor(options, mingwan), ['dearer-than'])
  assert.deepEqual(reasonsFor(options, processors), ['no-accelerator'])
  const chosen = find(options, danxia)
  assert.equal(chosen.most, '8.05')
  assert.equal(chosen.expected, '1.34')
  assert.equal(chosen.startsBy, bed.world.clock.now().toISOString())
  assert.deepEqual(chosen.nodes, ['sg-01'])
})

test('what was asked for rules flavors out, each for its own reason', async (t) => {
  const bed = await computeBed(t)
  const cpu = await bed.quote(founder, { chipClasses: ['cpu'] })
  assert.deepEqual(reasonsFor(cpu.options, danxia), ['chip-not-accepted'])
  assert.ok(find(cpu.options, processors).chosen)
  const there = await bed.quote(founder, { clusters: [clusterOf('mingwan-910b')] })
  assert.deepEqual(reasonsFor(there.options, danxia), ['cluster-not-accepted'])
  assert.ok(find(there.options, mingwan).chosen)
})

test('a voucher covers its ratio, and the chosen option says so', async (t) => {
  const bed = await computeBed(t)
  await bed.claim('liyu', 3_000)
  const { options } = await bed.quote(founder, { vouchers: true })
  const { cover, cash, coverRefused } = find(options, danxia)
  assert.deepEqual([cover?.ratio, cover?.amount, cash], [5_000, '4.025', '4.025'])
  assert.equal(coverRefused, null)
  assert.ok(reasonsFor(options, danxia).includes('voucher-covers'))
  const without = await bed.quote(founder)
  assert.equal(find(without.options, danxia).cover, null)
  assert.equal(find(without.options, danxia).coverRefused, null)
})

test('no voucher pays a related seller; the quote names the ground and goes on in money', async (t) => {
  const bed = await computeBed(t)
  await bed.claim('taozhi', 3_000)
  const { options } = await bed.quote(relatedSme, { vouchers: true })
  const related = find(options, danxia)
  assert.equal(related.cover, null)
  assert.equal(related.coverRefused?.code, 'voucher-related')
  assert.ok(Number(related.coverRefused?.params.links) >= 3)
  assert.equal(related.cash, related.most)
  assert.notEqual(find(options, zhishicheng).cover, null)
})

test('unknown ownership uses no voucher by itself', async (t) => {
  const bed = await computeBed(t)
  await bed.claim('linghai', 3_000)
  const { options } = await bed.quote(lab, { vouchers: true })
  const codes = options.map(({ coverRefused }) => coverRefused?.code ?? null)
  assert.ok(codes.includes('voucher-undecided'), JSON.stringify(codes))
})

test('a voucher for something else, or none at all, is named', async (t) => {
  const bed = await computeBed(t)
  const none = await bed.quote(founder, { vouchers: true })
  assert.equal(find(none.options, danxia).coverRefused?.code, 'voucher-none')
  await bed.claim('liyu', 100, 'guangdong.model')
  const other = await bed.quote(founder, { vouchers: true })
  assert.equal(find(other.options, danxia).coverRefused?.code, 'voucher-not-for-purpose')
})

test('a voucher that ends before the job does cannot pay it', async (t) => {
  const bed = await computeBed(t)
  await bed.claim('liyu', 3_000)
  bed.pass(365.5 * 24 * HOUR)
  const { options } = await bed.quote(founder, { vouchers: true, limitSeconds: 12 * 3_600 })
  assert.equal(find(options, danxia).coverRefused?.code, 'voucher-ends')
  const short = await bed.quote(founder, { vouchers: true, limitSeconds: 60 })
  assert.notEqual(find(short.options, danxia).cover, null)
})

test('a gang larger than every cluster is told the largest possible', async (t) => {
  const bed = await computeBed(t)
  const { options, refused } = await bed.quote(sme, { gang: { count: 100, milli: 8_000 } })
  assert.ok(options.every(({ chosen }) => !chosen))
  assert.deepEqual(refused[0], { code: 'too-large', params: { asked: 800, largest: 32 } })
  // One task of 9 cards: no node has as many, however many nodes there are.
  const wide = await bed.quote(sme, { gang: { count: 1, milli: 9_000 } })
  assert.deepEqual(wide.refused[0], { code: 'too-large', params: { asked: 9, largest: 8 } })
})

test('a quota that is too small is named with its size', async (t) => {
  const bed = await computeBed(t)
  const { options } = await bed.quote(founder, { gang: { count: 9, milli: 1_000 } })
  assert.deepEqual(find(options, danxia).reasons, [
    { code: 'quota-too-small', params: { quota: 8, asked: 9 } },
  ])
  await bed.agree(founder, { borrowing: 9 })
  const again = await bed.quote(founder, { gang: { count: 9, milli: 1_000 } })
  assert.ok(find(again.options, danxia).chosen)
})

test('part of a card and whole cards; parts of several cards are refused', async (t) => {
  const bed = await computeBed(t)
  assert.equal(
    await refusal(bed.quote(founder, { gang: { count: 1, milli: 1_500 } })),
    'compute.milli',
  )
  const part = await bed.quote(founder, { gang: { count: 2, milli: 250 } })
  assert.equal(find(part.options, danxia).most, '4.03')
})

test('deadlines: one that has passed is refused, one that cannot be met is a reason', async (t) => {
  const bed = await computeBed(t)
  const now = bed.world.clock.now().getTime()
  const by = (ms: number) => new Date(now + ms).toISOString()
  assert.equal(await refusal(bed.quote(founder, { deadline: by(0) })), 'compute.deadline-past')
  assert.equal(
    await refusal(bed.quote(founder, { deadline: by(-MINUTE) })),
    'compute.deadline-past',
  )
  const tight = await bed.quote(founder, { deadline: by(30 * MINUTE) })
  assert.equal(tight.refused[0]?.code, 'deadline-missed')
  assert.deepEqual(reasonsFor(tight.options, danxia), ['deadline-missed'])
  const wide = await bed.quote(founder, { deadline: by(2 * HOUR) })
  assert.ok(find(wide.options, danxia).chosen)
})

test('without money nothing can be chosen, and the quote says how much is missing', async (t) => {
  const bed = await computeBed(t)
  const poor = actorOf('songshan')
  const { options, refused, available } = await bed.quote(poor)
  assert.equal(available, '0.00')
  assert.deepEqual(refused[0], {
    code: 'insufficient-funds',
    params: { needed: '8.05', available: '0.00' },
  })
  assert.ok(options.every(({ chosen }) => !chosen))
})

/** Gives an organisation money that serves compute only. */
const earmark = (bed: Bed, owner: string, whole: number) =>
  bed.at(operator, async (ctx) => {
    const own = { owner, asset: 'cny', purposes: ['compute'], validUntil: null }
    const accountId = await openAccount(ctx, { ...own, kind: 'earmarked' })
    const amount = yuan(whole)
    await issue(ctx, { accountId, asset: 'cny', amount, source: 'external', key: owner })
  })

test('money for one purpose counts, but beside a voucher only ordinary money pays', async (t) => {
  const bed = await computeBed(t)
  const poor = actorOf('songshan')
  await earmark(bed, poor.subjectId!, 100)
  assert.ok(find((await bed.quote(poor)).options, danxia).chosen)
  const id = await bed.submit(poor)
  assert.equal((await bed.job(id)).state, 'queued')
  await bed.claim('songshan', 100)
  // Whatever the quote chooses can be taken.
  const quoted = await bed.quote(poor, { vouchers: true })
  assert.equal(find(quoted.options, danxia).coverRefused?.code, 'voucher-cash')
  const second = await bed.take(poor, quoted.id, danxia)
  assert.equal((await bed.job(second.id)).voucher, false)
  const poorer = actorOf('chayuan')
  await earmark(bed, poorer.subjectId!, 7)
  await bed.claim('chayuan', 100)
  const { options } = await bed.quote(poorer, { vouchers: true })
  assert.notEqual(find(options, danxia).cover, null)
  assert.deepEqual(reasonsFor(options, danxia), ['insufficient-funds'])
  await bed.check()
})

test('one’s own cluster costs nothing, the others their price', async (t) => {
  const bed = await computeBed(t)
  await bed.deposit('yunling', 1_000)
  const { options } = await bed.quote(operator)
  const own = find(options, danxia)
  assert.deepEqual([own.most, own.cash, own.expected, own.chosen], ['0.00', '0.00', null, true])
  assert.equal(find(options, mingwan).most, '11.20')
})

test('a cluster that drains, and one whose nodes are all drained, take nothing new', async (t) => {
  const bed = await computeBed(t)
  for (const name of ['sg-01', 'sg-02', 'sg-03', 'sg-04']) {
    const act = { nodeId: nodeOf(name), basis: 'maintenance', ifMatch: '1' }
    await bed.at(operator, (ctx) => drainNode(ctx, act))
  }
  const drained = await bed.quote(founder)
  assert.deepEqual(reasonsFor(drained.options, danxia), ['nodes-drained'])
  assert.ok(find(drained.options, zhishicheng).chosen)
  await store({ tx: bed.world.db })
    .updateTable('compute.cluster')
    .set({ state: 'draining' })
    .where('id', '=', clusterOf('zhishicheng-h20'))
    .execute()
  const draining = await bed.quote(founder)
  assert.deepEqual(reasonsFor(draining.options, zhishicheng), ['cluster-draining'])
  assert.ok(find(draining.options, mingwan).chosen)
})
