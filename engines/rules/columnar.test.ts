// A population at once against each of its members one by one: the same, whatever is missing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Columnar } from './columnar.ts'
import type { HitPolicy, NodeDefinition } from './definitions.ts'
import { Evaluation, factsOf, noCalendar } from './evaluation.ts'
import { link } from './link.ts'
import { populationOf, valueAt } from './population.ts'
import {
  cells,
  condition,
  fact,
  formula,
  partial,
  refusal,
  setOf,
  small,
  table,
} from './test-rules.ts'
import { Open, sameKnown } from './types.ts'

const ON = '2026-11-28'

/** Every outcome of everybody, twice; how many had to be looked at exactly. */
function agrees(
  nodes: readonly NodeDefinition[],
  outcomes: readonly string[],
  subjects: readonly Record<string, unknown>[],
): number {
  const set = link(setOf([...nodes], ...outcomes))
  const columnar = new Columnar(set, populationOf(set, subjects), ON)
  for (const name of outcomes) {
    const column = columnar.column(name)
    for (const [nth, subject] of subjects.entries()) {
      const given = { facts: factsOf(set, subject), on: ON, workdays: noCalendar }
      const single = new Evaluation(set, given).value(name)
      const found = valueAt(column, nth)
      const told = `${name} of ${JSON.stringify(subject)}`
      if (single instanceof Open) assert.equal(found, undefined, told)
      else assert.ok(found !== undefined && sameKnown(found, single), `${told}: ${found} ${single}`)
    }
  }
  return columnar.exactly
}

