// Units of the law: what is counted, and in which size; money is never compared with people.
import { Decimal } from '#engines/feel/values.ts'

/** Exponents of what is counted: {元: 1, 人: -1} is yuan per person. */
export type Dimension = Readonly<Record<string, number>>

export interface Unit {
  dimension: Dimension
  /** One of it in the base unit of its dimension. */
  scale: Decimal
  /** As it is written. */
  name: string
}

const unit = (name: string, base: string | null, scale: number | string = 1): [string, Unit] => [
  name,
  { name, dimension: base === null ? {} : { [base]: 1 }, scale: new Decimal(scale) },
]

/** Days, working days and months are three different things: none becomes another. */
const UNITS: ReadonlyMap<string, Unit> = new Map([
  unit('%', null, '0.01'),
  unit('元', '元'),
  unit('万元', '元', 10_000),
  unit('亿元', '元', 100_000_000),
  unit('人', '人'),
  unit('万人', '人', 10_000),
  unit('家', '家'),
  unit('个', '个'),
  unit('项', '项'),
  unit('次', '次'),
  unit('条', '条'),
  unit('天', '天'),
  unit('工作日', '工作日'),
  unit('个月', '月'),
  unit('年', '月', 12),
  unit('小时', '小时'),
  unit('卡时', '卡时'),
  unit('千瓦时', '千瓦时'),
  unit('平方米', '平方米'),
  unit('亩', '平方米', '666.6666666666666666666666666666667'),
])

export const unitNames: ReadonlySet<string> = new Set(UNITS.keys())

/** A number of nothing in particular, such as a ratio. */
export const PLAIN: Unit = { name: '', dimension: {}, scale: new Decimal(1) }

/** The same, written in hundredths. */
export const PERCENT: Unit = { name: '%', dimension: {}, scale: new Decimal(1) }

/** A unit by its name, or undefined. */
export const unitOf = (name: string): Unit | undefined => (name === '' ? PLAIN : UNITS.get(name))

export function sameDimension(a: Unit, b: Unit): boolean {
  const names = new Set([...Object.keys(a.dimension), ...Object.keys(b.dimension)])
  return [...names].every((name) => (a.dimension[name] ?? 0) === (b.dimension[name] ?? 0))
}

export const isPlain = ({ dimension }: Unit): boolean => Object.keys(dimension).length === 0

/** What a product (sign 1) or quotient (-1) of two amounts is counted in. */
export function combined(a: Unit, b: Unit, sign: 1 | -1): Unit {
  const dimension: Record<string, number> = { ...a.dimension }
  for (const [name, exponent] of Object.entries(b.dimension)) {
    const sum = (dimension[name] ?? 0) + sign * exponent
    if (sum === 0) delete dimension[name]
    else dimension[name] = sum
  }
  const scale = sign === 1 ? a.scale.times(b.scale) : a.scale.div(b.scale)
  return { dimension, scale, name: nameOf(dimension, scale) }
}

/** The name of a known unit of this dimension and size, or one made of its parts. */
function nameOf(dimension: Dimension, scale: Decimal): string {
  const made = { dimension, scale, name: '' }
  for (const known of UNITS.values()) {
    if (sameDimension(known, made) && known.scale.eq(scale)) return known.name
  }
  const parts = Object.entries(dimension).map(([name, exponent]) => {
    return exponent === 1 ? name : `${name}^${exponent}`
  })
  return scale.eq(1) ? parts.join('·') : `${scale}·${parts.join('·')}`
}
