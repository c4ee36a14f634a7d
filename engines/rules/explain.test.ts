// Why, what is missing, and the receipt: sentences on a known case, and asking until it is settled.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sm3 } from '#engines/evidence/sm3.ts'
import { nextFacts } from './ask.ts'
import type { HitPolicy, NodeDefinition, TableDefinition } from './definitions.ts'
import { Evaluation, factsOf, noCalendar } from './evaluation.ts'
import { type Explained, explain, nearMisses } from './explain.ts'
import { link, type RuleSet } from './link.ts'
import { receiptOf } from './receipt.ts'
import {
  cells,
  cite,
  company,
  completions,
  condition,
  formula,
  partial,
  setOf,
  small,
  table,
} from './test-rules.ts'
import { truthOf } from './types.ts'

const support: TableDefinition = {
  kind: 'table',
  name: '支持档次',
  hit: 'F',
  inputs: ['研发占比', '从业人数', '研发费用 / 营业收入', '类型'],
  outputs: [{ name: '档次', type: { kind: 'text', values: ['重点', '一般', '无'] } }],
  rows: [
    { id: '1', when: ['>= 5%', '< 300 人', '-', '-'], gives: ['"重点"'], cite },
    { id: '2', when: ['>= 3%', '< 1000 人', '>= 4%', 'not("其他")'], gives: ['"一般"'], cite },
  ],
  otherwise: ['"无"'],
}
const nodes: NodeDefinition[] = [
  ...company,
  support,
  formula('可申请', null, '支持档次 != "无" and 成立日期 + 3 年 >= @"2026-11-28"'),
]

const applied = (set: RuleSet, facts: Record<string, unknown>, on = '2026-11-28') =>
  new Evaluation(set, { facts: factsOf(set, facts), on, workdays: noCalendar })

const facts = {
  研发占比: '4.1',
  从业人数: 120,
  研发费用: 300,
  营业收入: 10_000,
  类型: '一人公司',
  成立日期: '2024-05-01',
}

test('an explanation goes down to rows, conditions and facts, with what was found and the near miss', () => {
  const set = link(setOf(nodes, '可申请'))
  const told = explain('可申请', applied(set, facts))
  const byName = new Map(told.map((one) => [one.name, one]))
  assert.deepEqual(told[0]!.value, { zh: '否', en: 'no' })
  const formulaTold = byName.get('可申请') as Extract<Explained, { kind: 'formula' }>
  assert.deepEqual(
    formulaTold.because.parts.map(({ says, truth, found }) => [says.zh, truth, found?.zh]),
    [
      ['支持档次 ≠ 无', 'false', '无'],
      ['成立日期 + 3 年 ≥ 2026-11-28', 'true', '2027-05-01'],
    ],
  )
  const tableTold = byName.get('支持档次') as Extract<Explained, { kind: 'table' }>
  const [nearest] = nearMisses(tableTold.rows)
  assert.deepEqual([nearest!.id, nearest!.failed, nearest!.conditions], ['1', 1, 2])
  const failing = nearest!.cells.find(({ truth }) => truth === 'false')!
  assert.deepEqual([failing.says.zh, failing.found!.zh], ['研发占比 ≥ 5%', '4.1%'])
  assert.equal(byName.get('研发费用')!.value.zh, '300 万元')
})

test('what is missing is asked in the order of what it takes, and only what may still settle it', () => {
  const set = link(setOf(nodes, '可申请'))
  const ask = (given: Record<string, unknown>) => nextFacts('可申请', applied(set, given))
  assert.deepEqual(ask({}), ['成立日期'])
  assert.deepEqual(ask({ 成立日期: '2020-01-01' }), [])
  assert.deepEqual(ask({ 成立日期: '2025-01-01' }), ['从业人数', '研发占比'])
  assert.deepEqual(ask({ 成立日期: '2025-01-01', 研发占比: 6 }), ['从业人数'])
  assert.deepEqual(ask({ 成立日期: '2025-01-01', 研发占比: 1 }), [])
})

/** Answers whatever is asked until it is settled; what was asked, in order. */
function interview(set: RuleSet, name: string, answers: Record<string, unknown>): string[] {
  const given: Record<string, unknown> = {}
  const asked: string[] = []
  for (;;) {
    const evaluation = applied(set, given)
    const next = nextFacts(name, evaluation)
    if (truthOf(evaluation.value(name)) !== 'unknown') {
      assert.deepEqual(next, [], 'nothing is asked for its own sake')
      return asked
    }
    assert.ok(next.length > 0, 'something would settle it')
    for (const one of next) {
      assert.ok(!(one in given), `${one} was answered`)
      given[one] = answers[one]
      asked.push(one)
    }
  }
}

const whole = partial.map((given) => completions(given)[0]!)

test('property: an interview ends settled, asks nothing twice, and agrees with all facts at once', () => {
  fc.assert(
    fc.property(condition, whole, (text, answers) => {
      const set = link(setOf([...small, formula('x', null, text)], 'x'))
      const asked = interview(set, 'x', answers)
      const short = Object.fromEntries(asked.map((name) => [name, answers[name]]))
      assert.equal(
        truthOf(applied(set, short).value('x')),
        truthOf(applied(set, answers).value('x')),
      )
    }),
    { numRuns: 300 },
  )
})

test('property: the same of tables', () => {
  const hit = fc.constantFrom<HitPolicy>('U', 'A', 'F', 'P', 'C', 'C+')
  const some = fc.array(fc.tuple(cells, fc.nat(2)), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(hit, some, fc.boolean(), whole, (policy, rows, covered, answers) => {
      const gives = (rank: number) =>
        policy.length > 1 ? String(rank) : `"${['高', '中', '低'][rank]}"`
      const made = table(
        policy,
        rows.map(([when, rank]): [string[], string] => [when, gives(rank)]),
        covered ? gives(0) : null,
      )
      interview(link(setOf([...small, made], 't')), 't', answers)
    }),
    { numRuns: 300 },
  )
})

test('a receipt is the same for the same, and another for other facts, rules, day or outcome', () => {
  const set = link(setOf(nodes, '可申请'))
  const receipt = (given: Record<string, unknown>, of = set, on = '2026-11-28') =>
    receiptOf(sm3, applied(of, given, on))
  const first = receipt(facts)
  assert.deepEqual(receipt(Object.fromEntries(Object.entries(facts).reverse())), first)
  const other = receipt({ ...facts, 研发占比: '5' })
  assert.equal(other.rules, first.rules)
  assert.notEqual(other.facts, first.facts)
  assert.notEqual(other.outcomes, first.outcomes)
  const stricter = { ...support, rows: support.rows.slice(1) }
  const changed = link(setOf([...company, stricter, nodes.at(-1)!], '可申请'))
  assert.notEqual(receipt(facts, changed).rules, first.rules)
  assert.equal(receipt(facts, set, '2027-01-01').on, '2027-01-01')
})
