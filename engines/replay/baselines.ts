// Ways of placing that the literature compares with; only replays use them.
import type { View } from '#engines/scheduling/room.ts'
import {
  fits,
  type Need,
  noRoom,
  type Score,
  scores,
  sharing,
  tightestCard,
} from '#engines/scheduling/score.ts'
import { MILLI, type ScoreName } from '#engines/scheduling/types.ts'

const MAX_CPU_MILLI = 128_000
const MAX_CARD_MILLI = 8_000

export type BaselineName = 'dotprod' | 'packing' | 'clustering'
export const policies: readonly (ScoreName | BaselineName)[] = [
  'kapok',
  'fgd',
  'bestfit',
  'dotprod',
  'packing',
  'clustering',
  'random',
]

/** A way to score, and what it wants to know of each placement. */
export interface Placing {
  score: Score
  note(node: number, need: Need): void
}

function freeOf(view: View): number {
  let free = 0
  for (let i = 0; i < view.count; i++) free += view.cards[i]!
  return free
}

/** The less of what the node has most the task asks for, the better. */
const dotprod: Score = (view, need) => {
  if (!fits(view, need)) return noRoom
  const cpu = (view.cpuMilli / MAX_CPU_MILLI) * (need.cpuMilli / MAX_CPU_MILLI)
  const milli = need.cards * need.perCard
  const cards = (freeOf(view) / MAX_CARD_MILLI) * (milli / MAX_CARD_MILLI)
  return { score: Math.trunc(100 * (1 - (cpu + cards) / 2)), card: tightestCard(view, need) }
}

/** A card in part use before an idle card of a node in use before an idle node. */
const packing: Score = (view, need) => {
  if (!fits(view, need)) return noRoom
  const card = tightestCard(view, need)
  if (need.cards === 0) return { score: 0, card }
  let idle = 0
  for (let i = 0; i < view.count; i++) if (view.cards[i] === MILLI) idle++
  if (idle === view.count) return { score: Math.max(33 - idle, idle), card }
  if (card < 0 || view.cards[card] === MILLI) {
    return { score: Math.max(50 - need.cards, 33), card }
  }
  const freePercent = Math.trunc(view.cards[card]! / 10)
  return { score: Math.max(100 - Math.trunc(freePercent / 10), 50), card }
}

/** Nodes that run the same kind of task alone, then also, then idle nodes; the fuller first. */
function clustering(): Placing {
  const kinds: Set<string>[] = []
  const kindOf = (need: Need) => (sharing(need) ? 'share' : String(need.cards))
  return {
    score(view, need, _mix, node) {
      if (!fits(view, need)) return noRoom
      const card = tightestCard(view, need)
      if (need.cards === 0) return { score: 0, card }
      const here = kinds[node]
      const fuller = Math.trunc((25 * (MAX_CARD_MILLI - freeOf(view))) / MAX_CARD_MILLI)
      if (here?.has(kindOf(need))) return { score: fuller + (here.size === 1 ? 75 : 50), card }
      return { score: fuller + (here ? 0 : 25), card }
    },
    note(node, need) {
      if (need.cards === 0) return
      kinds[node] ??= new Set()
      kinds[node].add(kindOf(need))
    },
  }
}

export function placingBy(policy: ScoreName | BaselineName): Placing {
  const note = () => {}
  if (policy === 'clustering') return clustering()
  if (policy === 'dotprod') return { score: dotprod, note }
  if (policy === 'packing') return { score: packing, note }
  return { score: scores[policy], note }
}
