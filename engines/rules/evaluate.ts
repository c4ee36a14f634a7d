// What a checked expression comes to: known, or open with everything that it hangs on.
import type { Comparison } from '#engines/feel/ast.ts'
import { addMonths, daysFrom } from '#engines/feel/calendar.ts'
import { Decimal } from '#engines/feel/values.ts'
import { civilOf, dateOfDays, daysOf, isDay } from './dates.ts'
import { type Expr, type Known, Open, type Rounding, sameKnown, type Value } from './types.ts'

/** What an expression is evaluated in. */
export interface World {
  /** A fact, a parameter or what another node came to. */
  value(name: string): Value
  /** The date so many working days later, or why that cannot be said. */
  workdays(date: string, days: number): string | Open
}

/** A comparison of two values of one type. */
export function holds(op: Comparison, left: Known, right: Known): boolean {
  if (op === '=' || op === '!=') return sameKnown(left, right) === (op === '=')
  const order =
    left instanceof Decimal ? left.cmp(right as Decimal) : left < right ? -1 : left > right ? 1 : 0
  if (op === '<') return order < 0
  if (op === '<=') return order <= 0
  return op === '>' ? order > 0 : order >= 0
}

/** Both sides, or what is open of them. */
function both(left: Value, right: Value, work: (left: Known, right: Known) => Value): Value {
  if (!(left instanceof Open) && !(right instanceof Open)) return work(left, right)
  return Open.all([left, right].filter((one): one is Open => one instanceof Open))
}

function calculated(op: '+' | '-' | '*' | '/', left: Known, right: Known): Value {
  const [a, b] = [left as Decimal, right as Decimal]
  if (op === '+') return a.plus(b)
  if (op === '-') return a.minus(b)
  if (op === '*') return a.times(b)
  return b.isZero() ? Open.fault('除数为零') : a.div(b)
}

function shifted(
  by: 'days' | 'months' | 'workdays',
  date: string,
  amount: Decimal,
  world: World,
): Value {
  if (!amount.isInteger()) return Open.fault(`不是整数：${amount}`)
  const count = amount.toNumber()
  if (by === 'workdays') return world.workdays(date, count)
  const days = by === 'days' ? daysOf(date) + count : daysFrom(addMonths(civilOf(date), count))
  return isDay(days) ? dateOfDays(days) : Open.fault('日期超出公元 1 年至 9999 年')
}

function rounded(way: Rounding, value: Decimal, scale: number): Decimal {
  if (way === 'floor') return value.toDecimalPlaces(scale, Decimal.ROUND_FLOOR)
  if (way === 'ceiling') return value.toDecimalPlaces(scale, Decimal.ROUND_CEIL)
  // Half of a step goes away from zero, as FEEL has it.
  return value.toDecimalPlaces(scale, Decimal.ROUND_HALF_UP)
}

/** `all` where one false settles it, `any` where one true does. */
function several(of: readonly Expr[], settling: boolean, world: World): Value {
  const open: Open[] = []
  for (const one of of) {
    const value = evaluate(one, world)
    if (value === settling) return settling
    if (value instanceof Open) open.push(value)
  }
  return open.length === 0 ? !settling : Open.all(open)
}

function chosen(expr: Extract<Expr, { kind: 'if' }>, world: World): Value {
  const test = evaluate(expr.test, world)
  if (!(test instanceof Open)) return evaluate(test === true ? expr.yes : expr.no, world)
  const [yes, no] = [evaluate(expr.yes, world), evaluate(expr.no, world)]
  if (yes instanceof Open || no instanceof Open) {
    return Open.all([test, yes, no].filter((one): one is Open => one instanceof Open))
  }
  // Whatever the test turns out to be, it comes to the same.
  return sameKnown(yes, no) ? yes : test
}

/** Never throws for facts of the right type: what goes wrong is a fault with its reason. */
export function evaluate(expr: Expr, world: World): Value {
  switch (expr.kind) {
    case 'const':
      return expr.value
    case 'ref':
      return world.value(expr.name)
    case 'not': {
      const of = evaluate(expr.of, world)
      return of instanceof Open ? of : !of
    }
    case 'all':
      return several(expr.of, false, world)
    case 'any':
      return several(expr.of, true, world)
    case 'compare': {
      const { op } = expr
      const [left, right] = [evaluate(expr.left, world), evaluate(expr.right, world)]
      return both(left, right, (a, b) => holds(op, a, b))
    }
    case 'arithmetic': {
      const { op } = expr
      const [left, right] = [evaluate(expr.left, world), evaluate(expr.right, world)]
      return both(left, right, (a, b) => calculated(op, a, b))
    }
    case 'shift': {
      const { by, factor } = expr
      const [date, amount] = [evaluate(expr.date, world), evaluate(expr.amount, world)]
      return both(date, amount, (a, b) =>
        shifted(by, a as string, factor.times(b as Decimal), world),
      )
    }
    case 'days-between': {
      const [from, to] = [evaluate(expr.from, world), evaluate(expr.to, world)]
      return both(from, to, (a, b) => {
        return new Decimal(daysOf(b as string) - daysOf(a as string))
      })
    }
    case 'round': {
      const of = evaluate(expr.of, world)
      return of instanceof Open ? of : rounded(expr.way, of as Decimal, expr.scale)
    }
    default:
      return chosen(expr, world)
  }
}
