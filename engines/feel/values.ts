// The values of the language: exact decimals, text, truth, time, lists, contexts, ranges, functions.
import { Decimal as Arbitrary } from 'decimal.js'
import type { DateTime, DaysDuration, LocalDate, LocalTime, MonthsDuration } from './temporal.ts'

/** Decimal128 as DMN wants it: 34 digits, half even. */
export const Decimal = Arbitrary.clone({
  precision: 34,
  rounding: Arbitrary.ROUND_HALF_EVEN,
  maxE: 6144,
  minE: -6143,
  toExpNeg: -7000,
  toExpPos: 7000,
})
export type Decimal = Arbitrary

/** No value, and why: nothing is ever null without a reason. */
export class Null {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** Named values in their order. */
export class Context {
  readonly entries: ReadonlyMap<string, Value>
  constructor(entries: Iterable<readonly [string, Value]>) {
    this.entries = new Map(entries)
  }
}

/** An interval; a missing end reaches without limit, and a comparison such as `< 5` is one too. */
export class Range {
  readonly start: Value | null
  readonly end: Value | null
  readonly startIncluded: boolean
  readonly endIncluded: boolean
  /** Written `= 5`. */
  readonly point: boolean
  constructor(
    start: Value | null,
    end: Value | null,
    startIncluded: boolean,
    endIncluded: boolean,
    point = false,
  ) {
    this.start = start
    this.end = end
    this.startIncluded = startIncluded
    this.endIncluded = endIncluded
    this.point = point
  }
}

export interface Parameter {
  name: string
  type: FeelType | null
}

/** What can be called: by position, or by name where names are known. */
export class Fn {
  readonly parameters: readonly Parameter[] | null
  readonly result: FeelType | null
  readonly call: (args: readonly Value[]) => Value
  /** For built-in functions, which know several lists of names. */
  readonly callNamed: ((args: ReadonlyMap<string, Value>) => Value) | null
  constructor(
    parameters: readonly Parameter[] | null,
    result: FeelType | null,
    call: (args: readonly Value[]) => Value,
    callNamed: ((args: ReadonlyMap<string, Value>) => Value) | null = null,
  ) {
    this.parameters = parameters
    this.result = result
    this.call = call
    this.callNamed = callNamed
  }
}

export type Value =
  | Decimal
  | string
  | boolean
  | Null
  | LocalDate
  | LocalTime
  | DateTime
  | MonthsDuration
  | DaysDuration
  | Context
  | Range
  | Fn
  | readonly Value[]

export type TypeName =
  | 'Any'
  | 'Null'
  | 'number'
  | 'string'
  | 'boolean'
  | 'date'
  | 'time'
  | 'date and time'
  | 'years and months duration'
  | 'days and time duration'

/** A type as `instance of`, parameters and item definitions name it. */
export type FeelType =
  | { kind: 'simple'; name: TypeName }
  | { kind: 'list'; of: FeelType }
  | { kind: 'range'; of: FeelType }
  | { kind: 'context'; entries: ReadonlyMap<string, FeelType>; open: boolean }
  | { kind: 'function'; parameters: readonly FeelType[]; result: FeelType }
  /** One that an item definition narrows to what its unary tests allow. */
  | { kind: 'allowed'; of: FeelType; allows: (value: Value) => boolean }

export const isNull = (value: Value): value is Null => value instanceof Null
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
export const number = (value: Arbitrary.Value): Decimal => new Decimal(value)
