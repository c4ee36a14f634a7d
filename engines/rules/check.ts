// Texts of the law to checked expressions: every part typed, every unit right, nothing guessed.
import type { Comparison, Node } from '#engines/feel/ast.ts'
import { civilFrom, daysFrom } from '#engines/feel/calendar.ts'
import { FeelError } from '#engines/feel/error.ts'
import { Names } from '#engines/feel/names.ts'
import { parseExpression, parseTests } from '#engines/feel/parser.ts'
import { Decimal } from '#engines/feel/values.ts'
import { bounded, refuseMonsters } from './bounds.ts'
import { RuleError } from './rule-error.ts'
import { BOOLEAN, DATE, type Expr, type Known, type Rounding, type Type } from './types.ts'
import {
  combined,
  isPlain,
  PERCENT,
  PLAIN,
  sameDimension,
  type Unit,
  unitNames,
  unitOf,
} from './units.ts'

/** What names are there, and of which type. */
export type Types = ReadonlyMap<string, Type>

const ROUNDINGS: readonly Rounding[] = ['floor', 'ceiling', 'round half up']
const isRounding = (name: string): name is Rounding => ROUNDINGS.some((one) => one === name)
/** As many as a fact may have. */
const MOST_DECIMALS = 12

const DAYS = { 天: 'days', 月: 'months', 工作日: 'workdays' } as const

/** A type as people say it. */
export function typeName(type: Type): { zh: string; en: string } {
  switch (type.kind) {
    case 'boolean':
      return { zh: '是否', en: 'yes or no' }
    case 'date':
      return { zh: '日期', en: 'a date' }
    case 'text':
      return { zh: '文字', en: 'text' }
    case 'list':
      return { zh: '多项', en: 'a list' }
    default: {
      const { name } = type.unit
      return { zh: name ? `数（${name}）` : '数', en: name ? `a number of ${name}` : 'a number' }
    }
  }
}

const constant = (value: Known, type: Type): Expr => ({ kind: 'const', type, value })
const all = (of: readonly Expr[]): Expr =>
  of.length === 1 ? of[0]! : { kind: 'all', type: BOOLEAN, of }
const any = (of: readonly Expr[]): Expr =>
  of.length === 1 ? of[0]! : { kind: 'any', type: BOOLEAN, of }

function notHere(what: string): never {
  throw new RuleError('not-in-law', `规则里不能用 ${what}`, `Rules of law have no ${what}`)
}

function mismatch(wanted: Type | string, found: Type): never {
  const names = typeof wanted === 'string' ? { zh: wanted, en: wanted } : typeName(wanted)
  const is = typeName(found)
  throw new RuleError(
    'type',
    `这里应为${names.zh}，实为${is.zh}`,
    `This must be ${names.en} and is ${is.en}`,
  )
}

/** A date as it is written, or a refusal: 2026-02-30 is none. */
export function dateOf(text: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  const civil = { year: Number(year), month: Number(month), day: Number(day) }
  const again = year === undefined ? null : civilFrom(daysFrom(civil))
  if (again && again.month === civil.month && again.day === civil.day) return text
  throw new RuleError('date', `没有这一天：${text}`, `There is no such day: ${text}`)
}

class Checker {
  private readonly names: Types
  constructor(names: Types) {
    this.names = names
  }

  /** @param wanted texts are checked against the values of this type */
  expression(node: Node, wanted: Type | null = null): Expr {
    switch (node.kind) {
      case 'number':
        return constant(new Decimal(node.text), { kind: 'number', unit: PLAIN })
      case 'quantity':
        return this.quantity(node.text, node.unit)
      case 'string':
        return this.text(node.text, wanted)
      case 'boolean':
        return constant(node.value, BOOLEAN)
      case 'at':
        return constant(dateOf(node.text), DATE)
      case 'name':
        return this.name(node.name)
      case 'negate': {
        const of = this.number(node.of)
        const zero = constant(new Decimal(0), of.type)
        return { kind: 'arithmetic', type: of.type, op: '-', left: zero, right: of }
      }
      case 'arithmetic':
        return this.arithmetic(node)
      case 'compare':
        return this.compare(node.op, node.left, node.right)
      case 'and':
        return all(this.parts(node, 'and').map((one) => this.truth(one)))
      case 'or':
        return any(this.parts(node, 'or').map((one) => this.truth(one)))
      case 'between': {
        const of = this.expression(node.of)
        return all([this.test(of, '>=', node.low), this.test(of, '<=', node.high)])
      }
      case 'in': {
        const of = this.expression(node.of)
        return any(node.tests.map((one) => this.cellTest(of, one)))
      }
      case 'call':
        return this.call(node.of, node.args)
      case 'if':
        return this.conditional(node)
      default:
        return notHere(node.kind)
    }
  }

  /** `a and b and c` is one list of three. */
  private parts(node: Node, kind: 'and' | 'or'): Node[] {
    if (node.kind !== kind) return [node]
    return [...this.parts(node.left, kind), ...this.parts(node.right, kind)]
  }

