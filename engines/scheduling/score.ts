// Which node and card a task should take: one integer a node, the highest wins, the first on a tie.
import { fragmentation, type Mix, stranded } from './fragmentation.ts'
import type { View } from './room.ts'
import { cardsOf, type Gang, MILLI, milliOfCard, type ScoreName } from './types.ts'

/** What one task asks of a node. */
export interface Need {
  cards: number
  perCard: number
  cpuMilli: number
  memoryMib: number
}

export const needOf = (gang: Gang): Need => ({
  cards: cardsOf(gang.milli),
  perCard: milliOfCard(gang.milli),
  cpuMilli: gang.cpuMilli,
  memoryMib: gang.memoryMib,
})

/** How many such tasks a node takes through a window. */
export function tasksIn(view: View, need: Need): number {
  let most = Number.POSITIVE_INFINITY
  if (need.cpuMilli > 0) most = Math.floor(view.cpuMilli / need.cpuMilli)
  if (need.memoryMib > 0) most = Math.min(most, Math.floor(view.memoryMib / need.memoryMib))
  if (need.cards > 0) {
    let slots = 0
    for (let i = 0; i < view.count; i++) slots += Math.floor(view.cards[i]! / need.perCard)
    most = Math.min(most, Math.floor(slots / need.cards))
  }
  return Math.max(0, most)
}

export function fits(view: View, need: Need): boolean {
  if (view.cpuMilli < need.cpuMilli || view.memoryMib < need.memoryMib) return false
  if (need.cards === 0) return true
  let able = 0
  for (let i = 0; i < view.count; i++) if (view.cards[i]! >= need.perCard) able++
  return able >= need.cards
}

/** What a node is worth to a task; `card` is the one that a sharing task would take. */
export interface Scored {
  /** Negative: it does not fit. */
  score: number
  card: number
}

export type Score = (view: View, need: Need, mix: Mix, node: number) => Scored

export const sharing = (need: Need) => need.cards === 1 && need.perCard < MILLI
export const noRoom: Scored = { score: -1, card: -1 }

/** The view after the task took its cards; undone by calling it with -1 and the same card. */
function apply(view: View, need: Need, card: number, sign: 1 | -1, taken: number[]): void {
  view.cpuMilli -= sign * need.cpuMilli
  view.memoryMib -= sign * need.memoryMib
  if (sharing(need)) {
    view.cards[card]! -= sign * need.perCard
  } else if (sign > 0) {
    taken.length = 0
    for (let i = 0; i < view.count && taken.length < need.cards; i++) {
      if (view.cards[i]! < MILLI) continue
      view.cards[i] = 0
      taken.push(i)
    }
  } else {
    for (const i of taken) view.cards[i] = MILLI
  }
}

/** What `saved` thousandths less fragmentation are worth; the view is as after the placement. */
type Worth = (saved: number, view: View, need: Need, mix: Mix) => number

/** Tries each card that differs and keeps the one where least room becomes useless. */
function byFragmentation(worth: Worth): Score {
  const taken: number[] = []
  return (view, need, mix) => {
    if (!fits(view, need)) return noRoom
    const before = fragmentation(view, mix)
    const after = (card: number) => {
      apply(view, need, card, 1, taken)
      const value = worth(before - fragmentation(view, mix), view, need, mix)
      apply(view, need, card, -1, taken)
      return value
    }
    if (!sharing(need)) return { score: after(-1), card: -1 }
    let best = -1
    let bestCard = -1
    for (let i = 0; i < view.count; i++) {
      const free = view.cards[i]!
      if (free < need.perCard) continue
      let seen = false
      for (let j = 0; j < i && !seen; j++) seen = view.cards[j] === free
      if (seen) continue
      const value = after(i)
      if (value > best) {
        best = value
        bestCard = i
      }
    }
    return { score: best, card: bestCard }
  }
}

/** The published score: the logistic function of cards saved, in hundredths, cut to an integer. */
const fgd = byFragmentation((saved) => Math.trunc(100 / (1 + Math.exp(-saved / MILLI))))

/**
 * FGD and two terms more, in steps so that the first node in order wins among near equals: cards
 * that lose the cores they need count as partly lost, and cards of a flavor that others depend on
 * cost extra. Weights found on the openb trace; see docs/scheduling-results.md.
 */
const STRANDED_WEIGHT = 0.3
const PRESSURE_WEIGHT = 0.2
const STEP_MILLI = 30
const OFFSET = 1_000_000

const kapok = byFragmentation((saved, view, need, mix) => {
  let free = 0
  for (let i = 0; i < view.count; i++) free += view.cards[i]!
  const milli = need.cards * need.perCard
  const before = stranded(free + milli, view.cpuMilli + need.cpuMilli, mix)
  const unstranded = before - stranded(free, view.cpuMilli, mix)
  const worth = saved + STRANDED_WEIGHT * unstranded - PRESSURE_WEIGHT * mix.pressure * milli
  return OFFSET + Math.round(worth / STEP_MILLI)
})

const MAX_CPU_MILLI = 128_000
const MAX_CARD_MILLI = 8_000

/** The fullest card that a sharing task still fits on; -1 for whole cards. */
export function tightestCard(view: View, need: Need): number {
  if (!sharing(need)) return -1
  let best = -1
  for (let i = 0; i < view.count; i++) {
    if (view.cards[i]! < need.perCard) continue
    if (best < 0 || view.cards[i]! < view.cards[best]!) best = i
  }
  return best
}

const bestfit: Score = (view, need) => {
  if (!fits(view, need)) return noRoom
  let free = 0
  for (let i = 0; i < view.count; i++) free += view.cards[i]!
  const cpu = (view.cpuMilli - need.cpuMilli) / MAX_CPU_MILLI
  const cards = (free - need.cards * need.perCard) / MAX_CARD_MILLI
  const score = Math.trunc((1 - cpu / 2 - cards / 2) * 100)
  return { score: Math.max(0, score), card: tightestCard(view, need) }
}

/** All fitting nodes alike: the placer draws among them. */
const random: Score = (view, need) =>
  fits(view, need) ? { score: 0, card: tightestCard(view, need) } : noRoom

export const scores: Record<ScoreName, Score> = {
  kapok,
  fgd,
  bestfit,
  random,
}
