// Whether a workload may start at all: the caller's gate, its quota, its pools, its deadline.
import type { QueueTree } from './queues.ts'
import type { Option, Pending, Policy, Reason } from './types.ts'

/** How long its room is needed. */
export const durationOn = (policy: Policy, pending: Pending, option: Option): number =>
  Math.ceil(pending.limitMs / option.speed) + policy.slackMs

/** Why quota or borrowing limit forbid this option now, or null. */
export function quotaReason(
  tree: QueueTree,
  pending: Pending,
  option: Option,
  milli: number,
): Reason | null {
  const place = tree.place(pending.queueId)
  const { count, cpuMilli } = pending.gang
  for (const [c, need] of tree.amounts(option.flavorId, milli, count * cpuMilli)) {
    const available = tree.available(place, c)
    if (need <= available) continue
    return {
      code: 'quota',
      params: {
        queue: pending.queueId,
        chipClass: tree.classes[c]!,
        needMilli: need,
        availableMilli: Math.max(0, available),
        nominalMilli: tree.nominalOf(place, c),
        usedMilli: tree.usedBy(place, c),
      },
    }
  }
  return null
}

/** Why it could not be over by its deadline even if it started at `from`, or null. */
export function deadlineReason(pending: Pending, option: Option, from: number): Reason | null {
  if (pending.deadline === null) return null
  const end = from + Math.ceil(pending.estimateMs / option.speed)
  if (end <= pending.deadline) return null
  return { code: 'deadline-impossible', params: { deadline: pending.deadline, earliestEnd: end } }
}
