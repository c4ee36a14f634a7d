// Rules on small sets whose outcome is known by hand, and against every way open facts may turn out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { HitPolicy, NodeDefinition } from './definitions.ts'
import { factsOf } from './evaluation.ts'
import { link } from './link.ts'
import {
  cells,
  cite,
  comesTo,
  company,
  completions,
  condition,
  fact,
  formula,
  partial,
  refusal,
  say,
  setOf,
  shown,
  small,
  table,
} from './test-rules.ts'
import { type Known, Open, sameKnown, truthOf } from './types.ts'

test('amounts keep their units, ratios lose them, percent is a number, dates move by what is meant', () => {
  const come = (unit: string | null, text: string, facts: Record<string, unknown>) =>
    shown(comesTo([...company, formula('x', unit, text)], 'x', facts))
  assert.equal(come(null, '研发占比 >= 5%', { 研发占比: 5 }), true)
  assert.equal(come(null, '研发费用 / 营业收入 >= 5%', { 研发费用: 49, 营业收入: 1_000 }), false)
  assert.equal(come('万元', '研发费用 * 30% + 10 万元', { 研发费用: '0.1' }), '10.03')
  assert.equal(come('', '500 万元 / 100 元', {}), '50000')
  assert.equal(come('', '0.1 + 0.2', {}), '0.3')
  assert.equal(come('万元', 'min(注册资本, 200 万元)', { 注册资本: 300 }), '200')
  assert.equal(come('天', '@"2026-03-01" - @"2026-02-01"', {}), '28')
  assert.equal(come(null, '成立日期 + 3 年 >= @"2026-11-28"', { 成立日期: '2023-11-28' }), true)
  assert.equal(come(null, '成立日期 + 1 个月 = @"2026-02-28"', { 成立日期: '2026-01-31' }), true)
  assert.equal(come(null, '成立日期 + 60 天 < @"2026-04-01"', { 成立日期: '2026-01-31' }), false)
  assert.equal(
    come(null, '成立日期 + 5 工作日 < @"2026-04-01"', { 成立日期: '2026-01-31' }),
    '没有工作日历',
  )
  assert.equal(come(null, '类型 in ("个体", "一人公司")', { 类型: '个体' }), true)
  assert.equal(
    come(null, 'if 类型 = "其他" then false else 从业人数 between 1 人 and 8 人', {
      类型: '个体',
      从业人数: 8,
    }),
    true,
  )
})

test('what cannot be typed is refused, and says where and what to do', () => {
  const refused = (text: string, unit: string | null = null) =>
    refusal(() => link(setOf([...company, formula('x', unit, text)], 'x')))
  const codes: [string, string][] = [
    ['注册资本 >= 500', 'unit'],
    ['注册资本 >= 500 元', 'unit-size'],
    ['注册资本 >= 从业人数', 'unit'],
    ['注册资本 > 类型', 'type'],
    ['类型 = "合伙"', 'value-unknown'],
    ['类型 > "个体"', 'type'],
    ['注册资金 > 5 万元', 'name-unknown'],
    ['注册资本 / 0 > 5 万元', 'division-by-zero'],
    ['成立日期 > @"2026-02-30"', 'date'],
    ['成立日期 + 5 人 > @"2026-01-01"', 'type'],
    ['for i in [1,2] return i', 'not-in-law'],
    ['注册资本 + > 5', 'syntax'],
    ['注册资本 * 2', 'type'],
    ['"是"', 'type'],
  ]
  for (const [text, code] of codes) {
    const error = refused(text)
    assert.deepEqual([text, error.code, error.place[0]], [text, code, 'x'])
    assert.ok(error.zh && error.message)
  }
  assert.equal(refused('注册资本 >= 500 元').zh, '万元与元混用，请统一：1 元 = 0.0001 万元')
  assert.equal(refused('研发费用 + 营业收入', '人').code, 'unit')
})

test('circles, names that are taken, and values that overlap in time are refused', () => {
  const circle = [formula('a', '', 'b + 1'), formula('b', '', 'c'), formula('c', '', 'a')]
  assert.equal(refusal(() => link(setOf(circle, 'a'))).zh, '规则互相依赖成环：a → b → c → a')
  const twice = [fact('a', 'boolean'), fact('a', 'boolean')]
  assert.equal(refusal(() => link(setOf(twice, 'a'))).code, 'name-twice')
  assert.equal(refusal(() => link(setOf([fact('a', 'boolean')], 'b'))).code, 'name-unknown')
  const dated = (...values: [string, string | null, string][]): NodeDefinition => ({
    kind: 'parameter',
    name: '比例',
    type: { kind: 'number', unit: '%' },
    values: values.map(([from, to, value]) => ({ from, to, value, cite: cite[0]! })),
  })
  const overlap = dated(['2026-01-01', null, '50'], ['2027-01-01', null, '60'])
  assert.deepEqual(refusal(() => link(setOf([overlap], '比例'))).place, ['比例', '2026-01-01'])
  const ends = dated(['2026-01-01', '2026-01-01', '50'])
  assert.equal(refusal(() => link(setOf([ends], '比例'))).code, 'validity')
  const ratio = dated(['2026-01-01', '2027-01-01', '50'], ['2027-01-01', null, '60'])
  const on = (day: string) => shown(comesTo([ratio], '比例', {}, { on: day }))
  assert.deepEqual(
    [on('2026-12-31'), on('2027-01-01'), on('2025-12-31')],
    ['0.5', '0.6', '2025-12-31 没有生效的比例'],
  )
})

