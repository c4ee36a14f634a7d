// Chooses among the ways to run a job, and says of each why it was chosen or why another was.
import { formatAmount } from '#engines/ledger/amount.ts'
import type { Text } from '#platform/context.ts'
import type { Reason } from './shapes.ts'

/** What is known of one way; times in milliseconds, money in 1/10,000 yuan. */
export interface Candidate {
  key: string
  name: Text
  /** What the buyer pays in money at the most, and what may be spent on it; null: not asked. */
  cash: bigint
  purse: bigint | null
  /** Null: it does not fit; then `refused` says why. */
  startsBy: number | null
  endsBy: number | null
  refused: Reason | null
}

export interface Choice {
  chosen: string | null
  reasons: ReadonlyMap<string, Reason[]>
}

/** A start this much later than the earliest still counts as early. */
const SAME_TIME_MS = 60_000

const yuan = (amount: bigint): string => formatAmount(amount, 4)
const instant = (ms: number): string => new Date(ms).toISOString()
const percentAbove = (dear: bigint, cheap: bigint): number =>
  cheap === 0n ? 0 : Number(((dear - cheap) * 100n) / cheap)

/** Of those that meet the deadline, the cheapest among the earliest; ties go to the first. */
export function choose(candidates: readonly Candidate[], deadline: number | null): Choice {
  const reasons = new Map<string, Reason[]>()
  const inTime = candidates.filter((one) => {
    if (one.refused) reasons.set(one.key, [one.refused])
    else if (deadline !== null && one.endsBy! > deadline) {
      const params = { deadline: instant(deadline), startsBy: instant(one.startsBy!) }
      reasons.set(one.key, [{ code: 'deadline-missed', params }])
    } else return true
    return false
  })
  const able = inTime.filter(({ key, cash, purse }) => {
    if (purse === null || cash <= purse) return true
    const params = { needed: yuan(cash), available: yuan(purse) }
    reasons.set(key, [{ code: 'insufficient-funds', params }])
    return false
  })
  if (able.length === 0) return { chosen: null, reasons }
  const earliest = Math.min(...able.map(({ startsBy }) => startsBy!))
  const early = able.filter(({ startsBy }) => startsBy! <= earliest + SAME_TIME_MS)
  const best = early.reduce((found, one) => (one.cash < found.cash ? one : found))
  for (const one of able) {
    if (one === best) continue
    const why: Reason[] = []
    const other = best.name.zh
    if (one.startsBy! > earliest + SAME_TIME_MS) {
      why.push({ code: 'later-than', params: { other, startsBy: instant(one.startsBy!) } })
    }
    if (one.cash > best.cash) {
      const percent = percentAbove(one.cash, best.cash)
      why.push({ code: 'dearer-than', params: { other, percent } })
    }
    if (why.length === 0) why.push({ code: 'same-as', params: { other } })
    reasons.set(one.key, why)
  }
  const chosen: Reason[] = [
    { code: 'chosen-earliest', params: { startsBy: instant(best.startsBy!) } },
  ]
  if (early.length > 1)
    chosen.push({ code: 'chosen-cheapest', params: { amount: yuan(best.cash) } })
  reasons.set(best.key, chosen)
  return { chosen: best.key, reasons }
}
