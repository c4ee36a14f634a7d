// Conditions of a rule as people say them: 不少于 评估人数（1,000,000 人） instead of >= 评估人数.
import type { Comparison } from '#engines/feel/ast.ts'
import type { Text } from '#engines/rules/definitions.ts'
import type { RuleSet } from '#engines/rules/link.ts'
import { sayExpr, sayKnown } from '#engines/rules/say.ts'
import type { Expr } from '#engines/rules/types.ts'

type Compare = Extract<Expr, { kind: 'compare' }>

const NUMBERS: Record<Comparison, Text> = {
  '=': { zh: '等于', en: 'is' },
  '!=': { zh: '不等于', en: 'is not' },
  '<': { zh: '少于', en: 'less than' },
  '<=': { zh: '不超过', en: 'at most' },
  '>': { zh: '超过', en: 'more than' },
  '>=': { zh: '不少于', en: 'at least' },
}
const DATES: Record<Comparison, Text> = {
  ...NUMBERS,
  '<': { zh: '早于', en: 'before' },
  '<=': { zh: '不晚于', en: 'not later than' },
  '>': { zh: '晚于', en: 'after' },
  '>=': { zh: '不早于', en: 'not before' },
}
const WORDS: Record<Comparison, Text> = {
  ...NUMBERS,
  '=': { zh: '为', en: 'is' },
  '!=': { zh: '不为', en: 'is not' },
}

export const ANY: Text = { zh: '不限', en: 'any' }

const joined = (parts: readonly Text[], zh: string, en: string): Text => ({
  zh: parts.map((one) => one.zh).join(zh),
  en: parts.map((one) => one.en).join(en),
})

/** Says expressions of one set, with the values that its parameters have on a day. */
export class RuleWords {
  private readonly set: RuleSet
  private readonly on: string

  constructor(set: RuleSet, on: string) {
    this.set = set
    this.on = on
  }

  /** A name, and of a parameter its value. */
  private name(name: string): Text {
    const node = this.set.nodes.get(name)?.node
    const dated =
      node?.kind === 'parameter' &&
      node.values.find(({ from, to }) => from <= this.on && (to === null || this.on < to))
    if (!dated) return { zh: name, en: name }
    const value = sayKnown(dated.value, node.type)
    return { zh: `${name}（${value.zh}）`, en: `${name} (${value.en})` }
  }

  /** A test of a table, without the column that it is about. */
  cell(expr: Expr, column: Expr): Text {
    if (expr.kind === 'const') return expr.value === true ? ANY : sayKnown(expr.value, expr.type)
    if (expr.kind === 'not') {
      const values = this.values(expr.of, column)
      return values ? joined([{ zh: '不是', en: 'not' }, values], ' ', ' ') : this.phrase(expr)
    }
    const values = this.values(expr, column)
    if (values) return values
    if (expr.kind === 'compare' && expr.left === column) return this.bound(expr)
    if (expr.kind === 'all' || expr.kind === 'any') {
      const parts = expr.of.map((one) => this.cell(one, column))
      return expr.kind === 'all' ? joined(parts, '，且', ', and ') : joined(parts, '，或', ', or ')
    }
    return this.phrase(expr)
  }

  /** Where a column has to be one of several values: 企业、高校. */
  private values(expr: Expr, column: Expr): Text | null {
    const parts = expr.kind === 'any' ? expr.of : [expr]
    const values = parts.map((one) => {
      const plain = one.kind === 'compare' && one.op === '=' && one.left === column
      return plain && column.type.kind !== 'number' ? this.phrase((one as Compare).right) : null
    })
    if (values.some((one) => one === null)) return null
    return joined(values as Text[], '、', ' or ')
  }

  private bound({ op, left, right }: Compare): Text {
    const words = left.type.kind === 'date' ? DATES : left.type.kind === 'number' ? NUMBERS : WORDS
    return joined([words[op], this.phrase(right)], ' ', ' ')
  }

  /** Any expression as a phrase. */
  phrase(expr: Expr): Text {
    switch (expr.kind) {
      case 'ref':
        return this.name(expr.name)
      case 'not': {
        const of = this.phrase(expr.of)
        if (expr.of.kind === 'ref') return { zh: `${of.zh} 为 否`, en: `${of.en} is no` }
        return { zh: `并非“${of.zh}”`, en: `not (${of.en})` }
      }
      case 'all':
      case 'any': {
        const parts = expr.of.map((one) => this.inner(one))
        return expr.kind === 'all'
          ? joined(parts, '，且 ', ', and ')
          : joined(parts, '，或 ', ', or ')
      }
      case 'compare': {
        const sides = [this.phrase(expr.left), this.bound(expr)]
        return joined(sides, ' ', ' ')
      }
      case 'if': {
        const [test, yes, no] = [expr.test, expr.yes, expr.no].map((one) => this.phrase(one))
        return {
          zh: `如果${test!.zh}，则为${yes!.zh}；否则为${no!.zh}`,
          en: `if ${test!.en}, then ${yes!.en}; else ${no!.en}`,
        }
      }
      default:
        return sayExpr(expr)
    }
  }

  private inner(expr: Expr): Text {
    const { zh, en } = this.phrase(expr)
    const loose = ['all', 'any', 'if'].includes(expr.kind)
    return loose ? { zh: `（${zh}）`, en: `(${en})` } : { zh, en }
  }
}
