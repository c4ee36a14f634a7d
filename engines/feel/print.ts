// Values as text, in the form that the language reads again.
import { Context, Decimal, Fn, isList, isNull, Range, type Value } from './values.ts'

const quoted = (text: string): string => JSON.stringify(text)

export const printNumber = (value: Decimal): string => value.toFixed()

/** Text inside of lists and contexts stands in quotation marks. */
function inner(value: Value): string {
  return typeof value === 'string' ? quoted(value) : printed(value)
}

/** What `string()` makes of a value. */
export function printed(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (isNull(value)) return 'null'
  if (value instanceof Decimal) return printNumber(value)
  if (isList(value)) return `[${value.map(inner).join(', ')}]`
  if (value instanceof Context) {
    const entries = [...value.entries].map(([name, one]) => `${inName(name)}: ${inner(one)}`)
    return `{${entries.join(', ')}}`
  }
  if (value instanceof Range) {
    const { start, end, startIncluded, endIncluded } = value
    if (start !== null && end !== null) {
      return `${startIncluded ? '[' : '('}${inner(start)}..${inner(end)}${endIncluded ? ']' : ')'}`
    }
    if (start !== null) return `(${startIncluded ? '>=' : '>'} ${inner(start)})`
    return end === null ? '()' : `(${endIncluded ? '<=' : '<'} ${inner(end)})`
  }
  return value instanceof Fn ? 'function' : value.toString()
}

const inName = (name: string): string =>
  /^[\p{L}_][\p{L}\p{N}_ ]*$/u.test(name) ? name : quoted(name)
