// The earliest instant at which a gang has room for its whole duration, and keeping that room.
import { deadlineReason } from './admit.ts'
import type { Open } from './judge.ts'
import type { Placer } from './place.ts'
import type { Room } from './room.ts'
import { needOf, tasksIn } from './score.ts'
import { groupOf, type State } from './state.ts'
import type { Gang, Pending, Reservation } from './types.ts'

/** When one task first fits on a node, or Infinity. */
function earliestOn(room: Room, node: number, gang: Gang, durationMs: number, before: number) {
  const need = needOf(gang)
  const grown = room.firstGrown(node, (view) => tasksIn(view, need) > 0)
  if (grown !== null) return grown
  for (const start of [room.now, ...room.endsOn([node])]) {
    if (start >= before) break
    if (tasksIn(room.view(node, start, start + durationMs), need) > 0) return start
  }
  return Number.POSITIVE_INFINITY
}

/**
 * @param fits whether pools and deadline agree with a start
 * @param otherEnds instants at which `fits` may change its mind
 * @returns milliseconds since 1970, or Infinity when it never fits
 */
function earliestFit(
  room: Room,
  placer: Placer,
  gang: Gang,
  groups: readonly string[],
  durationMs: number,
  fits: (from: number) => boolean,
  otherEnds: readonly number[],
): number {
  const nodes = placer.nodesIn(groups)
  let lower = Number.POSITIVE_INFINITY
  const firsts: number[] = []
  for (const node of nodes) {
    const before = gang.count === 1 && otherEnds.length === 0 ? lower : Number.POSITIVE_INFINITY
    const first = earliestOn(room, node, gang, durationMs, before)
    if (first < Number.POSITIVE_INFINITY) firsts.push(first)
    lower = Math.min(lower, first)
  }
  if (lower === Number.POSITIVE_INFINITY) return lower
  if (gang.count === 1 && fits(lower)) return lower
  const starts = new Set([...firsts, ...room.endsOn(nodes), ...otherEnds])
  for (const start of [...starts].sort((a, b) => a - b)) {
    if (start < lower || !fits(start)) continue
    if (placer.count(gang, groups, start, start + durationMs) >= gang.count) return start
  }
  return Number.POSITIVE_INFINITY
}

/** When the option could start at the earliest, if nobody else were started; or Infinity. */
export function earliestStart(state: State, pending: Pending, open: Open): number {
  const { room, placer } = state
  const { option, durationMs } = open
  const fits = (from: number) =>
    deadlineReason(pending, option, from) === null &&
    'shares' in state.draw(option.pools, from, from + durationMs)
  const ends = room.endsOn(option.pools.map(({ poolId }) => state.poolNode(poolId)!))
  return earliestFit(room, placer, pending.gang, [groupOf(option)], durationMs, fits, ends)
}

/** Holds the earliest room of the option where cost and waiting together are least. */
export function reserveFor(
  state: State,
  pending: Pending,
  open: readonly Open[],
): Reservation | null {
  let best: { open: Open; start: number; cost: number } | null = null
  for (const one of open) {
    const start = earliestStart(state, pending, one)
    if (start === Number.POSITIVE_INFINITY) continue
    const cost = one.option.cost + state.policy.waitCost * (start - state.now)
    if (!best || cost < best.cost || (cost === best.cost && start < best.start)) {
      best = { open: one, start, cost }
    }
  }
  if (!best) return null
  const { option, durationMs } = best.open
  const { clusterId, flavorId } = option
  const to = best.start + durationMs
  const found = state.placer.place(pending.id, pending.gang, [groupOf(option)], best.start, to)
  if (typeof found === 'number') return null
  for (const booking of found.bookings) state.room.unbook(booking)
  const slot = { from: best.start, to, claims: found.claims }
  const drawn = state.draw(option.pools, best.start, to)
  state.hold(pending.id, slot, pending.gang, 'shares' in drawn ? drawn.shares : option.pools)
  return { workloadId: pending.id, clusterId, flavorId, slot }
}
