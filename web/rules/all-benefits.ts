// All benefits in one interview: a question that several sets put in the same words is asked once.
import type { FactDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import type { Evaluation } from '#engines/rules/evaluation.ts'
import type { RuleSet } from '#engines/rules/link.ts'
import { type Standing, standingOf } from '#engines/rules/standing.ts'
import { evaluationOf, together, wantedFacts } from './interview.ts'
import { factsIn } from './rules.ts'
import { type Answer, NOTHING_TOLD, type Situation } from './situation.ts'

export interface SharedFact {
  /** The fact by the name that it is asked under here. */
  definition: FactDefinition
  /** Its name in each set that asks for it. */
  in: ReadonlyMap<string, string>
}

/** Between the name of a fact and the title of the set that asks it in other words. */
export const OF_SET = ' · '

/** Several sets as one thing to be asked about. */
export interface Sheet {
  sets: readonly RuleSet[]
  facts: readonly SharedFact[]
  /** The questions as a set without rules, so that they are shown and kept as any other. */
  asked: RuleSetDefinition
}

const sameQuestion = (a: FactDefinition, b: FactDefinition) =>
  a.name === b.name && JSON.stringify([a.ask.zh, a.type]) === JSON.stringify([b.ask.zh, b.type])

/** The same name with another question is another fact: it then bears the title of its set. */
export function sheetOf(sets: readonly RuleSet[]): Sheet {
  const facts: { definition: FactDefinition; plain: FactDefinition; in: Map<string, string> }[] = []
  for (const { definition: written } of sets) {
    for (const plain of factsIn(written)) {
      const known = facts.find((one) => sameQuestion(one.plain, plain))
      if (known) {
        known.in.set(written.id, plain.name)
        continue
      }
      const taken = facts.some((one) => one.plain.name === plain.name)
      const name = taken ? `${plain.name}${OF_SET}${written.title.zh}` : plain.name
      facts.push({ definition: { ...plain, name }, plain, in: new Map([[written.id, plain.name]]) })
    }
  }
  return {
    sets,
    facts,
    asked: {
      id: 'all-benefits',
      title: { zh: '各项权益', en: 'All benefits' },
      nodes: facts.map(({ definition }) => definition),
      outcomes: [],
    },
  }
}

/** What is told, by the names of one set. */
export function situationFor(sheet: Sheet, set: RuleSet, told: Situation): Situation {
  const { id } = set.definition
  const answers: Record<string, Answer> = {}
  const skipped: string[] = []
  for (const { definition, in: names } of sheet.facts) {
    const name = names.get(id)
    if (name === undefined) continue
    if (Object.hasOwn(told.answers, definition.name)) answers[name] = told.answers[definition.name]!
    if (told.skipped.includes(definition.name)) skipped.push(name)
  }
  return { ...NOTHING_TOLD, answers, skipped }
}

/** Facts that are held by the names of a set, by the names they are asked under. */
export function heldAnswers(
  sheet: Sheet,
  held: ReadonlyMap<string, Readonly<Record<string, Answer | number>>>,
): Record<string, Answer> {
  const found: Record<string, Answer> = {}
  for (const { definition, in: names } of sheet.facts) {
    for (const [set, name] of names) {
      const value = held.get(set)?.[name]
      if (value === undefined) continue
      found[definition.name] = typeof value === 'number' ? String(value) : value
    }
  }
  return found
}

export interface BenefitStanding {
  set: RuleSet
  evaluation: Evaluation
  standing: Standing
}

export interface Overview {
  benefits: readonly BenefitStanding[]
  group: readonly FactDefinition[]
  /** Titles of the sets that the question is for. */
  askedFor: readonly RuleSetDefinition[]
  done: boolean
}

/** Whether it is granted, and how much. */
const wantedOutcomes = ({ benefit }: RuleSetDefinition): string[] =>
  benefit ? [benefit.entitled, ...(benefit.amount === null ? [] : [benefit.amount])] : []

interface Candidate {
  /** As they are asked here. */
  facts: readonly SharedFact[]
}

/** The cheapest question first; of those alike the one that serves the most sets. */
function better(a: Candidate, b: Candidate, wanted: ReadonlyMap<SharedFact, number>): Candidate {
  const [one, other] = [a.facts[0]!, b.facts[0]!]
  const cost = one.definition.cost - other.definition.cost
  if (cost !== 0) return cost < 0 ? a : b
  return wanted.get(other)! > wanted.get(one)! ? b : a
}

export function overviewOf(sheet: Sheet, told: Situation, on: string): Overview {
  const shared = (set: RuleSet, name: string) =>
    sheet.facts.find((one) => one.in.get(set.definition.id) === name)!
  const wanted = new Map<SharedFact, number>()
  const candidates: Candidate[] = []
  const benefits = sheet.sets.map((set) => {
    const situation = situationFor(sheet, set, told)
    const evaluation = evaluationOf(set, situation, on)
    const facts = wantedFacts(evaluation, situation.skipped, wantedOutcomes(set.definition))
    for (const one of facts) {
      const fact = shared(set, one.name)
      wanted.set(fact, (wanted.get(fact) ?? 0) + 1)
    }
    const group = together(facts)
    if (group.length > 0) candidates.push({ facts: group.map(({ name }) => shared(set, name)) })
    return { set, evaluation, standing: standingOf(evaluation) }
  })
  const again = sheet.facts.filter(({ definition }) => definition.name === told.again)
  const next =
    again.length > 0
      ? again
      : candidates.length > 0
        ? candidates.reduce((best, one) => better(best, one, wanted)).facts
        : []
  const ids = new Set(next.flatMap((one) => [...one.in.keys()]))
  return {
    benefits,
    group: next.map(({ definition }) => definition),
    askedFor: sheet.sets.map(({ definition }) => definition).filter(({ id }) => ids.has(id)),
    done: next.length === 0,
  }
}
