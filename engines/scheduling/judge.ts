// Sorts a workload's options into those that are open now and those that something forbids.
import { deadlineReason, durationOn, quotaReason } from './admit.ts'
import type { State } from './state.ts'
import { type Alternative, gangMilli, type Option, type Pending, type Reason } from './types.ts'

/** An option that quota, pools and deadline allow now. */
export interface Open {
  option: Option
  durationMs: number
}

export interface Judged {
  /** The cheapest first. */
  open: Open[]
  refused: Alternative[]
  /** Options that only the quota forbids. */
  overQuota: Option[]
}

export function lost(option: Option, start: number | null, reason: Reason): Alternative {
  const { clusterId, flavorId, cost } = option
  return { clusterId, flavorId, cost, start, reason }
}

function poolReason(
  state: State,
  pending: Pending,
  option: Option,
  durationMs: number,
): Reason | null {
  if (option.pools.length === 0) return null
  const { room, now } = state
  const own = state.heldBy(pending.id).filter(({ node }) => node >= state.nodes.length)
  // No more stays free than is free at this moment: in a long queue that is mostly too little.
  let drawn = own.every(({ from }) => from > now) ? state.drawAtOnce(option.pools) : null
  if (!drawn || !('short' in drawn)) {
    for (const booking of own) room.unbook(booking)
    drawn = state.draw(option.pools, now, now + durationMs)
    for (const booking of own) room.book(booking)
  }
  if (!('short' in drawn)) return null
  const { poolId, units, free } = drawn.short
  if (free === null) return { code: 'pool-unknown', params: { pool: poolId } }
  return { code: 'pool', params: { pool: poolId, needUnits: units, freeUnits: free } }
}

export function judge(state: State, pending: Pending): Judged {
  const open: Open[] = []
  const refused: Alternative[] = []
  const overQuota: Option[] = []
  const milli = gangMilli(pending.gang)
  for (const option of pending.options) {
    const durationMs = durationOn(state.policy, pending, option)
    const firm =
      pending.gate ??
      option.refused ??
      deadlineReason(pending, option, state.now) ??
      poolReason(state, pending, option, durationMs) ??
      state.budgets.lacks(pending.charge, state.now, state.now + durationMs)
    const why = firm ?? quotaReason(state.tree, pending, option, milli)
    if (!why) open.push({ option, durationMs })
    else refused.push(lost(option, null, why))
    if (why && !firm) overQuota.push(option)
  }
  open.sort((a, b) => a.option.cost - b.option.cost || a.durationMs - b.durationMs)
  return { open, refused, overQuota }
}
