// Made-up companies over the cities of the province, the same for the same seed: to see what rules do.
import { daysOf } from '#engines/rules/dates.ts'
import type { TypeDefinition } from '#engines/rules/definitions.ts'
import { typeOf } from '#engines/rules/link.ts'
import { type Column, emptyColumn, NO_CODE, type Population } from '#engines/rules/population.ts'
import { Dice, inParts, sumsOf } from './dice.ts'
import { LADDER_FACTS, ladder, type Put } from './ladder.ts'

/** A city and how much of the economy is there. */
export interface City {
  name: string
  weight: number
}

export interface Making {
  seed: number
  size: number
  /** YYYY-MM-DD: nobody is founded later. */
  today: string
  cities: readonly City[]
}

const choice = (...values: string[]): TypeDefinition => ({ kind: 'text', values })
const number = (unit: string): TypeDefinition => ({ kind: 'number', unit })
const flag: TypeDefinition = { kind: 'boolean' }
const date: TypeDefinition = { kind: 'date' }

/** How much a sector holds of all companies, how many there work with AI, and how many of the others do research. */
const SECTORS: readonly [name: string, weight: number, ai: number, research: number][] = [
  ['软件和信息技术服务业', 14, 0.42, 0.4],
  ['工业', 22, 0.09, 0.2],
  ['批发业', 15, 0.01, 0.01],
  ['零售业', 10, 0.01, 0.01],
  ['租赁和商务服务业', 12, 0.05, 0.05],
  ['建筑业', 7, 0.01, 0.05],
  ['信息传输业', 3, 0.25, 0.25],
  ['交通运输业', 4, 0.03, 0.03],
  ['餐饮业', 4, 0.005, 0],
  ['住宿业', 1, 0.005, 0],
  ['仓储业', 1, 0.02, 0.02],
  ['邮政业', 1, 0.01, 0.02],
  ['农林牧渔业', 2, 0.01, 0.05],
  ['房地产开发经营', 2, 0.005, 0.005],
  ['物业管理', 2, 0.005, 0.01],
  ['其他未列明行业', 0, 0, 0],
]

/** What is known of each, by the names that rule sets use. */
export const SYNTHETIC_FACTS: Readonly<Record<string, TypeDefinition>> = {
  市: { kind: 'text', values: null },
  行业: choice(...SECTORS.map(([name]) => name)),
  主体类型: choice('企业', '个体工商户', '高校', '科研机构', '其他'),
  法律形式: choice(
    '自然人独资有限责任公司',
    '自然人一人股份有限公司',
    '个体工商户',
    '法人独资有限责任公司',
    '其他',
  ),
  成立日期: date,
  从业人员: number('人'),
  营业收入: number('万元'),
  资产总额: number('万元'),
  省内登记: flag,
  省内经营: flag,
  主营人工智能: flag,
  人工智能收入占比: number('%'),
  连续参保: number('个月'),
  近一年经营收入: number('元'),
  可核验成果: number('项'),
  严重失信主体: flag,
  本企业已享: flag,
  同一自然人已享家数: number('家'),
  同一自然人在先申请家数: number('家'),
  用于租用智能算力: flag,
  用于调用模型服务: flag,
  同一法定代表人或控制人: flag,
  股权关系: choice('已查明', '未查明'),
  持股比例: number('%'),
  发票已使用: flag,
  发票金额: number('元'),
  本年度已申领: number('元'),
  初创企业: flag,
  在深圳登记: flag,
  用于大模型训练: flag,
  用于购买语料: flag,
  购买语料: flag,
  经数据交易所: flag,
  关联关系: choice('有', '无', '不明'),
  合同金额: number('万元'),
  本年度已获资助: number('万元'),
  ...LADDER_FACTS,
}

/** What each company is made with. */
interface Maker {
  dice: Dice
  /** Contracts and the ladder draw from here: however many draws they take, the rest stays as it is. */
  later: Dice
  put: Put
  /** The day on which they are made, and the last of the year before it, as days since 1970. */
  today: number
  yearEnd: number
  cities: Float64Array
  sectors: Float64Array
  shenzhen: number
}

/** Three years, as the example vouchers of the province have it. */
const START_UP_DAYS = 3 * 365

/** One company, from the size of it to its last voucher. */
function company(maker: Maker): void {
  const { dice, put, today, yearEnd, cities, sectors } = maker
  const sector = dice.pick(sectors)
  const kind = dice.next()
  // Firms, individual businesses, universities, institutes, others: by their place in the list.
  const type = kind < 0.8 ? 0 : kind < 0.985 ? 1 : kind < 0.987 ? 2 : kind < 0.99 ? 3 : 4
  const sole = type === 0 && dice.happens(0.35)
  const scale = dice.size(type === 1 ? 0.3 : sole ? 0.4 : 1.3, 1.4)
  const workers = sole && dice.happens(0.4) ? 1 : Math.max(1, Math.round(scale))
  const revenue = inParts(workers * dice.size(1.5, 0.7))
  const age = Math.floor(dice.size(3, 0.9))
  const ai = dice.happens(SECTORS[sector]![2])
  const share = ai ? inParts(20 + dice.next() * 80, 10) : inParts(dice.next() * 10, 10)
  const rents = ai ? dice.happens(0.5) : dice.happens(0.02)
  const city = dice.pick(cities)
  put('市', city)
  put('行业', sector)
  put('主体类型', type)
  put('法律形式', type === 1 ? 2 : sole ? (dice.happens(0.9) ? 0 : 3) : 4)
  put('成立日期', today - age)
  put('从业人员', workers)
  put('营业收入', revenue)
  put('资产总额', inParts(revenue * dice.size(0, 0.5)))
  put('省内登记', true)
  put('省内经营', dice.happens(0.97))
  put('主营人工智能', ai && dice.happens(0.7))
  put('人工智能收入占比', inParts(share / 100, 1_000))
  put('连续参保', Math.floor(dice.next() * Math.min(60, age / 30)))
  put('近一年经营收入', Math.round(Math.min(1, age / 365) * revenue * 10_000))
  const results = ai ? Math.floor(dice.next() * 6) : 0
  const isListed = dice.happens(0.004)
  put('可核验成果', results)
  put('严重失信主体', isListed)
  put('本企业已享', dice.happens(0.01))
  put('同一自然人已享家数', sole && dice.happens(0.03) ? 1 : 0)
  put('同一自然人在先申请家数', sole && dice.happens(0.02) ? 1 : 0)
  const relation = invoices(maker, ai, rents)
  const isFirm = type === 0
  put('初创企业', isFirm && age < START_UP_DAYS)
  contracts(maker, { ai, rents, revenue, relation, city })
  const days = yearEnd - today + age
  const research = type === 2 || type === 3 ? 1 : isFirm ? SECTORS[sector]![3] : 0
  ladder(put, maker.later, { isFirm, isListed, days, workers, revenue, ai, results, research })
}

