// Puts a cycle's outcome into reasons: for those that wait the binding one first, then the others.
import { Explainer } from './explain.ts'
import { judge, lost, type Open } from './judge.ts'
import type { State } from './state.ts'
import type { Alternative, Explanation, Option, Pending, Preemption, Reservation } from './types.ts'

/** What became of the options that a started workload did not take. */
export function passedOver(chosen: Option, open: readonly Open[]): Alternative[] {
  return open
    .filter(({ option }) => option !== chosen)
    .map(({ option }) => {
      const params = { cost: option.cost, chosen: chosen.cost }
      if (option.cost > chosen.cost) return lost(option, null, { code: 'dearer', params })
      const code = option.cost < chosen.cost ? 'full' : 'equal'
      return lost(option, null, { code, params })
    })
}

/** Not looked at in this cycle. */
export function behind(pending: Pending, position: number): Explanation {
  return {
    workloadId: pending.id,
    outcome: 'waiting',
    position,
    reasons: [{ code: 'behind-in-order', params: { ahead: position - 1 } }],
    alternatives: [],
    startsBy: pending.promise?.from ?? null,
  }
}

export function tellPreempted(preemptions: readonly Preemption[]): Explanation[] {
  return preemptions.map(({ workloadId, reason }) => ({
    workloadId,
    outcome: 'preempted',
    position: null,
    reasons: [reason],
    alternatives: [],
    startsBy: null,
  }))
}

export function tellWaiting(
  state: State,
  waiting: readonly { pending: Pending; position: number }[],
  reservations: readonly Reservation[],
  preemptions: readonly Preemption[],
): Explanation[] {
  const explainer = new Explainer(state)
  const reserved = new Map(reservations.map((one) => [one.workloadId, one.slot.from]))
  const displacing = new Set(preemptions.map((one) => one.by))
  return waiting.map(({ pending, position }) => {
    const judged = judge(state, pending)
    const full = judged.open.map(({ option, durationMs }) =>
      lost(option, null, explainer.noRoom(pending.gang, option, durationMs)),
    )
    const alternatives = [...full, ...judged.refused]
    const from = reserved.get(pending.id) ?? null
    const found = alternatives[0]?.reason ?? { code: 'no-option', params: {} }
    const leaving = { code: 'others-leaving', params: { from } }
    const stands = state.heldBy(pending.id).length > 0
    return {
      workloadId: pending.id,
      outcome: 'waiting',
      position,
      reasons: [displacing.has(pending.id) ? leaving : found],
      alternatives,
      startsBy: (stands ? pending.promise?.from : undefined) ?? from,
    }
  })
}
