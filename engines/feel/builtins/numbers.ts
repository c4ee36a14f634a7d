// Functions on numbers.
import { Decimal as Arbitrary } from 'decimal.js'
import { DaysDuration, MonthsDuration } from '../temporal.ts'
import { Decimal, Null, number, type Value } from '../values.ts'
import { builtin, overload } from './signature.ts'

/** What Decimal128 can hold. */
const [LEAST_SCALE, MOST_SCALE] = [-6_111, 6_176]

const rounding =
  (mode: Arbitrary.Rounding) =>
  (n: Decimal, scale: Decimal = number(0)) => {
    const digits = scale.trunc().toNumber()
    if (digits < LEAST_SCALE || digits > MOST_SCALE) return new Null('the scale is out of range')
    if (digits >= 0) return n.toDecimalPlaces(digits, mode)
    const unit = new Decimal(10).pow(-digits)
    return n.div(unit).toDecimalPlaces(0, mode).times(unit)
  }

const scaled = (name: string, mode: Arbitrary.Rounding) =>
  builtin(name, overload('n: number, scale: number', rounding(mode)))

const maybeScaled = (name: string, mode: Arbitrary.Rounding) =>
  builtin(name, overload('n: number, [scale: number]', rounding(mode)))

const finite = (value: Decimal): Value =>
  value.isFinite() ? value : new Null('there is no such number')

/** With the sign of the divisor, as in floor division. */
const modulo = (dividend: Decimal, divisor: Decimal): Value =>
  divisor.isZero()
    ? new Null('division by zero')
    : dividend.minus(divisor.times(dividend.div(divisor).floor()))

const NUMBER = /^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/

function numberFrom(from: string, grouping: Value | undefined, decimal: Value | undefined): Value {
  const none = (value: Value | undefined) => value === undefined || value instanceof Null
  const sep = none(grouping) ? '' : (grouping as string)
  const point = none(decimal) ? '.' : (decimal as string)
  const wrong = sep === point || !['', ' ', ',', '.'].includes(sep) || !['.', ','].includes(point)
  if (wrong) return new Null('no such separator')
  const plain = (sep === '' ? from : from.replaceAll(sep, '')).replace(point, '.')
  return NUMBER.test(plain) ? number(plain) : new Null(`no number: ${from}`)
}

const parity = (rest: number) => (n: Decimal) => (n.isInteger() ? n.mod(2).abs().eq(rest) : false)

export const numberFunctions = [
  scaled('decimal', Arbitrary.ROUND_HALF_EVEN),
  maybeScaled('floor', Arbitrary.ROUND_FLOOR),
  maybeScaled('ceiling', Arbitrary.ROUND_CEIL),
  scaled('round up', Arbitrary.ROUND_UP),
  scaled('round down', Arbitrary.ROUND_DOWN),
  scaled('round half up', Arbitrary.ROUND_HALF_UP),
  scaled('round half down', Arbitrary.ROUND_HALF_DOWN),
  builtin(
    'abs',
    overload('n: number', (n: Decimal) => n.abs()),
    overload('n: years and months duration', (n: MonthsDuration) => {
      return new MonthsDuration(Math.abs(n.months))
    }),
    overload('n: days and time duration', (n: DaysDuration) => {
      return new DaysDuration(n.nanos < 0n ? -n.nanos : n.nanos)
    }),
  ),
  builtin('modulo', overload('dividend: number, divisor: number', modulo)),
  builtin(
    'sqrt',
    overload('number: number', (n: Decimal) => finite(n.sqrt())),
  ),
  builtin(
    'log',
    overload('number: number', (n: Decimal) => finite(n.ln())),
  ),
  builtin(
    'exp',
    overload('number: number', (n: Decimal) => finite(n.exp())),
  ),
  builtin('odd', overload('number: number', parity(1))),
  builtin('even', overload('number: number', parity(0))),
  builtin(
    'number',
    overload('from: number', (from: Decimal) => from),
    overload(
      'from: string, [grouping separator: string?], [decimal separator: string?]',
      numberFrom,
    ),
  ),
]
