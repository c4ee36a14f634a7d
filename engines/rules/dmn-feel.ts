// Checked expressions as plain FEEL 1.5, which has no units: every amount in the base unit of its kind.
import { Decimal } from '#engines/feel/values.ts'
import { holds } from './evaluate.ts'
import type { Expr, Known, Type } from './types.ts'
import { isPlain } from './units.ts'

/** How tightly the parts of a text hold together, the loosest first. */
const CHOICE = 0
const OR = 1
const AND = 2
const COMPARED = 3
const SUM = 4
const PRODUCT = 5
const WHOLE = 6

interface Written {
  text: string
  strength: number
}

export const quoted = (text: string): string => JSON.stringify(text)

/** One of the type's unit in base units: 10000 for 万元. */
export const sizeOf = (type: Type): Decimal =>
  type.kind === 'number' ? type.unit.scale : new Decimal(1)

/** A known value as FEEL writes it. */
export function literal(value: Known, type: Type): string {
  if (value instanceof Decimal) return value.times(sizeOf(type)).toFixed()
  if (typeof value !== 'string') return String(value)
  return type.kind === 'date' ? `date(${quoted(value)})` : quoted(value)
}

const whole = (text: string): Written => ({ text, strength: WHOLE })
const isZero = (expr: Expr): boolean =>
  expr.kind === 'const' && expr.value instanceof Decimal && expr.value.isZero()

/**
 * Writes expressions for one model.
 *
 * What the law knows comes to the same in FEEL. What is open does not always: FEEL has null only, and
 * holds `null = 5` to be false where the law would say what is missing.
 */
export class FeelWriter {
  private readonly nameOf: (law: string) => string
  /** Called for the name of the list of working days, where one is needed. */
  private readonly calendar: () => string
  private readonly isNeverNegative: (law: string) => boolean

  constructor(
    nameOf: (law: string) => string,
    calendar: () => string,
    isNeverNegative: (law: string) => boolean,
  ) {
    this.nameOf = nameOf
    this.calendar = calendar
    this.isNeverNegative = isNeverNegative
  }

  expression(expr: Expr): string {
    return this.written(expr).text
  }

  private at(expr: Expr, least: number): string {
    const { text, strength } = this.written(expr)
    return strength < least ? `(${text})` : text
  }

  private written(expr: Expr): Written {
    switch (expr.kind) {
      case 'const': {
        const text = literal(expr.value, expr.type)
        return text.startsWith('-') ? { text, strength: SUM } : whole(text)
      }
      case 'ref':
        return whole(this.nameOf(expr.name))
      case 'not':
        return whole(`not(${this.expression(expr.of)})`)
      case 'all':
        return { text: expr.of.map((one) => this.at(one, COMPARED)).join(' and '), strength: AND }
      case 'any':
        return { text: expr.of.map((one) => this.at(one, AND)).join(' or '), strength: OR }
      case 'compare': {
        const { op, left, right } = expr
        return { text: `${this.at(left, SUM)} ${op} ${this.at(right, SUM)}`, strength: COMPARED }
      }
      case 'arithmetic':
        return this.arithmetic(expr)
      case 'round':
        return this.rounded(expr)
      case 'shift':
        return expr.by === 'workdays' ? this.workdays(expr) : this.shifted(expr)
      case 'days-between': {
        const days = `(${this.at(expr.to, SUM)} - ${this.at(expr.from, PRODUCT)})`
        return { text: `${days} / duration("P1D")`, strength: PRODUCT }
      }
      default:
        return this.chosen(expr)
    }
  }

  private arithmetic({ op, left, right }: Extract<Expr, { kind: 'arithmetic' }>): Written {
    // 万元 by 元 is ten thousand: in base units that is so already.
    const { type } = left
    const sized = type.kind === 'number' && isPlain(type.unit) && !type.unit.scale.eq(1)
    if (sized && left.kind === 'arithmetic') return this.written(left)
    if (op === '-' && isZero(left)) return { text: `-${this.at(right, WHOLE)}`, strength: SUM }
    const strength = op === '+' || op === '-' ? SUM : PRODUCT
    const [a, b] = [this.at(left, strength), this.at(right, strength + 1)]
    return { text: `${a} ${op} ${b}`, strength }
  }

  /** To decimals of its own unit, whatever unit it is written in. */
  private rounded({ way, of, scale }: Extract<Expr, { kind: 'round' }>): Written {
    const size = sizeOf(of.type)
    const decimals = scale > 0 || way === 'round half up' ? `, ${scale}` : ''
    if (size.eq(1)) return whole(`${way}(${this.expression(of)}${decimals})`)
    const own = `${this.at(of, PRODUCT)} / ${size.toFixed()}`
    return { text: `${way}(${own}${decimals}) * ${size.toFixed()}`, strength: PRODUCT }
  }

