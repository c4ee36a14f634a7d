// Replays arrivals without departures by the published method of FGD and measures what stays idle.
import { typicalOf } from '#engines/scheduling/fragmentation.ts'
import { Placer } from '#engines/scheduling/place.ts'
import { Room } from '#engines/scheduling/room.ts'
import { needOf } from '#engines/scheduling/score.ts'
import { draw } from '#engines/scheduling/seed.ts'
import { groupOf } from '#engines/scheduling/state.ts'
import type { Node, ScoreName } from '#engines/scheduling/types.ts'
import { type BaselineName, placingBy } from './baselines.ts'
import { CLUSTER, type Pod } from './openb.ts'

export interface Mark {
  /** Cards asked for so far against all there are. */
  arrived: number
  unallocatedPercent: number
  failedPods: number
}

/** Numbers in [0, below) from a seed. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    const drawn = draw(state)
    state = drawn.state
    return Math.floor(drawn.value * below)
  }
}

/** Pods by name, shuffled, with random ones repeated (or left out) up to `load` of the cards. */
export function arrivals(pods: readonly Pod[], capacity: number, load: number, seed: number) {
  const roll = dice(seed)
  const list = [...pods].sort((a, b) => (a.name < b.name ? -1 : 1))
  for (let i = list.length - 1; i > 0; i--) {
    const j = roll(i + 1)
    const one = list[i]!
    list[i] = list[j]!
    list[j] = one
  }
  let total = list.reduce((sum, pod) => sum + pod.milli, 0)
  while (total > load * capacity) {
    const [gone] = list.splice(roll(list.length), 1)
    total -= gone!.milli
  }
  for (;;) {
    const pod = pods[roll(pods.length)]!
    if (total + pod.milli > load * capacity) return list
    list.push(pod)
    total += pod.milli
  }
}

/** One run; every pod is tried once. Marks ascending, each the state at that much arrived. */
export function replayPlacement(
  nodes: readonly Node[],
  pods: readonly Pod[],
  policy: ScoreName | BaselineName,
  seed: number,
  marks: readonly number[],
): Mark[] {
  const sorted = [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1))
  const capacity = nodes.reduce((sum, node) => sum + node.cards * 1000, 0)
  const models = [...new Set(nodes.map((node) => node.flavorId))]
  const room = new Room(sorted, 0)
  const placing = placingBy(policy)
  const tasks = pods.map(({ milli, cpuMilli, models: flavorIds }) => {
    return { milli, cpuMilli, flavorIds }
  })
  const random = policy === 'random'
  const typical = typicalOf(tasks)
  const smallFirst = policy === 'kapok'
  const placer = new Placer(room, { score: placing.score, random, smallFirst, seed, typical })
  const groupsOf = (of: readonly string[]) =>
    of.map((flavorId) => groupOf({ clusterId: CLUSTER, flavorId }))
  const anywhere = groupsOf(models)
  const results: Mark[] = []
  let arrived = 0
  let allocated = 0
  let failedPods = 0
  const mark = (at: number) => {
    const unallocatedPercent = 100 * (1 - allocated / capacity)
    results.push({ arrived: at, unallocatedPercent, failedPods })
  }
  let next = 0
  for (const pod of arrivals(pods, capacity, marks.at(-1)!, seed)) {
    while (arrived + pod.milli > marks[next]! * capacity) mark(marks[next++]!)
    arrived += pod.milli
    const gang = { count: 1, milli: pod.milli, cpuMilli: pod.cpuMilli, memoryMib: pod.memoryMib }
    const groups = pod.models ? groupsOf(pod.models) : anywhere
    const found = placer.place(pod.name, gang, groups, 0, 1)
    if (typeof found === 'number') failedPods++
    else {
      allocated += pod.milli
      placing.note(found.bookings[0]!.node, needOf(gang))
    }
  }
  while (next < marks.length) mark(marks[next++]!)
  return results
}
