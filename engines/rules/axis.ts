// One input of a table cut into classes: within each, every cell of the column says the same.
import type { Comparison } from '#engines/feel/ast.ts'
import { Decimal } from '#engines/feel/values.ts'
import { dateOfDays, daysOf } from './dates.ts'
import type { Text } from './definitions.ts'
import { sayKnown } from './say.ts'
import type { Expr, Known, Type } from './types.ts'

/** Counted one by one: between 3 and 4 of them there is nothing. */
const WHOLE = new Set(['人', '家', '个', '项', '次', '条', '天'])

/** A single value, or all between two of them; null: without end. */
export interface Class {
  /** Any value of the class. */
  one: Known
  low: Known | null
  high: Known | null
  /** Whether it is the one value `low`. */
  point: boolean
}

export interface Axis {
  column: Expr
  classes: readonly Class[]
}

/** A comparison of the column with a bound, as it stands in a test. */
export interface Bound {
  op: Comparison
  value: Known
}

const whole = (type: Type): boolean =>
  type.kind === 'number' &&
  type.unit.scale.eq(1) &&
  Object.entries(type.unit.dimension).every(([name, power]) => power === 1 && WHOLE.has(name)) &&
  Object.keys(type.unit.dimension).length === 1

const order = (a: Known, b: Known): number =>
  a instanceof Decimal ? a.cmp(b as Decimal) : a < b ? -1 : a > b ? 1 : 0

/** Some value strictly between two bounds, or undefined where there is none. */
function between(low: Known | null, high: Known | null, type: Type): Known | undefined {
  if (type.kind === 'date') {
    const from = low === null ? null : daysOf(low as string)
    const to = high === null ? null : daysOf(high as string)
    if (from === null) return dateOfDays(to! - 1)
    return to === null || to - from > 1 ? dateOfDays(from + 1) : undefined
  }
  const [from, to] = [low as Decimal | null, high as Decimal | null]
  if (from === null) return whole(type) ? to!.minus(1).ceil() : to!.minus(1)
  if (to === null) return whole(type) ? from.plus(1).floor() : from.plus(1)
  if (!whole(type)) return from.plus(to).div(2)
  const next = from.floor().plus(1)
  return next.lt(to) ? next : undefined
}

function lineOf(bounds: readonly Known[], type: Type): Class[] {
  const sorted = [...bounds]
    .sort(order)
    .filter((one, nth, all) => nth === 0 || order(one, all[nth - 1]!) !== 0)
  const classes: Class[] = []
  const gap = (low: Known | null, high: Known | null) => {
    const one = between(low, high, type)
    if (one !== undefined) classes.push({ one, low, high, point: false })
  }
  gap(null, sorted[0]!)
  for (const [nth, value] of sorted.entries()) {
    const real = !whole(type) || (value as Decimal).isInteger()
    if (real) classes.push({ one: value, low: value, high: value, point: true })
    gap(value, sorted[nth + 1] ?? null)
  }
  return classes
}

const pointOf = (one: Known): Class => ({ one, low: one, high: one, point: true })
/** Any text that no cell names. */
export const OTHER = '\u0000'

/** The classes that these bounds cut a column into. */
export function axisOf(column: Expr, bounds: readonly Known[]): Axis {
  const { type } = column
  if (type.kind === 'boolean') return { column, classes: [true, false].map(pointOf) }
  if (type.kind === 'text') {
    const values = type.values ?? [...new Set(bounds as string[]), OTHER]
    return { column, classes: values.map(pointOf) }
  }
  if (bounds.length > 0) return { column, classes: lineOf(bounds, type) }
  const any: Known = type.kind === 'date' ? '2000-01-01' : new Decimal(0)
  return { column, classes: [{ one: any, low: null, high: null, point: false }] }
}

const say = (value: Known, type: Type): Text =>
  value === OTHER ? { zh: '其他', en: 'other' } : sayKnown(value, type)

/** A run of neighbouring classes as a range: 3% ≤ 研发占比 < 5%. */
function sayRun(run: readonly Class[], name: Text, type: Type): Text {
  const [first, last] = [run[0]!, run.at(-1)!]
  const form = (language: 'zh' | 'en'): string => {
    if (run.length === 1 && first.point)
      return `${name[language]} = ${say(first.one, type)[language]}`
    const low =
      first.low === null ? '' : `${say(first.low, type)[language]} ${first.point ? '≤' : '<'} `
    const high =
      last.high === null ? '' : ` ${last.point ? '≤' : '<'} ${say(last.high, type)[language]}`
    return `${low}${name[language]}${high}`
  }
  return { zh: form('zh'), en: form('en') }
}

/** What a set of classes means in words; null: all of them, which says nothing. */
export function sayClasses(axis: Axis, members: ReadonlySet<number>, name: Text): Text | null {
  const { classes, column } = axis
  if (members.size === classes.length) return null
  const ordered = column.type.kind === 'number' || column.type.kind === 'date'
  const runs: Class[][] = []
  for (const nth of [...members].sort((a, b) => a - b)) {
    const last = runs.at(-1)
    if (ordered && last && members.has(nth - 1)) last.push(classes[nth]!)
    else runs.push([classes[nth]!])
  }
  const parts = runs.map((run) => sayRun(run, name, column.type))
  return {
    zh: parts.map(({ zh }) => zh).join(' 或 '),
    en: parts.map(({ en }) => en).join(' or '),
  }
}
