// What the tests of rules share: small sets of rules, random conditions and tables, every way to answer.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Decimal } from '#engines/feel/values.ts'
import type {
  Citation,
  HitPolicy,
  NodeDefinition,
  RuleSetDefinition,
  TableDefinition,
} from './definitions.ts'
import { Evaluation, factsOf, noCalendar } from './evaluation.ts'
import { link } from './link.ts'
import { RuleError } from './rule-error.ts'
import { Open, type Value } from './types.ts'

export const cite: Citation[] = [{ source: '示例值（非官方）', certainty: 'example' }]
export const say = { zh: '问', en: 'ask' }

export const fact = (
  name: string,
  type: 'boolean' | 'date' | { unit: string } | string[],
): NodeDefinition => ({
  kind: 'fact',
  name,
  type: Array.isArray(type)
    ? { kind: 'text', values: type }
    : typeof type === 'string'
      ? { kind: type }
      : { kind: 'number', ...type },
  ask: say,
  cost: 1,
})
export const formula = (name: string, unit: string | null, expression: string): NodeDefinition => ({
  kind: 'formula',
  name,
  type: unit === null ? { kind: 'boolean' } : { kind: 'number', unit },
  expression,
  cite,
})
export const setOf = (nodes: NodeDefinition[], ...outcomes: string[]): RuleSetDefinition => ({
  id: 'test',
  title: say,
  nodes,
  outcomes,
})

export interface Asked {
  on?: string
  workdays?: typeof noCalendar
}

export function comesTo(
  nodes: NodeDefinition[],
  name: string,
  facts: Record<string, unknown>,
  { on = '2026-11-28', workdays = noCalendar }: Asked = {},
): Value {
  const set = link(setOf(nodes, name))
  return new Evaluation(set, { facts: factsOf(set, facts), on, workdays }).value(name)
}

export function refusal(work: () => unknown): RuleError {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof RuleError, String(error))
    return error
  }
  return assert.fail('nothing was refused')
}

export const shown = (value: Value) => {
  if (value instanceof Open) return [...value.facts, ...value.judgements, ...value.faults].join(' ')
  return value instanceof Decimal ? value.toString() : value
}

export const company = [
  fact('注册资本', { unit: '万元' }),
  fact('从业人数', { unit: '人' }),
  fact('研发费用', { unit: '万元' }),
  fact('营业收入', { unit: '万元' }),
  fact('研发占比', { unit: '%' }),
  fact('成立日期', 'date'),
  fact('类型', ['个体', '一人公司', '其他']),
]

export const table = (
  hit: HitPolicy,
  rows: [string[], string][],
  otherwise: string | null,
): TableDefinition => ({
  kind: 'table',
  name: 't',
  hit,
  inputs: ['b1', 'n1', 'e1'],
  outputs: [
    {
      name: 'r',
      type:
        hit.length > 1
          ? { kind: 'number', unit: '' }
          : { kind: 'text', values: ['高', '中', '低'] },
    },
  ],
  rows: rows.map(([when, then], nth) => ({ id: `r${nth}`, when, gives: [then], cite })),
  otherwise: otherwise === null ? null : [otherwise],
})
export const small = [
  fact('b1', 'boolean'),
  fact('b2', 'boolean'),
  fact('n1', { unit: '人' }),
  fact('n2', { unit: '人' }),
  fact('e1', ['甲', '乙', '丙']),
]

export const condition: fc.Arbitrary<string> = fc.letrec<{ c: string }>((tie) => ({
  c: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom('b1', 'b2', 'true', 'false'),
    fc
      .tuple(
        fc.constantFrom('n1', 'n2', 'n1 + n2'),
        fc.constantFrom('<', '>=', '=', '!='),
        fc.nat(4),
      )
      .map(([a, op, n]) => `${a} ${op} ${n} 人`),
    fc.constantFrom('甲', '乙', '丙').map((value) => `e1 = "${value}"`),
    fc
      .tuple(tie('c'), fc.constantFrom('and', 'or'), tie('c'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('c').map((one) => `not(${one})`),
    fc.tuple(tie('c'), tie('c'), tie('c')).map(([a, b, c]) => `(if ${a} then ${b} else ${c})`),
  ),
})).c

export const cells = fc.tuple(
  fc.constantFrom('-', 'true', 'false'),
  fc.constantFrom('-', '< 2 人', '[1 人..3 人]', '> 1 人', '2 人, 3 人'),
  fc.constantFrom('-', '"甲"', 'not("乙")', '"甲", "丙"'),
)

export const DOMAIN: Record<string, readonly unknown[]> = {
  b1: [true, false],
  b2: [true, false],
  n1: [0, 1, 2, 3],
  n2: [0, 1, 2, 3],
  e1: ['甲', '乙', '丙'],
}

/** Every way in which what is not given may turn out. */
export function completions(given: Record<string, unknown>): Record<string, unknown>[] {
  let all = [given]
  for (const [name, values] of Object.entries(DOMAIN)) {
    if (name in given) continue
    all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })))
  }
  return all
}

export const partial = fc.record(
  Object.fromEntries(
    Object.entries(DOMAIN).map(([name, values]) => [name, fc.constantFrom(...values)]),
  ),
  { requiredKeys: [] },
)

/** What is known stays so whatever comes; what is open without a fault has facts that are missing. */
