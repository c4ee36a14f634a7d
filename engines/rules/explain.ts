// Why an outcome is what it is: down from it over rules, rows and conditions to facts and figures.
import type { Citation, HitPolicy, Text } from './definitions.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluation } from './evaluation.ts'
import { readsOf, type Table } from './link.ts'
import { sayExpr, sayValue } from './say.ts'
import { type Expr, type Truth, type Type, truthOf, type Value } from './types.ts'

/** A condition or a part of one, with what stood on both sides. */
export interface Part {
  says: Text
  truth: Truth
  /** What the left side of a comparison came to; null where there is nothing to add. */
  found: Text | null
  parts: readonly Part[]
}

export interface ExplainedRow {
  id: string
  truth: Truth
  cells: readonly Part[]
  /** How many of its conditions fail, and of how many. */
  failed: number
  conditions: number
  gives: readonly Text[]
  cite: readonly Citation[]
}

interface Base {
  name: string
  value: Text
  truth: Truth
  cite: readonly Citation[]
  /** Names of what it was worked out from. */
  reads: readonly string[]
}

export type Explained = Base &
  (
    | { kind: 'fact' | 'judgement' | 'parameter' }
    | { kind: 'formula'; because: Part }
    | { kind: 'table'; hit: HitPolicy; rows: readonly ExplainedRow[] }
  )

function partOf(expr: Expr, evaluation: Evaluation): Part {
  const truth = truthOf(evaluate(expr, evaluation))
  const says = sayExpr(expr)
  const deeper = (of: readonly Expr[]) => of.map((one) => partOf(one, evaluation))
  switch (expr.kind) {
    case 'all':
    case 'any':
      return { says, truth, found: null, parts: deeper(expr.of) }
    case 'not':
      return { says, truth, found: null, parts: deeper([expr.of]) }
    case 'if':
      return { says, truth, found: null, parts: deeper([expr.test]) }
    case 'compare': {
      const { left } = expr
      const found = left.kind === 'const' ? null : sayValue(evaluate(left, evaluation), left.type)
      return { says, truth, found, parts: [] }
    }
    default:
      return { says, truth, found: null, parts: [] }
  }
}

function rowsOf(table: Table, evaluation: Evaluation): ExplainedRow[] {
  return evaluation.decision(table).rows.map(({ row, cells, applies }) => {
    const asked = row.tests.filter(({ kind }) => kind !== 'const')
    return {
      id: row.definition.id,
      truth: truthOf(applies),
      cells: asked.map((test) => partOf(test, evaluation)),
      failed: cells.filter((one) => one === false).length,
      conditions: asked.length,
      gives: row.gives.map((one) => sayValue(evaluate(one, evaluation), one.type)),
      cite: row.definition.cite,
    }
  })
}

function base(name: string, type: Type, value: Value, reads: Iterable<string>): Omit<Base, 'cite'> {
  return { name, value: sayValue(value, type), truth: truthOf(value), reads: [...reads] }
}

function explained(name: string, evaluation: Evaluation): Explained {
  const { set, given } = evaluation
  const { node } = set.nodes.get(name)!
  const type = set.types.get(name)!
  const common = base(name, type, evaluation.value(name), readsOf(node))
  switch (node.kind) {
    case 'formula':
      return {
        ...common,
        kind: 'formula',
        cite: node.definition.kind === 'formula' ? node.definition.cite : [],
        because: partOf(node.expr, evaluation),
      }
    case 'table': {
      const { hit } = node.definition
      const rows = rowsOf(node, evaluation)
      const cite = rows.filter(({ truth }) => truth === 'true').flatMap((row) => row.cite)
      return { ...common, kind: 'table', hit, rows, cite }
    }
    case 'parameter': {
      const { on } = given
      const found = node.values.find(({ from, to }) => from <= on && (to === null || on < to))
      return { ...common, kind: 'parameter', cite: found ? [found.cite] : [] }
    }
    default:
      return { ...common, kind: node.kind, cite: [] }
  }
}

/** An outcome and everything that it was worked out from, itself first; each once. */
export function explain(name: string, evaluation: Evaluation): Explained[] {
  const found = new Map<string, Explained>()
  const queue = [name]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (found.has(next)) continue
    const one = explained(next, evaluation)
    found.set(next, one)
    queue.push(...one.reads)
  }
  return [...found.values()]
}

/** Rows of a table that did not apply, those that failed in the fewest conditions first. */
export function nearMisses(rows: readonly ExplainedRow[]): ExplainedRow[] {
  return rows.filter(({ truth }) => truth === 'false').sort((a, b) => a.failed - b.failed)
}
