// Sets to DMN and back: nothing is lost, and the engine of FEEL 1.5 finds in them what the law says.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { isNull } from '#engines/feel/values.ts'
import { parseRuleCases, parseRuleSet } from '#law/schema.ts'
import type { HitPolicy, NodeDefinition, RuleSetDefinition, TypeDefinition } from './definitions.ts'
import { dmnOf } from './dmn-export.ts'
import { comesBack, exported } from './test-dmn.ts'
import {
  cells,
  cite,
  company,
  condition,
  DOMAIN,
  fact,
  formula,
  refusal,
  setOf,
  small,
  table,
} from './test-rules.ts'

const ON = '2026-11-28'
const folder = join(import.meta.dirname, '../../law/rules')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const sets = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.cases.yaml'))
  .map((name) => name.replace('.yaml', ''))

for (const name of sets) {
  const definition = parseRuleSet(read(`${name}.yaml`), name)

  test(`${name}: comes back exactly, on a day before it is in force too`, () => {
    comesBack(definition, ON)
    comesBack(definition, '1990-01-01')
  })

  test(`${name}: every golden case comes out in DMN`, () => {
    const { cases } = parseRuleCases(read(`${name}.cases.yaml`), name)
    for (const on of new Set(cases.map((one) => one.on))) {
      const dmn = exported(definition, on)
      for (const one of cases.filter((some) => some.on === on)) {
        const names = Object.keys(one.expect)
        assert.equal(dmn.agree(one.facts, names), names.length, one.name)
      }
    }
  })
}

const written = (unit: string | null, text: string): string => {
  const xml = dmnOf(setOf([...company, formula('x', unit, text)], 'x'), ON)
  return /<text>(.*)<\/text>\s*<\/literalExpression>/.exec(xml)![1]!
}

test('amounts stand in the base unit of their kind, and the words are plain FEEL', () => {
  assert.equal(written(null, '注册资本 >= 200 万元'), '注册资本 &gt;= 2000000')
  assert.equal(written(null, '研发占比 >= 5%'), '研发占比 &gt;= 0.05')
  assert.equal(written('', '500 万元 / 100 元'), '5000000 / 100')
  assert.equal(
    written('万元', 'min(注册资本, 200 万元) - 研发费用 * (1 - 5%)'),
    'min(注册资本, 2000000) - 研发费用 * (1 - 0.05)',
  )
  assert.equal(
    written('万元', 'floor(注册资本 * 5%, 2)'),
    'floor(注册资本 * 0.05 / 10000, 2) * 10000',
  )
  assert.equal(written('人', 'round half up(从业人数 / 3)'), 'round half up(从业人数 / 3, 0)')
  assert.equal(
    written(null, '成立日期 + 3 年 >= @"2026-11-28"'),
    '成立日期 + duration("P36M") &gt;= date("2026-11-28")',
  )
  assert.equal(
    written('天', '@"2026-03-01" - 成立日期'),
    '(date("2026-03-01") - 成立日期) / duration("P1D")',
  )
  assert.equal(
    written(null, '类型 in ("个体", "其他") and not(从业人数 < -5 人)'),
    '(类型 = "个体" or 类型 = "其他") and not(从业人数 &lt; -5)',
  )
})

test('names that other engines would read as something else are written otherwise, and come back', () => {
  const names = [
    'date',
    'if x',
    'a-b',
    'a_b',
    '是/否',
    '1 类',
    '甲（乙）',
    'count',
    'n.m',
    'item',
    'x·y',
    '问?',
    'a and b',
  ]
  const nodes = names.map((name) => fact(name, 'boolean'))
  const all = formula('合', null, names.filter((one) => !/^[1问]/.test(one)).join(' and '))
  const set = setOf([...nodes, all], '合')
  comesBack(set, ON)
  const dmn = exported(set, ON)
  const facts = Object.fromEntries(names.map((name) => [name, true]))
  assert.equal(dmn.agree(facts, ['合']), 1)
  assert.match(dmn.xml, /date_2 and if__x|date_2 and if_ x/)
})

test('working days are counted along a list that is given', () => {
  const days = [
    '2026-01-05',
    '2026-01-06',
    '2026-01-07',
    '2026-01-08',
    '2026-01-09',
    '2026-01-12',
    '2026-01-13',
  ]
  const workdays = (date: string, count: number) => days[days.indexOf(date) + count]!
  const day = (name: string, expression: string): NodeDefinition => ({
    kind: 'formula',
    name,
    type: { kind: 'date' },
    expression,
    cite,
  })
  const nodes = [
    fact('收件', 'date'),
    fact('几', { unit: '工作日' }),
    day('止', '收件 + 3 工作日'),
    day('前', '收件 - 1 工作日'),
    day('迟', '止 + 几'),
    day('早', '收件 - 几'),
  ]
  const set = setOf(nodes, '止')
  comesBack(set, ON)
  const dmn = exported(set, ON, workdays, days)
  for (const 几 of [-1, 0, 1]) {
    assert.equal(dmn.agree({ 收件: '2026-01-07', 几 }, ['止', '前', '迟', '早']), 4)
  }
})

