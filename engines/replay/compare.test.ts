// Two courses of one day: what is told must add up, and a limit on one organisation must hold.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compare, waitClasses } from './compare.ts'
import { capped, type Day, follow, recorded, takenOf } from './course.ts'
import { figuresOf } from './figures.ts'
import { floodDay } from './flood.ts'
import { logDay, policyOf, queuePolicies } from './queue.ts'

const MINUTE = 60_000
const job = fc.record({
  user: fc.constantFrom('a', 'b', 'c'),
  submitMs: fc.nat(50).map((n) => n * MINUTE),
  waitMs: fc.nat(50).map((n) => n * MINUTE),
  runMs: fc.integer({ min: 1, max: 60 }).map((n) => n * MINUTE),
  processors: fc.integer({ min: 1, max: 8 }),
})
const day = fc.array(job, { minLength: 1, maxLength: 40 }).map((some) => {
  const jobs = some.map((one, nth) => ({ ...one, id: `j${nth}`, requestedMs: 2 * one.runMs }))
  return logDay({ processors: 8, jobs, leftOut: 0 })
})
const near = (a: number, b: number, what: string) =>
  assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)), `${what}: ${a} and ${b}`)

test('property: curves hold all waiting and all running, classes all jobs, whatever the policies', () => {
  const policy = fc.constantFrom(...queuePolicies)
  fc.assert(
    fc.property(day, policy, policy, (one, p, q) => {
      const courses = [follow(one, policyOf[p]), follow(one, policyOf[q])] as const
      const found = compare(...courses)
      for (const [nth, side] of found.sides.entries()) {
        const { tasks, waits, size } = courses[nth]!
        const sum = (values: Iterable<number>) => [...values].reduce((all, one) => all + one, 0)
        assert.equal(sum(side.classes), tasks.length)
        near(sum(side.waiting) * found.stepMs, sum(waits), 'waiting')
        const busy = sum(tasks.map(({ pending, runMs }) => runMs * takenOf(pending.gang)))
        near(sum(side.use) * found.stepMs * size, busy, 'in use')
        for (const share of side.use) assert.ok(share <= 1 + 1e-9, `${share} of the machine`)
      }
      assert.equal(found.earlier + found.later + found.alike, one.tasks.length)
      if (p === q) assert.deepEqual([found.earlier, found.later, found.jobs], [0, 0, []])
      const back = compare(courses[1], courses[0])
      assert.deepEqual([back.earlier, back.later], [found.later, found.earlier])
    }),
    { numRuns: 100 },
  )
})

/** Most that one user held at any moment, in the unit of the machine. */
function peak({ tasks, waits }: ReturnType<typeof follow>, user: string): number {
  const runs = tasks.flatMap(({ pending, runMs }, nth) => {
    const from = pending.submittedAt + waits[nth]!
    if (pending.queueId !== user || !Number.isFinite(from)) return []
    return [{ from, to: from + runMs, taken: takenOf(pending.gang) }]
  })
  return Math.max(
    0,
    ...runs.map(({ from }) =>
      runs.reduce((sum, one) => (one.from <= from && from < one.to ? sum + one.taken : sum), 0),
    ),
  )
}

test('property: nobody holds more than the limit, and who asks for more never starts and is told', () => {
  fc.assert(
    fc.property(day, fc.constantFrom(0.25, 0.5, 1), (one, share) => {
      const course = follow(capped(one, share), policyOf.kapok)
      for (const user of ['a', 'b', 'c']) assert.ok(peak(course, user) <= share * 8)
      const tooLarge = one.tasks.filter(({ pending }) => takenOf(pending.gang) > share * 8)
      assert.equal(figuresOf(course).neverStarted, tooLarge.length)
    }),
    { numRuns: 60 },
  )
})

test('a limit on cards is kept too, and the others gain what the one must leave', () => {
  const flood = floodDay({ organisations: 60, jobs: 800, seed: 3 })
  const [all, half] = [1, 0.5].map((share) => follow(capped(flood, share), policyOf.fcfs))
  assert.equal(peak(all!, 'flooder'), 320_000)
  assert.equal(peak(half!, 'flooder'), 160_000)
  const { users } = compare(all!, half!)
  const [mine] = users.filter(({ user }) => user === 'flooder')
  assert.ok(mine!.waitsMs[1]! > mine!.waitsMs[0]!, 'the flooder waits longer')
  assert.ok(
    users.some(({ user, waitsMs: [a, b] }) => user !== 'flooder' && b! < a!),
    'a small one starts earlier',
  )
})

test('what really happened is a course as well, where every wait is recorded', () => {
  const known = { id: '1', user: 'a', submitMs: 0, waitMs: 7 * MINUTE, runMs: MINUTE }
  const log = { ...known, processors: 8, requestedMs: null }
  const dayWith = (waitMs: number | null): Day =>
    logDay({ processors: 8, jobs: [{ ...log, waitMs }], leftOut: 0 })
  const course = recorded(dayWith(7 * MINUTE))!
  assert.equal(figuresOf(course).meanWaitSeconds, 420)
  assert.equal(recorded(dayWith(null)), null)
  const { sides, jobs } = compare(course, follow(dayWith(null), policyOf.easy))
  assert.deepEqual(sides[0].classes, [0, 1, 0, 0, 0, 0])
  assert.deepEqual(sides[1].classes, [1, 0, 0, 0, 0, 0])
  assert.equal(sides[0].classes.length, waitClasses.length + 1)
  assert.deepEqual(jobs[0]!.waitsMs, [7 * MINUTE, 0])
})
