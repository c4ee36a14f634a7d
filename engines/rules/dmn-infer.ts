// What a DMN file leaves to be told: types of what is computed, and units of amounts that were changed elsewhere.
import { FeelError } from '#engines/feel/error.ts'
import { tokensOf } from '#engines/feel/lexer.ts'
import { Names } from '#engines/feel/names.ts'
import { parseExpression } from '#engines/feel/parser.ts'
import { Decimal } from '#engines/feel/values.ts'
import { checkExpression, type Types } from './check.ts'
import type { FormulaDefinition, NodeDefinition, TypeDefinition } from './definitions.ts'
import { link } from './link.ts'
import { RuleError } from './rule-error.ts'
import type { Type } from './types.ts'
import { isPlain, unitNames } from './units.ts'

/** A node whose type may still have to be told. */
export type Draft = NodeDefinition | (Omit<FormulaDefinition, 'type'> & { type: null })

const isWhole = (draft: Draft): draft is NodeDefinition =>
  draft.kind === 'table' || draft.type !== null

/** What a constant is, or null where the text is none. */
export function typeOfConstant(text: string): TypeDefinition | null {
  try {
    const node = parseExpression(text, new Names(['date']))
    const bare = node.kind === 'negate' ? node.of : node
    if (bare.kind === 'number') return { kind: 'number', unit: '' }
    if (bare.kind === 'string') return { kind: 'text', values: null }
    if (bare.kind === 'boolean') return { kind: 'boolean' }
    const date = bare.kind === 'at' || (bare.kind === 'call' && text.startsWith('date('))
    return date ? { kind: 'date' } : null
  } catch (error) {
    if (error instanceof FeelError) return null
    throw error
  }
}

/** The node with nothing written in it: its names and types only. */
function shell(node: NodeDefinition): NodeDefinition {
  if (node.kind === 'table') return { ...node, inputs: [], rows: [], otherwise: null }
  const { name, type } = node
  return { kind: 'fact', name, type, ask: { zh: name, en: name }, cost: 0 }
}

/** Every name with its type, whatever the texts say. @throws RuleError */
export const typesOf = (nodes: readonly NodeDefinition[]): Types =>
  link({ id: '', title: { zh: '', en: '' }, outcomes: [], nodes: nodes.map(shell) }).types

function definitionOfType(type: Type): TypeDefinition | null {
  if (type.kind === 'list') return null
  return type.kind === 'number' ? { kind: 'number', unit: type.unit.name } : type
}

/** Formulas get the types that their texts have, those first that need no other. @throws RuleError */
export function typed(drafts: readonly Draft[], told: (name: string) => void): NodeDefinition[] {
  let left = drafts
  for (;;) {
    const open = left.filter((one) => !isWhole(one))
    if (open.length === 0) return left.filter(isWhole)
    const types = typesOf(left.filter(isWhole))
    const waits = ({ expression }: { expression: string }) =>
      open.some(({ name }) => expression.includes(name))
    const wrong: RuleError[] = []
    const next = left.map((draft): Draft => {
      if (isWhole(draft)) return draft
      try {
        const type = definitionOfType(checkExpression(draft.expression, types).type)
        if (type === null) return draft
        told(draft.name)
        return { ...draft, type }
      } catch (error) {
        if (!(error instanceof RuleError)) throw error
        if (!waits(draft)) wrong.push(error.within(draft.name))
        return draft
      }
    })
    const still = next.filter((one) => !isWhole(one))
    if (still.length === open.length) {
      throw (
        wrong[0] ??
        new RuleError('type', '推定不出它的类型，请注明', 'Its type cannot be told; name it', [
          still[0]!.name,
        ])
      )
    }
    left = next
  }
}

/** Where one of these stands, a number may count something else. */
const APART = ['*', '/', '**', '@', '.', 'floor', 'ceiling', 'round', 'date', 'duration']

/**
 * A text that was changed elsewhere, its amounts given back their unit: 2000000 is 200 万元. Where a
 * number may count something else the text is left as it is, and units will tell.
 */
export function withUnit(feel: string, type: Type): string {
  if (type.kind !== 'number' || isPlain(type.unit) || !unitNames.has(type.unit.name)) return feel
  const { name, scale } = type.unit
  try {
    const tokens = tokensOf(feel)
    const apart = tokens.some(
      ({ kind, text }) => kind !== 'string' && (APART.includes(text) || Names.reserved.has(text)),
    )
    if (apart) return feel
    return tokens
      .filter(({ kind }) => kind === 'number')
      .reduceRight((text, { text: digits, at }) => {
        const amount = `${new Decimal(digits).div(scale).toFixed()} ${name}`
        return text.slice(0, at) + amount + text.slice(at + digits.length)
      }, feel)
  } catch (error) {
    if (error instanceof FeelError) return feel
    throw error
  }
}
