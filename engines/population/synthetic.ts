// Made-up companies over the cities of the province, the same for the same seed: to see what rules do.
import { daysOf } from '#engines/rules/dates.ts'
import type { TypeDefinition } from '#engines/rules/definitions.ts'
import { typeOf } from '#engines/rules/link.ts'
import { type Column, emptyColumn, NO_CODE, type Population } from '#engines/rules/population.ts'
import { draw } from '#engines/scheduling/seed.ts'

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

/** How much a sector holds of all companies, and of those that work with AI. */
const SECTORS: readonly [name: string, weight: number, ai: number][] = [
  ['软件和信息技术服务业', 14, 0.42],
  ['工业', 22, 0.09],
  ['批发业', 15, 0.01],
  ['零售业', 10, 0.01],
  ['租赁和商务服务业', 12, 0.05],
  ['建筑业', 7, 0.01],
  ['信息传输业', 3, 0.25],
  ['交通运输业', 4, 0.03],
  ['餐饮业', 4, 0.005],
  ['住宿业', 1, 0.005],
  ['仓储业', 1, 0.02],
  ['邮政业', 1, 0.01],
  ['农林牧渔业', 2, 0.01],
  ['房地产开发经营', 2, 0.005],
  ['物业管理', 2, 0.005],
  ['其他未列明行业', 0, 0],
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
}

class Dice {
  private state: number
  constructor(seed: number) {
    this.state = seed
  }

  /** In [0, 1). */
  next(): number {
    const { value, state } = draw(this.state)
    this.state = state
    return value
  }

  happens(share: number): boolean {
    return this.next() < share
  }

  /** Most are small, a few very large: 10 to the power of a bell around `middle`. */
  size(middle: number, spread: number): number {
    const bell = this.next() + this.next() + this.next() - 1.5
    return 10 ** (middle + spread * bell)
  }

  pick(sums: Float64Array): number {
    const at = this.next() * sums[sums.length - 1]!
    return sums.findIndex((sum) => at < sum)
  }
}

function sumsOf(weights: readonly number[]): Float64Array {
  let sum = 0
  return Float64Array.from(weights, (weight) => {
    sum += weight
    return sum
  })
}

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals))

/**
 * Companies that do not exist, as columns: a plausible spread of sizes, ages, sectors and cities, of
 * nobody's statistics. Each is drawn from the seed in its turn.
 */
export function syntheticCompanies({ seed, size, today, cities }: Making): Population {
  const columns = new Map<string, Column>(
    Object.entries(SYNTHETIC_FACTS).map(([name, type]) => [name, emptyColumn(typeOf(type), size)]),
  )
  const of = (name: string) => columns.get(name)!
  const city = of('市')
  if (city.kind === 'text') city.dictionary.push(...cities.map(({ name }) => name))
  const dice = new Dice(seed)
  const citySums = sumsOf(cities.map(({ weight }) => weight))
  const sectorSums = sumsOf(SECTORS.map(([, weight]) => weight))
  const last = daysOf(today)
  const put = (name: string, nth: number, value: number | boolean) => {
    of(name).values[nth] = Number(value)
  }
  for (let nth = 0; nth < size; nth++) {
    const sector = dice.pick(sectorSums)
    const kind = dice.next()
    // Firms, individual businesses, universities, institutes, others: by their place in the list.
    const type = kind < 0.8 ? 0 : kind < 0.985 ? 1 : kind < 0.987 ? 2 : kind < 0.99 ? 3 : 4
    const sole = type === 0 && dice.happens(0.35)
    const scale = dice.size(type === 1 ? 0.3 : sole ? 0.4 : 1.3, 1.4)
    const workers = sole && dice.happens(0.4) ? 1 : Math.max(1, Math.round(scale))
    const revenue = rounded(workers * dice.size(1.5, 0.7), 2)
    const age = Math.floor(dice.size(3, 0.9))
    const ai = dice.happens(SECTORS[sector]![2])
    const share = ai ? rounded(20 + dice.next() * 80, 1) : rounded(dice.next() * 10, 1)
    const rents = ai ? dice.happens(0.5) : dice.happens(0.02)
    put('市', nth, dice.pick(citySums))
    put('行业', nth, sector)
    put('主体类型', nth, type)
    put('法律形式', nth, type === 1 ? 2 : sole ? (dice.happens(0.9) ? 0 : 3) : 4)
    put('成立日期', nth, last - age)
    put('从业人员', nth, workers)
    put('营业收入', nth, revenue)
    put('资产总额', nth, rounded(revenue * dice.size(0, 0.5), 2))
    put('省内登记', nth, true)
    put('省内经营', nth, dice.happens(0.97))
    put('主营人工智能', nth, ai && dice.happens(0.7))
    put('人工智能收入占比', nth, rounded(share / 100, 3))
    put('连续参保', nth, Math.floor(dice.next() * Math.min(60, age / 30)))
    put('近一年经营收入', nth, Math.round(Math.min(1, age / 365) * revenue * 10_000))
    put('可核验成果', nth, ai ? Math.floor(dice.next() * 6) : 0)
    put('严重失信主体', nth, dice.happens(0.004))
    put('本企业已享', nth, dice.happens(0.01))
    put('同一自然人已享家数', nth, sole && dice.happens(0.03) ? 1 : 0)
    put('同一自然人在先申请家数', nth, sole && dice.happens(0.02) ? 1 : 0)
    put('用于租用智能算力', nth, rents)
    put('用于调用模型服务', nth, ai ? dice.happens(0.8) : dice.happens(0.1))
    put('同一法定代表人或控制人', nth, dice.happens(0.01))
    put('股权关系', nth, dice.happens(0.97) ? 0 : 1)
    put('持股比例', nth, dice.happens(0.9) ? 0 : rounded(dice.next(), 4))
    put('发票已使用', nth, dice.happens(0.01))
    put('发票金额', nth, Math.round(dice.size(4.6, 1)))
    put('本年度已申领', nth, dice.happens(0.9) ? 0 : Math.round(dice.size(5, 1)))
  }
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
