// Whatever happens in whatever order: nothing is held twice, nothing is lost, everything settles.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { Problem } from '#platform/errors.ts'
import { drainNode, resumeNode } from './operate.ts'
import { cancel, preempt } from './stop.ts'
import { store } from './store.ts'
import { type Bed, computeBed, danxia, founder, nodeOf, operator, sme } from './test-bed.ts'

const who = [founder, sme]
const index = fc.nat(99)
const act = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('submit' as const),
      who: fc.nat(1),
      count: fc.integer({ min: 1, max: 3 }),
      milli: fc.constantFrom(250, 500, 1_000, 3_000, 8_000),
      limit: fc.integer({ min: 1, max: 4_000 }),
      preemptible: fc.boolean(),
      vouchers: fc.boolean(),
      priority: fc.constantFrom('low' as const, 'normal' as const, 'high' as const),
    }),
  },
  { weight: 5, arbitrary: fc.record({ act: fc.constant('step' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('pass' as const), seconds: fc.nat(2_000) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('end' as const),
      nth: index,
      how: fc.constantFrom(
        { exitCode: 0 },
        { exitCode: 0 },
        { exitCode: 1 },
        { cause: 'memory-limit' as const },
        { cause: 'lost' as const },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('cancel' as const), nth: index }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('preempt' as const), nth: index }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constantFrom('drain' as const, 'resume' as const), nth: index }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('manners' as const),
      are: fc.constantFrom('leaves' as const, 'ignores' as const),
    }),
  },
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

const nodes = ['sg-01', 'sg-02', 'sg-03', 'sg-04']

const live = ({ world }: Bed) =>
  store({ tx: world.db })
    .selectFrom('compute.workload')
    .select(['id', 'subject'])
    .where('state', 'in', ['queued', 'placed', 'running'])
    .orderBy('id')
    .execute()

async function changeNode(bed: Bed, name: string, to: 'drain' | 'resume'): Promise<void> {
  const { version } = await store({ tx: bed.world.db })
    .selectFrom('compute.node')
    .select('version')
    .where('id', '=', nodeOf(name))
    .executeTakeFirstOrThrow()
  const input = { nodeId: nodeOf(name), basis: 'maintenance', ifMatch: String(version) }
  await bed.at(operator, async (ctx) => {
    await (to === 'drain' ? drainNode : resumeNode)(ctx, input)
  })
}

/** Does one thing; what the operation refuses is refused, anything else is a fault. */
async function perform(bed: Bed, one: Act): Promise<void> {
  if (one.act === 'step') return bed.step()
  if (one.act === 'pass') return bed.pass(one.seconds * 1_000)
  if (one.act === 'manners') {
    bed.machine.manners = one.are
    return
  }
  if (one.act === 'end') {
    const { running } = bed.machine
    if (running.length > 0) bed.machine.end(running[one.nth % running.length]!, one.how)
    return
  }
  if (one.act === 'drain' || one.act === 'resume') {
    return changeNode(bed, nodes[one.nth % nodes.length]!, one.act)
  }
  if (one.act === 'submit') {
    const { count, milli, limit, preemptible, vouchers, priority } = one
    const spec = { gang: { count, milli }, limitSeconds: limit, preemptible, vouchers, priority }
    const quote = await bed.quote(who[one.who]!, spec)
    await bed.take(who[one.who]!, quote.id, danxia)
    return
  }
  const all = await live(bed)
  const target = all[one.nth % Math.max(1, all.length)]
  if (!target) return
  const actor = who.find(({ subjectId }) => subjectId === target.subject)!
  const input = { workloadId: target.id, basis: 'owner' }
  if (one.act === 'cancel') await bed.at(actor, (ctx) => cancel(ctx, bed.parts, input))
  else await bed.at(operator, (ctx) => preempt(ctx, input))
}

/** Lets everything come to its end. */
async function finish(bed: Bed): Promise<void> {
  bed.machine.manners = 'leaves'
  for (const name of nodes) {
    await changeNode(bed, name, 'resume').catch((error) => assert.ok(error instanceof Problem))
  }
  for (let turns = 0; (await live(bed)).length > 0; turns++) {
    assert.ok(turns < 200, 'something never comes to its turn')
    await bed.step()
    bed.pass(60_000)
    for (const task of bed.machine.running) bed.machine.end(task)
    await bed.step()
  }
}

/** All money there is, wherever it is; vouchers with their part. */
async function wealth({ world }: Bed): Promise<bigint> {
  const { rows } = await sql<{ sum: bigint }>`
    select sum(b.available + b.held)::int8 as sum from ledger.balance b
    join ledger.account a on a.id = b.account_id where a.kind in ('main', 'earmarked')`.execute(
    world.db,
  )
  return rows[0]!.sum
}

async function claimsAhead({ world }: Bed): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::float8 as n from capacity.claim
    where upper(period) > ${world.clock.now().getTime()} and not isempty(period)`.execute(world.db)
  return rows[0]!.n
}

test('any sequence of acts keeps the books, and everything settles at the end', async (t) => {
  const bed = await computeBed(t)
  await bed.claim('liyu', 500)
  const before = await wealth(bed)
  let settled = 0
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 45 }), async (acts) => {
      for (const one of acts) {
        try {
          await perform(bed, one)
        } catch (error) {
          if (!(error instanceof Problem)) throw error
        }
        await bed.check()
      }
      await finish(bed)
      const books = await bed.check()
      assert.deepEqual([books.live, books.unsettled, books.held], [0, 0, 0n])
      assert.equal(await wealth(bed), before)
      assert.equal(await claimsAhead(bed), 0)
      assert.deepEqual(bed.machine.running, [])
      settled = books.settled
    }),
    { numRuns: 12, endOnFailure: true },
  )
  assert.ok(settled > 20, `only ${settled} workloads`)
})
