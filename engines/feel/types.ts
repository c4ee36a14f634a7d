// Types: what a value is an instance of, what fits where, and the coercions of the language.
import { equal } from './operators.ts'
import {
  DateTime,
  DaysDuration,
  LocalDate,
  LocalTime,
  MIDNIGHT,
  MonthsDuration,
} from './temporal.ts'
import {
  Context,
  Decimal,
  type FeelType,
  Fn,
  isList,
  isNull,
  Null,
  Range,
  type Value,
} from './values.ts'

export const simple = (name: Extract<FeelType, { kind: 'simple' }>['name']): FeelType => ({
  kind: 'simple',
  name,
})
export const ANY = simple('Any')

const NAMES: Readonly<Record<string, FeelType>> = {
  Any: ANY,
  Null: simple('Null'),
  number: simple('number'),
  string: simple('string'),
  boolean: simple('boolean'),
  date: simple('date'),
  time: simple('time'),
  'date and time': simple('date and time'),
  dateTime: simple('date and time'),
  'years and months duration': simple('years and months duration'),
  yearMonthDuration: simple('years and months duration'),
  'days and time duration': simple('days and time duration'),
  dayTimeDuration: simple('days and time duration'),
  list: { kind: 'list', of: ANY },
  range: { kind: 'range', of: ANY },
  context: { kind: 'context', entries: new Map(), open: true },
  function: { kind: 'function', parameters: [], result: ANY },
}

/** A type of the language by its name, or undefined. */
export const builtInType = (name: string): FeelType | undefined => NAMES[name]

function isSimple(value: Value, name: string): boolean {
  switch (name) {
    case 'Any':
      return !isNull(value)
    case 'Null':
      return isNull(value)
    case 'number':
      return value instanceof Decimal
    case 'string':
      return typeof value === 'string'
    case 'boolean':
      return typeof value === 'boolean'
    case 'date':
      return value instanceof LocalDate
    case 'time':
      return value instanceof LocalTime
    case 'date and time':
      return value instanceof DateTime
    case 'years and months duration':
      return value instanceof MonthsDuration
    default:
      return value instanceof DaysDuration
  }
}

/** Whether one type says no more than another. */
export function conforms(type: FeelType, to: FeelType): boolean {
  if (type === to) return true
  if (to.kind === 'simple' && to.name === 'Any') return true
  if (type.kind === 'simple' && type.name === 'Null') return true
  if (type.kind === 'allowed') return conforms(type.of, to)
  if (to.kind === 'allowed') return false
  switch (to.kind) {
    case 'simple':
      return type.kind === 'simple' && type.name === to.name
    case 'list':
    case 'range':
      return type.kind === to.kind && conforms(type.of, to.of)
    case 'context':
      return (
        type.kind === 'context' &&
        [...to.entries].every(([name, of]) => {
          const own = type.entries.get(name)
          return own !== undefined && conforms(own, of)
        })
      )
    case 'function':
      return (
        type.kind === 'function' &&
        type.parameters.length === to.parameters.length &&
        conforms(type.result, to.result) &&
        to.parameters.every((parameter, nth) => conforms(parameter, type.parameters[nth]!))
      )
  }
}

/** Whether a value, other than null, is of a type. */
export function isInstance(value: Value, type: FeelType): boolean {
  switch (type.kind) {
    case 'simple':
      return isSimple(value, type.name)
    case 'list':
      return isList(value) && value.every((item) => fits(item, type.of))
    case 'range':
      return (
        value instanceof Range &&
        [value.start, value.end].every((end) => end === null || fits(end, type.of))
      )
    case 'context':
      return (
        value instanceof Context &&
        [...type.entries].every(([name, of]) => {
          const own = value.entries.get(name)
          return own !== undefined && fits(own, of)
        })
      )
    case 'function': {
      if (!(value instanceof Fn)) return false
      const parameters = value.parameters
      if (type.parameters.length === 0 && type.result === ANY) return true
      if (!parameters || parameters.length !== type.parameters.length) return false
      return (
        conforms(value.result ?? ANY, type.result) &&
        type.parameters.every((one, nth) => conforms(one, parameters[nth]!.type ?? ANY))
      )
    }
    case 'allowed':
      return isInstance(value, type.of)
  }
}

/** Whether all that narrows the type lets the value pass. */
function allowed(value: Value, type: FeelType): boolean {
  if (isNull(value)) return true
  switch (type.kind) {
    case 'allowed':
      return allowed(value, type.of) && type.allows(value)
    case 'list':
      return !isList(value) || value.every((item) => allowed(item, type.of))
    case 'context':
      return (
        !(value instanceof Context) ||
        [...type.entries].every(([name, of]) => allowed(value.entries.get(name)!, of))
      )
    default:
      return true
  }
}

const fits = (value: Value, type: FeelType): boolean => isNull(value) || isInstance(value, type)

/** What a type really asks of the shape of a value. */
function shape(type: FeelType): FeelType {
  return type.kind === 'allowed' ? shape(type.of) : type
}

/** Entries that the type does not name are left out, as a typed context is copied. */
function narrowed(value: Value, type: FeelType): Value {
  const of = shape(type)
  if (of.kind === 'list' && isList(value)) return value.map((item) => narrowed(item, of.of))
  return value
}

/**
 * The value as the type wants it: one of a list of one, a list of one, midnight of a date.
 * @returns null with a reason where it does not fit
 */
export function coerce(value: Value, type: FeelType | null): Value {
  if (type === null || isNull(value)) return value
  if (isInstance(value, type)) {
    return allowed(value, type)
      ? narrowed(value, type)
      : new Null(`not an allowed ${typeName(type)}`)
  }
  const of = shape(type)
  if (of.kind !== 'list' && isList(value) && value.length === 1) {
    return coerce(value[0]!, type)
  }
  if (of.kind === 'list' && !isList(value) && isInstance([value], type)) return [value]
  if (of.kind === 'simple' && of.name === 'date and time' && value instanceof LocalDate) {
    return new DateTime(value, new LocalTime(MIDNIGHT.nanos, { offset: 0 }))
  }
  return new Null(`not of type ${typeName(type)}`)
}

export function typeName(type: FeelType): string {
  switch (type.kind) {
    case 'simple':
      return type.name
    case 'list':
    case 'range':
      return `${type.kind}<${typeName(type.of)}>`
    case 'context':
      return 'context'
    case 'function':
      return 'function'
    case 'allowed':
      return typeName(type.of)
  }
}

/** Whether a list holds a value equal to it. */
export const holdsValue = (list: readonly Value[], value: Value): boolean =>
  list.some((item) => equal(item, value) === true)
