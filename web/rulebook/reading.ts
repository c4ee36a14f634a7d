// The texts of a draft as people read them, or what is wrong with each: cell by cell, while they are typed.
import { Decimal } from '#engines/feel/values.ts'
import { checkCell, checkExpression } from '#engines/rules/check.ts'
import type {
  ParameterDefinition,
  RuleSetDefinition,
  TableDefinition,
  TypeDefinition,
} from '#engines/rules/definitions.ts'
import { knownOf, THE_DAY, typeOf } from '#engines/rules/link.ts'
import { RuleError } from '#engines/rules/rule-error.ts'
import { sayExpr, sayKnown, sayNumber } from '#engines/rules/say.ts'
import { DATE, type Expr, type Type } from '#engines/rules/types.ts'
import { PLAIN } from '#engines/rules/units.ts'
import type { Text } from '../text/text.ts'

/** One text read: its words, or the reason why it cannot be read. */
export interface Read {
  says: Text
  fault: Text | null
  /** The name that the whole text is. */
  name: string | null
}

const ANY: Text = { zh: '任意', en: 'any' }
/** A sign stays on the line of its bound. */
const SIGNS = {
  '=': '',
  '!=': '≠\u00a0',
  '<': '<\u00a0',
  '<=': '≤\u00a0',
  '>': '>\u00a0',
  '>=': '≥\u00a0',
} as const

const joined = (parts: readonly Text[], zh: string, en: string): Text => ({
  zh: parts.map((one) => one.zh).join(zh),
  en: parts.map((one) => one.en).join(en),
})

/** A test without the column that stands above it: ≤ 36 个月, 小型、微型. */
export function sayTest(test: Expr, column: Expr): Text {
  switch (test.kind) {
    case 'const':
      return test.value === true ? ANY : sayExpr(test)
    case 'not': {
      const { zh, en } = sayTest(test.of, column)
      return { zh: `非 ${zh}`, en: `not ${en}` }
    }
    case 'any': {
      const plain = test.of.every((one) => one.kind === 'compare' && one.op === '=')
      const parts = test.of.map((one) => sayTest(one, column))
      return plain ? joined(parts, '、', ', ') : joined(parts, ' 或 ', ' or ')
    }
    case 'all':
      return joined(
        test.of.map((one) => sayTest(one, column)),
        ' 且 ',
        ' and ',
      )
    case 'compare': {
      if (test.left !== column) return sayExpr(test)
      const { zh, en } = sayExpr(test.right)
      return { zh: `${SIGNS[test.op]}${zh}`, en: `${SIGNS[test.op]}${en}` }
    }
    default:
      return sayExpr(test)
  }
}

/** Every name with its type, as far as the types make sense. */
function typesOf({ nodes }: RuleSetDefinition): Map<string, Type> {
  const types = new Map<string, Type>([[THE_DAY, DATE]])
  const add = (name: string, type: TypeDefinition, made: (one: Type) => Type = (one) => one) => {
    try {
      types.set(name, made(typeOf(type)))
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
    }
  }
  for (const node of nodes) {
    if (node.kind !== 'table') add(node.name, node.type)
    else {
      for (const { name, type } of node.outputs) {
        const full = node.outputs.length === 1 ? node.name : `${node.name}.${name}`
        add(full, type, (of) => {
          if (node.hit === 'C#') return { kind: 'number', unit: PLAIN }
          return ['C', 'R', 'O'].includes(node.hit) ? { kind: 'list', of } : of
        })
      }
    }
  }
  return types
}

/** What decides how texts are read: the names and their types. */
const shapeOf = ({ nodes }: RuleSetDefinition): string =>
  JSON.stringify(
    nodes.map((node) =>
      node.kind === 'table' ? [node.name, node.hit, node.outputs] : [node.name, node.type],
    ),
  )

export class Reading {
  readonly types: ReadonlyMap<string, Type>
  readonly shape: string
  private readonly known = new Map<string, Read>()
  private readonly columns = new Map<string, Expr | null>()

