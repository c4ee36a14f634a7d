// What-if and why-not-yet: what is said of a change is what happens when it is applied.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { replace } from './replace.ts'
import { amountOf } from './store.ts'
import {
  type Bed,
  clusterOf,
  computeBed,
  danxia,
  founder,
  HOUR,
  MINUTE,
  plainSpec,
  refusal,
  sme,
  zhishicheng,
} from './test-bed.ts'
import { explainWait, whatIf } from './what-if.ts'

const here = { clusters: [clusterOf('danxia-910c')] }

/** Gives the founder two of the four nodes there, and fills so many of them for a while. */
async function fill(bed: Bed, hours: number, nodes = 2): Promise<string[]> {
  await bed.agree(founder, { borrowing: 16 })
  const ids: string[] = []
  for (let nth = 0; nth < nodes; nth++) {
    const gang = { count: 1, milli: 8_000 }
    ids.push(await bed.submit(founder, { ...here, gang, limitSeconds: hours * 3_600 }))
  }
  await bed.step()
  return ids
}

const byCode = <C extends { code: string }>(changes: readonly C[], code: string) =>
  changes.find((change) => change.code === code)

test('a job that has room would start now, and nothing is held by asking', async (t) => {
  const bed = await computeBed(t)
  const before = await bed.check()
  const { outlook, options, changes } = await whatIf(bed.parts, founder, plainSpec)
  assert.equal(outlook?.startsNow, true)
  assert.equal(outlook?.reasons[0]?.code, 'promise-due')
  assert.equal(options.find(({ chosen }) => chosen)?.key, danxia)
  assert.ok(
    changes.every(({ code }) => code === 'with-voucher'),
    JSON.stringify(changes),
  )
  assert.deepEqual(await bed.check(), before)
})

test('a job that waits is told why, when it starts, and what would change that', async (t) => {
  const bed = await computeBed(t)
  await fill(bed, 2)
  const id = await bed.submit(founder, { ...here, expectedSeconds: 600, limitSeconds: 3_600 })
  await bed.step()
  const wait = await explainWait(bed.parts, founder, id)
  assert.equal(wait.outlook?.startsNow, false)
  assert.equal(wait.outlook?.reasons[0]?.code, 'pool')
  assert.equal(wait.outlook?.position, 1)
  const { earliest, median, latest } = wait.outlook!
  assert.ok(earliest! <= median! && median! <= latest! && latest! <= wait.startsBy)
  const elsewhere = byCode(wait.changes, 'any-place')
  assert.equal(elsewhere?.option.key, zhishicheng)
  assert.equal(elsewhere?.outlook?.startsNow, true)
})

test('what is said of a change happens when it is applied, for every change that is offered', async (t) => {
  const spec = {
    ...here,
    gang: { count: 2, milli: 1_000 },
    limitSeconds: 4 * 3_600,
    expectedSeconds: 600,
    deadline: null,
  }
  /** Two cards of the quota are free for three hours; after that one is, for two hours more. */
  const situation = async (t: TestContext) => {
    const bed = await computeBed(t)
    await fill(bed, 3, 1)
    const beside = { count: 6, milli: 1_000 }
    await bed.submit(founder, { ...here, gang: beside, limitSeconds: 10_800 })
    const wide = { count: 15, milli: 1_000 }
    await bed.submit(founder, { ...here, gang: wide, limitSeconds: 7_200 })
    await bed.claim('liyu', 3_000)
    await bed.step()
    const id = await bed.submit(founder, spec)
    return { bed, id, wait: await explainWait(bed.parts, founder, id) }
  }
  const offered: string[] = []
  await t.test('what is offered', async (t) => {
    const { wait } = await situation(t)
    offered.push(...wait.changes.map(({ code }) => code))
    const kinds = ['any-place', 'fewer-tasks', 'share-of-card', 'shorter', 'with-voucher']
    assert.deepEqual(offered.toSorted(), kinds)
  })
  for (const code of offered) {
    await t.test(code, async (t) => {
      const { bed, id, wait } = await situation(t)
      const { change, option, outlook } = byCode(wait.changes, code)!
      const { startsBy, most, key } = option
      const input = { workloadId: id, change, option: key, startsBy: startsBy!, most }
      const done = await bed.at(founder, (ctx) => replace(ctx, bed.parts, input))
      const row = await bed.job(done.id)
      assert.ok(row.starts_by.toISOString() <= startsBy!, 'starts by')
      assert.equal(row.most, amountOf(most))
      assert.equal((await bed.job(id)).outcome, 'cancelled')
      await bed.step()
      const { state } = await bed.job(done.id)
      if (outlook) assert.equal(state !== 'queued', outlook.startsNow, 'starts now')
      await bed.check()
    })
  }
})