test('property: conditions over a population are what they are of each', () => {
  fc.assert(
    fc.property(
      fc.array(condition, { minLength: 1, maxLength: 3 }),
      fc.array(partial, { minLength: 1, maxLength: 40 }),
      (texts, subjects) => {
        const conditions = texts.map((text, nth) => formula(`x${nth}`, null, text))
        agrees(
          [...small, ...conditions],
          conditions.map(({ name }) => name),
          subjects,
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('property: tables under every hit policy that gives one value, and tables that read tables', () => {
  const hit = fc.constantFrom<HitPolicy>('U', 'A', 'F', 'P', 'C+', 'C#')
  const some = fc.array(fc.tuple(cells, fc.nat(2)), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(
      hit,
      some,
      fc.boolean(),
      fc.array(partial, { minLength: 1, maxLength: 60 }),
      (policy, rows, covered, subjects) => {
        const number = policy.length > 1
        const gives = (rank: number) => (number ? String(rank) : `"${['高', '中', '低'][rank]}"`)
        const made = table(
          policy,
          rows.map(([when, rank]): [string[], string] => [when, gives(rank)]),
          covered ? gives(0) : null,
        )
        const reads = formula('y', null, number ? 't > 1' : 't = "高" or b2')
        agrees([...small, made, reads], ['t', 'y'], subjects)
      },
    ),
    { numRuns: 300 },
  )
})

const money: NodeDefinition[] = [
  fact('研发', { unit: '万元' }),
  fact('收入', { unit: '万元' }),
  fact('占比', { unit: '%' }),
  fact('成立', 'date'),
  formula('强度', '', '研发 / 收入'),
  formula('够', null, '强度 >= 5% and 占比 < 30%'),
  // An amount that a row computes, read by another: 3 * 30% is 0.9, of doubles a little less.
  formula('额够', null, '档.额 >= 0.9 万元'),
  formula('错期', null, '成立 + 1.5 天 < @"2026-11-28"'),
  formula('限', '万元', 'if 占比 < 3% then min(研发 * 30%, 1 万元) else max(收入 / 7, 研发)'),
  formula('限够', null, '限 >= 0.9 万元'),
  formula('整', '万元', 'floor(研发 * 30%)'),
  formula('分', '万元', 'round half up(研发 * 5.5%, 2)'),
  formula('角', '万元', 'ceiling(收入 * 30%, 1)'),
  formula('称', null, '词 = "多"'),
  {
    kind: 'formula',
    name: '词',
    type: { kind: 'text', values: ['多', '少', '未满'] },
    expression: 'if 强度 >= 5% then "多" else (if 成立 < @"2024-02-29" then "少" else "未满")',
    cite: [],
  },
  formula('倍', null, '研发 / (收入 - 研发 * 20) > 1'),
  {
    kind: 'parameter',
    name: '期限',
    type: { kind: 'number', unit: '个月' },
    values: [
      { from: '2020-01-01', to: null, value: '36', cite: { source: '', certainty: 'example' } },
    ],
  },
  formula('初创', null, '成立 + 期限 > @"2026-11-28"'),
  formula('远', null, '成立 + 期限 * 2700 > 当日'),
  formula('今', null, '当日 - 成立 > 365 天'),
  formula('早', null, '成立 - 占比 * 100 * 1 个月 < @"2024-01-10"'),
  formula('迟', null, '成立 + 研发 / 1 万元 * 1 天 < @"2024-01-10"'),
  formula('三年内', null, '成立 + 3 年 >= @"2026-11-28"'),
  {
    kind: 'table',
    name: '档',
    hit: 'F',
    inputs: ['研发 / 收入', '成立'],
    outputs: [
      { name: '级', type: { kind: 'text', values: ['甲', '乙'] } },
      { name: '额', type: { kind: 'number', unit: '万元' } },
    ],
    rows: [
      { id: '1', when: ['>= 5%', '>= @"2024-02-29"'], gives: ['"甲"', '研发 * 30%'], cite: [] },
      { id: '2', when: ['[3%..5%)', '-'], gives: ['"乙"', '10 万元'], cite: [] },
    ],
    otherwise: null,
  },
]

test('property: what lies on a bound is decided by decimals, not by doubles', () => {
  const cents = fc.integer({ min: 0, max: 400 }).map((n) => (n / 100).toFixed(2))
  const subject = fc.record(
    {
      研发: cents,
      // Twenty times as much: exactly on the bound of five percent.
      收入: fc.oneof(
        cents,
        cents.map((text) => (Number(text) * 20).toFixed(2)),
      ),
      占比: cents,
      成立: fc.constantFrom('2023-11-28', '2023-11-27', '2024-02-29', '2024-02-28', '2026-01-31'),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(subject, { minLength: 1, maxLength: 50 }), (subjects) => {
      const onBound = subjects.map((one) =>
        '研发' in one ? { ...one, 收入: (Number(one.研发) * 20).toFixed(2) } : one,
      )
      for (const all of [subjects, onBound]) {
        agrees(
          money,
          [
            '够',
            '三年内',
            '档.级',
            '额够',
            '错期',
            '迟',
            '初创',
            '早',
            '今',
            '远',
            '限够',
            '整',
            '分',
            '角',
            '词',
            '称',
            '倍',
          ],
          all,
        )
      }
    }),
    { numRuns: 150 },
  )
})

test('working days are counted by the calendar that is given', () => {
  const set = link(
    setOf([fact('收件', 'date'), formula('逾期', null, '收件 + 5 工作日 < @"2026-01-10"')], '逾期'),
  )
  // Any day is a working day but those before 2026, of which nothing is known.
  const workdays = (date: string, days: number) =>
    date < '2026'
      ? Open.fault('没有 2025 年的日历')
      : `2026-01-${String(Number(date.slice(8)) + days).padStart(2, '0')}`
  const subjects = [{ 收件: '2026-01-04' }, { 收件: '2026-01-05' }, { 收件: '2025-12-31' }]
  const column = new Columnar(set, populationOf(set, subjects), ON, workdays).column('逾期')
  assert.deepEqual(
    subjects.map((_, nth) => valueAt(column, nth)),
    [true, false, undefined],
  )
})

test('an amount of three tenths of three reaches nine tenths', () => {
  agrees(money, ['额够'], [{ 研发: 3, 收入: 10, 占比: 1, 成立: '2026-01-31' }])
})

test('most are decided without being looked at one by one', () => {
  const subjects = Array.from({ length: 5_000 }, (_, nth) => ({
    研发: nth % 97,
    收入: 100 + (nth % 1_013),
    占比: nth % 60,
    成立: `20${String(10 + (nth % 16))}-0${1 + (nth % 9)}-15`,
  }))
  const exactly = agrees(money, ['够', '三年内', '档.级'], subjects)
  assert.ok(exactly < 500, `${exactly} of 15,000`)
})

test('a wrong fact in a population is named by its line and its name', () => {
  const set = link(setOf(money, '够'))
  const error = refusal(() => populationOf(set, [{ 研发: 1 }, { 研发: '一' }]))
  assert.deepEqual([error.code, error.place], ['fact', ['第 2 行', '研发']])
  const digits = refusal(() => populationOf(set, [{ 研发: '1234567890123.4567' }]))
  assert.equal(digits.code, 'fact')
})
