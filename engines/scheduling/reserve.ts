// The earliest instant at which a gang has room for its whole duration.
import type { Placer } from './place.ts'
import type { Room } from './room.ts'
import { needOf, tasksIn } from './score.ts'
import type { Gang } from './types.ts'

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
 * @param nodes all pools count too: `fits` says whether they and anything else agree with a start
 * @returns milliseconds since 1970, or Infinity when it never fits
 */
export function earliestFit(
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