  private quantity(text: string, name: string): Expr {
    const unit = unitOf(name)!
    const number = new Decimal(text)
    // A percentage is a number: 5% is 0.05.
    if (isPlain(unit)) return constant(number.times(unit.scale), { kind: 'number', unit: PERCENT })
    return constant(number, { kind: 'number', unit })
  }

  private text(text: string, wanted: Type | null): Expr {
    if (wanted?.kind === 'text' && wanted.values && !wanted.values.includes(text)) {
      const known = wanted.values.join('、')
      throw new RuleError(
        'value-unknown',
        `没有“${text}”这个取值，可选：${known}`,
        `There is no value "${text}"; there are ${known}`,
      )
    }
    return constant(text, { kind: 'text', values: null })
  }

  private name(name: string): Expr {
    const type = this.names.get(name)
    if (type) return { kind: 'ref', type, name }
    throw new RuleError(
      'name-unknown',
      `没有叫“${name}”的事实、参数或规则`,
      `Nothing is called ${name}`,
    )
  }

  private truth(node: Node): Expr {
    const found = this.expression(node)
    return found.type.kind === 'boolean' ? found : mismatch(BOOLEAN, found.type)
  }

  private number(node: Node): Expr & { type: { kind: 'number'; unit: Unit } } {
    const found = this.expression(node)
    if (found.type.kind !== 'number') return mismatch('数', found.type)
    return found as Expr & { type: { kind: 'number'; unit: Unit } }
  }

  private arithmetic(node: Extract<Node, { kind: 'arithmetic' }>): Expr {
    const { op } = node
    if (op === '**') return notHere('**')
    if (op === '+' || op === '-') return this.sum(op, node.left, node.right)
    const [left, right] = [this.number(node.left), this.number(node.right)]
    if (op === '/' && right.kind === 'const' && (right.value as Decimal).isZero()) {
      throw new RuleError('division-by-zero', '除数为零', 'Divided by zero')
    }
    const unit = combined(left.type.unit, right.type.unit, op === '*' ? 1 : -1)
    const made: Expr = { kind: 'arithmetic', type: { kind: 'number', unit }, op, left, right }
    if (!isPlain(unit) || unit.scale.eq(1)) return made
    // Nothing is left of the units but their sizes: 万元 by 元 is ten thousand.
    const factor = constant(unit.scale, { kind: 'number', unit: PLAIN })
    const type: Type = { kind: 'number', unit: PLAIN }
    return { kind: 'arithmetic', type, op: '*', left: made, right: factor }
  }

  private sum(op: '+' | '-', left: Node, right: Node): Expr {
    const [a, b] = [this.expression(left), this.expression(right)]
    if (a.type.kind === 'date') return this.dateSum(op, a, b)
    if (a.type.kind !== 'number') return mismatch('数', a.type)
    this.together(a.type, b.type)
    return { kind: 'arithmetic', type: a.type, op, left: a, right: b }
  }

  private dateSum(op: '+' | '-', date: Expr, other: Expr): Expr {
    if (other.type.kind === 'date' && op === '-') {
      const type: Type = { kind: 'number', unit: unitOf('天')! }
      return { kind: 'days-between', type, from: other, to: date }
    }
    if (other.type.kind !== 'number') return mismatch('天、个月或工作日', other.type)
    const { dimension, scale } = other.type.unit
    const [name, ...more] = Object.keys(dimension)
    const by = more.length === 0 && dimension[name!] === 1 ? DAYS[name as keyof typeof DAYS] : null
    if (!by) return mismatch('天、个月或工作日', other.type)
    const factor = op === '-' ? scale.neg() : scale
    return { kind: 'shift', type: DATE, by, date, amount: other, factor }
  }

  /** Refuses what cannot stand beside each other: other things, or the same in another size. */
  private together(a: Type, b: Type): void {
    if (a.kind !== b.kind) mismatch(a, b)
    if (a.kind === 'text' && b.kind === 'text' && a.values && b.values) {
      if (!a.values.some((value) => b.values!.includes(value))) mismatch(a, b)
    }
    if (a.kind !== 'number' || b.kind !== 'number') return
    const [one, other] = [a.unit, b.unit]
    const [first, second] = [one.name || '无单位', other.name || '无单位']
    const english = [one.name || 'no unit', other.name || 'no unit']
    if (!sameDimension(one, other)) {
      throw new RuleError(
        'unit',
        `单位不同，不能比较或相加：${first}与${second}`,
        `These do not go together: ${english[0]} and ${english[1]}`,
      )
    }
    if (isPlain(one) || one.scale.eq(other.scale)) return
    throw new RuleError(
      'unit-size',
      `${first}与${second}混用，请统一：1 ${second} = ${other.scale.div(one.scale)} ${first}`,
      `${english[0]} beside ${english[1]}: use one of them; 1 ${english[1]} is ${other.scale.div(one.scale)} ${english[0]}`,
    )
  }

  private compare(op: Comparison, left: Node, right: Node): Expr {
    // The side that is no text says which texts there are.
    if (left.kind === 'string') {
      const known = this.expression(right)
      return this.compared(op, this.expression(left, known.type), known)
    }
    return this.test(this.expression(left), op, right)
  }

