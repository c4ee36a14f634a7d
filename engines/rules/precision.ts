// How exact doubles are over a population: numbers of few decimals compare as their decimals do.
import { Decimal } from '#engines/feel/values.ts'
import { type Expr, Open, type Value } from './types.ts'

/** Of all values of an expression: decimals they have at most, their size, and how far doubles may be off. */
export interface Precision {
  decimals: number
  most: number
  error: number
}

/** Half of the last place of a double of about 1. */
const UNIT = 2 ** -53
const DECIMALS = [0, 2, 4, 6]
/** Computed numbers that lie closer to each other than this part of them are looked at exactly. */
const NEAR = 1e-9

/** Whether two computed numbers of which nothing is known are too close for doubles to tell apart. */
export const near = (a: number, b: number): boolean =>
  Math.abs(a - b) <= NEAR * Math.max(1, Math.abs(a), Math.abs(b))

const ofWhole = (most: number): Precision => ({ decimals: 0, most, error: 0 })

// Facts do not change: each column is looked through once.
const ofColumns = new WeakMap<Float64Array, Precision | null>()

/** Of what was told: each double is the one next to its decimal. Null: more decimals than a few. */
export function precisionOfColumn(values: Float64Array): Precision | null {
  const known = ofColumns.get(values)
  if (known !== undefined) return known
  const made = lookThrough(values)
  ofColumns.set(values, made)
  return made
}

function lookThrough(values: Float64Array): Precision | null {
  let most = 0
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value)
  const decimals = DECIMALS.find((count) => {
    const step = 10 ** count
    return values.every((value) => Number.isNaN(value) || Math.round(value * step) / step === value)
  })
  if (decimals === undefined) return null
  return { decimals, most, error: decimals === 0 ? 0 : most * UNIT }
}

/** Of one value for everybody; null where it is no number. */
export function precisionOfValue(value: Value): Precision | null {
  if (value instanceof Open) return null
  if (typeof value === 'string') return ofWhole(1e9)
  if (!(value instanceof Decimal)) return null
  const most = value.abs().toNumber()
  const decimals = value.decimalPlaces()
  return { decimals, most, error: decimals === 0 ? 0 : most * UNIT }
}

/** One bound for several; null where one has none. */
export function worst(some: readonly (Precision | null)[]): Precision | null {
  if (some.length === 0 || some.includes(null)) return null
  const known = some as readonly Precision[]
  return {
    decimals: Math.max(...known.map(({ decimals }) => decimals)),
    most: Math.max(...known.map(({ most }) => most)),
    error: Math.max(...known.map(({ error }) => error)),
  }
}

/** @param ofName of what a name stands for */
export function precisionOf(
  expr: Expr,
  ofName: (name: string) => Precision | null,
): Precision | null {
  switch (expr.kind) {
    case 'const':
      return precisionOfValue(expr.value)
    case 'ref':
      return ofName(expr.name)
    case 'arithmetic': {
      if (expr.op === '/') return null
      const [a, b] = [precisionOf(expr.left, ofName), precisionOf(expr.right, ofName)]
      return a && b && combined(expr.op, a, b)
    }
    case 'if':
      return worst([precisionOf(expr.yes, ofName), precisionOf(expr.no, ofName)])
    case 'round': {
      const of = precisionOf(expr.of, ofName)
      const most = (of?.most ?? Number.POSITIVE_INFINITY) + 1
      return of && { decimals: expr.scale, most, error: expr.scale === 0 ? 0 : most * UNIT }
    }
    case 'shift':
    case 'days-between':
      // Days are whole.
      return ofWhole(1e9)
    default:
      return null
  }
}

function combined(op: '+' | '-' | '*', a: Precision, b: Precision): Precision {
  if (op !== '*') {
    const most = a.most + b.most
    const decimals = Math.max(a.decimals, b.decimals)
    return { decimals, most, error: a.error + b.error + most * UNIT }
  }
  const most = a.most * b.most
  return {
    decimals: a.decimals + b.decimals,
    most,
    error: a.most * b.error + b.most * a.error + a.error * b.error + most * UNIT,
  }
}

/**
 * How close two numbers have to be to be the same: what differs does so by a last place at least.
 * Null where doubles are too coarse to say.
 */
export function sameWithin(a: Precision | null, b: Precision | null): number | null {
  if (!a || !b) return null
  const half = 0.5 * 10 ** -Math.max(a.decimals, b.decimals)
  const off = a.error + b.error + (a.most + b.most) * UNIT
  return off < half / 2 ? half : null
}

/** -1, 0 or 1 as their decimals compare, NaN where doubles cannot say. */
export function comparing(within: number | null): (x: number, y: number) => number {
  if (within === null) return (x, y) => (near(x, y) ? Number.NaN : x < y ? -1 : 1)
  return (x, y) => {
    const gap = x - y
    return Math.abs(gap) < within ? 0 : gap < 0 ? -1 : 1
  }
}
