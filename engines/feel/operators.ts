// Equality, order and arithmetic between values; what does not go together is null with the reason.
import { minus, add as plus, power, product, quotient } from './arithmetic.ts'
import type { Arithmetic, Comparison } from './ast.ts'
import {
  DateTime,
  DaysDuration,
  LocalDate,
  LocalTime,
  MonthsDuration,
  NANOS,
  timeInstant,
} from './temporal.ts'
import { Context, Decimal, Fn, isList, isNull, Null, Range, type Value } from './values.ts'

const sameContext = (a: Context, b: Context): boolean | null => {
  if (a.entries.size !== b.entries.size) return false
  let all: boolean | null = true
  for (const [name, value] of a.entries) {
    const other = b.entries.get(name)
    if (other === undefined) return false
    const same = equal(value, other)
    if (same === false) return false
    if (same === null) all = null
  }
  return all
}

const sameList = (a: readonly Value[], b: readonly Value[]): boolean | null => {
  if (a.length !== b.length) return false
  let all: boolean | null = true
  for (const [nth, value] of a.entries()) {
    const same = equal(value, b[nth]!)
    if (same === false) return false
    if (same === null) all = null
  }
  return all
}

const sameEnd = (a: Value | null, b: Value | null): boolean | null =>
  a === null || b === null ? a === b : equal(a, b)

/** Moments are the same when they lie in the same second. */
const second = (nanos: bigint): bigint => nanos / NANOS

/** Whether two values are the same; null where they are of different kinds. */
export function equal(a: Value, b: Value): boolean | null {
  if (isNull(a) || isNull(b)) return isNull(a) && isNull(b)
  if (isList(a)) return isList(b) ? sameList(a, b) : null
  if (a instanceof Context) return b instanceof Context ? sameContext(a, b) : null
  if (a instanceof Range) {
    if (!(b instanceof Range)) return null
    if (a.startIncluded !== b.startIncluded || a.endIncluded !== b.endIncluded) return false
    if (a.point !== b.point) return false
    const start = sameEnd(a.start, b.start)
    return start === true ? sameEnd(a.end, b.end) : start
  }
  if (a instanceof Fn) return b instanceof Fn ? a === b : null
  if (typeof a === 'boolean') return typeof b === 'boolean' ? a === b : null
  if (a instanceof LocalTime && b instanceof LocalTime) {
    return (
      (a.zone === null) === (b.zone === null) && second(timeInstant(a)) === second(timeInstant(b))
    )
  }
  if (a instanceof DateTime && b instanceof DateTime) {
    const zoned = (one: DateTime) => one.time.zone !== null
    return zoned(a) === zoned(b) && second(a.instant) === second(b.instant)
  }
  const order = compare(a, b)
  return order === null ? null : order === 0
}

const sign = (difference: number | bigint): number => (difference < 0 ? -1 : difference > 0 ? 1 : 0)

/** -1, 0 or 1; null where there is no order between the two. */
export function compare(a: Value, b: Value): number | null {
  if (a instanceof Decimal) return b instanceof Decimal ? a.comparedTo(b) : null
  if (typeof a === 'string') return typeof b === 'string' ? (a < b ? -1 : a > b ? 1 : 0) : null
  if (a instanceof LocalDate) return b instanceof LocalDate ? sign(a.days - b.days) : null
  if (a instanceof LocalTime) {
    if (!(b instanceof LocalTime) || (a.zone === null) !== (b.zone === null)) return null
    return sign(timeInstant(a) - timeInstant(b))
  }
  if (a instanceof DateTime) {
    if (!(b instanceof DateTime) || (a.time.zone === null) !== (b.time.zone === null)) return null
    return sign(a.instant - b.instant)
  }
  if (a instanceof MonthsDuration) {
    return b instanceof MonthsDuration ? sign(a.months - b.months) : null
  }
  if (a instanceof DaysDuration) return b instanceof DaysDuration ? sign(a.nanos - b.nanos) : null
  return null
}

export function holds(op: Comparison, a: Value, b: Value): boolean | null {
  if (op === '=') return equal(a, b)
  if (op === '!=') {
    const same = equal(a, b)
    return same === null ? null : !same
  }
  const order = compare(a, b)
  if (order === null) return null
  if (op === '<') return order < 0
  if (op === '<=') return order <= 0
  return op === '>' ? order > 0 : order >= 0
}

/** Whether a value lies in a range; null where the two cannot be compared. */
export function within(value: Value, range: Range): boolean | null {
  const { start, end, startIncluded, endIncluded } = range
  if (start !== null) {
    const above = holds(startIncluded ? '>=' : '>', value, start)
    if (above !== true) return above
  }
  return end === null ? true : holds(endIncluded ? '<=' : '<', value, end)
}

const operations = { '+': plus, '-': minus, '*': product, '/': quotient, '**': power }

export function calculate(op: Arithmetic, a: Value, b: Value): Value {
  if (isNull(a)) return a
  if (isNull(b)) return b
  return operations[op](a, b) ?? new Null(`no ${op} between these`)
}

export function negate(value: Value): Value {
  if (isNull(value)) return value
  if (value instanceof Decimal) return value.negated()
  if (value instanceof MonthsDuration) return new MonthsDuration(-value.months || 0)
  if (value instanceof DaysDuration) return new DaysDuration(-value.nanos)
  return new Null('nothing to negate')
}
