// All benefits in one interview: shared questions once, the cheapest first, each set with its own facts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeDefinition, RuleSetDefinition, Text } from '#engines/rules/definitions.ts'
import { link } from '#engines/rules/link.ts'
import { heldAnswers, overviewOf, sheetOf, situationFor } from './all-benefits.ts'
import { originOf } from './origins.ts'
import { answered, NOTHING_TOLD, type Situation } from './situation.ts'

const ON = '2026-11-28'
const said = (zh: string): Text => ({ zh, en: '' })
const yesNo = (name: string, ask: string, cost: number): NodeDefinition => ({
  kind: 'fact',
  name,
  type: { kind: 'boolean' },
  ask: said(ask),
  cost,
})

function set(id: string, expression: string, nodes: NodeDefinition[]): RuleSetDefinition {
  const granted: NodeDefinition = {
    kind: 'formula',
    name: '可享',
    type: { kind: 'boolean' },
    expression,
    cite: [],
  }
  return {
    id,
    title: said(id),
    benefit: { entitled: '可享', amount: null },
    nodes: [...nodes, granted],
    outcomes: ['可享'],
  }
}

const sheet = sheetOf(
  [
    set('甲', '本省 and 用过', [yesNo('本省', '在本省吗？', 1), yesNo('用过', '用过甲券吗？', 0)]),
    set('乙', '本省 and not(用过)', [
      yesNo('本省', '在本省吗？', 1),
      yesNo('用过', '用过乙券吗？', 2),
    ]),
  ].map(link),
)

const next = (told: Situation) => overviewOf(sheet, told, ON)
const asked = (told: Situation) => next(told).group.map(({ name }) => name)

test('a question in the same words is one, in other words another', () => {
  assert.deepEqual(
    sheet.facts.map(({ definition, in: names }) => [definition.name, [...names.keys()]]),
    [
      ['本省', ['甲', '乙']],
      ['用过', ['甲']],
      ['用过 · 乙', ['乙']],
    ],
  )
  assert.equal(originOf('省内登记 · 乙').zh, '来自：单位登记地')
})

test('the cheapest question comes first, and every set follows each answer', () => {
  assert.deepEqual(asked(NOTHING_TOLD), ['用过'])
  const one = answered(NOTHING_TOLD, ['用过'], { 用过: true })
  assert.deepEqual(asked(one), ['本省'])
  assert.deepEqual(
    next(one).askedFor.map(({ id }) => id),
    ['甲', '乙'],
  )
  const two = answered(one, ['本省'], { 本省: true })
  assert.deepEqual(
    next(two).benefits.map(({ standing }) => standing.state),
    ['entitled', 'open'],
  )
  assert.deepEqual(situationFor(sheet, sheet.sets[1]!, two).answers, { 本省: true })
  const three = answered(two, ['用过 · 乙'], {})
  assert.equal(next(three).done, true)
  assert.deepEqual(asked({ ...three, again: '本省' }), ['本省'])
})

test('what is held is known under the names that are asked', () => {
  const held = new Map([['乙', { 用过: false, 本省: true, 市: '广州' }]])
  assert.deepEqual(heldAnswers(sheet, held), { 本省: true, '用过 · 乙': false })
})
