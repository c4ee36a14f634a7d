// What a checked expression comes to for the nth of a population, in doubles and codes.
import type { Comparison } from '#engines/feel/ast.ts'
import { addMonths, civilFrom, daysFrom } from '#engines/feel/calendar.ts'
import { Decimal } from '#engines/feel/values.ts'
import { daysOf, isDay } from './dates.ts'
import type { Column } from './population.ts'
import { comparing, near, type Precision, precisionOf, sameWithin } from './precision.ts'
import type { Expr, Known } from './types.ts'

/** Truth of one: no, yes, not known, or too close to a bound for doubles to say. */
export const NO = 0
export const YES = 1
export const MISSING = 2
export const DOUBT = 3
export type Numbers = (nth: number) => number
export type Flags = (nth: number) => number
export type Texts = (nth: number) => string | null

/** What an order of -1, 0 or 1 says. */
function ordered(op: Comparison, order: number): boolean {
  switch (op) {
    case '=':
      return order === 0
    case '!=':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    default:
      return order >= 0
  }
}

/** Of what was told: doubles compare exactly as their decimals do. */
const byValue = (x: number, y: number): number => (x < y ? -1 : x === y ? 0 : 1)

export const asNumber = (value: Known): number =>
  value instanceof Decimal ? value.toNumber() : daysOf(value as string)

/** Working days, and shifts by what is computed, have no loop of their own. */
export function needsCare(expr: Expr): boolean {
  switch (expr.kind) {
    case 'const':
    case 'ref':
      return false
    case 'not':
      return needsCare(expr.of)
    case 'all':
    case 'any':
      return expr.of.some(needsCare)
    case 'compare':
    case 'arithmetic':
      return needsCare(expr.left) || needsCare(expr.right)
    case 'shift':
      return expr.by === 'workdays' || needsCare(expr.amount) || needsCare(expr.date)
    case 'days-between':
      return needsCare(expr.from) || needsCare(expr.to)
    case 'round':
      return needsCare(expr.of)
    default:
      return needsCare(expr.test) || needsCare(expr.yes) || needsCare(expr.no)
  }
}

/** Halves of a step are the edges of rounding. */
const HALVES: Precision = { decimals: 1, most: 0, error: 0 }

/** The same numbers counted in steps. */
function inSteps({ decimals, most, error }: Precision, step: number): Precision {
  const size = most * step
  const left = Math.max(0, decimals - Math.log10(step))
  return { decimals: left, most: size, error: error * step + size * 2 ** -53 }
}

/** Reads columns by name; made columns are made when they are first read. */
export class Readers {
  private readonly columnOf: (name: string) => Column
  private readonly toldOf: (name: string) => boolean
  private readonly precisionOfName: (name: string) => Precision | null
  /** Grows whenever doubles could not say what a number or a text is: look at that one exactly. */
  doubts = 0

  /** @param toldOf whether a name stands for what was told, not for what is computed */
  constructor(
    columnOf: (name: string) => Column,
    toldOf: (name: string) => boolean,
    precisionOfName: (name: string) => Precision | null,
  ) {
    this.columnOf = columnOf
    this.toldOf = toldOf
    this.precisionOfName = precisionOfName
  }

  precision(expr: Expr): Precision | null {
    return precisionOf(expr, this.precisionOfName)
  }

  /** How two numbers of a population compare. */
  private order(left: Expr, right: Expr): (x: number, y: number) => number {
    if (this.isTold(left) && this.isTold(right)) return byValue
    return comparing(sameWithin(this.precision(left), this.precision(right)))
  }

  column(name: string): Column {
    return this.columnOf(name)
  }

  /** A fact, a constant or a parameter is as exact as it was told; what is computed is a double. */
  isTold(expr: Expr): boolean {
    if (expr.kind !== 'ref') return expr.kind === 'const'
    return this.toldOf(expr.name)
  }

  numbers(expr: Expr): Numbers {
    switch (expr.kind) {
      case 'const': {
        const value = asNumber(expr.value)
        return () => value
      }
      case 'ref': {
        const { values } = this.columnOf(expr.name)
        return (nth) => values[nth]!
      }
      case 'arithmetic': {
        const [left, right] = [this.numbers(expr.left), this.numbers(expr.right)]
        if (expr.op === '+') return (nth) => left(nth) + right(nth)
        if (expr.op === '-') return (nth) => left(nth) - right(nth)
        if (expr.op === '*') return (nth) => left(nth) * right(nth)
        const order = this.order(expr.right, { ...expr, kind: 'const', value: new Decimal(0) })
        return (nth) => {
          const by = right(nth)
          const sign = order(by, 0)
          if (Number.isNaN(sign) && !Number.isNaN(by)) this.doubts++
          return sign === 0 ? Number.NaN : left(nth) / by
        }
      }
      case 'days-between': {
        const [from, to] = [this.numbers(expr.from), this.numbers(expr.to)]
        return (nth) => to(nth) - from(nth)
      }
      case 'shift':
        return this.shifted(expr)
      case 'round':
        return this.rounded(expr)
      case 'if': {
        const [test, yes, no] = [
          this.flags(expr.test),
          this.numbers(expr.yes),
          this.numbers(expr.no),
        ]
        return (nth) => {
          const flag = test(nth)
          if (flag <= YES) return flag === YES ? yes(nth) : no(nth)
          const a = yes(nth)
          const b = no(nth)
          // Both come to the same, as far as doubles say; where a fact is missing that must be exact.
          if (flag === DOUBT && near(a, b)) return a
          if (flag === DOUBT || near(a, b)) this.doubts++
          return Number.NaN
        }
      }
      default:
        return () => Number.NaN
    }
  }

