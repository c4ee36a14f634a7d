// Runs in a worker thread: reviews of drafts, their impact, and the count over the population.

import {
  GROUPS,
  makePeople,
  type People,
  peopleFor,
  type Recipe,
} from '#engines/population/people.ts'
import { Columnar } from '#engines/rules/columnar.ts'
import type { CaseDefinition, RuleSetDefinition, Text } from '#engines/rules/definitions.ts'
import { definitionOf } from '#engines/rules/dmn-import.ts'
import { Before, type Impact } from '#engines/rules/impact.ts'
import { link } from '#engines/rules/link.ts'
import { type Review, review } from '#engines/rules/review.ts'
import { RuleError } from '#engines/rules/rule-error.ts'
import { readWorkdays } from './law-sets.ts'

const workdays = readWorkdays()
let kept: { key: string; people: People } | null = null

/** The same people as long as the recipe stays: making them takes longer than most questions. */
function peopleOf(recipe: Recipe): People {
  const key = JSON.stringify(recipe)
  if (kept?.key !== key) kept = { key, people: makePeople(recipe) }
  return kept.people
}

export interface ReviewInput {
  definition: RuleSetDefinition
  cases: readonly CaseDefinition[]
  on: string
}

export const reviewed = ({ definition, cases, on }: ReviewInput): Review =>
  review(definition, cases, on, workdays)

export type Imported =
  | { definition: RuleSetDefinition; notes: readonly Text[] }
  | { refused: { place: readonly string[]; says: Text } }

/** A DMN file as a set, or why it is none: an error would lose its place on the way to another thread. */
export function imported(xml: string): Imported {
  try {
    return definitionOf(xml)
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return { refused: { place: error.place, says: { zh: error.zh, en: error.message } } }
  }
}

export interface ImpactInput {
  recipe: Recipe
  before: RuleSetDefinition
  after: RuleSetDefinition
  /** The day on which both are looked at: the first of the later one. */
  on: string
}

/** What a change does to everybody; null where the set grants nothing. */
export function impact({ recipe, before, after, on }: ImpactInput): Impact | null {
  if (!before.benefit || !after.benefit) return null
  const people = peopleOf(recipe)
  // Each side reads people as its own set does: a fact of one may be worked out by the other.
  const old = new Before({ set: link(before), on }, peopleFor(before, people), workdays)
  return old.against({ set: link(after), on }, GROUPS, peopleFor(after, people))
}

export interface Counts {
  size: number
  entitled: number
  open: number
  amount: number | null
  unit: string | null
}

export interface CensusInput {
  recipe: Recipe
  definitions: readonly RuleSetDefinition[]
  on: string
}

/** How many each set grants something to, and how much at most. */
export function census({ recipe, definitions, on }: CensusInput): Record<string, Counts> {
  const people = peopleOf(recipe)
  return Object.fromEntries(
    definitions.flatMap((definition) => {
      const { benefit, id } = definition
      if (!benefit) return []
      const set = link(definition)
      const columnar = new Columnar(set, peopleFor(definition, people), on, workdays)
      const entitled = columnar.column(benefit.entitled).values
      const amounts = benefit.amount === null ? null : columnar.column(benefit.amount).values
      const counts: Counts = {
        size: recipe.size,
        entitled: 0,
        open: 0,
        amount: amounts && 0,
        unit: unitOf(definition),
      }
      for (const [nth, one] of entitled.entries()) {
        if (one === 1) counts.entitled++
        else if (one === 2) counts.open++
        const amount = amounts?.[nth] ?? 0
        if (one === 1 && counts.amount !== null && !Number.isNaN(amount)) counts.amount += amount
      }
      return [[id, counts] as const]
    }),
  )
}

function unitOf({ benefit, nodes }: RuleSetDefinition): string | null {
  const node = nodes.find(({ name }) => name === benefit?.amount)
  const type = node?.kind === 'table' ? node.outputs[0]?.type : node?.type
  return type?.kind === 'number' ? type.unit : null
}
