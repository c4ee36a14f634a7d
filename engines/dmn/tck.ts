// The cases of the DMN technology compatibility kit: what goes in, and what has to come out.
import { equal } from '#engines/feel/operators.ts'
import {
  DateTime,
  LocalDate,
  LocalTime,
  MIDNIGHT,
  parseDate,
  parseDateTime,
  parseDuration,
  parseTime,
} from '#engines/feel/temporal.ts'
import { Context, Decimal, isList, isNull, Null, number, type Value } from '#engines/feel/values.ts'
import { child, childrenOf, type Element, parseXml } from './xml.ts'

export interface TckCase {
  id: string
  /** Null: decisions are asked for by name. */
  invocable: string | null
  inputs: ReadonlyMap<string, Value>
  results: readonly { name: string; expected: Value }[]
}

export interface TckSuite {
  model: string
  cases: readonly TckCase[]
}

function simpleValue(of: Element): Value {
  if (of.attributes.nil === 'true') return new Null('nil')
  const type = (of.attributes.type ?? 'xsd:string').replace(/^.*:/, '')
  const { text } = of
  const clean = text.trim()
  switch (type) {
    case 'decimal':
    case 'double':
    case 'float':
    case 'integer':
    case 'int':
    case 'long':
      return number(clean)
    case 'boolean':
      return clean === 'true'
    case 'date':
      return parseDate(clean) ?? new Null('no date')
    case 'time':
      return parseTime(clean) ?? new Null('no time')
    case 'dateTime':
      return parseDateTime(clean) ?? new Null('no date and time')
    case 'duration':
    case 'dayTimeDuration':
    case 'yearMonthDuration':
      return parseDuration(clean) ?? new Null('no duration')
    default:
      return text
  }
}

function valueIn(of: Element): Value {
  const list = child(of, 'list')
  if (list)
    return list.attributes.nil === 'true' ? new Null('nil') : childrenOf(list, 'item').map(valueIn)
  const components = childrenOf(of, 'component')
  if (components.length > 0) {
    return new Context(components.map((one) => [one.attributes.name ?? '', valueIn(one)] as const))
  }
  const value = child(of, 'value')
  return value ? simpleValue(value) : new Null('nothing is expected')
}

export function readCases(text: string): TckSuite {
  const root = parseXml(text)
  return {
    model: child(root, 'modelName')?.text.trim() ?? '',
    cases: childrenOf(root, 'testCase').map((one) => ({
      id: one.attributes.id ?? '',
      invocable:
        one.attributes.type && one.attributes.type !== 'decision'
          ? (one.attributes.invocableName ?? null)
          : null,
      inputs: new Map(
        childrenOf(one, 'inputNode').map((node) => [node.attributes.name ?? '', valueIn(node)]),
      ),
      results: childrenOf(one, 'resultNode').map((node) => {
        const expected = child(node, 'expected')
        return {
          name: node.attributes.name ?? '',
          expected: expected ? valueIn(expected) : new Null('none'),
        }
      }),
    })),
  }
}

/** Numbers of the kit are rounded: they agree when they differ by less than this, or this share. */
const NEAR = new Decimal('1e-8')

/** Whether a value is what the kit expects. */
export function agrees(value: Value, expected: Value): boolean {
  if (isNull(expected)) return isNull(value)
  if (value instanceof Decimal && expected instanceof Decimal) {
    const difference = value.minus(expected).abs()
    return difference.lte(NEAR) || difference.lte(expected.abs().times(NEAR))
  }
  if (isList(value) && isList(expected)) {
    return (
      value.length === expected.length && value.every((one, nth) => agrees(one, expected[nth]!))
    )
  }
  if (value instanceof Context && expected instanceof Context) {
    return (
      value.entries.size === expected.entries.size &&
      [...expected.entries].every(([name, one]) => {
        const own = value.entries.get(name)
        return own !== undefined && agrees(own, one)
      })
    )
  }
  if (value instanceof LocalDate && expected instanceof DateTime) {
    return agrees(new DateTime(value, new LocalTime(MIDNIGHT.nanos, null)), expected)
  }
  return equal(value, expected) === true
}
