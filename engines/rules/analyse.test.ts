// Gaps, overlaps and unreachable rows against every combination of inputs, one by one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Analysis, analyse, type Box } from './analyse.ts'
import type { Axis } from './axis.ts'
import type { HitPolicy, NodeDefinition, TableDefinition } from './definitions.ts'
import { evaluate, holds } from './evaluate.ts'
import { Evaluation, factsOf, noCalendar } from './evaluation.ts'
import { link, type Table } from './link.ts'
import { cells, cite, fact, setOf, small, table } from './test-rules.ts'
import type { Known } from './types.ts'

function analysed(nodes: readonly NodeDefinition[], name: string, on = '2026-11-28') {
  const set = link(setOf([...nodes], name))
  const evaluation = new Evaluation(set, { facts: new Map(), on, workdays: noCalendar })
  const found = set.nodes.get(name)!.node as Table
  return { set, found, analysis: analyse(found, (expr) => evaluate(expr, evaluation)) }
}

const inClass = (axis: Axis, nth: number, value: Known): boolean => {
  const { low, high, point } = axis.classes[nth]!
  if (point) return holds('=', value, low!)
  return (low === null || holds('>', value, low)) && (high === null || holds('<', value, high))
}

const within = ({ axes }: Analysis, { members }: Box, values: readonly Known[]): boolean =>
  axes.every((axis, nth) => [...members[nth]!].some((one) => inClass(axis, one, values[nth]!)))

test('property: exactly what no row covers is a gap, what two cover an overlap, what none decides unreachable', () => {
  const hit = fc.constantFrom<HitPolicy>('U', 'F', 'A')
  const some = fc.array(fc.tuple(cells, fc.nat(2)), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(hit, some, (policy, rows) => {
      const given = rows.map(([when, rank]): [string[], string] => [
        when,
        `"${['高', '中', '低'][rank]}"`,
      ])
      const { set, found, analysis } = analysed([...small, table(policy, given, null)], 't')
      assert.ok(analysis)
      const deciding = new Set<string>()
      const clashing = new Set<string>()
      for (const b1 of [true, false]) {
        for (let n1 = -1; n1 <= 5; n1++) {
          for (const e1 of ['甲', '乙', '丙']) {
            const facts = factsOf(set, { b1, n1, e1 })
            const world = new Evaluation(set, { facts, on: '2026-11-28', workdays: noCalendar })
            const applying = world.decision(found).rows.filter(({ applies }) => applies === true)
            const values = ['b1', 'n1', 'e1'].map((name) => facts.get(name)!)
            const holes: number = analysis.gaps.filter((box) =>
              within(analysis, box, values),
            ).length
            assert.equal(holes, applying.length === 0 ? 1 : 0, `${b1} ${n1} ${e1}`)
            const ids = applying.map(({ row }) => row.definition.id)
            for (const id of policy === 'F' ? ids.slice(0, 1) : ids) deciding.add(id)
            for (const { rows: pair, box } of analysis.overlaps) {
              assert.equal(
                within(analysis, box, values),
                pair.every((id) => ids.includes(id)),
              )
            }
            if (policy !== 'U') continue
            for (const [nth, id] of ids.entries()) {
              for (const other of ids.slice(nth + 1)) clashing.add(`${id} ${other}`)
            }
          }
        }
      }
      const never = rows.map((_, nth) => `r${nth}`).filter((id) => !deciding.has(id))
      assert.deepEqual(analysis.unreachable, never)
      if (policy === 'U') {
        assert.deepEqual(new Set(analysis.overlaps.map((one) => one.rows.join(' '))), clashing)
      }
    }),
    { numRuns: 300 },
  )
})

const tableOn = (inputs: string[], rows: string[][], hit: HitPolicy = 'U'): TableDefinition => ({
  kind: 'table',
  name: 't',
  hit,
  inputs,
  outputs: [{ name: 'r', type: { kind: 'boolean' } }],
  rows: rows.map((when, nth) => ({ id: `${nth + 1}`, when, gives: ['true'], cite })),
  otherwise: null,
})

test('gaps and overlaps in words: percentages, money, dates, and bounds that are dated parameters', () => {
  const nodes: NodeDefinition[] = [
    fact('占比', { unit: '%' }),
    fact('收入', { unit: '万元' }),
    fact('成立', 'date'),
    {
      kind: 'parameter',
      name: '门槛',
      type: { kind: 'number', unit: '%' },
      values: [
        { from: '2026-01-01', to: '2027-01-01', value: '5', cite: cite[0]! },
        { from: '2027-01-01', to: null, value: '3', cite: cite[0]! },
      ],
    },
  ]
  const gaps = (made: TableDefinition, on?: string) =>
    analysed([...nodes, made], 't', on).analysis!.gaps.map(({ says }) => says.zh)
  const money = tableOn(
    ['占比', '收入'],
    [
      ['>= 5%', '-'],
      ['[3%..5%)', '> 2000 万元'],
    ],
  )
  assert.deepEqual(gaps(money), ['占比 < 3%', '3% ≤ 占比 < 5%，收入 ≤ 2,000 万元'])
  const dated = tableOn(['成立'], [['< @"2024-01-01"'], ['> @"2024-01-01"']])
  assert.deepEqual(gaps(dated), ['成立 = 2024-01-01'])
  const bound = tableOn(['占比'], [['>= 门槛'], ['< 3%']])
  assert.deepEqual(gaps(bound), ['3% ≤ 占比 < 5%'])
  assert.deepEqual(gaps(bound, '2027-06-01'), [])
  const twice = tableOn(['占比'], [['> 3%'], ['< 5%']])
  const { analysis } = analysed([...nodes, twice], 't')
  assert.deepEqual(
    analysis!.overlaps.map(({ rows, box }) => [...rows, box.says.zh]),
    [['1', '2', '3% < 占比 < 5%']],
  )
  // A cell that asks of something else than its column: nothing exact can be said.
  const other = tableOn(['占比'], [['> 收入 / 收入']])
  assert.equal(analysed([...nodes, other], 't').analysis, null)
})
