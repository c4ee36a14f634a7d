// An interview step by step: what is asked, what is spared, what is left to a person, what would change it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { RuleSetDefinition } from '#engines/rules/definitions.ts'
import { link, type RuleSet } from '#engines/rules/link.ts'
import { truthOf } from '#engines/rules/types.ts'
import { alternativesOf } from './alternatives.ts'
import { interviewOf } from './interview.ts'
import { RuleWords } from './rule-words.ts'
import {
  type Answer,
  addressOf,
  answered,
  assume,
  entriesOf,
  factsForApi,
  factsTold,
  fitting,
  keptAsIs,
  NOTHING_TOLD,
  numberAsTyped,
  reopened,
  type Situation,
  situationIn,
} from './situation.ts'

const ON = '2026-11-28'

function law(name: string): RuleSet {
  const file = new URL(`../../law/rules/${name}.yaml`, import.meta.url)
  return link(parse(readFileSync(file, 'utf8')) as RuleSetDefinition)
}

/** Answers whatever is asked until nothing is; the names in the order in which they were asked. */
function walk(set: RuleSet, answers: Readonly<Record<string, Answer>>) {
  let situation: Situation = NOTHING_TOLD
  const asked: string[] = []
  for (;;) {
    const interview = interviewOf(set, situation, ON)
    if (interview.done) return { situation, interview, asked }
    const names = interview.group.map(({ name }) => name)
    assert.ok(names.length > 0 && !names.some((name) => asked.includes(name)), names.join())
    asked.push(...names)
    const given = names.flatMap((name) =>
      name in answers ? [[name, answers[name]!] as const] : [],
    )
    situation = answered(situation, names, Object.fromEntries(given))
  }
}

const export_ = {
  含重要数据: false,
  含个人信息: true,
  关键信息基础设施运营者: false,
  情形: '无',
  自贸区负面清单外: false,
  累计人数: '100000',
  累计敏感人数: '0',
  接收地: '香港',
  双方均在大湾区: true,
  所在片区: '其他',
}

test('only what may still matter is asked, one choice at a time', () => {
  const set = law('data-export')
  const free = walk(set, { 自贸区负面清单外: true, 含个人信息: false, 含重要数据: false })
  assert.ok(free.asked.length < 4, free.asked.join())
  assert.equal(free.interview.evaluation.value('路径'), '免予')
  const full = walk(set, export_)
  assert.equal(full.interview.evaluation.value('路径'), '标准合同或认证')
  assert.equal(full.interview.evaluation.value('大湾区标准合同可用'), true)
  assert.deepEqual(full.interview.missing, [])
})

test('what is not known is skipped, asked for no more, and named where it matters', () => {
  const set = law('data-export')
  const { 累计人数: _, ...known } = export_
  const { interview, situation } = walk(set, known)
  assert.equal(truthOf(interview.evaluation.value('路径')), 'unknown')
  assert.deepEqual(interview.missing, ['累计人数'])
  const again = interviewOf(set, reopened(situation, '累计人数'), ON)
  assert.deepEqual([again.done, again.group.map(({ name }) => name)], [false, ['累计人数']])
  assert.deepEqual(keptAsIs(reopened(situation, '累计人数')), situation)
})

test('nothing but skips comes to an end for every set of the law', () => {
  for (const name of ['enterprise-ladder', 'land-instruments', 'opc-entry', 'due-diligence']) {
    const { interview } = walk(law(name), {})
    assert.ok(interview.missing.length > 0, name)
  }
})

test('a judgement is left to a person and may be assumed', () => {
  const set = law('opc-entry')
  const { situation, interview } = walk(set, {
    法律形式: '自然人独资有限责任公司',
    省内登记: true,
    省内经营: true,
    主营人工智能: true,
    连续参保: '3',
    近一年经营收入: '0',
    可核验成果: '1',
    严重失信主体: false,
    本企业已享: false,
    同一自然人已享家数: '0',
    同一自然人在先申请家数: '0',
  })
  assert.deepEqual(
    interview.judgements.map(({ name }) => name),
    ['有真实经营活动'],
  )
  const supposed = assume(situation, '有真实经营活动', true)
  assert.equal(interviewOf(set, supposed, ON).evaluation.value('可享一次性支持'), true)
  assert.deepEqual(assume(supposed, '有真实经营活动', null).assumed, {})
})

test('what would change it: bounds and choices, each by itself, the nearest of every kind', () => {
  const set = law('data-export')
  const { interview } = walk(set, export_)
  const found = alternativesOf(interview.evaluation)
  const told = found.map(
    ({ fact, instead, changes }) => `${fact}=${instead.zh} → ${changes[0]!.after.zh}`,
  )
  assert.ok(told.includes('累计人数=99,999 人 → 免予'), told.join('\n'))
  assert.ok(told.includes('累计人数=1,000,000 人 → 申报安全评估'), told.join('\n'))
  assert.ok(told.includes('含重要数据=是 → 申报安全评估'), told.join('\n'))
  // Where help is given changes least: the last outcome comes last.
  assert.equal(found.at(-1)!.changes[0]!.outcome, '协助窗口')
})

test('a situation travels in an address, and what does not fit is left behind', () => {
  const set = law('data-export').definition
  const told = { 累计人数: '100000', 接收地: '香港', 含个人信息: true }
  const there = situationIn(set, entriesOf(`#${addressOf(told)}`))
  assert.deepEqual(there.answers, told)
  assert.deepEqual(situationIn(set, [['f.含个人信息', '否']]).answers, { 含个人信息: false })
  const wrong = [
    ['f.接收地', '火星'],
    ['f.累计人数', '很多'],
    ['f.没有的', '1'],
    ['on', '2026-01-01'],
  ] as const
  assert.deepEqual(situationIn(set, wrong), NOTHING_TOLD)
  assert.deepEqual([...entriesOf('#f.%E4=1&nothing')], [['f.%E4', '1']])
  const stale = { ...NOTHING_TOLD, skipped: ['没有的'], again: '没有的' }
  assert.deepEqual(fitting(set, stale), NOTHING_TOLD)
  assert.deepEqual(factsForApi(set, there), { ...told, 累计人数: 100000 })
  assert.deepEqual(factsTold(there), told)
})

test('numbers are read as they were meant', () => {
  assert.deepEqual(['1,000,000', ' １０００．５ ', '.5', '12，000'].map(numberAsTyped), [
    '1000000',
    '1000.5',
    '0.5',
    '12000',
  ])
})

test('conditions are said in words, with what their parameters are on the day', () => {
  const set = law('data-export')
  const table = set.nodes.get('路径')!.node
  assert.ok(table.kind === 'table')
  const words = new RuleWords(set, ON)
  const said = (row: string) => {
    const { tests } = table.rows.find(({ definition }) => definition.id === row)!
    return tests.map((one, nth) => words.cell(one, table.inputs[nth]!).zh)
  }
  assert.deepEqual(said('人数达评估'), [
    '不限',
    '不限',
    '不限',
    '不限',
    '不限',
    '不少于 评估人数（1,000,000 人）',
    '不限',
  ])
  assert.equal(said('免予情形')[3], '不是 无')
  assert.equal(said('关基运营者')[4], '是')
  const voucher = law('compute-voucher')
  const formula = voucher.nodes.get('初创')!.node
  assert.ok(formula.kind === 'formula')
  assert.match(
    new RuleWords(voucher, ON).phrase(formula.expr).zh,
    /^当日 早于 成立日期 \+ 初创年限/,
  )
})
