// A rule set applied to somebody on a day: each node once, when it is first asked for.
import { type Decided, decide } from './decide.ts'
import { evaluate, type World } from './evaluate.ts'
import { knownOf, type RuleSet, type Table, THE_DAY } from './link.ts'
import { RuleError, within } from './rule-error.ts'
import { type Known, Open, type Value } from './types.ts'

export interface Given {
  /** Facts and answers of persons, by name. */
  facts: ReadonlyMap<string, Known>
  /** The day whose law it is (YYYY-MM-DD). */
  on: string
  workdays: World['workdays']
}

/** No calendar of working days is known: what needs one says so. */
export const noCalendar: World['workdays'] = () => Open.fault('没有工作日历')

/**
 * What came from outside as facts of a rule set, each in its type.
 * @throws RuleError of the fact that is not known or of another type
 */
export function factsOf(
  set: RuleSet,
  given: Readonly<Record<string, unknown>>,
): Map<string, Known> {
  const facts = new Map<string, Known>()
  for (const [name, value] of Object.entries(given)) {
    within([name], () => {
      const definition = set.nodes.get(name)?.node.definition
      if (definition?.kind !== 'fact' && definition?.kind !== 'judgement') {
        throw new RuleError('fact', `没有叫“${name}”的事实`, `There is no fact ${name}`)
      }
      facts.set(name, knownOf(value, definition.type))
    })
  }
  return facts
}

export class Evaluation implements World {
  readonly set: RuleSet
  readonly given: Given
  private readonly values = new Map<string, Value>()
  private readonly decided = new Map<Table, Decided>()

  constructor(set: RuleSet, given: Given) {
    this.set = set
    this.given = given
  }

  workdays(date: string, days: number): string | Open {
    return this.given.workdays(date, days)
  }

  /** What a name comes to. */
  value(name: string): Value {
    const known = this.values.get(name)
    if (known !== undefined) return known
    const value = this.find(name)
    this.values.set(name, value)
    return value
  }

  private find(name: string): Value {
    const { node, output } = this.set.nodes.get(name)!
    switch (node.kind) {
      case 'fact':
        return this.given.facts.get(name) ?? Open.fact(name)
      case 'judgement':
        return this.given.facts.get(name) ?? Open.judgement(name)
      case 'parameter': {
        const { on } = this.given
        if (name === THE_DAY) return on
        const found = node.values.find(({ from, to }) => from <= on && (to === null || on < to))
        return found ? found.value : Open.fault(`${on} 没有生效的${name}`)
      }
      case 'formula':
        return evaluate(node.expr, this)
      default:
        return this.decision(node).outputs[output]!
    }
  }

  /** How a table came to what it did, row by row and cell by cell. */
  decision(table: Table): Decided {
    const known = this.decided.get(table)
    if (known) return known
    const made = decide(table, this)
    this.decided.set(table, made)
    return made
  }

  outcomes(): Map<string, Value> {
    return new Map(this.set.definition.outcomes.map((name) => [name, this.value(name)]))
  }
}
