// Citations of the regulation: articles and paragraphs that exist, in the numerals that law is written in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Citation, NodeDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import { type Clauses, citationFaults } from './citations.ts'
import { readSets } from './law-sets.ts'

/** Thirty-four articles; the seventh has three paragraphs, every other one. */
const clauses: Clauses = new Map(
  Array.from({ length: 34 }, (_, nth) => [nth + 1, nth === 6 ? 3 : 1]),
)
const cite = (source: string): Citation[] => [{ source, certainty: 'secondary' }]
const formula = (source: string): NodeDefinition => ({
  kind: 'formula',
  name: '甲',
  type: { kind: 'boolean' },
  expression: 'true',
  cite: cite(source),
})
const setOf = (...nodes: NodeDefinition[]): RuleSetDefinition => ({
  id: 'test',
  title: { zh: '试', en: 'Test' },
  outcomes: ['甲'],
  nodes,
})
const told = (source: string) =>
  citationFaults(setOf(formula(source)), clauses).map(({ says }) => says.zh.split('：')[1])

test('articles and paragraphs that there are pass, and those that there are not are told', () => {
  assert.deepEqual(told('条例第七条第三款'), [])
  assert.deepEqual(told('条例第七条第四款'), ['条例第七条第四款'])
  assert.deepEqual(told('条例第七条'), [])
  assert.deepEqual(told('条例第三十四条'), [])
  assert.deepEqual(told('条例第三十五条'), ['条例第三十五条'])
  assert.deepEqual(told('条例第三十四条第二款'), ['条例第三十四条第二款'])
})

test('by its full name as well, as a draft or not, and twice in one source', () => {
  const name = '《广东省人工智能发展促进条例（征求意见稿）》'
  assert.deepEqual(told(`${name}第七条第三款（中小微企业），未施行`), [])
  assert.deepEqual(told(`${name}第四十条`), ['人工智能发展促进条例（征求意见稿）》第四十条'])
  assert.deepEqual(told('《广东省人工智能促进条例》第三十六条'), ['人工智能促进条例》第三十六条'])
  assert.deepEqual(told(`${name}第三十五条；${name}第三十六条`).length, 2)
})

test('other laws have other articles', () => {
  assert.deepEqual(told('《公司法》第二百六十六条'), [])
  assert.deepEqual(told('《深圳经济特区人工智能产业促进条例》第七十二条'), [])
  assert.deepEqual(told('《促进个体工商户发展条例》第三十八条'), [])
  assert.deepEqual(told('示例值（非官方）'), [])
})

test('numerals up to ninety-nine are read as they are written', () => {
  const digits = '一二三四五六七八九'
  const written = (n: number): string => {
    const [tens, ones] = [Math.floor(n / 10), n % 10]
    const ten = tens === 0 ? '' : `${tens === 1 ? '' : digits[tens - 1]}十`
    return `${ten}${ones === 0 ? '' : digits[ones - 1]}`
  }
  assert.deepEqual([10, 11, 20, 30, 34].map(written), ['十', '十一', '二十', '三十', '三十四'])
  for (let n = 1; n < 100; n++) {
    const source = `条例第${written(n)}条`
    // Only this one article is there, with so many paragraphs.
    const only: Clauses = new Map([[n, n]])
    const faults = (text: string, of: Clauses) => citationFaults(setOf(formula(text)), of).length
    assert.equal(faults(source, only), 0, source)
    assert.equal(faults(`${source}第${written(n)}款`, only), 0, source)
    assert.equal(faults(source, new Map([[n + 1, 1]])), 1, source)
    if (n < 99) assert.equal(faults(`${source}第${written(n + 1)}款`, only), 1, source)
  }
})

test('each is told where it stands: value, row, formula, judgement', () => {
  const wrong = cite('条例第三十五条')
  const type = { kind: 'boolean' } as const
  const ask = { zh: '问', en: 'ask' }
  const found = citationFaults(
    setOf(
      { kind: 'fact', name: '事实', type, ask, cost: 0 },
      {
        kind: 'parameter',
        name: '参数',
        type,
        values: [
          { from: '2026-01-01', to: '2027-01-01', value: 'true', cite: cite('条例第一条')[0]! },
          { from: '2027-01-01', to: null, value: 'true', cite: wrong[0]! },
        ],
      },
      {
        kind: 'table',
        name: '表',
        hit: 'F',
        inputs: ['事实'],
        outputs: [{ name: '表', type }],
        rows: [
          { id: '第一行', when: ['-'], gives: ['true'], cite: cite('条例第一条') },
          { id: '第二行', when: ['-'], gives: ['true'], cite: [...cite('条例第一条'), ...wrong] },
        ],
        otherwise: null,
      },
      { kind: 'judgement', name: '判断', type, ask, by: ask, cite: wrong },
      formula('条例第三十五条'),
    ),
    clauses,
  )
  assert.deepEqual(
    found.map(({ code, place }) => [code, ...place]),
    [
      ['citation', '参数', '2027-01-01'],
      ['citation', '表', '第二行'],
      ['citation', '判断'],
      ['citation', '甲'],
    ],
  )
})

test('the sets of the law cite what is there', () => {
  const all: Clauses = new Map(Array.from({ length: 34 }, (_, nth) => [nth + 1, 9]))
  for (const { definition } of readSets()) assert.deepEqual(citationFaults(definition, all), [])
})

test('further articles and paragraphs after the same name are looked at too', () => {
  assert.deepEqual(told('条例第七条、第三十四条，未施行'), [])
  assert.deepEqual(told('条例第七条第一款、第三款和第八条第一款'), [])
  assert.deepEqual(told('条例第七条、第三十五条'), ['第三十五条'])
  assert.deepEqual(told('条例第七条第三款、第四款'), ['第四款'])
  assert.deepEqual(told('条例第七条第三款和第八条第二款'), ['第八条第二款'])
  assert.deepEqual(told('条例第八条第一款、第七条第二款及第三款、第四款'), ['第四款'])
  assert.deepEqual(told('条例第七条和《公司法》第三百条'), [])
})

test('numerals that are none, and other digits, are not overlooked', () => {
  for (const none of ['二三', '十十', '一百', '零', '35', '三十十']) {
    assert.deepEqual(told(`条例第${none}条`), [`条例第${none}条`])
  }
  assert.deepEqual(told('条例第7条第3款'), [])
  assert.deepEqual(told('条例第7条第4款'), ['条例第7条第4款'])
  assert.deepEqual(told('条例第七条第零款'), ['条例第七条第零款'])
})
