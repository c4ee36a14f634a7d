// What would become of one workload, waiting or only thought of: why it waits, and when it starts.
import { type Expectations, forecast } from './forecast.ts'
import { schedule } from './schedule.ts'
import type { Pending, Policy, Reason, Snapshot } from './types.ts'

export interface Question {
  snapshot: Snapshot
  policy: Policy
  /** Each is put to the snapshot by itself, instead of a waiting one of the same id. */
  asked: readonly Pending[]
  expectations: Expectations
}

export interface Outlook {
  /** Whether the next cycle would start it. */
  startsNow: boolean
  /** Place in the order of this cycle, from 1. */
  position: number | null
  /** Why it starts, or why it waits: the binding one first. */
  reasons: readonly Reason[]
  /** 10, 50 and 90 % of the tried futures start it by then; its promise at the latest. */
  earliest: number | null
  median: number | null
  latest: number | null
}

/** One outlook for each that is asked about, in their order. @throws SnapshotError */
export function outlooks({ snapshot, policy, asked, expectations }: Question): Outlook[] {
  return asked.map((one) => {
    const others = snapshot.pending.filter(({ id }) => id !== one.id)
    const world = { ...snapshot, pending: [...others, one] }
    const told = schedule(world, policy).reasons.find(({ workloadId }) => workloadId === one.id)
    const startsNow = told?.outcome === 'placed'
    const known = { startsNow, position: told?.position ?? null, reasons: told?.reasons ?? [] }
    const { now } = snapshot
    if (startsNow) return { ...known, earliest: now, median: now, latest: now }
    const [found] = forecast(world, policy, [one.id], expectations)
    const by = one.promise?.from ?? null
    const { earliest, median, latest } = found!
    return {
      ...known,
      earliest: earliest ?? by,
      median: median ?? by,
      latest: latest ?? by,
    }
  })
}
