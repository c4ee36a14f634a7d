// Settlement that cannot happen at once: the job stays ended, nothing is lost, and it is paid later.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hold, planFunding, release } from '#services/ledger/index.ts'
import { releaseDueHolds } from '../ledger/due.ts'
import { actorOf } from '../ledger/test-vouchers.ts'
import { type Bed, computeBed, DAY, founder, HOUR, MINUTE, SECOND, yuan } from './test-bed.ts'

/** Runs for half an hour, but its end is seen only after its hold was given back. */
async function seenTooLate(bed: Bed, id: string): Promise<void> {
  await bed.step()
  bed.pass(30 * MINUTE)
  bed.machine.end((await bed.tasks(id))[0]!)
  bed.pass(40 * DAY)
  await releaseDueHolds(bed.world)
}

test('the hold has ended before the job was settled: what was used is paid in money', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await seenTooLate(bed, id)
  assert.equal((await bed.purse('liyu')).held, 0n)
  await bed.step()
  const { state, amount, voucher_amount } = await bed.job(id)
  assert.deepEqual([state, amount, voucher_amount], ['settled', yuan(4.02), 0n])
  assert.equal((await bed.purse('yunling')).available, yuan(4.02))
  await bed.check()
})

test('a voucher that ended meanwhile pays nothing, and its part comes from money', async (t) => {
  const bed = await computeBed(t)
  await bed.claim('liyu', 3_000)
  const id = await bed.submit(founder, { vouchers: true })
  await seenTooLate(bed, id)
  await bed.step()
  const { state, amount, voucher_amount } = await bed.job(id)
  assert.deepEqual([state, amount, voucher_amount], ['settled', yuan(4.02), 0n])
  await bed.check()
})

test('the ledger refuses: the job stays ended and unsettled, and is settled when it can be', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  await seenTooLate(bed, id)
  const payer = founder.subjectId!
  const elsewhere = await bed.at(founder, async (ctx) => {
    const amount = yuan(30_000)
    const parts = await planFunding(ctx, { payer, purpose: 'other', asset: 'cny', amount })
    const expiresAt = new Date(ctx.now.getTime() + DAY)
    return hold(ctx, { key: 'all', payer, payee: null, purpose: 'other', parts, expiresAt })
  })
  await bed.step()
  const ended = await bed.job(id)
  assert.deepEqual([ended.state, ended.outcome, ended.amount], ['succeeded', 'succeeded', null])
  assert.equal(ended.metered, 1_800_000_000n)
  const books = await bed.check()
  assert.deepEqual([books.live, books.unsettled], [0, 1])
  bed.pass(MINUTE)
  await bed.step()
  assert.equal((await bed.job(id)).state, 'succeeded')
  await bed.at(founder, (ctx) => release(ctx, { key: 'back', holdId: elsewhere.entryId }))
  // Once a minute is soon enough.
  await bed.step()
  assert.equal((await bed.job(id)).state, 'succeeded')
  bed.pass(MINUTE)
  await bed.step()
  const { state, amount } = await bed.job(id)
  assert.deepEqual([state, amount], ['settled', yuan(4.02)])
  assert.equal(await bed.story(id), 'submitted placed started ended settled')
  await bed.check()
})

test('a job that waits for its judgement holds nobody else up', async (t) => {
  const bed = await computeBed(t)
  const poor = actorOf('songshan')
  await bed.deposit('songshan', 10)
  const stuck = await bed.submit(poor)
  await seenTooLate(bed, stuck)
  await bed.at(poor, async (ctx) => {
    const payer = poor.subjectId!
    const amount = yuan(10)
    const parts = await planFunding(ctx, { payer, purpose: 'other', asset: 'cny', amount })
    const expiresAt = new Date(ctx.now.getTime() + DAY)
    return hold(ctx, { key: 'all', payer, payee: null, purpose: 'other', parts, expiresAt })
  })
  const other = await bed.submit(founder)
  await bed.step()
  assert.equal((await bed.job(stuck)).state, 'succeeded')
  bed.pass(MINUTE)
  bed.machine.end((await bed.tasks(other))[0]!)
  await bed.step()
  assert.equal((await bed.job(other)).state, 'settled')
  assert.equal((await bed.job(stuck)).state, 'succeeded')
  await bed.check()
})

test('less than a fen is used: nothing is paid, no document is made, all comes back', async (t) => {
  const bed = await computeBed(t)
  const before = await bed.purse('liyu')
  await bed.claim('liyu', 100)
  for (const vouchers of [false, true]) {
    const id = await bed.submit(founder, { vouchers })
    await bed.step()
    bed.pass(4 * SECOND)
    bed.machine.end((await bed.tasks(id))[0]!)
    await bed.step()
    const { state, amount, metered } = await bed.job(id)
    assert.deepEqual([state, amount, metered], ['settled', 0n, 4_000_000n])
  }
  assert.deepEqual(await bed.purse('liyu'), before)
  await bed.check()
})

test('one’s own cluster: nothing is held, nothing is paid, but it is metered', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(actorOf('yunling'))
  assert.equal((await bed.job(id)).money_hold, null)
  await bed.step()
  bed.pass(HOUR / 2)
  bed.machine.end((await bed.tasks(id))[0]!)
  await bed.step()
  const { state, amount, metered } = await bed.job(id)
  assert.deepEqual([state, amount, metered], ['settled', 0n, 1_800_000_000n])
  await bed.check()
})