test('what XML cannot hold is refused, and so is a day that is none', () => {
  const spoilt = { ...setOf([fact('a', 'boolean')], 'a'), title: { zh: '\u0001', en: 'x' } }
  const error = refusal(() => dmnOf(spoilt, ON))
  assert.deepEqual(
    [error.code, error.zh],
    ['syntax', 'XML 里不能有这样的字符："\\u0001"，请先删去'],
  )
  assert.equal(refusal(() => dmnOf(setOf([fact('a', 'boolean')], 'a'), '2026-02-30')).code, 'date')
})

// Sets that are generated

const word = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc
    .array(
      fc.constantFrom('<', '&', '"', "'", ']]>', '\r', '\n', '\t', ' ', '甲', '-', '\\', '&#13;'),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((parts) => parts.join('')),
)
const plain = { noNullPrototype: true } as const
const said = fc.record({ zh: word, en: word }, plain)
const citation = fc.record(
  {
    source: word,
    certainty: fc.constantFrom('official', 'secondary', 'memory', 'example'),
  },
  plain,
)
const citations = fc.array(citation, { maxLength: 3 })
const type = fc.oneof(
  fc.constantFrom<TypeDefinition>({ kind: 'boolean' }, { kind: 'date' }),
  fc
    .constantFrom('', '%', '万元', '亩', '年', '人')
    .map((unit): TypeDefinition => ({ kind: 'number', unit })),
  fc
    .option(fc.uniqueArray(word, { maxLength: 3 }))
    .map((values): TypeDefinition => ({ kind: 'text', values })),
)
const VALUE = { boolean: 'true', date: '2026-01-01', number: '12.5', text: '' } as const
/** Anything that stands by itself, under names of any characters. */
const loose: fc.Arbitrary<NodeDefinition> = fc.oneof(
  fc.record({ kind: fc.constant('fact'), name: word, type, ask: said, cost: fc.nat(9) }, plain),
  fc.record(
    {
      kind: fc.constant('judgement'),
      name: word,
      type,
      ask: said,
      by: said,
      cite: citations,
    },
    plain,
  ),
  fc
    .tuple(
      word,
      fc.constantFrom('万元', '%', ''),
      fc.array(citation, { minLength: 1, maxLength: 3 }),
    )
    .map(
      ([name, unit, cites]): NodeDefinition => ({
        kind: 'parameter',
        name,
        type: { kind: 'number', unit },
        values: cites.map((one, nth) => ({
          from: `202${nth + 5}-01-01`,
          to: nth === cites.length - 1 ? null : `202${nth + 5}-12-31`,
          value: VALUE.number,
          cite: one,
        })),
      }),
    ),
)

const HITS: readonly HitPolicy[] = ['U', 'A', 'F', 'P', 'C', 'C+', 'C#', 'C<', 'C>', 'R', 'O']
const grades = ['高', '中', '低']
const rows = fc.array(fc.tuple(cells, fc.nat(2)), { minLength: 1, maxLength: 6 })
const decided = fc
  .tuple(fc.constantFrom(...HITS), rows, fc.boolean(), fc.boolean())
  .map(([hit, some, covered, two]): NodeDefinition => {
    const gives = (rank: number) => (hit.length > 1 ? String(rank) : `"${grades[rank]}"`)
    const made = table(
      hit,
      some.map(([when, rank]): [string[], string] => [[...when], gives(rank)]),
      covered ? gives(0) : null,
    )
    // Where rows disagree in one output only, the law still gives the other and DMN gives neither.
    if (!two || hit.length > 1) return made
    // A second output that is computed.
    const outputs = [
      ...made.outputs,
      { name: '人 数', type: { kind: 'number', unit: '万人' } as const },
    ]
    const more = made.rows.map((row, nth) => ({
      ...row,
      gives: [...row.gives, `${nth} 万人 + 0.5 万人`],
    }))
    const otherwise = made.otherwise && [...made.otherwise, '7 万人']
    return { ...made, outputs, rows: more, otherwise }
  })
const conditions = fc
  .array(condition, { maxLength: 3 })
  .map((texts) => texts.map((text, nth) => formula(`x${nth}`, null, text)))
const computed = fc.tuple(decided, conditions).map(([one, more]) => [...small, ...more, one])
const namesOf = (nodes: readonly NodeDefinition[]) =>
  nodes.flatMap((node) => {
    if (node.kind === 'fact') return []
    if (node.kind !== 'table' || node.outputs.length === 1) return [node.name]
    return node.outputs.map(({ name }) => `${node.name}.${name}`)
  })

test('property: any set comes back exactly as it was', () => {
  const names = (nodes: readonly NodeDefinition[]) => [
    ...nodes.filter(({ kind }) => kind === 'fact').map(({ name }) => name),
    ...namesOf(nodes),
  ]
  const named = fc.uniqueArray(loose, { maxLength: 4, selector: ({ name }) => name.trim() })
  const whole = fc.record({ id: word, title: said, nodes: fc.tuple(named, computed) }, plain)
  let told = 0
  fc.assert(
    fc.property(whole, fc.constantFrom('2025-06-01', '2026-06-01', '2020-01-01'), (made, on) => {
      const [some, others] = made.nodes
      const taken = new Set(names(others))
      const free = some.filter(({ name }) => name.trim() !== '' && !taken.has(name))
      const nodes = [...free, ...others]
      const set: RuleSetDefinition = { ...made, nodes, outcomes: names(nodes) }
      comesBack(set, on)
      told += nodes.length
    }),
    { numRuns: 300 },
  )
  assert.ok(told > 1_500, `${told} nodes`)
})

