// Files of other tools, and files of ours that were changed elsewhere: what is read, noted and refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TableDefinition } from './definitions.ts'
import { dmnOf } from './dmn-export.ts'
import { UNKNOWN_SOURCE } from './dmn-extension.ts'
import { definitionOf } from './dmn-import.ts'
import { Evaluation, factsOf, noCalendar } from './evaluation.ts'
import { link } from './link.ts'
import { cite, company, fact, formula, refusal, setOf, shown } from './test-rules.ts'

const wrap = (inner: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:t" name="Car Insurance">
${inner}</definitions>`
const input = (name: string, type: string) =>
  `<inputData id="${name}" name="${name}"><variable name="${name}" typeRef="${type}"/></inputData>`
const literalOf = (name: string, text: string, type = '') =>
  `<decision id="${name}" name="${name}"><variable name="${name}" ${type && `typeRef="${type}"`}/>
  <literalExpression><text>${text}</text></literalExpression></decision>`
const tableOf = (attributes: string, inner: string) =>
  wrap(`${input('年龄', 'number')}<decision id="d" name="保费"><variable name="保费" typeRef="number"/>
  <decisionTable ${attributes}><input><inputExpression typeRef="number"><text>年龄</text></inputExpression></input>
  ${inner}</decisionTable></decision>`)
const ROW =
  '<rule><inputEntry><text>&lt; 25</text></inputEntry><outputEntry><text>100</text></outputEntry></rule>'

const come = (xml: string, facts: Record<string, unknown>, name: string) => {
  const set = link(definitionOf(xml).definition)
  const given = { facts: factsOf(set, facts), on: '2026-11-28', workdays: noCalendar }
  return shown(new Evaluation(set, given).value(name))
}

test('a file of another tool: inputs, a table, what is computed from it, and what is missing is said', () => {
  const xml = wrap(`
  <itemDefinition name="tRisk"><typeRef>string</typeRef>
    <allowedValues><text>"High", "Low"</text></allowedValues></itemDefinition>
  ${input('Driver Age', 'number')}
  <inputData id="r" name="Risk"><description>How risky?</description>
    <variable name="Risk" typeRef="tRisk"/></inputData>
  <knowledgeSource id="k" name="Insurance Act"/>
  <decisionService id="s" name="Quote"/>
  <decision id="b" name="Base Rate"><variable name="Base Rate"/>
    <informationRequirement><requiredInput href="#r"/></informationRequirement>
    <authorityRequirement><requiredAuthority href="#k"/></authorityRequirement>
    <decisionTable hitPolicy="FIRST">
      <input><inputExpression typeRef="number"><text>Driver Age</text></inputExpression></input>
      <input><inputExpression><text>Risk</text></inputExpression></input>
      <output><defaultOutputEntry><text>50</text></defaultOutputEntry></output>
      <rule label="young"><inputEntry><text>[18..25)</text></inputEntry>
        <inputEntry><text>-</text></inputEntry><outputEntry><text>100.5</text></outputEntry></rule>
      <rule><inputEntry><text/></inputEntry>
        <inputEntry><text>not("Low")</text></inputEntry><outputEntry><text>80</text></outputEntry></rule>
    </decisionTable></decision>
  <decision id="q" name="Premium"><variable name="Premium"/>
    <informationRequirement><requiredDecision href="#b"/></informationRequirement>
    <literalExpression><text>if Base Rate &gt; 90 then Base Rate * 2 else Base Rate</text></literalExpression>
  </decision>`)
  const { definition, notes } = definitionOf(xml)
  assert.deepEqual([definition.id, definition.title.en], ['car-insurance', 'Car Insurance'])
  assert.deepEqual(definition.outcomes, ['Premium'])
  assert.deepEqual(
    definition.nodes.map(({ kind, name }) => [kind, name]),
    [
      ['fact', 'Driver Age'],
      ['fact', 'Risk'],
      ['table', 'Base Rate'],
      ['formula', 'Premium'],
    ],
  )
  const { rows, otherwise } = definition.nodes[2] as TableDefinition
  assert.deepEqual(rows[0]!.cite, [{ source: 'Insurance Act', certainty: 'memory' }])
  assert.deepEqual([rows.map(({ id }) => id), otherwise], [['young', '第 2 行'], ['50']])
  assert.deepEqual(definition.nodes[3], {
    kind: 'formula',
    name: 'Premium',
    type: { kind: 'number', unit: '' },
    expression: 'if Base Rate > 90 then Base Rate * 2 else Base Rate',
    cite: [UNKNOWN_SOURCE],
  })
  assert.deepEqual(
    notes.map(({ zh }) => zh),
    [
      '没有导入：Quote',
      '数没有单位，请补上：Driver Age、Base Rate',
      '没有提问的文字，暂以名称代替：Driver Age',
      '没有注明来源，请补上依据：Premium',
      '没有注明类型，按内容推定：Premium',
    ],
  )
  assert.equal(come(xml, { 'Driver Age': 20, Risk: 'Low' }, 'Premium'), '201')
  assert.equal(come(xml, { 'Driver Age': 30, Risk: 'Low' }, 'Premium'), '50')
})

test('types are told by what stands there, and those that no text tells are asked for', () => {
  const { definition } = definitionOf(
    wrap(`${literalOf('c', 'b and a &gt; 3')}${literalOf('b', 'a &lt; 9')}${literalOf('a', '2 + 3')}
    ${literalOf('e', 'date("2026-01-01") - date("2025-01-01")')}`),
  )
  const types = definition.nodes.map((node) => (node.kind === 'table' ? null : node.type))
  const [truth, number] = [{ kind: 'boolean' }, { kind: 'number', unit: '' }]
  assert.deepEqual(types, [truth, truth, number, { kind: 'number', unit: '天' }])
  const circle = refusal(() => definitionOf(wrap(literalOf('x', 'y') + literalOf('y', 'x'))))
  assert.deepEqual([circle.code, circle.place], ['type', ['x']])
})

test('what has no place in the law is refused, with its place and what to do', () => {
  const boxed = (inner: string) =>
    wrap(`<decision id="d" name="甲"><variable name="甲"/>${inner}</decision>`)
  const cases: [string, string, string[], RegExp][] = [
    [boxed('<context/>'), 'not-in-law', ['甲'], /没有 context 这种写法，请改为/],
    [boxed('<relation/>'), 'not-in-law', ['甲'], /relation/],
    [boxed(''), 'not-in-law', ['甲'], /没有写怎么决定/],
    [
      boxed('<literalExpression expressionLanguage="python"><text>1</text></literalExpression>'),
      'not-in-law',
      ['甲'],
      /python/,
    ],
    [
      wrap('<businessKnowledgeModel id="f" name="f"/>'),
      'not-in-law',
      ['f'],
      /businessKnowledgeModel/,
    ],
    [wrap('<import name="m" namespace="urn:m"/>'), 'not-in-law', ['m'], /import/],
    [wrap(input('甲', 'time')), 'type', ['甲'], /time 这种类型/],
    [wrap(input('甲', 'Any')), 'not-in-law', ['甲'], /请注明它的类型/],
    [
      wrap(
        `<itemDefinition name="t" isCollection="true"><typeRef>number</typeRef></itemDefinition>${input('甲', 't')}`,
      ),
      'type',
      ['甲'],
      /列表/,
    ],
    [
      wrap(`<itemDefinition name="t"><typeRef>t</typeRef></itemDefinition>${input('甲', 't')}`),
      'cycle',
      ['甲'],
      /互相引用/,
    ],
    [wrap(literalOf('甲', 'abs(-1)', 'number')), 'not-in-law', ['甲'], /abs/],
    [wrap(literalOf('甲', '1 +', 'number')), 'syntax', ['甲'], /读不懂/],
    [
      tableOf('hitPolicy="BEST"', `<output/>${ROW}`),
      'table-shape',
      ['保费'],
      /没有 BEST 这种命中策略，请换一种/,
    ],
    [
      tableOf('hitPolicy="COLLECT" aggregation="MEAN"', `<output/>${ROW}`),
      'table-shape',
      ['保费'],
      /COLLECT MEAN/,
    ],
    [
      tableOf('', `<output/>${ROW.replace('&lt; 25', '&lt; "x"')}`),
      'type',
      ['保费', '第 1 行', '年龄'],
      /实为文字/,
    ],
    [
      tableOf('', `<output/><rule><outputEntry><text>1</text></outputEntry></rule>`),
      'table-shape',
      ['保费', '第 1 行'],
      /格数/,
    ],
    [
      tableOf(
        'hitPolicy="COLLECT" aggregation="SUM"',
        `<output><defaultOutputEntry><text>5</text></defaultOutputEntry></output>${ROW}`,
      ),
      'table-shape',
      ['保费'],
      /不能另定/,
    ],
  ]
  for (const [xml, code, place, zh] of cases) {
    const error = refusal(() => definitionOf(xml))
    assert.deepEqual([error.code, error.place], [code, place], error.zh)
    assert.match(error.zh, zh)
    assert.ok(/^[\x20-\x7E“”年龄保费甲]+$/.test(error.message), error.message)
  }
})

test('what is no DMN, or was made to hurt, is refused before it is read', () => {
  const refused = (xml: string) => refusal(() => definitionOf(xml))
  assert.equal(refused('<a').code, 'syntax')
  assert.match(refused('<definitions xmlns="urn:x"/>').zh, /不是 DMN 1.2–1.5 的文件/)
  assert.match(refused(`<!DOCTYPE x [<!ENTITY a "b">]>${wrap('')}`).zh, /DOCTYPE/)
  assert.match(refused(wrap('<a>'.repeat(300))).zh, /too deeply/)
  assert.equal(refused(wrap(' '.repeat(5_000_001))).code, 'too-much')
  // Types that double at every step.
  const twice = Array.from({ length: 40 }, (_, nth) => {
    const part = (name: string) =>
      `<itemComponent name="${name}"><typeRef>t${nth + 1}</typeRef></itemComponent>`
    return `<itemDefinition name="t${nth}">${part('a')}${part('b')}</itemDefinition>`
  })
  const last = '<itemDefinition name="t40"><typeRef>number</typeRef></itemDefinition>'
  assert.match(refused(wrap(`${twice.join('')}${last}${input('甲', 't0')}`)).zh, /结构/)
})

const rates: TableDefinition = {
  kind: 'table',
  name: '档',
  hit: 'F',
  inputs: ['注册资本', '类型'],
  outputs: [{ name: '档', type: { kind: 'number', unit: '万元' } }],
  rows: [
    { id: '小', when: ['< 200 万元', '-'], gives: ['5 万元'], cite },
    { id: '大', when: ['>= 200 万元', 'not("个体")'], gives: ['min(注册资本, 9 万元)'], cite },
  ],
  otherwise: ['0 万元'],
}
const ratio = {
  kind: 'parameter' as const,
  name: '比例',
  type: { kind: 'number' as const, unit: '%' },
  values: [{ from: '2026-01-01', to: null, value: '5', cite: cite[0]! }],
}
const mine = setOf(
  [...company, fact('够', 'boolean'), ratio, rates, formula('奖', '万元', '档 * 比例')],
  '奖',
)
const sent = dmnOf(mine, '2026-11-28')
const back = (from: string | RegExp, to: string) => {
  const changed = sent.replace(from, to)
  assert.notEqual(changed, sent)
  return definitionOf(changed)
}
const tableIn = ({ definition }: ReturnType<typeof definitionOf>) =>
  definition.nodes.find(({ name }) => name === '档') as TableDefinition

test('what was changed elsewhere counts as it stands, with the units of its column', () => {
  const cell = back('<text>&lt; 2000000</text>', '<text>[1000000..3000000)</text>')
  assert.deepEqual(tableIn(cell).rows[0]!.when, ['[100 万元..300 万元)', '-'])
  assert.deepEqual(tableIn(cell).rows[1], rates.rows[1])
  assert.deepEqual(cell.notes, [
    {
      zh: '在别处改过，以文件中的为准：档 › 小',
      en: 'changed elsewhere; taken as it stands in the file: 档 › 小',
    },
  ])
  const gives = back('<text>min(注册资本, 90000)</text>', '<text>注册资本 - 5000</text>')
  assert.deepEqual(tableIn(gives).rows[1]!.gives, ['注册资本 - 0.5 万元'])
  assert.equal(tableIn(back('hitPolicy="FIRST"', 'hitPolicy="UNIQUE"')).hit, 'U')
  const row = back(
    /(<rule id="n10_r2")/,
    '<rule><inputEntry><text>500</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>$1',
  )
  assert.deepEqual(tableIn(row).rows[1], {
    id: '第 2 行',
    when: ['0.05 万元', '-'],
    gives: ['0.0001 万元'],
    cite: [UNKNOWN_SOURCE],
  })
  assert.match(row.notes[0]!.zh, /没有注明来源.*档 › 第 2 行/)
  const values = back('<text>"个体", "一人公司", "其他"</text>', '<text>"个体", "其他"</text>')
  const type = values.definition.nodes.find(({ name }) => name === '类型')
  assert.deepEqual(type?.kind === 'fact' && type.type, { kind: 'text', values: ['个体', '其他'] })
})

test('a change that would lose its unit, its date or our marks is refused', () => {
  const refused = (from: string | RegExp, to: string) => refusal(() => back(from, to))
  // What the number counts beside a product cannot be told.
  const unit = refused('<text>档 * 比例</text>', '<text>档 * 2 + 5000</text>')
  assert.deepEqual([unit.code, unit.place], ['unit', ['奖']])
  const value = refused('<text>0.05</text>', '<text>0.06</text>')
  assert.deepEqual(
    [value.place, value.zh],
    [['比例'], '参数的取值在别处改过；取值有生效日期和来源，请在 Kapok 里改'],
  )
  assert.match(refused(/<kapok:ask [^>]*>/, '').zh, /扩展元素不完整：fact\/ask/)
  assert.match(refused('certainty="example"', 'certainty="sure"').zh, /certainty sure/)
})

test('a name that DMN could not have comes back; renamed elsewhere it goes by its new name', () => {
  const xml = dmnOf(
    setOf([fact('a-b', 'boolean'), formula('是/否', null, 'not(a-b)')], '是/否'),
    '2026-11-28',
  )
  assert.deepEqual(definitionOf(xml).definition.outcomes, ['是/否'])
  const renamed = xml.replaceAll('"a_b"', '"乙"').replace('<text>not(a_b)', '<text>not(乙)')
  assert.equal(renamed.includes('as="乙"'), true)
  const kept = renamed.replace('as="乙"', 'as="a_b"')
  assert.equal(come(kept, { 乙: true }, '是/否'), false)
})
