// Decision tables: which rules hit, and what their hits amount to under each hit policy.
import { type Compiled, compileTests } from '#engines/feel/compile.ts'
import { FeelError } from '#engines/feel/error.ts'
import { calculate, compare, equal } from '#engines/feel/operators.ts'
import { parseTests } from '#engines/feel/parser.ts'
import type { Scope } from '#engines/feel/scope.ts'
import { coerce } from '#engines/feel/types.ts'
import { Context, isNull, Null, number, type Value } from '#engines/feel/values.ts'
import { compileText, type Surroundings } from './logic.ts'
import type { Aggregation, Table } from './model.ts'

type Test = (value: Value, scope: Scope) => boolean | null

/** Tests of a cell; a text that cannot be read lets nothing pass. */
export function compileCell(text: string, { names, types }: Surroundings): Test {
  try {
    return compileTests(parseTests(text, names), types)
  } catch (error) {
    if (!(error instanceof FeelError)) throw error
    return () => null
  }
}

interface Output {
  name: string | null
  /** Its values in the order of their rank; null: no order is given. */
  ranked: Compiled | null
  byDefault: Compiled | null
}

export function compileTable(table: Table, around: Surroundings): Compiled {
  const inputs = table.inputs.map(({ text, typeRef, values }) => ({
    value: compileText(text, around),
    type: around.typeOf(typeRef) ?? null,
    allowed: values === null ? null : compileCell(values, around),
  }))
  const outputs = table.outputs.map(({ name, values, byDefault }): Output => {
    return {
      name,
      ranked: values === null ? null : compileText(`[${values}]`, around),
      byDefault: byDefault === null ? null : compileText(byDefault, around),
    }
  })
  const outputTypes = table.outputs.map(({ typeRef }) => around.typeOf(typeRef) ?? null)
  const rules = table.rules.map(({ tests, results }) => ({
    tests: tests.map((text) => compileCell(text, around)),
    results: results.map((text) => compileText(text, around)),
  }))
  const result = (values: readonly Value[]): Value =>
    outputs.length === 1
      ? values[0]!
      : new Context(outputs.map(({ name }, nth) => [name ?? '', values[nth]!] as const))
  return (scope) => {
    const given: Value[] = []
    for (const { value, type, allowed } of inputs) {
      const found = coerce(value(scope), type)
      if (allowed && allowed(found, scope) !== true) return new Null('an input is not allowed')
      given.push(found)
    }
    const hits = rules
      .filter(({ tests }) => tests.every((test, nth) => test(given[nth]!, scope) === true))
      .map(({ results }) => results.map((one, nth) => coerce(one(scope), outputTypes[nth]!)))
    if (hits.length === 0) return withoutHit(outputs, scope, result)
    return amount(table, hits, outputs, scope, result)
  }
}

function withoutHit(
  outputs: readonly Output[],
  scope: Scope,
  result: (values: readonly Value[]) => Value,
): Value {
  if (outputs.every(({ byDefault }) => byDefault === null)) return new Null('no rule hits')
  return result(outputs.map(({ byDefault }) => byDefault?.(scope) ?? new Null('no default')))
}

/** What several hits amount to. */
function amount(
  { hitPolicy, aggregation }: Table,
  hits: readonly (readonly Value[])[],
  outputs: readonly Output[],
  scope: Scope,
  result: (values: readonly Value[]) => Value,
): Value {
  const first = hits[0]!
  switch (hitPolicy) {
    case 'UNIQUE':
      return hits.length === 1 ? result(first) : new Null('more than one rule hits')
    case 'ANY': {
      const same = hits.every((hit) =>
        hit.every((value, nth) => equal(value, first[nth]!) === true),
      )
      return same ? result(first) : new Null('rules that hit disagree')
    }
    case 'FIRST':
      return result(first)
    case 'PRIORITY':
      return result(ranked(hits, outputs, scope)[0]!)
    case 'OUTPUT ORDER':
      return ranked(hits, outputs, scope).map(result)
    case 'RULE ORDER':
      return hits.map(result)
    case 'COLLECT':
      return aggregation
        ? aggregate(
            aggregation,
            hits.map(([value]) => value!),
          )
        : hits.map(result)
  }
}

/** By the first output's rank, then the second's. */
function ranked(
  hits: readonly (readonly Value[])[],
  outputs: readonly Output[],
  scope: Scope,
): readonly (readonly Value[])[] {
  const orders = outputs.map(({ ranked: order }) => order?.(scope) ?? null)
  const rank = (nth: number, value: Value): number => {
    const order = orders[nth]
    if (!Array.isArray(order)) return 0
    const at = (order as readonly Value[]).findIndex((one) => equal(one, value) === true)
    return at < 0 ? order.length : at
  }
  return hits.toSorted((a, b) => {
    for (const [nth, value] of a.entries()) {
      const difference = rank(nth, value) - rank(nth, b[nth]!)
      if (difference !== 0) return difference
    }
    return 0
  })
}

function aggregate(by: Aggregation, values: readonly Value[]): Value {
  if (by === 'COUNT') return number(values.length)
  if (by === 'SUM') return values.reduce((sum, value) => calculate('+', sum, value))
  const wanted = by === 'MIN' ? -1 : 1
  let best = values[0]!
  for (const value of values.slice(1)) {
    const order = compare(value, best)
    if (order === null) return new Null('not all can be compared')
    if (order === wanted) best = value
  }
  return isNull(best) ? best : best
}
