// What may be spent in windows of the calendar, and what running workloads have set aside of it.
import type { Budget, Charge, Reason, Running } from './types.ts'

const HOUR_MS = 3_600_000

interface Window {
  from: number
  to: number
  limit: number
  spent: number
}

/** Units that a charge takes of [from, to), rounded up: a window is never overspent by a rest. */
export const chargedFor = ({ perHour }: Charge, from: number, to: number): number =>
  to > from ? Math.ceil((perHour * (to - from)) / HOUR_MS) : 0

/** Windows of each budget in the order of time; what lies in none of them may cost nothing. */
export class Budgets {
  private readonly windows = new Map<string, Window[]>()

  constructor(budgets: readonly Budget[]) {
    for (const { id, windows } of budgets) {
      const sorted = windows.map((one) => ({ ...one })).sort((a, b) => a.from - b.from)
      this.windows.set(id, sorted)
    }
  }

  /** Sets aside what the charge takes of each window that [from, to) touches; sign -1 gives back. */
  take(charge: Charge | null, from: number, to: number, sign: 1 | -1): void {
    if (!charge) return
    for (const window of this.windows.get(charge.budgetId)!) {
      const start = Math.max(from, window.from)
      window.spent += sign * chargedFor(charge, start, Math.min(to, window.to))
    }
  }

  /** Why [from, to) cannot be charged, with the next window in which it could be; or null. */
  lacks(charge: Charge | null, from: number, to: number): Reason | null {
    if (!charge || charge.perHour === 0 || to <= from) return null
    const windows = this.windows.get(charge.budgetId)!
    const short = this.shortOf(windows, charge, from, to)
    if (!short) return null
    const length = to - from
    const next = windows.find((window) => {
      return window.from > from && !this.shortOf(windows, charge, window.from, window.from + length)
    })
    const params = { budget: charge.budgetId, ...short, next: next?.from ?? null }
    return { code: 'budget', params }
  }

  /** The first part of [from, to) that is not covered. */
  private shortOf(windows: readonly Window[], charge: Charge, from: number, to: number) {
    let covered = from
    for (const { from: start, to: end, limit, spent } of windows) {
      if (end <= covered || start >= to) continue
      if (start > covered) break
      const needed = chargedFor(charge, covered, Math.min(to, end))
      if (spent + needed > limit) return { needed, left: Math.max(0, limit - spent), until: end }
      covered = end
    }
    if (covered >= to) return null
    return { needed: chargedFor(charge, covered, to), left: 0, until: null }
  }

  /** As a snapshot has them: what running workloads set aside is theirs to say again. */
  without(running: Iterable<Running>): Budget[] {
    const rest = new Budgets(
      [...this.windows].map(([id, windows]) => ({
        id,
        windows: windows.map((one) => ({ ...one })),
      })),
    )
    for (const { charge, slot } of running) rest.take(charge, slot.from, slot.to, -1)
    return [...rest.windows].map(([id, windows]) => ({ id, windows }))
  }

  /** When the next window begins after `now`, or Infinity. */
  nextAfter(now: number): number {
    let next = Number.POSITIVE_INFINITY
    for (const windows of this.windows.values()) {
      const first = windows.find(({ from }) => from > now)
      if (first) next = Math.min(next, first.from)
    }
    return next
  }
}