/** What it pays for, to whom, and with which vouchers; says how it is related to whom it pays. */
function invoices({ dice, put }: Maker, ai: boolean, rents: boolean): number {
  put('用于租用智能算力', rents)
  put('用于调用模型服务', ai ? dice.happens(0.8) : dice.happens(0.1))
  const isSame = dice.happens(0.01)
  const isFound = dice.happens(0.97)
  const held = dice.happens(0.9) ? 0 : inParts(dice.next(), 10_000)
  put('同一法定代表人或控制人', isSame)
  put('股权关系', isFound ? 0 : 1)
  put('持股比例', held)
  put('发票已使用', dice.happens(0.01))
  put('发票金额', Math.round(dice.size(4.6, 1)))
  put('本年度已申领', dice.happens(0.9) ? 0 : Math.round(dice.size(5, 1)))
  // Related, not related, not clear: by their place in the list.
  return isSame || (isFound && held >= 0.25) ? 0 : isFound ? 1 : 2
}

interface Contracting {
  ai: boolean
  rents: boolean
  revenue: number
  relation: number
  city: number
}

/** Compute for training and corpora, and what they cost: a part of what it earns. */
function contracts({ later, put, shenzhen }: Maker, company: Contracting): void {
  const { ai, rents, revenue, relation, city } = company
  const trains = rents && later.happens(ai ? 0.4 : 0.1)
  const buys = later.happens(ai ? 0.25 : 0.01)
  // Without a city nobody knows where it is registered.
  const isPlaced = city >= 0
  const isThere = isPlaced && city === shenzhen
  if (isPlaced) put('在深圳登记', isThere)
  put('用于大模型训练', trains)
  put('用于购买语料', buys)
  put('购买语料', buys)
  put('经数据交易所', buys && later.happens(0.5))
  put('关联关系', relation)
  put('合同金额', trains || buys ? inParts(revenue * later.size(-1, 0.6)) : 0)
  const isPaid = isThere && buys && later.happens(0.15)
  put('本年度已获资助', isPaid ? inParts(later.size(1.5, 0.5)) : 0)
}

/**
 * Companies that do not exist, as columns: a plausible spread of sizes, ages, sectors and cities, of
 * nobody's statistics: every share and figure here is made up. Each is drawn from the seed in its turn.
 */
export function syntheticCompanies({ seed, size, today, cities }: Making): Population {
  const columns = new Map<string, Column>(
    Object.entries(SYNTHETIC_FACTS).map(([name, type]) => [name, emptyColumn(typeOf(type), size)]),
  )
  const city = columns.get('市')!
  if (city.kind === 'text') city.dictionary.push(...cities.map(({ name }) => name))
  const dice = new Dice(seed)
  let nth = 0
  const maker: Maker = {
    dice,
    later: dice.apart(),
    put: (name, value) => {
      columns.get(name)!.values[nth] = Number(value)
    },
    today: daysOf(today),
    yearEnd: daysOf(`${today.slice(0, 4)}-01-01`) - 1,
    cities: sumsOf(cities.map(({ weight }) => weight)),
    sectors: sumsOf(SECTORS.map(([, weight]) => weight)),
    shenzhen: cities.findIndex(({ name }) => name === '深圳市'),
  }
  for (; nth < size; nth++) company(maker)
  return { size, columns }
}

/** A text that the type does not name is not known. */
function named(column: Column, type: TypeDefinition): Column {
  if (column.kind !== 'text' || type.kind !== 'text' || !type.values) return column
  const { dictionary } = column
  const codes = dictionary.map((text, code) => (type.values!.includes(text) ? code : NO_CODE))
  if (!codes.includes(NO_CODE)) return column
  return { ...column, values: column.values.map((code) => codes[code] ?? NO_CODE) }
}

/**
 * The columns of a population that a set reads, in the types that the set gives them; the others
 * would be misread, so that they are left out and count as not known.
 */
export function fitting(
  facts: readonly { name: string; type: TypeDefinition }[],
  people: Population,
  types: Readonly<Record<string, TypeDefinition>>,
): Population {
  const columns = new Map<string, Column>()
  for (const { name, type } of facts) {
    const [column, held] = [people.columns.get(name), types[name]]
    const same =
      held?.kind === type.kind &&
      (held.kind !== 'number' || type.kind !== 'number' || held.unit === type.unit)
    if (column && same) columns.set(name, named(column, type))
    else columns.set(name, emptyColumn(typeOf(type), people.size))
  }
  return { size: people.size, columns }
}
