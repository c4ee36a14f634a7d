// What would change an outcome: every known fact varied by itself, over its choices and its bounds.
import { Decimal } from '#engines/feel/values.ts'
import type { Text } from '#engines/rules/definitions.ts'
import type { Evaluation } from '#engines/rules/evaluation.ts'
import type { RuleSet } from '#engines/rules/link.ts'
import { sayKnown, sayValue } from '#engines/rules/say.ts'
import { type Expr, type Known, Open, sameKnown, type Type } from '#engines/rules/types.ts'
import { sameDimension, type Unit } from '#engines/rules/units.ts'
import { partsOf, refsOf } from '#engines/rules/walk.ts'
import { supposing } from './interview.ts'

export interface Alternative {
  fact: string
  now: Text
  instead: Text
  changes: readonly { outcome: string; before: Text; after: Text }[]
}

/** What is counted one by one has nothing between 3 and 4. */
const WHOLE: ReadonlySet<string> = new Set(['人', '家', '个', '项', '次', '条', '天', '工作日'])
const FINE = new Decimal('0.01')
const ONE = new Decimal(1)

function exprsOf(set: RuleSet): Expr[] {
  return [...new Set([...set.nodes.values()].map(({ node }) => node))].flatMap((node) => {
    if (node.kind === 'formula') return [node.expr]
    return node.kind === 'table' ? node.rows.flatMap(({ tests }) => tests) : []
  })
}

function* comparisonsIn(expr: Expr): Generator<Extract<Expr, { kind: 'compare' }>> {
  if (expr.kind === 'compare') yield expr
  for (const part of partsOf(expr)) yield* comparisonsIn(part)
}

const isRef = (expr: Expr, name: string) => expr.kind === 'ref' && expr.name === name

/** Numbers that the rules compare this fact with, in its own unit. */
function boundsOf(name: string, unit: Unit, evaluation: Evaluation): Decimal[] {
  const bounds: Decimal[] = []
  for (const expr of exprsOf(evaluation.set)) {
    for (const { left, right } of comparisonsIn(expr)) {
      const [own, other] = isRef(left, name) ? [left, right] : [right, left]
      if (!isRef(own, name) || refsOf(other).has(name) || other.type.kind !== 'number') continue
      const value = boundValue(other, evaluation)
      if (value === null || !sameDimension(unit, other.type.unit)) continue
      bounds.push(value.times(other.type.unit.scale).div(unit.scale))
    }
  }
  return bounds
}

/** Of a constant, a parameter, or what another part of the case comes to. */
function boundValue(expr: Expr, evaluation: Evaluation): Decimal | null {
  const value =
    expr.kind === 'const' ? expr.value : expr.kind === 'ref' ? evaluation.value(expr.name) : null
  return value instanceof Decimal ? value : null
}

function choicesOf(name: string, type: Type, now: Known, evaluation: Evaluation): Known[] {
  if (type.kind === 'boolean') return [!now]
  if (type.kind === 'text') return (type.values ?? []).filter((one) => one !== now)
  if (type.kind !== 'number' || !(now instanceof Decimal)) return []
  const percent = type.unit.name === '%' || type.unit.name === ''
  const step = WHOLE.has(type.unit.name) ? ONE : percent ? FINE.times(FINE) : FINE
  const near = boundsOf(name, type.unit, evaluation).flatMap((bound) => [
    bound,
    bound.minus(step),
    bound.plus(step),
  ])
  return near
    .filter((one) => !one.isNegative() && !one.eq(now))
    .sort((a, b) => a.minus(now).abs().cmp(b.minus(now).abs()))
}

function changesOf(before: Evaluation, after: Evaluation): Alternative['changes'] {
  return before.set.definition.outcomes.flatMap((outcome) => {
    const [old, now] = [before.value(outcome), after.value(outcome)]
    if (old instanceof Open || now instanceof Open || sameKnown(old, now)) return []
    const type = before.set.types.get(outcome)!
    return [{ outcome, before: sayValue(old, type), after: sayValue(now, type) }]
  })
}

/** What follows as one text, so that only the nearest of several ways to it is told. */
const signature = (changes: Alternative['changes'], outcome: string) =>
  changes.find((one) => one.outcome === outcome)?.after.zh ?? ''

/** What would change the first outcome that is known comes first, and of that the bounds. */
export function alternativesOf(evaluation: Evaluation): Alternative[] {
  const { set, given } = evaluation
  const [main = ''] = set.definition.outcomes.filter(
    (name) => !(evaluation.value(name) instanceof Open),
  )
  const found = [...given.facts].flatMap(([fact, now]) => {
    const type = set.types.get(fact)!
    const told = new Set<string>()
    return choicesOf(fact, type, now, evaluation).flatMap((instead): Alternative[] => {
      const changes = changesOf(evaluation, supposing(evaluation, fact, instead))
      const what = type.kind === 'number' ? signature(changes, main) : JSON.stringify(changes)
      if (changes.length === 0 || told.has(what)) return []
      told.add(what)
      return [{ fact, now: sayKnown(now, type), instead: sayKnown(instead, type), changes }]
    })
  })
  const rankOf = ({ fact, changes }: Alternative): number => {
    const ofMain = changes.some(({ outcome }) => outcome === main)
    return (ofMain ? 0 : 2) + (set.types.get(fact)!.kind === 'number' ? 0 : 1)
  }
  return found.sort((a, b) => rankOf(a) - rankOf(b))
}
