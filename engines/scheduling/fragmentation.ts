// How much of a node's free room the expected tasks could not use: the fragmentation measure of FGD.
import type { View } from './room.ts'
import { cardsOf, milliOfCard, type TypicalTask } from './types.ts'

/** Tasks that ask alike of the cards; they differ in the cores they need. */
interface Kind {
  perCard: number
  cards: number
  /** Ascending, with the weight of all that need no more. */
  cpuMilli: number[]
  weight: number[]
}

/** The expected tasks, as one flavor sees them. */
export interface Mix {
  kinds: readonly Kind[]
  /** Weight of those that can use no card of this flavor at all. */
  useless: number
  /** Thousandths of a core that go with a thousandth of a card, on average. */
  cpuPerMilli: number
  /** How much of this flavor those will want that can use few others: 0 none, 1 all of it. */
  pressure: number
}

/** Tasks of the workloads at hand, the rarest left out beyond 95 % of them. */
export function typicalOf(
  tasks: readonly Omit<TypicalTask, 'weight'>[],
  share = 0.95,
): TypicalTask[] {
  const counts = new Map<string, TypicalTask>()
  for (const task of tasks) {
    const key = `${task.milli}|${task.cpuMilli}|${task.flavorIds?.join('|') ?? '*'}`
    const known = counts.get(key)
    if (known) known.weight++
    else counts.set(key, { ...task, weight: 1 })
  }
  const sorted = [...counts]
    .sort(([a, one], [b, other]) => other.weight - one.weight || (a < b ? -1 : 1))
    .map(([, task]) => task)
  const kept: TypicalTask[] = []
  let sum = 0
  for (const task of sorted) {
    if (sum >= share * tasks.length) break
    kept.push(task)
    sum += task.weight
  }
  return kept.map((task) => ({ ...task, weight: task.weight / sum }))
}

/** Above this a flavor is simply wanted by more than it can serve. */
const MOST_PRESSURE = 1.5

/** @param capacity thousandths of cards of each flavor */
function pressureOn(
  flavorId: string,
  typical: readonly TypicalTask[],
  capacity: ReadonlyMap<string, number>,
): number {
  let all = 0
  for (const milli of capacity.values()) all += milli
  let wanted = 0
  let total = 0
  for (const { milli, weight, flavorIds } of typical) {
    total += milli * weight
    if (!flavorIds?.includes(flavorId)) continue
    const able = flavorIds.reduce((sum, id) => sum + (capacity.get(id) ?? 0), 0)
    // Who takes any flavor presses on none.
    if (able < all) wanted += (milli * weight) / able
  }
  return total === 0 ? 0 : Math.min(MOST_PRESSURE, (wanted * all) / total)
}

/** @param capacity thousandths of cards of each flavor */
export function mixFor(
  flavorId: string,
  typical: readonly TypicalTask[],
  capacity: ReadonlyMap<string, number>,
): Mix {
  const kinds = new Map<string, Kind>()
  let useless = 0
  let cpu = 0
  let milli = 0
  for (const task of [...typical].sort((a, b) => a.cpuMilli - b.cpuMilli)) {
    if (task.milli > 0) {
      cpu += task.cpuMilli * task.weight
      milli += task.milli * task.weight
    }
    if (task.milli === 0 || (task.flavorIds && !task.flavorIds.includes(flavorId))) {
      useless += task.weight
      continue
    }
    const perCard = milliOfCard(task.milli)
    const cards = cardsOf(task.milli)
    const key = `${perCard}|${cards}`
    let kind = kinds.get(key)
    if (!kind) {
      kind = { perCard, cards, cpuMilli: [], weight: [] }
      kinds.set(key, kind)
    }
    kind.cpuMilli.push(task.cpuMilli)
    kind.weight.push((kind.weight.at(-1) ?? 0) + task.weight)
  }
  return {
    kinds: [...kinds.values()].sort((a, b) => a.perCard - b.perCard),
    useless,
    cpuPerMilli: milli === 0 ? 0 : cpu / milli,
    pressure: pressureOn(flavorId, typical, capacity),
  }
}

/** Thousandths of free cards that no cores are left for, at the average of the expected tasks. */
export function stranded(freeMilli: number, cpuMilli: number, mix: Mix): number {
  return mix.cpuPerMilli === 0 ? 0 : Math.max(0, freeMilli - cpuMilli / mix.cpuPerMilli)
}

/**
 * Thousandths of cards that the expected tasks cannot use, weighed by how often each is expected:
 * all that is free where a task does not fit the node, else what is free on cards too full for it.
 */
export function fragmentation(view: View, mix: Mix): number {
  const { cards, count, cpuMilli } = view
  let total = 0
  for (let i = 0; i < count; i++) total += cards[i]!
  if (total === 0) return 0
  let sum = mix.useless * total
  for (const kind of mix.kinds) {
    let lost = 0
    let fitting = 0
    for (let i = 0; i < count; i++) {
      const free = cards[i]!
      if (free >= kind.perCard) fitting++
      else lost += free
    }
    const all = kind.weight[kind.weight.length - 1]!
    if (fitting < kind.cards) {
      sum += all * total
      continue
    }
    let last = kind.cpuMilli.length - 1
    while (last >= 0 && kind.cpuMilli[last]! > cpuMilli) last--
    const able = last < 0 ? 0 : kind.weight[last]!
    sum += able * lost + (all - able) * total
  }
  return sum
}
