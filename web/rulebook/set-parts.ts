// A rule set with its parts as nodes of their own: the row that decides a table, each condition of several.
import { Decimal } from '#engines/feel/values.ts'
import { type Node, type RuleSet, readsOf, type Table } from '#engines/rules/link.ts'
import { BOOLEAN, type Expr, type Type } from '#engines/rules/types.ts'
import { PLAIN } from '#engines/rules/units.ts'

const NUMBER: Type = { kind: 'number', unit: PLAIN }

/** No name of a set holds this. */
const SIGN = '\u0000'
export const rowOf = (table: Table): string => `${table.definition.name}${SIGN}row`
export const partOf = (name: string, nth: number): string => `${name}${SIGN}${nth}`

/** Whether a row of a table gives the same to everybody, and one row alone decides. */
export function isLookedUp(set: RuleSet, { definition, rows, otherwise }: Table): boolean {
  // A table of row numbers is worked out itself.
  if (definition.outputs.length === 0) return false
  if (definition.hit !== 'U' && definition.hit !== 'F') return false
  const fixed = (expr: Expr): boolean =>
    expr.kind === 'const' ||
    (expr.kind === 'ref' && set.nodes.get(expr.name)?.node.kind === 'parameter')
  return [...rows.flatMap(({ gives }) => gives), ...(otherwise ?? [])].every(fixed)
}

/** The same conditions, giving the number of the row; the one behind the last is for the rest. */
function rowNumbers(table: Table): Table {
  const number = (nth: number): Expr => ({ kind: 'const', type: NUMBER, value: new Decimal(nth) })
  const { name, hit, inputs, rows } = table.definition
  return {
    ...table,
    // Only what decides: what rows are called and give may change freely.
    definition: {
      kind: 'table',
      name,
      hit,
      inputs,
      outputs: [],
      rows: rows.map(({ when }) => ({ id: '', when, gives: [], cite: [] })),
      otherwise: null,
    },
    rows: table.rows.map((row, nth) => ({ ...row, gives: [number(nth)] })),
    outputs: [{ name: 'row', type: NUMBER }],
    otherwise: [number(rows.length)],
  }
}

const known = new WeakMap<RuleSet, RuleSet>()

export function withParts(set: RuleSet): RuleSet {
  const made = known.get(set)
  if (made) return made
  const nodes = new Map(set.nodes)
  const types = new Map(set.types)
  const add = (name: string, node: Node, type: Type) => {
    nodes.set(name, { node, output: 0 })
    types.set(name, type)
  }
  for (const [name, { node }] of set.nodes) {
    if (node.kind === 'table' && isLookedUp(set, node)) {
      add(rowOf(node), rowNumbers(node), NUMBER)
    } else if (node.kind === 'formula' && node.expr.kind === 'all') {
      for (const [nth, expr] of node.expr.of.entries()) {
        const own = partOf(name, nth)
        const definition = {
          kind: 'formula' as const,
          name: own,
          type: { kind: 'boolean' as const },
          expression: JSON.stringify(expr),
          cite: [],
        }
        add(own, { kind: 'formula', definition, type: BOOLEAN, expr }, BOOLEAN)
      }
    }
  }
  const whole = { ...set, nodes, types }
  known.set(set, whole)
  return whole
}

/** Decimals of no more digits are told apart by doubles. */
const MOST_DIGITS = 15

/** Whether a table only hands on what was told, so that its doubles are as exact as decimals. */
function handsOn(set: RuleSet, { definition, rows, otherwise }: Table): boolean {
  if (!['U', 'A', 'F', 'P'].includes(definition.hit)) return false
  const exact = (expr: Expr): boolean => {
    if (expr.kind === 'const') {
      return !(expr.value instanceof Decimal) || expr.value.precision() <= MOST_DIGITS
    }
    if (expr.kind !== 'ref') return false
    const { kind } = set.nodes.get(expr.name)!.node
    return kind === 'fact' || kind === 'parameter'
  }
  return [...rows.flatMap(({ gives }) => gives), ...(otherwise ?? [])].every(exact)
}

/**
 * The set as one of its names sees it: what it reads is told, so that it is not worked out again for
 * each. Computed amounts stay as they are, because their doubles are not their decimals.
 */
export function alone(set: RuleSet, name: string): RuleSet {
  const nodes = new Map(set.nodes)
  for (const read of readsOf(set.nodes.get(name)!.node)) {
    const { node } = set.nodes.get(read)!
    const type = set.types.get(read)!
    if (node.kind !== 'table' && node.kind !== 'formula') continue
    const exact = type.kind !== 'number' || (node.kind === 'table' && handsOn(set, node))
    if (type.kind === 'list' || !exact) continue
    const definition = {
      kind: 'fact' as const,
      name: read,
      type: { kind: 'boolean' as const },
      ask: { zh: '', en: '' },
      cost: 0,
    }
    nodes.set(read, { node: { kind: 'fact', definition, type }, output: 0 })
  }
  return { ...set, nodes }
}
