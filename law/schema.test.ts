// The parsers refuse what is wrong and say where; values and standing change on their day.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  dateInChina,
  isInForce,
  parseCalendar,
  parseChapter,
  parseParameters,
  parseRegulation,
  valueOn,
} from './schema.ts'

const dated = (unit: string, values: readonly string[]) => `
title: { zh: 例, en: Example }
parameters:
  - id: voucher.test.ratio
    title: { zh: 例, en: Example }
    unit: ${unit}
    values:
${values.map((value) => `      - { source: 来源, certainty: secondary, note: 注, ${value} }`).join('\n')}
`
const refused = (yaml: string, why: RegExp) =>
  assert.throws(() => parseParameters(yaml, 'example.yaml'), why)

test('a value holds from its first day up to, and not on, its last', () => {
  const values = [
    'from: "2025-01-01", to: "2026-01-01", value: 3000',
    'from: "2026-01-01", to: null, value: 5000',
  ]
  const [ratio] = parseParameters(dated('bp', values), 'example.yaml').parameters
  assert.equal(valueOn(ratio!, '2024-12-31'), null)
  assert.equal(valueOn(ratio!, '2025-01-01')!.value, 3000)
  assert.equal(valueOn(ratio!, '2025-12-31')!.value, 3000)
  assert.equal(valueOn(ratio!, '2026-01-01')!.value, 5000)
  assert.equal(valueOn(ratio!, '2099-01-01')!.value, 5000)
})

test('values that overlap, end early or follow an open end are refused', () => {
  refused(
    dated('bp', [
      'from: "2025-01-01", to: "2026-01-02", value: 1',
      'from: "2026-01-01", to: null, value: 2',
    ]),
    /voucher\.test\.ratio: 2025-01-01 and 2026-01-01 overlap/,
  )
  refused(
    dated('bp', [
      'from: "2025-01-01", to: null, value: 1',
      'from: "2026-01-01", to: null, value: 2',
    ]),
    /overlap/,
  )
  refused(dated('bp', ['from: "2025-01-01", to: "2025-01-01", value: 1']), /ends before it begins/)
})

test('money is a whole decimal string, a ratio at most 10000, nothing negative or fractional', () => {
  const one = (unit: string, amount: string) =>
    dated(unit, [`from: "2025-01-01", to: null, value: ${amount}`])
  assert.ok(parseParameters(one('CNY', '"500"'), 'example.yaml'))
  refused(one('CNY', '500'), /CNY is a string/)
  for (const amount of ['"5.5"', '"-5"', '"05"', '""', '"5万"'])
    refused(one('CNY', amount), /value/)
  refused(one('bp', '10001'), /at most 10000/)
  refused(one('bp', '"100"'), /all else a number/)
  refused(one('day', '1.5'), /value/)
  refused(one('day', '-1'), /value/)
  refused(one('furlong', '1'), /unit/)
})

test('a value needs a source, a note and an honest certainty', () => {
  const whole = 'from: "2025-01-01", to: null, value: 1'
  refused(dated('day', [whole]).replace('source: 来源, ', ''), /source/)
  refused(dated('day', [whole]).replace('note: 注, ', ''), /note/)
  refused(dated('day', [whole]).replace('secondary', 'sure'), /certainty/)
  refused(dated('day', [whole]).replace('secondary', 'example'), /示例值/)
  refused(dated('day', [whole]).replace('source: 来源', 'source: 示例值（非官方）'), /示例值/)
  refused(dated('day', [whole.replace('2025-01-01', '2025-02-30')]), /from/)
})

test('an unknown or repeated field is refused, and the document is named', () => {
  const whole = dated('day', ['from: "2025-01-01", to: null, value: 1'])
  refused(`${whole}extra: 1\n`, /^Error: example\.yaml: .*extra/s)
  refused(`${whole}title: { zh: 又, en: Again }\n`, /unique/)
})

const chapterOf = (ids: readonly [string, number][]) => `
chapter: 1
title: { zh: 章, en: Chapter }
articles:
  - article: 3
    title: { zh: 条, en: Article }
    paragraphs:
      - paragraph: 1
        duties:
${ids
  .map(
    ([id, sentence]) =>
      `          - { id: ${id}, sentence: ${sentence}, modality: 应当, who: [], zh: 做, en: Do }`,
  )
  .join('\n')}
`

test('duties are numbered by article, paragraph and place, and no sentence is skipped', () => {
  const read = (ids: readonly [string, number][]) => parseChapter(chapterOf(ids), 'chapter.yaml')
  assert.equal(
    read([
      ['3.1.1', 1],
      ['3.1.2', 2],
    ]).articles[0]!.paragraphs[0]!.duties.length,
    2,
  )
  assert.throws(() => read([['3.1.2', 1]]), /duty 3\.1\.2 should be 3\.1\.1/)
  assert.throws(
    () =>
      read([
        ['3.1.1', 1],
        ['3.1.1', 1],
      ]),
    /duty 3\.1\.1 should be 3\.1\.2/,
  )
  assert.throws(() => read([['4.1.1', 1]]), /should be 3\.1\.1/)
  assert.throws(() => read([['3.1.1', 2]]), /skips a sentence/)
  assert.throws(
    () =>
      read([
        ['3.1.1', 1],
        ['3.1.2', 3],
      ]),
    /3\.1\.2 skips a sentence/,
  )
  const misspelt = chapterOf([['3.1.1', 1]]).replace('应当', '应该')
  assert.throws(() => parseChapter(misspelt, 'chapter.yaml'), /modality/)
})

test('a calendar refuses a weekday as make-up day, another year, and a day both off and worked', () => {
  const calendar = (workday: string, through = '2026-01-03') => `
year: 2026
source: 通知
certainty: secondary
holidays:
  - { name: { zh: 元旦, en: New Year }, from: '2026-01-01', through: '${through}' }
workdays: ['${workday}']
`
  const read = (yaml: string) => parseCalendar(yaml, 'calendar.yaml')
  assert.equal(read(calendar('2026-01-04')).workdays.length, 1)
  assert.throws(() => read(calendar('2026-01-05')), /no weekend/)
  assert.throws(() => read(calendar('2026-01-03')), /is a holiday too/)
  assert.throws(() => read(calendar('2027-01-03')), /not in 2026/)
  assert.throws(() => read(calendar('2026-01-04', '2025-12-31')), /out of order/)
})

test('the date is that of Guangdong', () => {
  assert.equal(dateInChina(new Date('2026-11-22T15:59:59.999Z')), '2026-11-22')
  assert.equal(dateInChina(new Date('2026-11-22T16:00:00Z')), '2026-11-23')
})

test('a draft is never in force; once passed it is from 00:00 of its day', () => {
  const draft = { status: 'draft', inForce: '2026-01-01' } as const
  const passed = { status: 'passed', inForce: '2027-01-01' } as const
  assert.equal(isInForce(draft, '2026-11-23'), false)
  assert.equal(isInForce({ status: 'passed', inForce: null }, '2026-11-23'), false)
  assert.equal(isInForce(passed, dateInChina(new Date('2026-12-31T15:59:59Z'))), false)
  assert.equal(isInForce(passed, dateInChina(new Date('2026-12-31T16:00:00Z'))), true)
})

test('a regulation whose standing is misspelt is refused', () => {
  assert.throws(() => parseRegulation('name: { zh: 例, en: X }\nstatus: maybe', 'r.yaml'), /status/)
})
