// What a checked expression comes to for the nth of a population, in doubles and codes.
import type { Comparison } from '#engines/feel/ast.ts'
import { addMonths, civilFrom, daysFrom } from '#engines/feel/calendar.ts'
import { Decimal } from '#engines/feel/values.ts'
import { daysOf } from './dates.ts'
import type { Column } from './population.ts'
import type { Expr, Known } from './types.ts'

/** Truth of one: no, yes, not known, or too close to a bound for doubles to say. */
export const NO = 0
export const YES = 1
export const MISSING = 2
export const DOUBT = 3
/** Computed numbers that lie closer to each other than this part of them are looked at exactly. */
const NEAR = 1e-9

export type Numbers = (nth: number) => number
export type Flags = (nth: number) => number
export type Texts = (nth: number) => string | null

/** Whether two computed numbers are too close for doubles to tell them apart. */
export const near = (a: number, b: number): boolean =>
  Math.abs(a - b) <= NEAR * Math.max(1, Math.abs(a), Math.abs(b))

function ordered(op: Comparison, a: number, b: number): boolean {
  switch (op) {
    case '=':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    default:
      return a >= b
  }
}

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

/** Reads columns by name; made columns are made when they are first read. */
export class Readers {
  private readonly columnOf: (name: string) => Column
  private readonly toldOf: (name: string) => boolean
  /** Grows whenever doubles could not say what a number or a text is: look at that one exactly. */
  doubts = 0

  /** @param toldOf whether a name stands for what was told, not for what is computed */
  constructor(columnOf: (name: string) => Column, toldOf: (name: string) => boolean) {
    this.columnOf = columnOf
    this.toldOf = toldOf
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
        const told = this.isTold(expr.right)
        return (nth) => {
          const by = right(nth)
          if (!told && near(by, 0)) this.doubts++
          return by === 0 ? Number.NaN : left(nth) / by
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
          const [a, b] = [yes(nth), no(nth)]
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
    return (nth) => {
      const start = from(nth)
      const many = count(nth)
      if (Number.isNaN(start) || Number.isNaN(many)) return Number.NaN
      // Whether what is computed or broken comes to whole days or months is not for doubles to say.
      if (!told || !Number.isInteger(many)) this.doubts++
      const moved = many * size
      if (by === 'days' || !Number.isInteger(moved)) return start + moved
      return daysFrom(addMonths(civilFrom(start), moved))
    }
  }

  private rounded({ way, of, scale }: Extract<Expr, { kind: 'round' }>): Numbers {
    const read = this.numbers(of)
    const step = 10 ** scale
    const shift = way === 'round half up' ? 0.5 : 0
    return (nth) => {
      const value = read(nth) * step
      const edge = Math.round(value + shift) - shift
      // On an edge, or so close that decimals might fall on the other side.
      if (near(value, edge) && !(scale === 0 && shift === 0 && value === edge)) this.doubts++
      if (way === 'floor') return Math.floor(value) / step
      return (way === 'ceiling' ? Math.ceil(value) : Math.round(value)) / step
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
    const told = this.isTold(left) && this.isTold(right)
    return (nth) => {
      const before = this.doubts
      const [x, y] = [a(nth), b(nth)]
      if (this.doubts !== before) return DOUBT
      // What is missing, and what cannot be worked out, are both open.
      if (Number.isNaN(x) || Number.isNaN(y)) return MISSING
      if (!told && near(x, y)) return DOUBT
      return ordered(op, x, y) ? YES : NO
    }
  }
}
