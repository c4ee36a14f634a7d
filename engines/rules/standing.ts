// Where somebody stands towards what a set grants: entitled, one condition short, not known yet, or not.
import type { RowOutcome } from './decide.ts'
import type { Text } from './definitions.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluation } from './evaluation.ts'
import type { Table } from './link.ts'
import { sayExpr, sayValue } from './say.ts'
import { type Expr, Open, type Value } from './types.ts'

/** A condition that fails, and what was found instead. */
export interface Failing {
  says: Text
  found: Text | null
}

export interface Standing {
  /** `nearly`: a single condition fails. */
  state: 'entitled' | 'nearly' | 'open' | 'not'
  /** What is granted at most, in words; null where nothing is, or it is no money. */
  amount: Text | null
  failing: readonly Failing[]
  /** What would have to be known, and what a person would have to judge. */
  facts: readonly string[]
  judgements: readonly string[]
  /** Why it cannot be worked out at all. */
  faults: readonly string[]
}

class Finding {
  private readonly evaluation: Evaluation
  readonly failing: Failing[] = []

  constructor(evaluation: Evaluation) {
    this.evaluation = evaluation
  }

  private value(expr: Expr): Value {
    return evaluate(expr, this.evaluation)
  }

  private add(expr: Expr, negated: boolean): void {
    const says = sayExpr(negated ? { kind: 'not', type: expr.type, of: expr } : expr)
    const { left } = expr.kind === 'compare' ? expr : { left: null }
    const found = left && left.kind !== 'const' ? sayValue(this.value(left), left.type) : null
    if (!this.failing.some((one) => one.says.zh === says.zh)) this.failing.push({ says, found })
  }

  /** Goes down to the conditions for which an expression is not what it should be. */
  unlike(expr: Expr, wanted: boolean): void {
    const unmet = (parts: readonly Expr[]) => parts.filter((part) => this.value(part) === !wanted)
    if (expr.kind === 'not') this.unlike(expr.of, !wanted)
    else if (expr.kind === (wanted ? 'all' : 'any')) {
      for (const part of unmet(expr.of)) this.unlike(part, wanted)
    } else if (expr.kind === 'ref') this.name(expr, expr.name, wanted)
    else if (expr.kind === 'if') {
      const test = this.value(expr.test)
      if (test instanceof Open) this.add(expr, !wanted)
      else this.unlike(test === true ? expr.yes : expr.no, wanted)
    } else this.add(expr, !wanted)
  }

  private name(expr: Expr, name: string, wanted: boolean): void {
    const { node, output } = this.evaluation.set.nodes.get(name)!
    if (node.kind === 'formula') this.unlike(node.expr, wanted)
    else if (node.kind !== 'table' || !this.nearest(node, output, wanted)) this.add(expr, !wanted)
  }

  /** Of the rows that give what is wanted, the one that fails in the fewest cells. */
  private nearest(table: Table, output: number, wanted: boolean): boolean {
    const { rows } = this.evaluation.decision(table)
    const gives = ({ row }: RowOutcome) => this.value(row.gives[output]!) === wanted
    const failing = rows
      .flatMap((one, at) => {
        if (!gives(one)) return []
        const failed = [...one.cells.keys()].filter((nth) => one.cells[nth] === false)
        // Under F an earlier row decides before it, unless that fails in another column as well.
        const earlier = table.definition.hit === 'F' ? rows.slice(0, at) : []
        const reached = earlier.every(
          (other) =>
            gives(other) ||
            other.cells.some((cell, nth) => cell === false && !failed.includes(nth)),
        )
        return reached && failed.length > 0 ? [failed.map((nth) => one.row.tests[nth]!)] : []
      })
      .sort((a, b) => a.length - b.length)
    for (const test of failing[0] ?? []) this.unlike(test, true)
    return failing.length > 0
  }
}

/**
 * Where the subject of an evaluation stands; a computation, no decision.
 * @throws Error where the set grants nothing
 */
export function standingOf(evaluation: Evaluation): Standing {
  const { set } = evaluation
  const { benefit } = set.definition
  if (!benefit) throw new Error(`${set.definition.id} names no benefit`)
  const entitled = evaluation.value(benefit.entitled)
  const none = { amount: null, failing: [], facts: [], judgements: [], faults: [] }
  if (entitled === true) {
    const type = benefit.amount === null ? null : set.types.get(benefit.amount)!
    const amount = type && sayValue(evaluation.value(benefit.amount!), type)
    return { ...none, state: 'entitled', amount }
  }
  if (entitled instanceof Open) {
    const [facts, judgements, faults] = [
      [...entitled.facts],
      [...entitled.judgements],
      [...entitled.faults],
    ]
    return { ...none, state: 'open', facts, judgements, faults }
  }
  const finding = new Finding(evaluation)
  finding.unlike({ kind: 'ref', type: { kind: 'boolean' }, name: benefit.entitled }, true)
  const { failing } = finding
  return { ...none, state: failing.length === 1 ? 'nearly' : 'not', failing }
}
