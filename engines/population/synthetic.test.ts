// Made-up companies: the same for the same seed, every value in its type, spread as the weights say.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Columnar } from '#engines/rules/columnar.ts'
import { daysOf } from '#engines/rules/dates.ts'
import type { TypeDefinition } from '#engines/rules/definitions.ts'
import { link } from '#engines/rules/link.ts'
import {
  type Column,
  NO_CODE,
  NO_FLAG,
  type Population,
  valueAt,
} from '#engines/rules/population.ts'
import { parseRuleSet } from '#law/schema.ts'
import { makePeople, peopleFor } from './people.ts'
import { type City, fitting, SYNTHETIC_FACTS, syntheticCompanies } from './synthetic.ts'

const cities: City[] = [
  { name: '广州市', weight: 24 },
  { name: '深圳市', weight: 30 },
  { name: '东莞市', weight: 12 },
  { name: '云浮市', weight: 1 },
]
const today = '2026-11-28'
const make = (size: number, seed = 34) => syntheticCompanies({ seed, size, today, cities })

/** FNV-1a over every byte of every column, and over what texts stand for. */
function hashOf({ columns }: Population): string {
  let hash = 0x811c9dc5
  const add = (bytes: Iterable<number>) => {
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  }
  for (const [name, column] of columns) {
    const { buffer, byteOffset, byteLength } = column.values
    const texts = column.kind === 'text' ? column.dictionary : []
    add(new TextEncoder().encode([name, column.kind, ...texts].join()))
    add(new Uint8Array(buffer, byteOffset, byteLength))
  }
  return hash.toString(16)
}

const numbers = (column: Column | undefined): number[] => {
  assert.ok(column)
  return Array.from(column.values)
}

test('the same recipe makes the same columns; another seed, day or city makes others', () => {
  const first = hashOf(make(2_000))
  assert.equal(hashOf(make(2_000)), first)
  assert.notEqual(hashOf(make(2_000, 35)), first)
  const making = { seed: 34, size: 2_000, today, cities }
  assert.notEqual(hashOf(syntheticCompanies({ ...making, today: '2026-11-29' })), first)
  assert.notEqual(hashOf(syntheticCompanies({ ...making, cities: cities.slice(1) })), first)
})

test('fewer of a seed are the first of more', () => {
  const [few, many] = [make(300), make(900)]
  for (const [name, { values }] of few.columns) {
    assert.deepEqual(numbers(many.columns.get(name)).slice(0, 300), Array.from(values), name)
  }
})

/** Of all figures only these fall below nothing. */
const FALLING = ['营收复合增长率']

/** Whether a value may stand for such a fact. */
function fits(name: string, type: TypeDefinition, column: Column, nth: number): boolean {
  const raw = column.values[nth]!
  const value = valueAt(column, nth)
  if (type.kind === 'boolean') return column.kind === 'boolean' && (raw === 0 || raw === 1)
  if (type.kind === 'text') {
    if (column.kind !== 'text' || raw === NO_CODE || typeof value !== 'string') return false
    return type.values === null
      ? cities.some(({ name }) => name === value)
      : type.values.includes(value)
  }
  if (type.kind === 'date') return column.kind === 'date' && Number.isInteger(raw)
  // Beyond 15 digits a double no longer tells two decimals apart.
  const digits = String(raw).replace(/^-?(0\.0*)?|\./g, '').length
  const least = FALLING.includes(name) ? -1 : 0
  return column.kind === 'number' && Number.isFinite(raw) && raw >= least && digits <= 15
}

test('every fact is known of everybody, and fits its type', () => {
  const { size, columns } = make(5_000)
  assert.deepEqual([...columns.keys()], Object.keys(SYNTHETIC_FACTS))
  for (const [name, type] of Object.entries(SYNTHETIC_FACTS)) {
    const column = columns.get(name)!
    assert.equal(column.values.length, size)
    for (let nth = 0; nth < size; nth++) {
      assert.ok(fits(name, type, column, nth), `${name}: ${column.values[nth]}`)
    }
  }
})

test('nobody is founded later than today, a share is at most all, what is counted is whole', () => {
  const { columns } = make(5_000)
  const last = daysOf(today)
  assert.ok(numbers(columns.get('成立日期')).every((day) => day <= last))
  for (const name of ['人工智能收入占比', '持股比例', '研发人员占比', '市场占有率', '资产负债率']) {
    assert.ok(
      numbers(columns.get(name)).every((share) => share <= 1),
      name,
    )
  }
  const counts = '从业人员 可核验成果 连续参保 同一自然人已享家数 一类知识产权 细分市场年限'
  for (const name of counts.split(' ')) {
    assert.ok(numbers(columns.get(name)).every(Number.isInteger), name)
  }
  assert.ok(numbers(columns.get('从业人员')).every((workers) => workers >= 1))
})

