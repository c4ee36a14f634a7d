// Decision models: reading them, hit policies, functions, services, imports, and what is wrong with them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { momentOf } from '#engines/feel/builtins/index.ts'
import { printed } from '#engines/feel/print.ts'
import { isNull, number, type Value } from '#engines/feel/values.ts'
import { Decisions } from './evaluate.ts'
import { readModel } from './read.ts'

const wrap = (inner: string, more = '') => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:test" name="t" ${more}>
${inner}</definitions>`

const open = (xml: string, ...others: string[]) =>
  new Decisions(readModel(xml), others.map(readModel), () => momentOf(0))

const input = (name: string, type: string) =>
  `<inputData id="${name}" name="${name}"><variable name="${name}" typeRef="${type}"/></inputData>`

const needs = (...names: string[]) =>
  names
    .map(
      (name) => `<informationRequirement><requiredInput href="#${name}"/></informationRequirement>`,
    )
    .join('')

/** A table over 金额 with the outputs of its rules, under a hit policy. */
const table = (policy: string, rules: readonly [string, string][], outputs = '') =>
  wrap(`${input('金额', 'number')}
  <decision id="d" name="档次"><variable name="档次"/>${needs('金额')}
    <decisionTable hitPolicy="${policy}">
      <input><inputExpression typeRef="number"><text>金额</text></inputExpression></input>
      <output>${outputs}</output>
      ${rules
        .map(
          ([cell, result]) =>
            `<rule><inputEntry><text>${cell.replaceAll('<', '&lt;')}</text></inputEntry>
            <outputEntry><text>${result}</text></outputEntry></rule>`,
        )
        .join('\n')}
    </decisionTable></decision>`)

const ask = (xml: string, amount: number): Value =>
  open(xml).evaluate('档次', new Map([['金额', number(amount)]]))

const RULES: [string, string][] = [
  ['>= 0', '"低"'],
  ['>= 100', '"中"'],
  ['>= 200', '"高"'],
]
const ORDER = '<outputValues><text>"高","中","低"</text></outputValues>'

test('each hit policy makes of the same hits what the standard says', () => {
  const result = (policy: string, amount: number, outputs = '') =>
    printed(ask(table(policy, RULES, outputs), amount))
  assert.equal(result('UNIQUE', 50), '低')
  assert.equal(result('UNIQUE', 150), 'null')
  assert.equal(result('FIRST', 250), '低')
  assert.equal(result('PRIORITY', 250, ORDER), '高')
  assert.equal(result('RULE ORDER', 250), '["低", "中", "高"]')
  assert.equal(result('OUTPUT ORDER', 150, ORDER), '["中", "低"]')
  assert.equal(result('COLLECT', 150), '["低", "中"]')
  assert.equal(result('ANY', 150), 'null')
  assert.equal(
    printed(
      ask(
        table('ANY', [
          ['< 9', '1'],
          ['< 8', '1'],
        ]),
        5,
      ),
    ),
    '1',
  )
})

test('no rule hits: the default where there is one, or null with the reason', () => {
  const none = ask(table('UNIQUE', [['> 9', '1']]), 5)
  assert.ok(isNull(none) && none.reason === 'no rule hits')
  const byDefault = '<defaultOutputEntry><text>0</text></defaultOutputEntry>'
  assert.equal(printed(ask(table('UNIQUE', [['> 9', '1']], byDefault), 5)), '0')
})

test('an input that is no number, or not there, is null and hits nothing', () => {
  const xml = table('UNIQUE', RULES)
  const wrong = open(xml).evaluate('档次', new Map<string, Value>([['金额', 'x']]))
  assert.ok(isNull(wrong))
  assert.ok(isNull(open(xml).evaluate('档次', new Map())))
})

test('a function of the model may call itself; decisions in a circle end', () => {
  const xml = wrap(`
  <businessKnowledgeModel id="f" name="阶乘"><variable name="阶乘"/>
    <encapsulatedLogic><formalParameter name="n" typeRef="number"/>
      <literalExpression><text>if n = 0 then 1 else n * 阶乘(n - 1)</text></literalExpression>
    </encapsulatedLogic></businessKnowledgeModel>
  <decision id="d" name="六"><variable name="六"/>
    <knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>
    <literalExpression><text>阶乘(3)</text></literalExpression></decision>
  <decision id="a" name="a"><variable name="a"/>
    <informationRequirement><requiredDecision href="#b"/></informationRequirement>
    <literalExpression><text>b</text></literalExpression></decision>
  <decision id="b" name="b"><variable name="b"/>
    <informationRequirement><requiredDecision href="#a"/></informationRequirement>
    <literalExpression><text>a</text></literalExpression></decision>`)
  assert.equal(printed(open(xml).evaluate('六', new Map())), '6')
  assert.ok(isNull(open(xml).evaluate('a', new Map())))
})

test('what is imported is known under its prefix', () => {
  const base = wrap(`<decision id="x" name="率"><variable name="率"/>
    <literalExpression><text>0.5</text></literalExpression></decision>`).replace(
    'urn:test',
    'urn:base',
  )
  const main =
    wrap(`<import namespace="urn:base" name="省" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
  <decision id="d" name="额"><variable name="额"/>
    <informationRequirement><requiredDecision href="urn:base#x"/></informationRequirement>
    <literalExpression><text>省.率 * 100</text></literalExpression></decision>`)
  assert.equal(printed(open(main, base).evaluate('额', new Map())), '50')
})

test('what is no DMN is refused; a text that cannot be read is null with its place', () => {
  assert.throws(() => readModel('<a/>'), /not a DMN document/)
  assert.throws(() => readModel('<definitions>'), /unclosed tag/)
  assert.throws(() => readModel(`<definitions>${'<a>'.repeat(300)}`), /too deeply/)
  const xml = wrap(`<decision id="d" name="错"><variable name="错"/>
    <literalExpression><text>1 +</text></literalExpression></decision>`)
  const value = open(xml).evaluate('错', new Map())
  assert.ok(isNull(value) && value.reason.includes('unexpected at 3'))
})