  private constructor(definition: RuleSetDefinition) {
    this.types = typesOf(definition)
    this.shape = shapeOf(definition)
  }

  /** The same as before where names and types are: what was read once is not read again. */
  static of(definition: RuleSetDefinition, before: Reading | null): Reading {
    return before?.shape === shapeOf(definition) ? before : new Reading(definition)
  }

  private read(key: string, work: () => { says: Text; name?: string | null }): Read {
    const known = this.known.get(key)
    if (known) return known
    let made: Read
    try {
      made = { name: null, ...work(), fault: null }
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      const fault = { zh: error.zh, en: error.message }
      made = { says: { zh: '', en: '' }, fault, name: null }
    }
    this.known.set(key, made)
    return made
  }

  private column(text: string): Expr | null {
    if (!this.columns.has(text)) {
      try {
        this.columns.set(text, checkExpression(text, this.types))
      } catch (error) {
        if (!(error instanceof RuleError)) throw error
        this.columns.set(text, null)
      }
    }
    return this.columns.get(text)!
  }

  input(text: string): Read {
    return this.read(`i${text}`, () => ({ says: sayExpr(checkExpression(text, this.types)) }))
  }

  /** A cell under an input. */
  test(text: string, input: string): Read {
    return this.read(`t${input}\n${text}`, () => {
      const column = this.column(input)
      if (!column) return { says: { zh: text, en: text } }
      return { says: sayTest(checkCell(text, column, this.types), column) }
    })
  }

  /** What a row gives, or a formula. */
  result(text: string, type: TypeDefinition): Read {
    return this.read(`r${JSON.stringify(type)}\n${text}`, () => {
      const found = checkExpression(text, this.types, typeOf(type))
      const shown =
        found.kind === 'const' && found.value instanceof Decimal && type.kind === 'number'
          ? both(sayNumber(found.value, type.unit))
          : sayExpr(found)
      return { says: shown, name: found.kind === 'ref' ? found.name : null }
    })
  }
}

const both = (text: string): Text => ({ zh: text, en: text })

/** A value of a parameter as people read it: 60%, 2,000,000 元. */
export function sayDated(value: string, { type }: ParameterDefinition): Read {
  try {
    return { says: sayKnown(knownOf(value, type), typeOf(type)), fault: null, name: null }
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return { says: both(value), fault: { zh: error.zh, en: error.message }, name: null }
  }
}

/** A value as it is typed, 60% or 200 万 excepted, as it is written: without unit and grouping. */
export function writtenValue(text: string, type: TypeDefinition): string {
  const plain = text.trim()
  if (type.kind !== 'number') return plain
  const unit = type.unit
  const bare = unit !== '' && plain.endsWith(unit) ? plain.slice(0, -unit.length) : plain
  return bare.replaceAll(',', '').replaceAll('，', '').trim()
}

const WORDS: Readonly<Record<string, string>> = { 任意: '-', 是: 'true', 否: 'false' }

/** What was typed in words as it is written: 高校、科研机构 becomes "高校", "科研机构". */
export function writtenTest(text: string, type: Type | undefined): string {
  const plain = text.trim().replaceAll('≥', '>=').replaceAll('≤', '<=').replaceAll('，', ',')
  if (plain === '') return '-'
  if (plain === '任意' || (type?.kind === 'boolean' && WORDS[plain])) return WORDS[plain]!
  if (type?.kind !== 'text' || !type.values) return plain
  const parts = plain.split(/[、,]/).map((part) => part.trim().replace(/^"(.*)"$/, '$1'))
  const { values } = type
  return parts.every((part) => values.includes(part))
    ? parts.map((part) => `"${part}"`).join(', ')
    : plain
}

/** The type of a column, where its input is a name. */
export const typeOfInput = (
  reading: Reading,
  table: TableDefinition,
  nth: number,
): Type | undefined => reading.types.get(table.inputs[nth] ?? '')
