// Article 7 as a user tries it: inclusive compute, from the claim to the page of the regulation.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Caller, Teller } from '../commands/story/teller.ts'
import { metrics, quote, submit, until } from '../commands/story/work.ts'
import { startServer } from './server.ts'

interface Account {
  asset: { code: string }
  available: string
}
interface Duty {
  id: string
  served: { facts: { kind: string; count: number }[] } | null
}

/** A company's money and its vouchers, as it sees them. */
async function purse(caller: Caller): Promise<{ cash: string; voucher: string }> {
  const { items } = await caller.get<{ items: Account[] }>('/api/ledger/accounts')
  const of = (start: string) => items.find(({ asset }) => asset.code.startsWith(start))!.available
  return { cash: of('cny'), voucher: of('voucher:') }
}

test('[7.3.4] a one-person company pays half of a compute contract; the page of the law shows the use', async (t) => {
  const { origin, kapok } = await startServer(t)
  const teller = new Teller(origin)
  const founder = await teller.as('founder')
  const operator = await teller.as('operator')
  const office = await teller.as('official')
  const { subject: site } = await operator.get<{ subject: { id: string } }>('/api/session')
  const { voucherId } = await founder.post<{ voucherId: string }>('/api/vouchers', {
    scheme: 'guangdong.compute',
    amount: '5000.00',
  })
  const use = { payee: site.id, contractAmount: '4000.00', invoice: '26440000000000000001' }
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
  const more = await founder.refused(`/api/vouchers/${voucherId}/uses`, {
    ...use,
    amount: '2000.01',
    expiresAt,
  })
  assert.match(more.code, /^ledger\./, 'more than the ratio is refused')
  const { entryId } = await founder.post<{ entryId: string }>(`/api/vouchers/${voucherId}/uses`, {
    ...use,
    amount: '2000.00',
    cash: '2000.00',
    expiresAt,
  })
  await office.post(`/api/vouchers/uses/${entryId}/verification`, {
    invoice: use.invoice,
    invoiceAmount: '4000.00',
  })
  await office.post(`/api/vouchers/uses/${entryId}/payment`, { basis: 'voucher.paid' })
  assert.deepEqual(await purse(founder), { cash: '28000.00', voucher: '3000.00' })

  // The regulation's page counts a use once the journal has numbered it.
  const visitor = new Caller(origin, '')
  const until = Date.now() + 15_000
  for (;;) {
    const duty = findDuty(await visitor.get('/api/law'), '7.3.4')
    assert.ok(duty?.served, 'the duty is served')
    const counts = new Map(duty.served.facts.map(({ kind, count }) => [kind, count]))
    if (counts.get('ledger.voucher-paid') === 1) break
    assert.ok(Date.now() < until, JSON.stringify(duty))
    await wait(300)
  }
  assert.equal(kapok.world.demo, true)
})

function findDuty(node: unknown, id: string): Duty | null {
  if (typeof node !== 'object' || node === null) return null
  if ((node as Duty).id === id && 'served' in node) return node as Duty
  for (const inner of Object.values(node)) {
    const found = findDuty(inner, id)
    if (found) return found
  }
  return null
}

interface Cluster {
  nodes: { usedMilli: number[] }[]
}

test('[7.3.1] a founder’s job is compared over every site, placed with reasons, run and settled', async (t) => {
  const { origin } = await startServer(t)
  const teller = new Teller(origin)
  const founder = await teller.as('founder')
  const offer = await quote(founder)
  assert.ok(new Set(offer.options.map(({ site }) => site.zh)).size >= 3, 'three sites at least')
  for (const { reasons } of offer.options) assert.ok(reasons.length > 0, 'each with its reason')
  const { id } = await submit(founder, offer)
  const done = await until(founder, id, 'settled', ({ state }) => state === 'settled')
  assert.equal(done.outcome, 'succeeded')
  assert.deepEqual(
    done.steps.map(({ kind }) => kind),
    ['submitted', 'placed', 'started', 'ended', 'settled'],
  )
  const last = (await metrics(founder, id)).at(-1)!
  assert.ok(Number(last.accuracy) > 0.9, 'the model has learned')
  const stranger = await teller.as('sme')
  const hidden = await stranger.get(`/api/compute/workloads/${id}`).catch(String)
  assert.match(String(hidden), /404/, 'nobody else finds it')
})

test('[7.3.3] two organisations share one card, chips of several makers are offered, and a job that gives way goes on', async (t) => {
  const { origin } = await startServer(t)
  const teller = new Teller(origin)
  const [founder, sme] = [await teller.as('founder'), await teller.as('sme')]
  const half = { gang: { count: 1, milli: 470 }, chipClasses: ['ascend-910c'] }
  const any = await quote(founder, { gang: { count: 1, milli: 470 } })
  assert.ok(any.options.filter(({ startsBy }) => startsBy !== null).length >= 3, 'three chips fit')
  const [one, other] = [
    await submit(founder, await quote(founder, half)),
    await submit(sme, await quote(sme, half)),
  ]
  await until(founder, one.id, 'running', ({ state }) => state === 'running')
  await until(sme, other.id, 'running', ({ state }) => state === 'running')
  const clusterId = any.options.find(({ key }) => key === one.option.key)!.clusterId
  const cluster = await founder.get<Cluster>(`/api/compute/clusters/${clusterId}`)
  const cards = cluster.nodes.flatMap(({ usedMilli }) => usedMilli).filter((milli) => milli > 0)
  assert.deepEqual(cards, [940], 'both are on one card')

  while ((await metrics(founder, one.id)).length < 3) await wait(200)
  const operator = await teller.as('operator')
  await operator.post(`/api/compute/workloads/${one.id}/preempt`, { basis: 'maintenance' })
  const done = await until(founder, one.id, 'settled', ({ state }) => state === 'settled')
  assert.equal(done.outcome, 'succeeded')
  assert.equal(done.attempts.length, 2)
  const resumed = (await metrics(founder, one.id))[0]!
  assert.ok(resumed.resumed === true && Number(resumed.step) > 0, 'it went on from its checkpoint')
  await until(sme, other.id, 'settled', ({ state }) => state === 'settled')
})