test('what is known of one does not contradict itself', () => {
  const { size, columns } = make(5_000)
  const at = (name: string, nth: number) => valueAt(columns.get(name)!, nth)
  for (let nth = 0; nth < size; nth++) {
    const individual = at('主体类型', nth) === '个体工商户'
    assert.equal(at('法律形式', nth) === '个体工商户', individual)
    if (at('主体类型', nth) !== '企业' && !individual) assert.equal(at('法律形式', nth), '其他')
    const age = daysOf(today) - Number(columns.get('成立日期')!.values[nth])
    assert.ok(
      columns.get('连续参保')!.values[nth]! * 30 <= age,
      'nobody is insured before it began',
    )
    const [year, revenue] = ['近一年经营收入', '营业收入'].map(
      (name) => columns.get(name)!.values[nth]!,
    )
    assert.ok(year! <= Math.round(revenue! * 10_000))
  }
})

test('the books, rights and titles of one go with each other', () => {
  const { size, columns } = make(20_000)
  const text = (name: string, nth: number) => valueAt(columns.get(name)!, nth)
  const newYear = daysOf(`${today.slice(0, 4)}-01-01`)
  for (let nth = 0; nth < size; nth++) {
    const at = (name: string) => columns.get(name)!.values[nth]!
    for (const year of ['上年', '前年']) {
      const revenue = at(`${year}营业收入`)
      assert.ok(at(`${year}主营业务收入`) <= revenue, `${nth}: ${year}主营业务收入`)
      assert.ok(at(`${year}研发费用`) <= revenue, `${nth}: ${year}研发费用`)
    }
    const days = newYear - at('成立日期')
    if (days > 366) assert.equal(at('上年营业收入'), at('营业收入'))
    if (days <= 0) assert.equal(at('上年营业收入'), 0)
    if (days <= 365) assert.equal(at('前年营业收入'), 0)
    assert.ok(at('细分市场年限') * 365 <= Math.max(0, days))
    assert.ok(at('近两年股权融资') <= at('近三年股权融资'))
    const isFirstClass = String(text('最佳知识产权', nth)).endsWith('一类')
    assert.equal(at('一类知识产权') > 0, isFirstClass)
    assert.ok(at('发展评价得分') <= 100)
    if (at('严重失信主体')) assert.equal(at('合规经营'), 0)
    if (text('现有称号', nth) === '无') continue
    assert.equal(text('主体类型', nth), '企业')
    assert.equal(at('合规经营'), 1)
    assert.ok(at('上年研发费用') > 0)
  }
})

test('where one is registered, how young it is and what it buys go with the rest', () => {
  const { size, columns } = make(20_000)
  const text = (name: string, nth: number) => valueAt(columns.get(name)!, nth)
  for (let nth = 0; nth < size; nth++) {
    const at = (name: string) => columns.get(name)!.values[nth]!
    assert.equal(at('在深圳登记') === 1, text('市', nth) === '深圳市')
    const age = daysOf(today) - at('成立日期')
    assert.equal(at('初创企业') === 1, text('主体类型', nth) === '企业' && age < 3 * 365)
    assert.equal(at('购买语料'), at('用于购买语料'))
    if (at('经数据交易所') || at('本年度已获资助')) assert.equal(at('购买语料'), 1)
    if (at('用于大模型训练')) assert.equal(at('用于租用智能算力'), 1)
    const isBuying = at('购买语料') === 1 || at('用于大模型训练') === 1
    assert.equal(at('合同金额') > 0, isBuying)
    if (at('同一法定代表人或控制人')) assert.equal(text('关联关系', nth), '有')
    else assert.equal(text('关联关系', nth) === '不明', text('股权关系', nth) === '未查明')
  }
})

const folder = join(import.meta.dirname, '../../law/rules')
const law = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.cases.yaml'))
  .map((name) => parseRuleSet(readFileSync(join(folder, name), 'utf8'), name))
const sizes = law.find(({ id }) => id === 'sme-size')!
const everybody = makePeople({ seed: 34, size: 20_000, today, cities, sizes })

