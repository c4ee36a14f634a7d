// A receipt of a decision: hashes of what went in and what came out, so that it can be run again.
import { toHex } from '#engines/evidence/bytes.ts'
import { canonical } from '#engines/evidence/leaf.ts'
import type { Hash } from '#engines/evidence/tree.ts'
import { Decimal } from '#engines/feel/values.ts'
import type { RuleSetDefinition } from './definitions.ts'
import type { Evaluation } from './evaluation.ts'
import { type Known, Open, type Value } from './types.ts'

/** Changes whenever the same rules and facts might come to something else. */
export const ENGINE_VERSION = 'kapok-rules/1'

export interface Receipt {
  engine: string
  ruleSet: string
  /** The day whose law it was. */
  on: string
  rules: string
  facts: string
  outcomes: string
}

function plainKnown(value: Known): unknown {
  if (value instanceof Decimal) return value.toFixed()
  return Array.isArray(value) ? value.map(plainKnown) : value
}

function plain(value: Value): unknown {
  if (!(value instanceof Open)) return plainKnown(value)
  const sorted = (some: ReadonlySet<string>) => [...some].sort()
  const { facts, judgements, faults } = value
  return { facts: sorted(facts), judgements: sorted(judgements), faults: sorted(faults) }
}

/** The hash of a rule set as it is written. */
export const rulesHash = (hash: Hash, definition: RuleSetDefinition): string =>
  toHex(hash(canonical(definition)))

export function receiptOf(hash: Hash, evaluation: Evaluation): Receipt {
  const { set, given } = evaluation
  const of = (some: ReadonlyMap<string, Value>) =>
    toHex(
      hash(
        canonical(
          Object.fromEntries([...some].map(([name, value]) => [name, plain(value)] as const)),
        ),
      ),
    )
  return {
    engine: ENGINE_VERSION,
    ruleSet: set.definition.id,
    on: given.on,
    rules: rulesHash(hash, set.definition),
    facts: of(given.facts),
    outcomes: of(evaluation.outcomes()),
  }
}
