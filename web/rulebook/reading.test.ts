// Texts in words, errors cell by cell, and words typed for symbols.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseRuleSet } from '#law/schema.ts'
import { Reading, sayDated, writtenTest, writtenValue } from './reading.ts'

const file = new URL('../../law/rules/compute-voucher.yaml', import.meta.url)
const voucher = parseRuleSet(readFileSync(file, 'utf8'), 'compute-voucher')
const reading = Reading.of(voucher, null)
const percent = { kind: 'number' as const, unit: '%' }

test('cells are said without the column that stands above them', () => {
  const zh = (text: string, input: string) =>
    reading.test(text, input).says.zh.replaceAll('\u00a0', ' ')
  assert.equal(zh('"高校", "科研机构"', '主体类型'), '高校、科研机构')
  assert.equal(zh('>= 关联持股线', '持股比例'), '≥ 关联持股线')
  assert.equal(zh('[5%..10%)', '持股比例'), '≥ 5% 且 < 10%')
  assert.equal(zh('not("大型")', '企业规模'), '非 大型')
  assert.equal(zh('true', '初创'), '是')
  assert.equal(zh('-', '初创'), '任意')
  assert.equal(reading.result('初创比例', percent).name, '初创比例')
  assert.equal(reading.result('55%', percent).says.zh, '55%')
})

test('each wrong cell says what is wrong with it', () => {
  assert.match(reading.test('"巨型"', '企业规模').fault!.zh, /没有“巨型”这个取值/)
  assert.match(reading.result('最长比例', percent).fault!.zh, /没有叫“最长比例”/)
  assert.match(reading.result('55 元', percent).fault!.zh, /结果应为/)
  assert.equal(reading.test('"微型"', '企业规模').fault, null)
})

test('what was read stays read as long as names and types stay', () => {
  assert.equal(Reading.of({ ...voucher, title: { zh: '', en: '' } }, reading), reading)
  const nodes = voucher.nodes.filter(({ name }) => name !== '初创')
  assert.notEqual(Reading.of({ ...voucher, nodes }, reading), reading)
})

test('words stand for symbols', () => {
  const size = reading.types.get('企业规模')
  assert.equal(writtenTest('小型、微型', size), '"小型", "微型"')
  assert.equal(writtenTest('巨型', size), '巨型')
  assert.equal(writtenTest('是', reading.types.get('初创')), 'true')
  assert.equal(writtenTest('', size), '-')
  assert.equal(writtenTest('≥ 5%', reading.types.get('持股比例')), '>= 5%')
  assert.equal(writtenValue('60%', percent), '60')
  assert.equal(writtenValue('2,000,000 元', { kind: 'number', unit: '元' }), '2000000')
})

test('values of parameters are said in their unit', () => {
  const cap = voucher.nodes.find(({ name }) => name === '年度上限')
  assert.ok(cap?.kind === 'parameter')
  assert.equal(sayDated('2000000', cap).says.zh, '2,000,000 元')
  assert.match(sayDated('许多', cap).fault!.zh, /应为数字/)
})