for (const definition of law) {
  const { benefit, id, nodes } = definition
  if (!benefit) continue

  test(`${id}: every fact is known of somebody, in the type and with the values of the set`, () => {
    const facts = nodes.flatMap((node) => (node.kind === 'fact' ? [node] : []))
    const { columns } = fitting(facts, everybody.population, everybody.types)
    for (const { name, type } of facts) {
      const column = columns.get(name)!
      const unknown = column.kind === 'text' ? NO_CODE : column.kind === 'boolean' ? NO_FLAG : NaN
      const known = column.values.some((value: number) => !Object.is(value, unknown))
      assert.ok(known, `${name}: no column of this name and type in engines/population`)
      const held = everybody.types[name]!
      if (type.kind !== 'text' || held.kind !== 'text') continue
      for (const value of type.values ?? []) {
        assert.ok(held.values === null || held.values.includes(value), `${name}: ${value}`)
      }
    }
  })

  test(`${id}: some are entitled, some are not, and of most it is known`, () => {
    const people = peopleFor(definition, everybody)
    const { values } = new Columnar(link(definition), people, today).column(benefit.entitled)
    const counts = [0, 0, 0]
    for (const one of values) counts[one]!++
    const [not, entitled, open] = counts as [number, number, number]
    assert.ok(entitled > 0, 'nobody is entitled')
    assert.ok(not > 0, 'nobody is refused')
    assert.ok(open < values.length / 2, `of ${open} it is not known`)
  })
}

test('cities and sectors hold about the shares that their weights say', () => {
  const { size, columns } = make(50_000)
  const shares = (name: string) => {
    const column = columns.get(name)!
    assert.equal(column.kind, 'text')
    const { dictionary } = column as Extract<Column, { kind: 'text' }>
    const counts = dictionary.map(() => 0)
    for (const code of column.values) counts[code]!++
    return new Map(dictionary.map((text, nth) => [text, counts[nth]! / size]))
  }
  const whole = cities.reduce((sum, { weight }) => sum + weight, 0)
  for (const { name, weight } of cities) {
    assert.ok(Math.abs(shares('市').get(name)! - weight / whole) < 0.01, name)
  }
  const sectors = shares('行业')
  assert.ok(Math.abs(sectors.get('工业')! - 0.22) < 0.02)
  assert.equal(sectors.get('其他未列明行业'), 0)
  const kinds = shares('主体类型')
  assert.ok(Math.abs(kinds.get('企业')! - 0.8) < 0.01)
  for (const one of ['高校', '科研机构', '其他']) assert.ok(kinds.get(one)! > 0, one)
})

test('a city of no weight is nobody’s, and without cities nobody has one', () => {
  const making = { seed: 1, size: 500, today }
  const none = syntheticCompanies({ ...making, cities: [{ name: '甲', weight: 0 }, ...cities] })
  assert.ok(numbers(none.columns.get('市')).every((code) => code > 0 && code <= cities.length))
  const nowhere = syntheticCompanies({ ...making, cities: [] })
  assert.equal(valueAt(nowhere.columns.get('市')!, 0), undefined)
  assert.equal(valueAt(nowhere.columns.get('在深圳登记')!, 0), undefined)
})

test('two hundred thousand are made while one waits', () => {
  const began = performance.now()
  const { size } = make(200_000)
  assert.equal(size, 200_000)
  // A few seconds; far more would be another way of making them.
  assert.ok(performance.now() - began < 30_000)
})

test('a set reads the columns of its facts in its own types; what is held otherwise is not known', () => {
  const people = make(50)
  const fit = (name: string, type: TypeDefinition) =>
    fitting([{ name, type }], people, SYNTHETIC_FACTS).columns.get(name)!
  const held = (name: string, type: TypeDefinition) => fit(name, type) === people.columns.get(name)
  assert.ok(held('发票金额', { kind: 'number', unit: '元' }))
  assert.ok(held('严重失信主体', { kind: 'boolean' }))
  assert.ok(held('成立日期', { kind: 'date' }))
  assert.ok(held('市', { kind: 'text', values: null }))
  const empty = (name: string, type: TypeDefinition) => {
    const column = fit(name, type)
    assert.equal(column.kind, type.kind)
    assert.equal(column.values.length, 50)
    for (let nth = 0; nth < 50; nth++) assert.equal(valueAt(column, nth), undefined)
  }
  empty('发票金额', { kind: 'number', unit: '万元' })
  empty('人工智能收入占比', { kind: 'number', unit: '' })
  empty('严重失信主体', { kind: 'text', values: ['是', '否'] })
  empty('没有这一项', { kind: 'boolean' })
  const two = fitting(
    [{ name: '市', type: { kind: 'text', values: null } }],
    people,
    SYNTHETIC_FACTS,
  )
  assert.deepEqual([...two.columns.keys()], ['市'])
})

test('a text that the set does not name is not known to it', () => {
  const people = make(500)
  const type: TypeDefinition = { kind: 'text', values: ['企业', '个体工商户'] }
  const { columns } = fitting([{ name: '主体类型', type }], people, SYNTHETIC_FACTS)
  const texts = new Set(
    Array.from({ length: 500 }, (_, nth) => valueAt(columns.get('主体类型')!, nth)),
  )
  for (const text of texts) assert.ok(text === undefined || type.values!.includes(String(text)))
})
