// How large a text of the law may be, and how much work: what is slow is refused before it is run.
import { RuleError } from './rule-error.ts'
import type { Expr } from './types.ts'
import { partsOf } from './walk.ts'

/** How many parts are looked at when all of it is; what is shared counts wherever it stands. */
function workOf(expr: Expr, known = new Map<Expr, number>()): number {
  const found = known.get(expr)
  if (found !== undefined) return found
  const work = partsOf(expr).reduce((sum, part) => sum + workOf(part, known), 1)
  known.set(expr, work)
  return work
}

/** Characters of one text, and how deep its brackets may go: beyond, nobody reads it either. */
const LONGEST = 2_000
const DEEPEST = 40
/** Parts that one text may make work of: min(a, b) looks at both of them twice. */
const MOST_WORK = 2_000

function tooMuch(): never {
  throw new RuleError(
    'too-much',
    `这段规则太长或嵌套太深（最多 ${LONGEST} 字、${DEEPEST} 层），请拆成几条`,
    `This text is too long or nested too deep (at most ${LONGEST} characters, ${DEEPEST} levels): split it`,
  )
}

/** Refuses a text that no parser should be given. @throws RuleError too-much */
export function refuseMonsters(text: string): void {
  if (text.length > LONGEST) tooMuch()
  let depth = 0
  for (const one of text) {
    if ('([{'.includes(one)) depth++
    else if (')]}'.includes(one)) depth--
    if (depth > DEEPEST) tooMuch()
  }
}

/** Refuses an expression that would be slow to work out. @throws RuleError too-much */
export function bounded(expr: Expr): Expr {
  return workOf(expr) > MOST_WORK ? tooMuch() : expr
}
