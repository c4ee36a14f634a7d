// Who would have to leave for a workload to start: simulated first, the fewest and least harmed.
import { durationOn, quotaReason } from './admit.ts'
import { groupOf, type State, type Suspended } from './state.ts'
import {
  gangMilli,
  type Option,
  type Pending,
  type Preemption,
  type Reservation,
  type Running,
} from './types.ts'

/** The ground on which one may displace another; both are strict, so nothing goes in circles. */
type Ground = 'priority' | 'reclaim'

/**
 * priority: a lower one of the same queue. reclaim: it borrowed what is nominally this queue's
 * cohort's, and this queue stays within its own nominal quota.
 */
function groundFor(state: State, pending: Pending, option: Option, victim: Running): Ground | null {
  const { minRuntimeMs } = state.policy.preemption
  if (!victim.preemptible || victim.leavingBy !== null) return null
  if (state.now - victim.slot.from < minRuntimeMs) return null
  if (pending.displacedBy.includes(victim.id)) return null
  if (victim.queueId === pending.queueId) {
    return victim.priority < pending.priority ? 'priority' : null
  }
  if (!victim.borrowed) return null
  const mine = state.tree.place(pending.queueId)
  const theirs = state.tree.place(victim.queueId)
  if (state.tree.rootOf(mine) !== state.tree.rootOf(theirs)) return null
  return state.tree.borrows(mine, state.amountsOf(pending.gang, option.flavorId)) ? null : 'reclaim'
}

/** What is lost when it leaves, in card-milliseconds: less is less disruptive. */
const lostWork = (state: State, victim: Running) =>
  (state.now - victim.slot.from) * Math.max(1, gangMilli(victim.gang))

function victimsFor(state: State, pending: Pending, option: Option): Running[] {
  return [...state.running.values()]
    .map(({ running }) => running)
    .filter((running) => groundFor(state, pending, option, running) !== null)
    .sort(
      (a, b) =>
        a.priority - b.priority ||
        lostWork(state, a) - lostWork(state, b) ||
        (a.id < b.id ? -1 : 1),
    )
}

export interface Displacing {
  preemptions: Preemption[]
  reservation: Reservation
}

/**
 * Tries one option in a simulation: takes candidates away until it fits, puts back who is not
 * needed, and books the room from when the last has left. Changes nothing where it does not help.
 */
export function displaceFor(state: State, pending: Pending, option: Option): Displacing | null {
  const { policy, placer, now } = state
  const from = now + policy.preemption.noticeMs
  const to = from + durationOn(policy, pending, option)
  const groups = [groupOf(option)]
  const milli = gangMilli(pending.gang)
  const fits = () =>
    quotaReason(state.tree, pending, option, milli) === null &&
    placer.count(pending.gang, groups, from, to) >= pending.gang.count
  const held = state.release(pending.id)
  const gone: { victim: Running; kept: Suspended }[] = []
  const candidates = victimsFor(state, pending, option)
  while (!fits() && gone.length < candidates.length) {
    const victim = candidates[gone.length]!
    gone.push({ victim, kept: state.suspend(victim.id) })
  }
  const enough = gone.length > 0 && fits()
  const leaving: typeof gone = []
  for (const one of gone.reverse()) {
    state.resume(one.kept)
    if (!enough || fits()) continue
    state.suspend(one.victim.id)
    leaving.push(one)
  }
  const found = enough ? placer.place(pending.id, pending.gang, groups, from, to) : 0
  if (typeof found !== 'number') for (const booking of found.bookings) state.room.unbook(booking)
  for (const { kept } of leaving) {
    state.resume(typeof found === 'number' ? kept : state.leaving(kept, from))
  }
  if (typeof found === 'number') {
    state.retake(pending.id, held)
    return null
  }
  const slot = { from, to, claims: found.claims }
  const drawn = state.draw(option.pools, from, to)
  state.hold(pending.id, slot, pending.gang, 'shares' in drawn ? drawn.shares : option.pools)
  const { clusterId, flavorId } = option
  return {
    reservation: { workloadId: pending.id, clusterId, flavorId, slot },
    preemptions: leaving.map(({ victim }) => ({
      workloadId: victim.id,
      by: pending.id,
      leavingBy: from,
      reason: {
        code: victim.queueId === pending.queueId ? 'preempted-priority' : 'preempted-reclaimed',
        params: { by: pending.id, queue: pending.queueId, lostMs: now - victim.slot.from },
      },
    })),
  }
}