test('amounts are rounded to decimals of their own unit, down, up, or half of a step away from zero', () => {
  const come = (expression: string, 注册资本: string) =>
    shown(comesTo([...company, formula('x', '万元', expression)], 'x', { 注册资本 }))
  assert.equal(come('floor(注册资本)', '-1.01'), '-2')
  assert.equal(come('ceiling(注册资本 * 5%, 1)', '21'), '1.1')
  assert.equal(come('round half up(注册资本 / 1, 2)', '2.345'), '2.35')
  assert.equal(come('round half up(注册资本, 2)', '-2.345'), '-2.35')
  assert.equal(come('floor(注册资本 * 0.1, 1)', '3'), '0.3')
  const scale = refusal(() => come('floor(注册资本, 1.5)', '1'))
  assert.deepEqual([scale.code, scale.zh], ['rounding', '保留的小数位数应为 0–12 的整数'])
  assert.equal(refusal(() => come('floor(类型)', '1')).code, 'type')
})

test('the day whose law it is has a name, which nobody else may take', () => {
  const young = formula('x', null, '当日 < 成立日期 + 36 个月')
  const come = (on: string) => comesTo([...company, young], 'x', { 成立日期: '2023-11-28' }, { on })
  assert.deepEqual([come('2026-11-27'), come('2026-11-28')], [true, false])
  assert.equal(refusal(() => link(setOf([fact('当日', 'date')], '当日'))).code, 'name-twice')
})

test('facts of another type are refused by name', () => {
  const set = link(setOf(company, '类型'))
  const wrong = (facts: Record<string, unknown>) => refusal(() => factsOf(set, facts))
  assert.deepEqual(
    [wrong({ 注册资本: '五百' }).code, wrong({ 注册资本: '五百' }).place],
    ['fact', ['注册资本']],
  )
  assert.equal(wrong({ 类型: '合伙' }).zh, '应为个体、一人公司、其他之一，收到 "合伙"')
  assert.equal(wrong({ 成立日期: '2026-13-01' }).code, 'date')
  assert.equal(wrong({ 名称: 'x' }).zh, '没有叫“名称”的事实')
  assert.equal(wrong({ 注册资本: 1e300 }).code, 'fact')
})

test('each hit policy, and what is said where no row applies or too many do', () => {
  const rows: [string[], string][] = [
    [['true', '-', '-'], '"低"'],
    [['-', '>= 5 人', '-'], '"高"'],
    [['-', '-', 'not("甲", "乙")'], '"中"'],
  ]
  const come = (
    hit: HitPolicy,
    facts: Record<string, unknown>,
    otherwise: string | null = null,
  ) => {
    const value = comesTo([...small, table(hit, rows, otherwise)], 't', facts)
    return Array.isArray(value) ? value.join(' ') : shown(value)
  }
  const two = { b1: true, n1: 9, e1: '甲' }
  const none = { b1: false, n1: 0, e1: '甲' }
  assert.equal(come('U', { ...two, b1: false }), '高')
  assert.equal(come('U', two), '不止一行适用')
  assert.equal(come('A', two), '适用的几行结果不一致')
  assert.equal(come('F', two), '低')
  assert.equal(come('P', two), '高')
  assert.equal(come('C', two), '低 高')
  assert.equal(come('O', two), '高 低')
  assert.equal(come('U', none), '没有一行适用')
  const pair = {
    ...table('A', [], null),
    outputs: [
      { name: 'r', type: { kind: 'text' as const, values: ['高', '低'] } },
      { name: 's', type: { kind: 'number' as const, unit: '' } },
    ],
    rows: [
      { id: '1', when: ['true', '-', '-'], gives: ['"高"', '1'], cite },
      { id: '2', when: ['-', '>= 5 人', '-'], gives: ['"高"', '2'], cite },
    ],
  }
  const both = (facts: Record<string, unknown>) => shown(comesTo([...small, pair], 't.r', facts))
  assert.equal(both(two), '适用的几行结果不一致')
  assert.equal(both({ ...two, n1: 1 }), '高')
  assert.equal(both({ b1: true }), 'n1')
  // Both rows give the same, but both may apply at once.
  const twins = table(
    'U',
    [
      [['-', '-', '"甲"'], '"高"'],
      [['-', '-', '"甲"'], '"高"'],
    ],
    '"高"',
  )
  assert.equal(shown(comesTo([...small, twins], 't', {})), 'e1')
  assert.equal(come('F', none, '"低"'), '低')
  const numbers: [string[], string][] = rows.map(([when], nth) => [when, String(nth + 1)])
  const sum = (hit: HitPolicy, facts: Record<string, unknown>) =>
    shown(comesTo([...small, table(hit, numbers, '0')], 't', facts))
  assert.deepEqual(
    (['C+', 'C#', 'C<', 'C>'] as const).map((hit) => sum(hit, two)),
    ['3', '2', '1', '2'],
  )
  assert.deepEqual(
    (['C+', 'C#', 'C<', 'C>'] as const).map((hit) => sum(hit, none)),
    ['0', '0', '0', '0'],
  )
})

