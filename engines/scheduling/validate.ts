// Refuses a snapshot or policy that contradicts itself, with the first fault found.
import { SnapshotError } from './errors.ts'
import { scores } from './score.ts'
import type { Gang, Pending, Policy, Queue, Slot, Snapshot, Units } from './types.ts'
import { MILLI } from './types.ts'

function refuse(code: string, params: Record<string, string | number>): never {
  throw new SnapshotError(code, params)
}

const whole = (value: number, least: number) => Number.isSafeInteger(value) && value >= least

function checkQueue(queue: Queue): void {
  if (!(queue.weight > 0)) refuse('weight-not-positive', { queue: queue.id })
  for (const { chipClass, nominal, borrowing, lending } of queue.quotas) {
    if (![nominal, borrowing ?? 0, lending ?? 0].every((amount) => amount >= 0)) {
      refuse('quota-negative', { queue: queue.id, chipClass })
    }
  }
}

function checkGang(id: string, { count, milli, cpuMilli, memoryMib }: Gang): void {
  if (!whole(count, 1)) refuse('gang-empty', { workload: id })
  if (![milli, cpuMilli, memoryMib].every((amount) => whole(amount, 0))) {
    refuse('need-negative', { workload: id })
  }
  if (milli + cpuMilli + memoryMib === 0) refuse('need-nothing', { workload: id })
}

function checkPending(pending: Pending): void {
  checkGang(pending.id, pending.gang)
  if (!(pending.estimateMs > 0)) refuse('estimate-not-positive', { workload: pending.id })
  if (!(pending.limitMs > 0)) refuse('limit-not-positive', { workload: pending.id })
  for (const { speed, cost } of pending.options) {
    if (!(speed > 0)) refuse('speed-not-positive', { workload: pending.id })
    if (!Number.isFinite(cost)) refuse('cost-not-finite', { workload: pending.id })
  }
}

function checkBudgets({ budgets, pending, running }: Snapshot): void {
  const known = new Set<string>()
  for (const { id, windows } of budgets) {
    if (known.has(id)) refuse('budget-twice', { budget: id })
    known.add(id)
    let end = Number.NEGATIVE_INFINITY
    for (const { from, to, limit, spent } of [...windows].sort((a, b) => a.from - b.from)) {
      if (from < end || to <= from) refuse('window-overlaps', { budget: id, from, to })
      if (!whole(limit, 0) || !whole(spent, 0)) refuse('budget-negative', { budget: id })
      end = to
    }
  }
  for (const { id, charge } of [...pending, ...running]) {
    if (!charge) continue
    if (!known.has(charge.budgetId)) refuse('budget-unknown', { workload: id })
    if (!whole(charge.perHour, 0)) refuse('charge-negative', { workload: id })
  }
}

function checkUnits(owner: string, units: readonly Units[], cards: number): void {
  for (const [from, to] of units) {
    if (!whole(from, 0) || !whole(to, from + 1) || to > cards * MILLI) {
      refuse('units-outside', { owner, from, to })
    }
  }
}

function checkSlot(owner: string, slot: Slot, cards: ReadonlyMap<string, number>): void {
  if (!(slot.to > slot.from)) refuse('slot-empty', { owner })
  for (const { nodeId, units } of slot.claims) {
    checkUnits(owner, units, cards.get(nodeId) ?? refuse('node-unknown', { owner, node: nodeId }))
  }
}

/** @throws SnapshotError with a code and what it is about */
export function validate(snapshot: Snapshot): void {
  if (!Number.isSafeInteger(snapshot.now)) refuse('now-not-integer', {})
  const cards = new Map<string, number>()
  for (const { id, cards: count, cpuMilli, memoryMib } of snapshot.nodes) {
    if (cards.has(id)) refuse('node-twice', { node: id })
    if (!whole(count, 0) || !whole(cpuMilli, 0) || !whole(memoryMib, 0)) {
      refuse('node-negative', { node: id })
    }
    cards.set(id, count)
  }
  snapshot.queues.forEach(checkQueue)
  checkBudgets(snapshot)
  const ids = new Set<string>()
  for (const { id } of [...snapshot.pending, ...snapshot.running]) {
    if (ids.has(id)) refuse('workload-twice', { workload: id })
    ids.add(id)
  }
  for (const pending of snapshot.pending) {
    checkPending(pending)
    if (pending.promise) checkSlot(pending.id, pending.promise, cards)
  }
  for (const { id, gang, slot } of snapshot.running) {
    checkGang(id, gang)
    checkSlot(id, slot, cards)
  }
  for (const { nodeId, units } of snapshot.blocks) {
    const known = cards.get(nodeId) ?? refuse('node-unknown', { owner: 'block', node: nodeId })
    if (units) checkUnits('block', units, known)
  }
}

export function validatePolicy(policy: Policy): void {
  const orders = ['fair', 'fcfs', 'sjf']
  if (!orders.includes(policy.order)) refuse('order-unknown', { order: policy.order })
  if (!Object.hasOwn(scores, policy.score)) refuse('score-unknown', { score: policy.score })
  if (!(policy.halfLifeMs > 0)) refuse('half-life-not-positive', {})
  if (!whole(policy.reservations, 0) || !whole(policy.depth, 1)) refuse('depth-not-positive', {})
  if (policy.patienceMs !== null && !whole(policy.patienceMs, 0)) refuse('patience-negative', {})
  if (!(policy.waitCost >= 0)) refuse('wait-cost-negative', {})
}
