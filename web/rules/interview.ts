// Where an interview stands: what is worked out so far, what to ask next, and what is left to a person.
import { nextFacts } from '#engines/rules/ask.ts'
import type { FactDefinition, JudgementDefinition } from '#engines/rules/definitions.ts'
import { Evaluation, factsOf, noCalendar } from '#engines/rules/evaluation.ts'
import type { RuleSet } from '#engines/rules/link.ts'
import { type Known, Open, type Value } from '#engines/rules/types.ts'
import { factsTold, type Situation } from './situation.ts'

export interface Interview {
  evaluation: Evaluation
  /** To be asked now; several only where they are numbers that belong together. */
  group: readonly FactDefinition[]
  /** What may be asked after these, if they turn out one way. */
  soon: readonly string[]
  /** How many facts are open that may matter still. */
  most: number
  /** Judgements that an outcome hangs on, once nothing is left to ask. */
  judgements: readonly JudgementDefinition[]
  /** Facts that were skipped and without which an outcome stays open. */
  missing: readonly string[]
  /** Nothing is left to ask. */
  done: boolean
}

/** More than all that a set may ask together: what is skipped is asked for last. */
const UNKNOWN_TO_THEM = 1_000_000
const MOST_AT_ONCE = 3

/** The same set, in which the facts that somebody does not know cost the most. */
function dearer(set: RuleSet, skipped: readonly string[]): RuleSet {
  if (skipped.length === 0) return set
  const nodes = new Map(set.nodes)
  for (const name of skipped) {
    const entry = nodes.get(name)
    if (entry?.node.kind !== 'fact') continue
    const definition = { ...(entry.node.definition as FactDefinition), cost: UNKNOWN_TO_THEM }
    nodes.set(name, { ...entry, node: { ...entry.node, definition } })
  }
  return { ...set, nodes }
}

export function evaluationOf(set: RuleSet, situation: Situation, on: string): Evaluation {
  return new Evaluation(set, {
    facts: factsOf(set, factsTold(situation)),
    on,
    workdays: noCalendar,
  })
}

const definitionOf = (set: RuleSet, name: string) =>
  set.nodes.get(name)!.node.definition as FactDefinition

/** In the order in which to ask: the cheapest first, else as the set is written. */
function inOrder(set: RuleSet, names: readonly string[]): FactDefinition[] {
  const written = new Map(set.definition.nodes.map(({ name }, nth) => [name, nth]))
  return names
    .map((name) => definitionOf(set, name))
    .sort((a, b) => a.cost - b.cost || written.get(a.name)! - written.get(b.name)!)
}

const counted = ({ type }: FactDefinition) => type.kind === 'number' || type.kind === 'date'

/** Choices one by one, since each may make the others needless; numbers that are compared together. */
export function together(wanted: readonly FactDefinition[]): FactDefinition[] {
  const [first] = wanted
  if (!first) return []
  return counted(first) ? wanted.filter(counted).slice(0, MOST_AT_ONCE) : [first]
}

/** The facts that may settle the first open one of these outcomes, without those that are skipped. */
export function wantedFacts(
  evaluation: Evaluation,
  skipped: readonly string[],
  outcomes: readonly string[] = evaluation.set.definition.outcomes,
): FactDefinition[] {
  const asking = new Evaluation(dearer(evaluation.set, skipped), evaluation.given)
  for (const name of outcomes) {
    const wanted = nextFacts(name, asking).filter((one) => !skipped.includes(one))
    if (wanted.length > 0) return inOrder(evaluation.set, wanted)
  }
  return []
}

const openOf = (values: Iterable<Value>): Open[] =>
  [...values].filter((one): one is Open => one instanceof Open)

export function interviewOf(
  set: RuleSet,
  situation: Situation,
  on: string,
  outcomes: readonly string[] = set.definition.outcomes,
): Interview {
  const evaluation = evaluationOf(set, situation, on)
  const wanted = wantedFacts(evaluation, situation.skipped, outcomes)
  const again = situation.again === null ? [] : [definitionOf(set, situation.again)]
  const group = again.length > 0 ? again : together(wanted)
  const open = openOf(outcomes.map((name) => evaluation.value(name)))
  const facts = new Set(open.flatMap((one) => [...one.facts]))
  const judgements = new Set(open.flatMap((one) => [...one.judgements]))
  const done = wanted.length === 0
  return {
    evaluation,
    group,
    soon: wanted.map(({ name }) => name).filter((name) => !group.some((one) => one.name === name)),
    most: [...facts].filter((name) => !situation.skipped.includes(name)).length,
    judgements: done
      ? [...judgements].map((name) => set.nodes.get(name)!.node.definition as JudgementDefinition)
      : [],
    missing: done ? situation.skipped.filter((name) => facts.has(name)) : [],
    done: done && again.length === 0,
  }
}

/** The same case with one fact or judgement as it might be. */
export function supposing(evaluation: Evaluation, name: string, value: Known | null): Evaluation {
  const facts = new Map(evaluation.given.facts)
  if (value === null) facts.delete(name)
  else facts.set(name, value)
  return new Evaluation(evaluation.set, { ...evaluation.given, facts })
}