  private shifted({ by, date, amount, factor }: Extract<Expr, { kind: 'shift' }>): Written {
    const sign = factor.isNegative() ? '-' : '+'
    const span = by === 'days' ? 'D' : 'M'
    return { text: `${this.at(date, SUM)} ${sign} ${this.duration(amount, span)}`, strength: SUM }
  }

  /** Not as a multiple of one day: not every engine multiplies durations. */
  private duration(amount: Expr, span: 'D' | 'M'): string {
    const size = sizeOf(amount.type)
    const count = amount.kind === 'const' ? (amount.value as Decimal).times(size) : null
    if (count) return `duration("${count.isNegative() ? '-' : ''}P${count.abs().toFixed()}${span}")`
    const ahead = `"P" + string(${this.expression(amount)}) + "${span}"`
    if (amount.kind === 'ref' && this.isNeverNegative(amount.name)) return `duration(${ahead})`
    const back = `"-P" + string(-${this.at(amount, WHOLE)}) + "${span}"`
    return `duration(if ${this.at(amount, SUM)} < 0 then ${back} else ${ahead})`
  }

  /** The so-manieth of all working days after the date, or before it. */
  private workdays({ date, amount, factor }: Extract<Expr, { kind: 'shift' }>): Written {
    const [calendar, from] = [this.calendar(), this.at(date, SUM)]
    const after = (count: string) => `${calendar}[item > ${from}][${count}]`
    const before = (count: string) => `${calendar}[item < ${from}][${count}]`
    if (amount.kind === 'const') {
      const count = (amount.value as Decimal).times(factor)
      if (count.isZero()) return this.written(date)
      return whole(count.gt(0) ? after(count.toFixed()) : before(count.toFixed()))
    }
    const count = factor.isNegative() ? `-${this.at(amount, WHOLE)}` : this.expression(amount)
    const text = `if ${count} > 0 then ${after(count)} else if ${count} < 0 then ${before(count)} else ${from}`
    return { text, strength: CHOICE }
  }

  private chosen({ test, yes, no }: Extract<Expr, { kind: 'if' }>): Written {
    // What stands as the smaller or greater of two is checked as a choice between them.
    if (test.kind === 'compare' && test.left === yes && test.right === no) {
      const name = test.op === '<=' ? 'min' : 'max'
      return whole(`${name}(${this.expression(yes)}, ${this.expression(no)})`)
    }
    const [one, other] = [this.expression(yes), this.expression(no)]
    return { text: `if ${this.expression(test)} then ${one} else ${other}`, strength: CHOICE }
  }

  /** What a cell asks of its column, as unary tests. */
  cell(cell: Expr, column: Expr): string {
    if (cell.kind === 'const') return '-'
    const negated = cell.kind === 'not'
    const asked = negated ? cell.of : cell
    const [only, ...more] = asked.kind === 'any' ? asked.of : [asked]
    const single = more.length === 0 && !negated
    if (single && only!.kind === 'compare' && only!.op === '!=' && isSimple(only!.right, column)) {
      return `not(${this.expression(only!.right)})`
    }
    const tests = [only!, ...more].map((one) => this.test(one, column, negated)).join(', ')
    return negated ? `not(${tests})` : tests
  }

  private test(test: Expr, column: Expr, negated: boolean): string {
    if (test.kind === 'all') return this.interval(test.of, negated)
    if (test.kind !== 'compare') return this.expression(test)
    const bound = this.at(test.right, SUM)
    if (test.op === '!=') return `? != ${bound}`
    if (test.op !== '=') return `${test.op} ${bound}`
    return isSimple(test.right, column) ? bound : `? = ${bound}`
  }

  private interval(ends: readonly Expr[], negated: boolean): string {
    const [low, high] = ends as Extract<Expr, { kind: 'compare' }>[]
    const simple = (kind: string) => kind === 'const' || (kind === 'ref' && !negated)
    const plain = simple(low!.right.kind) && simple(high!.right.kind)
    const [from, to] = [this.at(low!.right, SUM), this.at(high!.right, SUM)]
    // An interval whose ends stand in no order is null, and so is its negation: that is spelt out.
    if (!plain || (negated && !ordered(low!.right, high!.right)))
      return `(? ${low!.op} ${from} and ? ${high!.op} ${to})`
    return `${low!.op === '>=' ? '[' : '('}${from}..${to}${high!.op === '<=' ? ']' : ')'}`
  }
}

const ordered = (low: Expr, high: Expr): boolean =>
  low.kind === 'const' && high.kind === 'const' && holds('<=', low.value, high.value)

/** What is true or false by itself would be read as the test rather than as what to compare with. */
const isSimple = (bound: Expr, column: Expr): boolean =>
  column.type.kind !== 'boolean' || bound.kind === 'const'
