// What the tests of standing share: conditions by how they are said, and plants in which a fact stands once.
import fc from 'fast-check'
import type { NodeDefinition, RowDefinition, TableDefinition } from './definitions.ts'
import { type RuleSet, readsOf } from './link.ts'
import { sayExpr } from './say.ts'
import { cite, fact, formula, table } from './test-rules.ts'
import { BOOLEAN, type Expr } from './types.ts'
import { partsOf, refsOf } from './walk.ts'

export type Facts = Record<string, unknown>

/** Every condition of a set and its opposite, by how it is said. */
export function sayings(set: RuleSet): Map<string, Expr> {
  const found = new Map<string, Expr>()
  const add = (expr: Expr): void => {
    if (expr.type.kind === 'boolean') {
      found.set(sayExpr(expr).zh, expr)
      const not: Expr = { kind: 'not', type: BOOLEAN, of: expr }
      found.set(sayExpr(not).zh, not)
    }
    for (const part of partsOf(expr)) add(part)
  }
  for (const [name, { node }] of set.nodes) {
    add({ kind: 'ref', type: set.types.get(name)!, name })
    if (node.kind === 'formula') add(node.expr)
    if (node.kind !== 'table') continue
    for (const { tests, gives } of node.rows) for (const one of [...tests, ...gives]) add(one)
  }
  return found
}

/** The facts and judgements that a condition hangs on, through whatever lies between. */
export function factsIn(set: RuleSet, expr: Expr): Set<string> {
  const found = new Set<string>()
  const seen = new Set<string>()
  const visit = (names: Iterable<string>): void => {
    for (const name of names) {
      if (seen.has(name)) continue
      seen.add(name)
      const { node } = set.nodes.get(name)!
      if (node.kind === 'fact' || node.kind === 'judgement') found.add(name)
      visit(readsOf(node))
    }
  }
  visit(refsOf(expr))
  return found
}

export const row = (id: string, when: string[], gives: string): RowDefinition => ({
  id,
  when,
  gives: [gives],
  cite,
})
export const yesNo = (made: TableDefinition): TableDefinition => ({
  ...made,
  outputs: [{ name: 'r', type: { kind: 'boolean' } }],
})

/** Conditions in which each fact stands once: what one part needs, no other part forbids. */
type Tree =
  | { leaf: true }
  | { op: 'and' | 'or' | 'not' | 'if' | 'U' | 'A' | 'F'; of: Tree[]; seed: number }
const treeOf = (tables: boolean): fc.Arbitrary<Tree> =>
  fc.letrec<{ t: Tree }>((tie) => {
    const several = (op: 'and' | 'or', most: number) =>
      fc
        .tuple(fc.array(tie('t'), { minLength: 2, maxLength: most }), fc.nat())
        .map(([of, seed]): Tree => ({ op, of, seed }))
    const tabled = fc
      .tuple(fc.constantFrom('U', 'A', 'F'), tie('t'), tie('t'), fc.nat())
      .map(([op, a, b, seed]): Tree => ({ op: op as 'U', of: [a, b], seed }))
    return {
      t: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        fc.constant<Tree>({ leaf: true }),
        several('and', 3),
        several('and', 3),
        several('or', 2),
        tie('t').map((one): Tree => ({ op: 'not', of: [one], seed: 0 })),
        fc.tuple(tie('t'), tie('t'), tie('t')).map((of): Tree => ({ op: 'if', of, seed: 0 })),
        ...(tables ? [tabled] : []),
      ),
    }
  }).t

/** Every table gives each of yes and no somewhere, has no gap, and under U and A no overlap. */
export const TABLES: Record<'U' | 'A' | 'F', [string[], string][][]> = {
  U: [
    [
      [['true', 'true'], 'true'],
      [['true', 'false'], 'false'],
      [['false', '-'], 'false'],
    ],
    [
      [['true', '-'], 'true'],
      [['false', 'true'], 'true'],
      [['false', 'false'], 'false'],
    ],
    [
      [['-', 'true'], 'false'],
      [['true', 'false'], 'true'],
      [['false', 'false'], 'false'],
    ],
    [
      [['true', 'true'], 'false'],
      [['true', 'false'], 'true'],
      [['false', 'true'], 'true'],
      [['false', 'false'], 'false'],
    ],
  ],
  A: [
    [
      [['true', '-'], 'true'],
      [['-', 'true'], 'true'],
      [['false', 'false'], 'false'],
    ],
    [
      [['false', '-'], 'false'],
      [['-', 'false'], 'false'],
      [['true', 'true'], 'true'],
    ],
  ],
  F: [
    [
      [['true', '-'], 'false'],
      [['-', 'true'], 'true'],
      [['-', '-'], 'false'],
    ],
    [
      [['true', 'true'], 'true'],
      [['-', 'true'], 'false'],
      [['-', '-'], 'true'],
    ],
    [
      [['false', '-'], 'true'],
      [['-', 'false'], 'true'],
      [['-', '-'], 'false'],
    ],
    [
      [['true', '-'], 'true'],
      [['-', '-'], 'false'],
    ],
  ],
}

function planted(root: Tree): { nodes: NodeDefinition[]; names: string[] } {
  const nodes: NodeDefinition[] = []
  const names: string[] = []
  let count = 0
  const write = (one: Tree): string => {
    if ('leaf' in one) {
      const name = `a${names.length}`
      names.push(name)
      nodes.push(fact(name, 'boolean'))
      return name
    }
    const parts = one.of.map(write)
    switch (one.op) {
      case 'and':
      case 'or': {
        const joined = `(${parts.join(` ${one.op} `)})`
        if (one.seed % 2 === 0) return joined
        const name = `f${count++}`
        nodes.push(formula(name, null, joined))
        return name
      }
      case 'not':
        return `not(${parts[0]})`
      case 'if':
        return `(if ${parts[0]} then ${parts[1]} else ${parts[2]})`
      default: {
        const name = `t${count++}`
        const kinds = TABLES[one.op]
        const rows = kinds[one.seed % kinds.length]!
        nodes.push({
          ...yesNo({ ...table(one.op, [], null), name, inputs: parts }),
          rows: rows.map(([when, gives], nth) => row(`r${nth}`, when, gives)),
        })
        return name
      }
    }
  }
  nodes.push(formula('x', null, write(root)))
  return { nodes, names }
}

/** Every way in which some facts may stand, the others as they are. */
export function* ways(names: readonly string[], facts: Facts): Generator<Facts> {
  for (let bits = 0; bits < 1 << names.length; bits++) {
    yield {
      ...facts,
      ...Object.fromEntries(names.map((name, nth) => [name, (bits >> nth) % 2 === 1])),
    }
  }
}

export const planting = (tables: boolean) =>
  treeOf(tables)
    .map(planted)
    .filter(({ names }) => names.length <= 9)
