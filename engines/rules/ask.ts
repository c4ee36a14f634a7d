// What to ask next: the cheapest set of missing facts that may settle an outcome.
import { evaluate } from './evaluate.ts'
import type { Evaluation } from './evaluation.ts'
import type { Table } from './link.ts'
import { type Expr, Open } from './types.ts'

/** Facts that may settle something together, and what it takes to know them. */
interface Way {
  facts: ReadonlySet<string>
  cost: number
}

const NOTHING: Way = { facts: new Set(), cost: 0 }
const cheapest = (ways: readonly Way[]): Way =>
  ways.reduce((best, one) => (one.cost < best.cost ? one : best))

class Asking {
  private readonly evaluation: Evaluation
  private readonly known = new Map<string, Way>()

  constructor(evaluation: Evaluation) {
    this.evaluation = evaluation
  }

  private costOf(name: string): number {
    const { definition } = this.evaluation.set.nodes.get(name)!.node
    return definition.kind === 'fact' ? definition.cost : 0
  }

  private together(ways: readonly Way[]): Way {
    const facts = new Set(ways.flatMap((one) => [...one.facts]))
    const cost = [...facts].reduce((sum, name) => sum + this.costOf(name), 0)
    return { facts, cost }
  }

  name(name: string): Way {
    const known = this.known.get(name)
    if (known) return known
    const way = this.find(name)
    this.known.set(name, way)
    return way
  }

  private find(name: string): Way {
    const value = this.evaluation.value(name)
    if (!(value instanceof Open) || value.facts.size === 0) return NOTHING
    const { node } = this.evaluation.set.nodes.get(name)!
    if (node.kind === 'fact') return { facts: new Set([name]), cost: this.costOf(name) }
    if (node.kind === 'formula') return this.expr(node.expr)
    return node.kind === 'table' ? this.table(node) : NOTHING
  }

  /** One open row may be made to apply, or to fail. */
  private table(table: Table): Way {
    const { rows } = this.evaluation.decision(table)
    const open = rows.filter(({ applies }) => applies instanceof Open && applies.facts.size > 0)
    if (open.length === 0) {
      const certain = rows.filter(({ applies }) => applies === true)
      const gives = certain.length > 0 ? certain.flatMap(({ row }) => row.gives) : table.otherwise
      return this.together((gives ?? []).map((one) => this.expr(one)))
    }
    return cheapest(
      open.map(({ row, cells }) => {
        const missing = row.tests.filter((_, nth) => cells[nth] instanceof Open)
        return this.together(missing.map((one) => this.expr(one)))
      }),
    )
  }

  private expr(expr: Expr): Way {
    const value = evaluate(expr, this.evaluation)
    if (!(value instanceof Open) || value.facts.size === 0) return NOTHING
    const open = (of: readonly Expr[]) =>
      of.map((one) => this.expr(one)).filter(({ facts }) => facts.size > 0)
    switch (expr.kind) {
      case 'ref':
        return this.name(expr.name)
      case 'not':
        return this.expr(expr.of)
      // One part may settle the whole.
      case 'all':
      case 'any':
        return cheapest(open(expr.of))
      case 'compare':
      case 'arithmetic':
        return this.together(open([expr.left, expr.right]))
      case 'shift':
        return this.together(open([expr.date, expr.amount]))
      case 'days-between':
        return this.together(open([expr.from, expr.to]))
      case 'round':
        return this.expr(expr.of)
      case 'if': {
        const test = this.expr(expr.test)
        return test.facts.size > 0 ? test : this.together(open([expr.yes, expr.no]))
      }
      default:
        return NOTHING
    }
  }
}

/**
 * The facts to ask for next, in any order; none where nothing that is missing could settle it. They
 * may settle it and need not: after each answer it is asked again.
 */
export function nextFacts(name: string, evaluation: Evaluation): string[] {
  return [...new Asking(evaluation).name(name).facts].sort()
}