test('a shorter limit is found to the minute: a minute more would start later', async (t) => {
  const bed = await computeBed(t)
  // One whole node free for 3 hours, promised to a wide job after that.
  const [first] = await fill(bed, 3, 1)
  const gang = { count: 2, milli: 8_000 }
  await bed.submit(founder, { ...here, gang, limitSeconds: 7_200 })
  const id = await bed.submit(founder, {
    ...here,
    gang: { count: 1, milli: 8_000 },
    limitSeconds: 4 * 3_600,
    expectedSeconds: 600,
  })
  const wait = await explainWait(bed.parts, founder, id)
  const shorter = byCode(wait.changes, 'shorter')!
  assert.ok(shorter, JSON.stringify(wait.changes.map(({ code }) => code)))
  const minutes = Number(shorter.params.minutes)
  const ends = (await bed.job(first!)).promise.to
  const left = (ends - bed.world.clock.now().getTime()) / MINUTE
  assert.ok(minutes <= left && minutes >= left - 2, `${minutes} of ${left} minutes`)
  assert.ok(Date.parse(shorter.option.startsBy!) <= bed.world.clock.now().getTime())
})

test('what cannot run as asked is told what would: the largest gang, a later end', async (t) => {
  const bed = await computeBed(t)
  const spec = { ...plainSpec, ...here, gang: { count: 3, milli: 8_000 } }
  const { outlook, changes, refused } = await whatIf(bed.parts, founder, spec)
  assert.equal(outlook, null)
  assert.equal(refused[0]?.code, 'quota-too-small')
  assert.deepEqual(byCode(changes, 'fewer-tasks')?.change, { gang: { count: 1, milli: 8_000 } })
  const soon = new Date(bed.world.clock.now().getTime() + 30 * MINUTE).toISOString()
  await fill(bed, 1)
  const late = await whatIf(bed.parts, founder, { ...plainSpec, ...here, deadline: soon })
  assert.deepEqual(byCode(late.changes, 'no-deadline')?.change, { deadline: null })
})

test('a change that has become worse meanwhile changes nothing; what runs cannot be replaced', async (t) => {
  const bed = await computeBed(t)
  await fill(bed, 2)
  const id = await bed.submit(founder, here)
  const wait = await explainWait(bed.parts, founder, id)
  const { change, option } = byCode(wait.changes, 'any-place')!
  const input = { workloadId: id, change, option: option.key, startsBy: option.startsBy! }
  const cheap = { ...input, most: '0.01' }
  const before = await bed.check()
  const replaced = (given: typeof cheap) => bed.at(founder, (ctx) => replace(ctx, bed.parts, given))
  assert.equal(await refusal(replaced(cheap)), 'compute.changed')
  assert.deepEqual(await bed.check(), before)
  assert.equal((await bed.job(id)).state, 'queued')
  const done = await replaced({ ...input, most: option.most })
  await bed.step()
  const again = { ...input, workloadId: done.id, most: option.most }
  assert.equal(await refusal(replaced(again)), 'compute.not-waiting')
  assert.equal(await refusal(explainWait(bed.parts, founder, done.id)), 'compute.not-waiting')
  assert.equal(await refusal(explainWait(bed.parts, sme, id)), 'request.not-found')
})

test('the range holds what really happens when others end early', async (t) => {
  const bed = await computeBed(t)
  // Of late, jobs ran a half of their limits.
  for (const _ of [1, 2, 3]) {
    const done = await bed.submit(founder, here)
    await bed.step()
    bed.pass(HOUR / 2)
    for (const task of await bed.tasks(done)) bed.machine.end(task)
    await bed.step()
  }
  const full = await fill(bed, 2)
  const id = await bed.submit(founder, here)
  const { outlook, startsBy } = await explainWait(bed.parts, founder, id)
  bed.pass(HOUR + MINUTE)
  for (const one of full) for (const task of await bed.tasks(one)) bed.machine.end(task)
  await bed.step()
  const started = bed.world.clock.now().toISOString()
  assert.notEqual((await bed.job(id)).state, 'queued')
  assert.ok(outlook!.latest! < startsBy, 'earlier than promised')
  const about = Date.parse(started) - Date.parse(outlook!.median!)
  assert.ok(Math.abs(about) <= 2 * MINUTE, `${outlook!.median} against ${started}`)
})
