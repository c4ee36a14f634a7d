// Scenarios of a draft: what one comes to, as it is written down.
import { Decimal } from '#engines/feel/values.ts'
import type { CaseDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import { Evaluation, factsOf, noCalendar } from '#engines/rules/evaluation.ts'
import { link } from '#engines/rules/link.ts'
import { sayValue } from '#engines/rules/say.ts'
import { Open, type Value } from '#engines/rules/types.ts'
import type { Text } from '../text/text.ts'

export interface Outcome {
  name: string
  says: Text
  /** As a scenario has it; null: it is open, and nothing can be expected. */
  written: string | boolean | null
}

const HUNDRED = new Decimal(100)

function writtenOf(value: Value, unit: string | null): string | boolean | null {
  if (value instanceof Open || Array.isArray(value)) return null
  if (value instanceof Decimal) return (unit === '%' ? value.times(HUNDRED) : value).toFixed()
  return value as string | boolean
}

/**
 * What the outcomes of a set come to in a scenario.
 * @throws RuleError where the set or the scenario cannot be read
 */
export function outcomesOf(
  definition: RuleSetDefinition,
  { facts, on }: Pick<CaseDefinition, 'facts' | 'on'>,
): Outcome[] {
  const set = link(definition)
  const evaluation = new Evaluation(set, {
    facts: factsOf(set, facts),
    on,
    workdays: noCalendar,
  })
  return definition.outcomes.map((name) => {
    const value = evaluation.value(name)
    const type = set.types.get(name)!
    const unit = type.kind === 'number' ? type.unit.name : null
    return { name, says: sayValue(value, type), written: writtenOf(value, unit) }
  })
}

/** The scenario as it comes out now, for a reason that has a source. */
export function asItComesOut(
  definition: RuleSetDefinition,
  one: CaseDefinition,
  source: string,
): CaseDefinition {
  const known = outcomesOf(definition, one).flatMap(({ name, written }) =>
    written === null ? [] : [[name, written] as const],
  )
  return { ...one, expect: Object.fromEntries(known), source }
}
