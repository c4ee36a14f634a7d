// Sums, differences, products and quotients of numbers, texts, dates and durations; null: there is none.
import {
  DateTime,
  DaysDuration,
  dateAfterMonths,
  dateTimeAfter,
  LocalDate,
  LocalTime,
  MIDNIGHT,
  MonthsDuration,
  timeAfter,
  timeInstant,
} from './temporal.ts'
import { Decimal, Null, type Value } from './values.ts'

type Result = Value | null

const finite = (value: Decimal): Value =>
  value.isFinite() ? value : new Null('the number is too large')

const outside = new Null('beyond the years that there are')

const shift = (value: Value, by: MonthsDuration | DaysDuration, way: 1 | -1): Result => {
  if (by instanceof MonthsDuration) {
    const months = way * by.months
    if (value instanceof LocalDate) return dateAfterMonths(value, months) ?? outside
    if (value instanceof DateTime) {
      const date = dateAfterMonths(value.date, months)
      return date ? new DateTime(date, value.time) : outside
    }
    if (value instanceof MonthsDuration) return new MonthsDuration(value.months + months)
    return null
  }
  const nanos = way === 1 ? by.nanos : -by.nanos
  if (value instanceof LocalDate) {
    return dateTimeAfter(new DateTime(value, MIDNIGHT), nanos)?.date ?? outside
  }
  if (value instanceof DateTime) return dateTimeAfter(value, nanos) ?? outside
  if (value instanceof LocalTime) return timeAfter(value, nanos)
  return value instanceof DaysDuration ? new DaysDuration(value.nanos + nanos) : null
}

const isDuration = (value: Value): value is MonthsDuration | DaysDuration =>
  value instanceof MonthsDuration || value instanceof DaysDuration

export function add(a: Value, b: Value): Result {
  if (a instanceof Decimal && b instanceof Decimal) return finite(a.plus(b))
  if (typeof a === 'string' && typeof b === 'string') return a + b
  if (isDuration(b)) return shift(a, b, 1)
  return isDuration(a) ? shift(b, a, 1) : null
}

const UTC = { offset: 0 }

export function minus(a: Value, b: Value): Result {
  if (a instanceof Decimal && b instanceof Decimal) return finite(a.minus(b))
  if (isDuration(b)) return shift(a, b, -1)
  if (a instanceof LocalTime && b instanceof LocalTime) {
    if ((a.zone === null) !== (b.zone === null)) return null
    return new DaysDuration(timeInstant(a) - timeInstant(b))
  }
  const moments = [a, b].map((one) => (one instanceof LocalDate ? midnight(one, a, b) : one))
  const [from, to] = [moments[1], moments[0]]
  if (!(from instanceof DateTime) || !(to instanceof DateTime)) return null
  if ((from.time.zone === null) !== (to.time.zone === null)) return null
  return new DaysDuration(to.instant - from.instant)
}

/** A date beside a moment is its midnight, in Greenwich where the moment has a zone. */
function midnight(date: LocalDate, ...beside: Value[]): DateTime {
  const zoned = beside.some((one) => one instanceof DateTime && one.time.zone !== null)
  return new DateTime(date, zoned ? new LocalTime(0n, UTC) : MIDNIGHT)
}

const wholeNanos = (value: Decimal): DaysDuration =>
  new DaysDuration(BigInt(value.trunc().toFixed()))

function scaled(duration: Value, by: (size: Decimal) => Decimal): Result {
  if (duration instanceof MonthsDuration) {
    const months = by(new Decimal(duration.months))
    return months.isFinite() ? new MonthsDuration(months.trunc().toNumber() || 0) : null
  }
  if (!(duration instanceof DaysDuration)) return null
  const nanos = by(new Decimal(duration.nanos.toString()))
  return nanos.isFinite() ? wholeNanos(nanos) : null
}

export function product(a: Value, b: Value): Result {
  if (a instanceof Decimal && b instanceof Decimal) return finite(a.times(b))
  if (b instanceof Decimal) return scaled(a, (size) => size.times(b))
  return a instanceof Decimal ? scaled(b, (size) => size.times(a)) : null
}

const nothing = new Null('division by zero')

export function quotient(a: Value, b: Value): Result {
  if (b instanceof Decimal) {
    if (b.isZero()) return a instanceof Decimal || isDuration(a) ? nothing : null
    return a instanceof Decimal ? finite(a.div(b)) : scaled(a, (size) => size.div(b))
  }
  if (a instanceof MonthsDuration && b instanceof MonthsDuration) {
    return b.months === 0 ? nothing : new Decimal(a.months).div(b.months)
  }
  if (a instanceof DaysDuration && b instanceof DaysDuration) {
    return b.nanos === 0n ? nothing : new Decimal(`${a.nanos}`).div(`${b.nanos}`)
  }
  return null
}

export function power(a: Value, b: Value): Result {
  return a instanceof Decimal && b instanceof Decimal ? finite(a.pow(b)) : null
}