test('property: what the law knows of conditions and tables, DMN finds too', () => {
  const everything = fc.record(
    Object.fromEntries(
      Object.entries(DOMAIN).map(([name, some]) => [name, fc.constantFrom(...some)]),
    ),
  )
  let known = 0
  fc.assert(
    fc.property(
      computed,
      fc.array(everything, { minLength: 1, maxLength: 8 }),
      (nodes, subjects) => {
        const names = namesOf(nodes)
        const dmn = exported(setOf(nodes, ...names), ON)
        for (const facts of subjects) known += dmn.agree(facts, names)
      },
    ),
    { numRuns: 400 },
  )
  assert.ok(known > 3_000, `${known} values`)
})

const money: NodeDefinition[] = [
  fact('研发', { unit: '万元' }),
  fact('收入', { unit: '万元' }),
  fact('占比', { unit: '%' }),
  fact('用地', { unit: '亩' }),
  fact('满', { unit: '年' }),
  fact('成立', 'date'),
  formula(
    '额',
    '万元',
    'if 占比 < 3% then min(研发 * 30%, 1 万元) else max(收入 / 7, -研发 - 2 万元)',
  ),
  formula('比', '', '收入 / 研发'),
  formula('整', '万元', 'floor(研发 * 30%)'),
  formula('分', '万元', 'round half up(研发 * 5.5% - 收入, 2)'),
  formula('角', '万元', 'ceiling(收入 * 30%, 1)'),
  formula('亩数', '亩', '用地 * 2 - 1 亩'),
  formula('够', null, '研发 / 收入 >= 5% and 额 between 0.1 万元 and 5 万元'),
  {
    kind: 'parameter',
    name: '限',
    type: { kind: 'number', unit: '年' },
    values: [{ from: '2020-01-01', to: null, value: '2', cite: cite[0]! }],
  },
  formula('超限', null, '成立 + 限 < 当日 and 成立 - (满 - 2 年) < 当日'),
  formula('今', null, '当日 - 成立 > 1000 天'),
  formula('天数', '天', '@"2026-11-28" - 成立'),
  formula('期', null, '成立 + 满 - 30 天 >= @"2025-01-31" or 成立 - 1 个月 < @"2020-02-29"'),
  {
    kind: 'table',
    name: '档',
    hit: 'C+',
    inputs: ['研发 - 收入 * 5%', '成立 + 1 年', '占比', '够'],
    outputs: [{ name: '档', type: { kind: 'number', unit: '万元' } }],
    rows: [
      { id: '一', when: ['> 额', '-', 'not([1%..3%))', '-'], gives: ['额 * 2'], cite },
      {
        id: '二',
        when: ['(-3 万元..5 万元]', '<= @"2026-02-28"', '-', '-'],
        gives: ['3 万元'],
        cite,
      },
      { id: '三', when: ['!= 0 万元, < -额', '-', '-', '比 > 1'], gives: ['-0.5 万元'], cite },
      {
        id: '四',
        when: ['not([-额..额])', '-', '5%, > 6%', 'not(true)'],
        gives: ['研发 / 3'],
        cite,
      },
    ],
    otherwise: null,
  },
]

test('property: amounts, shares, dates and roundings come to the same in base units', () => {
  const amount = fc.integer({ min: -200, max: 2_000 }).map((nth) => String(nth / 100))
  const subject = fc.record({
    研发: amount,
    收入: amount,
    占比: fc.nat(10).map(String),
    用地: amount,
    满: fc.nat(9),
    成立: fc
      .integer({ min: 0, max: 4_000 })
      .map((day) => new Date(Date.UTC(2016, 0, 1 + day)).toISOString().slice(0, 10)),
  })
  const names = namesOf(money)
  const set = setOf(money, ...names)
  comesBack(set, ON)
  const dmn = exported(set, ON)
  let known = 0
  fc.assert(
    fc.property(subject, (facts) => {
      known += dmn.agree(facts, names)
    }),
    { numRuns: 1_000 },
  )
  assert.ok(known > 9_000, `${known} values`)
})

test('what the law cannot work out is null in DMN, as far as no comparison hides it', () => {
  const zero = { 研发: 0, 收入: 1, 占比: 1, 用地: 1, 满: 1, 成立: '2020-01-01' }
  assert.ok(isNull(exported(setOf(money, '比'), ON).value(zero, '比')))
  const open = table('U', [[['true', '-', '-'], '"高"']], null)
  assert.ok(
    isNull(exported(setOf([...small, open], 't'), ON).value({ b1: false, n1: 1, e1: '甲' }, 't')),
  )
})
