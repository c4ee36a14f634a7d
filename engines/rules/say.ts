// Values and conditions as people read them, with their units, in both languages.
import type { Comparison } from '#engines/feel/ast.ts'
import { Decimal } from '#engines/feel/values.ts'
import type { Text } from './definitions.ts'
import { type Expr, type Known, Open, type Rounding, type Type, type Value } from './types.ts'

const both = (text: string): Text => ({ zh: text, en: text })
const SIGNS: Record<Comparison, string> = {
  '=': '=',
  '!=': '≠',
  '<': '<',
  '<=': '≤',
  '>': '>',
  '>=': '≥',
}

const ROUNDED: Record<Rounding, Text> = {
  floor: { zh: '向下取整', en: 'rounded down' },
  ceiling: { zh: '向上取整', en: 'rounded up' },
  'round half up': { zh: '四舍五入', en: 'rounded' },
}

/** 2000000 as 2,000,000; decimals as they are. */
function grouped(value: Decimal): string {
  const [whole = '', fraction] = value.toFixed().split('.')
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? text : `${text}.${fraction}`
}

export function sayNumber(value: Decimal, unit: string): string {
  // A quotient may have no end: twelve digits say enough.
  const shown = value.toSignificantDigits(12)
  if (unit === '%') return `${grouped(shown.times(100))}%`
  return unit ? `${grouped(shown)} ${unit}` : grouped(shown)
}

export function sayKnown(value: Known, type: Type): Text {
  if (value instanceof Decimal) {
    return both(sayNumber(value, type.kind === 'number' ? type.unit.name : ''))
  }
  if (typeof value === 'boolean') return value ? { zh: '是', en: 'yes' } : { zh: '否', en: 'no' }
  if (typeof value === 'string') return both(value)
  const of = type.kind === 'list' ? type.of : type
  const parts = value.map((one) => sayKnown(one, of))
  return {
    zh: parts.map(({ zh }) => zh).join('、'),
    en: parts.map(({ en }) => en).join(', '),
  }
}

export function sayValue(value: Value, type: Type): Text {
  if (!(value instanceof Open)) return sayKnown(value, type)
  if (value.facts.size > 0) {
    const names = [...value.facts].join('、')
    return { zh: `还不知道：${names}`, en: `not known yet: ${names}` }
  }
  if (value.judgements.size > 0) {
    const names = [...value.judgements].join('、')
    return { zh: `待人判断：${names}`, en: `for a person to judge: ${names}` }
  }
  const why = [...value.faults].join('；')
  return { zh: `算不出：${why}`, en: `cannot be worked out: ${why}` }
}

const joined = (parts: readonly Text[], zh: string, en: string): Text => ({
  zh: parts.map((one) => one.zh).join(zh),
  en: parts.map((one) => one.en).join(en),
})

/** An expression as a phrase: 研发占比 ≥ 5% 且 从业人数 < 300 人. */
export function sayExpr(expr: Expr): Text {
  const inner = (one: Expr): Text => {
    const { zh, en } = sayExpr(one)
    const loose = ['all', 'any', 'if', 'arithmetic'].includes(one.kind)
    return loose ? { zh: `（${zh}）`, en: `(${en})` } : { zh, en }
  }
  switch (expr.kind) {
    case 'const':
      return sayKnown(expr.value, expr.type)
    case 'ref':
      return both(expr.name)
    case 'not': {
      const { zh, en } = inner(expr.of)
      return { zh: `非 ${zh}`, en: `not ${en}` }
    }
    case 'all':
      return joined(expr.of.map(inner), ' 且 ', ' and ')
    case 'any':
      return joined(expr.of.map(inner), ' 或 ', ' or ')
    case 'compare':
      return joined(
        [inner(expr.left), inner(expr.right)],
        ` ${SIGNS[expr.op]} `,
        ` ${SIGNS[expr.op]} `,
      )
    case 'arithmetic': {
      const sign = expr.op === '*' ? ' × ' : expr.op === '/' ? ' ÷ ' : ` ${expr.op} `
      return joined([inner(expr.left), inner(expr.right)], sign, sign)
    }
    case 'shift': {
      const sign = expr.factor.isNegative() ? ' − ' : ' + '
      return joined([inner(expr.date), inner(expr.amount)], sign, sign)
    }
    case 'days-between': {
      const [from, to] = [inner(expr.from), inner(expr.to)]
      return { zh: `${from.zh}至${to.zh}的天数`, en: `days from ${from.en} to ${to.en}` }
    }
    case 'round': {
      const { zh, en } = inner(expr.of)
      return { zh: `${zh} ${ROUNDED[expr.way].zh}`, en: `${en} ${ROUNDED[expr.way].en}` }
    }
    default: {
      const [test, yes, no] = [inner(expr.test), inner(expr.yes), inner(expr.no)]
      return {
        zh: `若 ${test.zh} 则 ${yes.zh}，否则 ${no.zh}`,
        en: `if ${test.en} then ${yes.en}, else ${no.en}`,
      }
    }
  }
}
