// What the law's expressions are made of once they are checked: types, values, and what is open.
import type { Comparison } from '#engines/feel/ast.ts'
import { Decimal } from '#engines/feel/values.ts'
import type { Unit } from './units.ts'

export type Type =
  | { kind: 'boolean' }
  | { kind: 'number'; unit: Unit }
  /** 2026-01-01. */
  | { kind: 'date' }
  /** One of these, or (null) any text. */
  | { kind: 'text'; values: readonly string[] | null }
  /** What a table that collects comes to; nothing is computed with it. */
  | { kind: 'list'; of: Type }

export const BOOLEAN: Type = { kind: 'boolean' }
export const DATE: Type = { kind: 'date' }

/** A number is in the unit of its type, a date is written as ISO 8601 has it. */
export type Known = Decimal | boolean | string | readonly Known[]

/**
 * Not decided: facts that are missing, questions that a person must answer, and what went wrong with
 * its reason. Nothing is ever just null.
 */
export class Open {
  readonly facts: ReadonlySet<string>
  readonly judgements: ReadonlySet<string>
  readonly faults: ReadonlySet<string>
  constructor(
    facts: ReadonlySet<string>,
    judgements: ReadonlySet<string>,
    faults: ReadonlySet<string>,
  ) {
    this.facts = facts
    this.judgements = judgements
    this.faults = faults
  }

  static fact(name: string): Open {
    return new Open(new Set([name]), NONE, NONE)
  }
  static judgement(name: string): Open {
    return new Open(NONE, new Set([name]), NONE)
  }
  static fault(reason: string): Open {
    return new Open(NONE, NONE, new Set([reason]))
  }
  static all(some: readonly Open[]): Open {
    if (some.length === 1) return some[0]!
    const join = (of: keyof Open) => new Set(some.flatMap((one) => [...one[of]]))
    return new Open(join('facts'), join('judgements'), join('faults'))
  }
}
const NONE: ReadonlySet<string> = new Set()

export type Value = Known | Open

/** true, false, not known yet, or for a person to say; `fault` is none of them, and says why. */
export type Truth = 'true' | 'false' | 'unknown' | 'judgement' | 'fault'

export function truthOf(value: Value): Truth {
  if (!(value instanceof Open)) return value === true ? 'true' : 'false'
  if (value.facts.size > 0) return 'unknown'
  return value.judgements.size > 0 ? 'judgement' : 'fault'
}

export function sameKnown(a: Known, b: Known): boolean {
  if (a instanceof Decimal && b instanceof Decimal) return a.eq(b)
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((one, nth) => sameKnown(one, b[nth]))
}

/** A date so much later, or earlier where the factor is negative. */
export interface Shift {
  kind: 'shift'
  type: Type
  by: 'days' | 'months' | 'workdays'
  date: Expr
  /** In its own unit; so many of `by` are one of it. */
  amount: Expr
  factor: Decimal
}

export type Rounding = 'floor' | 'ceiling' | 'round half up'

/** Checked: every part has a type, and everything fits. */
export type Expr =
  | { kind: 'const'; type: Type; value: Known }
  | { kind: 'ref'; type: Type; name: string }
  | { kind: 'not'; type: Type; of: Expr }
  | { kind: 'all' | 'any'; type: Type; of: readonly Expr[] }
  | { kind: 'compare'; type: Type; op: Comparison; left: Expr; right: Expr }
  | { kind: 'arithmetic'; type: Type; op: '+' | '-' | '*' | '/'; left: Expr; right: Expr }
  | Shift
  | { kind: 'days-between'; type: Type; from: Expr; to: Expr }
  /** To so many decimals of its own unit. */
  | { kind: 'round'; type: Type; way: Rounding; of: Expr; scale: number }
  | { kind: 'if'; type: Type; test: Expr; yes: Expr; no: Expr }
