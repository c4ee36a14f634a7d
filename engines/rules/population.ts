// Facts about many at once, a typed array for each: what rules are computed over a whole province with.
import { Decimal } from '#engines/feel/values.ts'
import { dateOfDays, daysOf } from './dates.ts'
import { factsOf } from './evaluation.ts'
import type { RuleSet } from './link.ts'
import { RuleError } from './rule-error.ts'
import { type Known, Open, type Type, type Value } from './types.ts'

/** Not known, or open. */
export const NO_FLAG = 2
export const NO_CODE = 0xffff
/** Beyond this a double no longer tells two decimals apart. */
const MOST_DIGITS = 15

export type Column =
  /** In the unit of the type; a date as days since 1970. NaN: not known. */
  | { kind: 'number' | 'date'; values: Float64Array }
  | { kind: 'boolean'; values: Uint8Array }
  | { kind: 'text'; values: Uint16Array; dictionary: string[] }

export interface Population {
  size: number
  columns: ReadonlyMap<string, Column>
}

/** @param unknown false where every place is about to be written anyway */
export function emptyColumn(type: Type, size: number, unknown = true): Column {
  switch (type.kind) {
    case 'boolean':
      return {
        kind: 'boolean',
        values: unknown ? new Uint8Array(size).fill(NO_FLAG) : new Uint8Array(size),
      }
    case 'number':
    case 'date': {
      const values = new Float64Array(size)
      return { kind: type.kind, values: unknown ? values.fill(Number.NaN) : values }
    }
    case 'text': {
      const dictionary = [...(type.values ?? [])]
      const values = new Uint16Array(size)
      return { kind: 'text', values: unknown ? values.fill(NO_CODE) : values, dictionary }
    }
    default:
      throw new RuleError('not-in-law', '多项结果不能成列', 'A list is no column')
  }
}

/** Puts a value into its place; what is open leaves the place as not known. */
export function setValue(column: Column, nth: number, value: Value): void {
  if (value instanceof Open) {
    column.values[nth] =
      column.kind === 'boolean' ? NO_FLAG : column.kind === 'text' ? NO_CODE : Number.NaN
    return
  }
  if (column.kind === 'boolean') column.values[nth] = value === true ? 1 : 0
  else if (column.kind === 'text') column.values[nth] = codeOf(column.dictionary, value as string)
  else if (column.kind === 'date') column.values[nth] = daysOf(value as string)
  else column.values[nth] = (value as Decimal).toNumber()
}

function codeOf(dictionary: string[], text: string): number {
  const known = dictionary.indexOf(text)
  return known >= 0 ? known : dictionary.push(text) - 1
}

/** What is known at a place, exactly; undefined where nothing is. */
export function valueAt(column: Column, nth: number): Known | undefined {
  const value = column.values[nth]!
  if (column.kind === 'boolean') return value === NO_FLAG ? undefined : value === 1
  if (column.kind === 'text') return column.dictionary[value]
  if (Number.isNaN(value)) return undefined
  return column.kind === 'date' ? dateOfDays(value) : new Decimal(value)
}

/**
 * Subjects as columns, one for each fact of the set.
 * @throws RuleError with the place in the list, of a wrong fact or one with too many digits
 */
export function populationOf(
  set: RuleSet,
  subjects: readonly Readonly<Record<string, unknown>>[],
): Population {
  const columns = new Map<string, Column>()
  for (const { kind, name } of set.definition.nodes) {
    if (kind !== 'fact' && kind !== 'judgement') continue
    columns.set(name, emptyColumn(set.types.get(name)!, subjects.length))
  }
  for (const [nth, subject] of subjects.entries()) {
    try {
      for (const [name, value] of factsOf(set, subject)) {
        if (value instanceof Decimal && value.precision() > MOST_DIGITS) {
          throw new RuleError(
            'fact',
            `${name}超过 ${MOST_DIGITS} 位数字`,
            `${name} has too many digits`,
          )
        }
        setValue(columns.get(name)!, nth, value)
      }
    } catch (error) {
      throw error instanceof RuleError ? error.within(`第 ${nth + 1} 行`) : error
    }
  }
  return { size: subjects.length, columns }
}

/** The facts of one of them, as they are given to a single evaluation. */
export function factsAt({ columns }: Population, nth: number): Map<string, Known> {
  const facts = new Map<string, Known>()
  for (const [name, column] of columns) {
    const value = valueAt(column, nth)
    if (value !== undefined) facts.set(name, value)
  }
  return facts
}
