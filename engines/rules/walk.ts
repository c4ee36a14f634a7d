// Over the parts of a checked expression: what it is made of, and the names it reads.
import type { Expr } from './types.ts'

/** The expressions that one is made of. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'const':
    case 'ref':
      return []
    case 'not':
    case 'round':
      return [expr.of]
    case 'all':
    case 'any':
      return expr.of
    case 'compare':
    case 'arithmetic':
      return [expr.left, expr.right]
    case 'shift':
      return [expr.date, expr.amount]
    case 'days-between':
      return [expr.from, expr.to]
    default:
      return [expr.test, expr.yes, expr.no]
  }
}

/** The names that an expression reads. */
export function refsOf(expr: Expr, found = new Set<string>()): Set<string> {
  if (expr.kind === 'ref') found.add(expr.name)
  for (const part of partsOf(expr)) refsOf(part, found)
  return found
}
