// Budgets over calendar windows: nothing is overspent, whatever starts, ends early or spans a border.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chargedFor } from './budgets.ts'
import { Cycle } from './cycle.ts'
import { schedule } from './schedule.ts'
import { State } from './state.ts'
import {
  cards,
  gang,
  HOUR,
  NOW,
  node,
  pending,
  policy,
  running,
  slot,
  snapshot,
} from './test-snapshots.ts'
import type { Budget, Charge } from './types.ts'

const DAY = 24 * HOUR
const month = (nth: number, limit: number, spent = 0) => ({
  from: NOW + (nth - 1) * 30 * DAY,
  to: NOW + nth * 30 * DAY,
  limit,
  spent,
})
const charge = (perHour: number): Charge => ({ budgetId: 'project', perHour })
const project = (...windows: Budget['windows'][number][]): Budget => ({ id: 'project', windows })

test('what is left of the window decides, and the reason says when the next one opens', () => {
  const world = (spent: number) =>
    snapshot({
      nodes: [node('n', 8)],
      budgets: [project(month(1, 100, spent), month(2, 100))],
      pending: [pending('w', 1_000, { charge: charge(10), limitMs: 4 * HOUR })],
    })
  assert.equal(schedule(world(60), policy()).placements.length, 1)
  const { placements, reasons } = schedule(world(61), policy())
  assert.deepEqual(placements, [])
  const params = { needed: 40, left: 39, until: NOW + 30 * DAY, next: NOW + 30 * DAY }
  assert.deepEqual(reasons[0]?.reasons[0], {
    code: 'budget',
    params: { budget: 'project', ...params },
  })
})

test('each window pays its own part of a job that spans two, and outside all of them nothing is paid', () => {
  const late = { ...month(1, 100), from: NOW - 28 * DAY, to: NOW + 2 * HOUR }
  const next = { ...month(2, 10), from: NOW + 2 * HOUR }
  const job = pending('w', 1_000, { charge: charge(10), limitMs: 3 * HOUR })
  const over = (...windows: Budget['windows'][number][]) =>
    schedule(
      snapshot({ nodes: [node('n', 8)], budgets: [project(...windows)], pending: [job] }),
      policy(),
    )
  assert.equal(over(late, next).placements.length, 1)
  assert.equal(over({ ...late, limit: 19 }, next).placements.length, 0)
  assert.equal(over(late, { ...next, limit: 9 }).placements.length, 0)
  assert.equal(over(late).placements.length, 0)
})

test('one that ends early gives back what it did not use; what it used stays spent', () => {
  const at = slot(0, 10 * HOUR, cards('n', 0, 1))
  const world = snapshot({
    nodes: [node('n', 2)],
    budgets: [project(month(1, 100))],
    running: [running('r', at, { charge: charge(10) })],
    pending: [pending('w', 1_000, { charge: charge(10), limitMs: 7 * HOUR })],
  })
  const state = new State(world, policy())
  assert.equal(new Cycle(state).run().placements.length, 0)
  state.advance(NOW + 3 * HOUR)
  state.suspend('r')
  assert.equal(new Cycle(state).run().placements.length, 1)
  assert.equal(state.budgets.lacks(charge(1), NOW + 3 * HOUR, NOW + 4 * HOUR)?.params.left, 0)
})

test('no window is ever overspent, by plain addition', () => {
  const job = fc.record({
    perHour: fc.nat(30),
    hours: fc.integer({ min: 1, max: 60 }),
    budget: fc.constantFrom('a', 'b'),
    runs: fc.boolean(),
  })
  const window = fc.record({ days: fc.integer({ min: 1, max: 3 }), limit: fc.nat(900) })
  const budgets = fc.array(window, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(fc.array(job, { maxLength: 20 }), budgets, budgets, (jobs, a, b) => {
      const laid = (id: string, list: typeof a): Budget => {
        let from = NOW - DAY
        const windows = list.map(({ days, limit }) => {
          const start = from
          from += days * DAY
          return { from: start, to: from, limit, spent: 0 }
        })
        return { id, windows }
      }
      const world = snapshot({
        nodes: [node('n', 40)],
        budgets: [laid('a', a), laid('b', b)],
        running: jobs.flatMap(({ runs, perHour, hours, budget }, nth) =>
          runs
            ? [
                running(`r${nth}`, slot(0, hours * HOUR, cards('n', nth, nth + 1)), {
                  charge: { budgetId: budget, perHour },
                }),
              ]
            : [],
        ),
        pending: jobs.flatMap(({ runs, perHour, hours, budget }, nth) =>
          runs
            ? []
            : [
                pending(`p${nth}`, 0, {
                  gang: gang(1_000),
                  limitMs: hours * HOUR,
                  charge: { budgetId: budget, perHour },
                }),
              ],
        ),
      })
      const { placements, reasons } = schedule(world, policy())
      const asked = new Map(world.pending.map((one) => [one.id, one]))
      const spent = (budget: string, from: number, to: number, ids: readonly string[]) =>
        [
          ...world.running.map((one) => ({ charge: one.charge!, slot: one.slot })),
          ...placements
            .filter((one) => ids.includes(one.workloadId))
            .map((one) => ({ charge: asked.get(one.workloadId)!.charge!, slot: one.slot })),
        ]
          .filter((one) => one.charge.budgetId === budget)
          .reduce((sum, one) => {
            const end = Math.min(to, one.slot.to)
            return sum + chargedFor(one.charge, Math.max(from, one.slot.from), end)
          }, 0)
      const placed = placements.map((one) => one.workloadId)
      for (const { id, windows } of world.budgets) {
        for (const { from, to, limit } of windows) {
          const before = spent(id, from, to, [])
          const after = spent(id, from, to, placed)
          assert.ok(after <= Math.max(limit, before), `${id}: ${after} of ${limit}`)
        }
      }
      for (const { workloadId, reasons: why } of reasons) {
        const waits = !placed.includes(workloadId)
        if (waits && why[0]?.code === 'budget') {
          assert.ok(Number(why[0].params.needed) > Number(why[0].params.left))
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('a budget that contradicts itself is refused', () => {
  const code = (budgets: Budget[], of: Charge | null = null) => {
    try {
      schedule(snapshot({ budgets, pending: [pending('w', 1_000, { charge: of })] }), policy())
      return null
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  assert.equal(code([project(month(1, 1)), project(month(1, 1))]), 'budget-twice')
  assert.equal(code([project(month(1, 1), month(1, 1))]), 'window-overlaps')
  assert.equal(code([project(month(1, -1))]), 'budget-negative')
  assert.equal(code([], charge(1)), 'budget-unknown')
  assert.equal(code([project(month(1, 1))], charge(-1)), 'charge-negative')
  assert.equal(code([project(month(1, 1), month(2, 1))]), null)
})