  private test(of: Expr, op: Comparison, bound: Node): Expr {
    return this.compared(op, of, this.expression(bound, of.type))
  }

  private compared(op: Comparison, left: Expr, right: Expr): Expr {
    this.together(left.type, right.type)
    const ordered = left.type.kind === 'number' || left.type.kind === 'date'
    if (!ordered && op !== '=' && op !== '!=') mismatch('数或日期', left.type)
    return { kind: 'compare', type: BOOLEAN, op, left, right }
  }

  /** What a cell, or the right side of `in`, asks of a value. */
  cellTest(of: Expr, test: Node): Expr {
    if (test.kind === 'open-interval') return this.test(of, test.op, test.of)
    if (test.kind === 'interval') {
      return all([
        this.test(of, test.startIncluded ? '>=' : '>', test.low),
        this.test(of, test.endIncluded ? '<=' : '<', test.high),
      ])
    }
    return this.test(of, '=', test)
  }

  private call(of: Node, args: readonly Node[]): Expr {
    const name = of.kind === 'name' ? of.name : of.kind
    if (name === 'not' && args.length === 1) {
      return { kind: 'not', type: BOOLEAN, of: this.truth(args[0]!) }
    }
    if ((name === 'min' || name === 'max') && args.length === 2) {
      const [a, b] = args.map((one) => this.number(one)) as [Expr, Expr]
      this.together(a.type, b.type)
      const op = name === 'min' ? '<=' : '>='
      const test: Expr = { kind: 'compare', type: BOOLEAN, op, left: a, right: b }
      return { kind: 'if', type: a.type, test, yes: a, no: b }
    }
    if (isRounding(name) && args.length > 0 && args.length < 3) return this.rounded(name, args)
    if (name === 'date' && args.length === 1 && args[0]!.kind === 'string') {
      return constant(dateOf(args[0].text), DATE)
    }
    return notHere(`${name}()`)
  }

  private rounded(way: Rounding, [what, to]: readonly Node[]): Expr {
    const of = this.number(what!)
    if (!to) return { kind: 'round', type: of.type, way, of, scale: 0 }
    const scale = to.kind === 'number' ? Number(to.text) : Number.NaN
    if (!Number.isInteger(scale) || scale < 0 || scale > MOST_DECIMALS) {
      const digits = `0–${MOST_DECIMALS}`
      throw new RuleError(
        'rounding',
        `保留的小数位数应为 ${digits} 的整数`,
        `The decimals to keep are a whole number of ${digits}`,
      )
    }
    return { kind: 'round', type: of.type, way, of, scale }
  }

  private conditional(node: Extract<Node, { kind: 'if' }>): Expr {
    const test = this.truth(node.test)
    const yes = this.expression(node.then)
    const no = this.expression(node.otherwise, yes.type)
    this.together(yes.type, no.type)
    return { kind: 'if', type: yes.type, test, yes, no }
  }
}

const FUNCTIONS = ['not', 'min', 'max', 'date', ...ROUNDINGS]

function parsed<T>(text: string, read: () => T): T {
  refuseMonsters(text)
  try {
    return read()
  } catch (error) {
    if (!(error instanceof FeelError)) throw error
    const at = error.at + 1
    throw new RuleError(
      'syntax',
      `第 ${at} 个字符起读不懂`,
      `Cannot be read from character ${at} on`,
    )
  }
}

/**
 * A text as an expression over these names.
 * @param wanted what it has to be: numbers in the same unit, texts of the same values
 * @throws RuleError
 */
export function checkExpression(text: string, names: Types, wanted: Type | null = null): Expr {
  const known = new Names([...names.keys(), ...FUNCTIONS])
  const node = parsed(text, () => parseExpression(text, known, unitNames))
  const found = bounded(new Checker(names).expression(node, wanted))
  if (wanted) checkType(found.type, wanted)
  return found
}

/** Refuses a type that is not what is wanted. @throws RuleError */
export function checkType(found: Type, wanted: Type): void {
  if (found.kind !== wanted.kind) mismatch(wanted, found)
  if (found.kind !== 'number' || wanted.kind !== 'number') return
  const same =
    sameDimension(found.unit, wanted.unit) &&
    (isPlain(wanted.unit) || found.unit.scale.eq(wanted.unit.scale))
  if (!same) {
    const [zh, en] = [typeName(wanted), typeName(found)]
    throw new RuleError(
      'unit',
      `结果应为${zh.zh}，实为${en.zh}`,
      `The result must be ${zh.en} and is ${en.en}`,
    )
  }
}

/**
 * What a cell of a table asks of its column; true where it asks nothing.
 * @throws RuleError
 */
export function checkCell(text: string, column: Expr, names: Types): Expr {
  const known = new Names([...names.keys(), ...FUNCTIONS])
  const cell = parsed(text, () => parseTests(text, known, unitNames))
  if (cell.kind === 'any') return constant(true, BOOLEAN)
  const checker = new Checker(names)
  const found = bounded(any(cell.tests.map((test) => checker.cellTest(column, test))))
  return cell.negated ? { kind: 'not', type: BOOLEAN, of: found } : found
}