  private shifted({ by, date, amount, factor }: Extract<Expr, { kind: 'shift' }>): Numbers {
    const [from, count] = [this.numbers(date), this.numbers(amount)]
    const told = this.isTold(amount)
    const size = factor.toNumber()
    // Many share their day, and most their number of months.
    const shifted = new Map<number, number>()
    let months = Number.NaN
    return (nth) => {
      const start = from(nth)
      const many = count(nth)
      if (Number.isNaN(start) || Number.isNaN(many)) return Number.NaN
      // Whether what is computed or broken comes to whole days or months is not for doubles to say.
      if (!told || !Number.isInteger(many)) this.doubts++
      const moved = many * size
      if (by === 'days' || !Number.isInteger(moved)) {
        return isDay(start + moved) ? start + moved : Number.NaN
      }
      if (moved !== months) {
        months = moved
        shifted.clear()
      }
      const known = shifted.get(start)
      if (known !== undefined) return known
      const day = daysFrom(addMonths(civilFrom(start), moved))
      shifted.set(start, isDay(day) ? day : Number.NaN)
      return shifted.get(start)!
    }
  }

  private rounded({ way, of, scale }: Extract<Expr, { kind: 'round' }>): Numbers {
    const read = this.numbers(of)
    const step = 10 ** scale
    const shift = way === 'round half up' ? 0.5 : 0
    const precision = this.precision(of)
    // In steps: how close to an edge a number has to be to lie on it.
    const within = sameWithin(precision && inSteps(precision, step), HALVES)
    return (nth) => {
      const value = read(nth) * step
      const edge = Math.round(value + shift) - shift
      const onEdge = within === null ? near(value, edge) : Math.abs(value - edge) < within
      if (onEdge && within === null) this.doubts++
      const exact = onEdge ? edge : value
      if (way === 'floor') return Math.floor(exact) / step
      if (way === 'ceiling') return Math.ceil(exact) / step
      // Half of a step goes away from zero.
      return (Math.sign(exact) * Math.floor(Math.abs(exact) + 0.5)) / step
    }
  }

  texts(expr: Expr): Texts {
    if (expr.kind === 'const') return () => expr.value as string
    if (expr.kind === 'if') {
      const [test, yes, no] = [this.flags(expr.test), this.texts(expr.yes), this.texts(expr.no)]
      return (nth) => {
        const flag = test(nth)
        if (flag <= YES) return flag === YES ? yes(nth) : no(nth)
        if (flag === DOUBT || yes(nth) === no(nth)) this.doubts++
        return null
      }
    }
    if (expr.kind !== 'ref') return () => null
    const column = this.columnOf(expr.name)
    if (column.kind !== 'text') return () => null
    const { values, dictionary } = column
    return (nth) => dictionary[values[nth]!] ?? null
  }

  flags(expr: Expr): Flags {
    switch (expr.kind) {
      case 'const': {
        const value = expr.value === true ? YES : NO
        return () => value
      }
      case 'ref': {
        const { values } = this.columnOf(expr.name)
        return (nth) => values[nth]!
      }
      case 'not': {
        const of = this.flags(expr.of)
        return (nth) => {
          const flag = of(nth)
          return flag === NO ? YES : flag === YES ? NO : flag
        }
      }
      case 'all':
        return this.several(expr.of, NO, YES)
      case 'any':
        return this.several(expr.of, YES, NO)
      case 'compare':
        return this.comparison(expr)
      case 'if': {
        const [test, yes, no] = [this.flags(expr.test), this.flags(expr.yes), this.flags(expr.no)]
        return (nth) => {
          const flag = test(nth)
          if (flag <= YES) return flag === YES ? yes(nth) : no(nth)
          if (flag === DOUBT) return DOUBT
          const [a, b] = [yes(nth), no(nth)]
          if (a === DOUBT || b === DOUBT) return DOUBT
          return a === b ? a : MISSING
        }
      }
      default:
        return () => DOUBT
    }
  }

  private several(of: readonly Expr[], settling: number, other: number): Flags {
    const parts = of.map((one) => this.flags(one))
    return (nth) => {
      let most = other
      for (const part of parts) {
        const flag = part(nth)
        if (flag === settling) return settling
        if (flag > YES && (most === other || flag > most)) most = flag
      }
      return most
    }
  }

  private comparison({ op, left, right }: Extract<Expr, { kind: 'compare' }>): Flags {
    const { kind } = left.type
    if (kind === 'boolean') {
      const [a, b] = [this.flags(left), this.flags(right)]
      return (nth) => {
        const [x, y] = [a(nth), b(nth)]
        if (x > YES || y > YES) return Math.max(x > YES ? x : NO, y > YES ? y : NO)
        return (x === y) === (op === '=') ? YES : NO
      }
    }
    if (kind === 'text') {
      const [a, b] = [this.texts(left), this.texts(right)]
      return (nth) => {
        const before = this.doubts
        const [x, y] = [a(nth), b(nth)]
        if (this.doubts !== before) return DOUBT
        if (x === null || y === null) return MISSING
        return (x === y) === (op === '=') ? YES : NO
      }
    }
    const [a, b] = [this.numbers(left), this.numbers(right)]
    const order = this.order(left, right)
    return (nth) => {
      const before = this.doubts
      const x = a(nth)
      const y = b(nth)
      if (this.doubts !== before) return DOUBT
      // What is missing, and what cannot be worked out, are both open.
      if (Number.isNaN(x) || Number.isNaN(y)) return MISSING
      const found = order(x, y)
      if (Number.isNaN(found)) return DOUBT
      return ordered(op, found) ? YES : NO
    }
  }
}