test('what is missing is named, and nothing is asked that no longer matters', () => {
  const judged: NodeDefinition = {
    kind: 'judgement',
    name: '是否尽责',
    type: { kind: 'boolean' },
    ask: say,
    by: say,
    cite,
  }
  const nodes = [...small, judged, formula('x', null, 'b1 and (b2 or 是否尽责) and n1 > 3 人')]
  const come = (facts: Record<string, unknown>) => {
    const value = comesTo(nodes, 'x', facts)
    return [truthOf(value), shown(value)]
  }
  assert.deepEqual(come({}), ['unknown', 'b1 b2 n1 是否尽责'])
  assert.deepEqual(come({ n1: 3 }), ['false', false])
  assert.deepEqual(come({ n1: 4, b1: true, b2: true }), ['true', true])
  assert.deepEqual(come({ n1: 4, b1: true, b2: false }), ['judgement', '是否尽责'])
  assert.deepEqual(come({ n1: 4, b1: true, b2: false, 是否尽责: true }), ['true', true])
  const fault = formula('y', null, 'b1 or 10 人 / (n1 - n1) > 1')
  assert.equal(truthOf(comesTo([...small, fault], 'y', { b1: false, n1: 1 })), 'fault')
})

function soundly(nodes: NodeDefinition[], name: string, given: Record<string, unknown>): void {
  const value = comesTo(nodes, name, given)
  const ends = completions(given).map((one) => comesTo(nodes, name, one))
  if (!(value instanceof Open)) {
    for (const end of ends)
      assert.ok(!(end instanceof Open) && sameKnown(end, value), String(shown(end)))
    return
  }
  const open = value
  assert.ok(open.facts.size + open.faults.size > 0, 'open for a reason')
  for (const one of open.facts) assert.ok(!(one in given), `${one} is given`)
  if (open.facts.size === 0) {
    for (const end of ends) assert.equal(truthOf(end as Known | Open), 'fault')
  }
}

test('property: known of conditions whatever is missing means known for good', () => {
  fc.assert(
    fc.property(condition, partial, (text, given) => {
      soundly([...small, formula('x', null, text)], 'x', given)
    }),
    { numRuns: 400 },
  )
})

test('property: the same of tables under every hit policy', () => {
  const hit = fc.constantFrom<HitPolicy>('U', 'A', 'F', 'P', 'C', 'R', 'O', 'C+', 'C#', 'C<', 'C>')
  const some = fc.array(fc.tuple(cells, fc.nat(2)), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(hit, some, fc.boolean(), partial, (policy, rows, covered, given) => {
      const number = policy.length > 1
      const then = (rank: number) => (number ? String(rank) : `"${['高', '中', '低'][rank]}"`)
      const made = table(
        policy,
        rows.map(([when, rank]): [string[], string] => [when, then(rank)]),
        covered ? then(0) : null,
      )
      soundly([...small, made], 't', given)
    }),
    { numRuns: 400 },
  )
})

test('what would be slow to work out, or too large to read, is refused with the reason', () => {
  const twice = (depth: number): string =>
    depth === 0 ? '从业人数' : `min(${twice(depth - 1)}, 从业人数 + ${depth} 人)`
  const come = (expression: string) =>
    refusal(() => link(setOf([...company, formula('x', '人', expression)], 'x')))
  assert.equal(come(twice(20)).code, 'too-much')
  assert.equal(come(`${'('.repeat(5_000)}从业人数${')'.repeat(5_000)}`).code, 'too-much')
  assert.equal(come(`从业人数 ${'+ 从业人数 '.repeat(390)}`).code, 'too-much')
  const rows = Array.from({ length: 1_001 }, (): [string[], string] => [['-', '-', '-'], '"高"'])
  const error = refusal(() => link(setOf([...small, table('F', rows, null)], 't')))
  assert.deepEqual([error.code, error.zh], ['too-much', '行数超过 1000，请拆分'])
})
