// What the tests of the exchange share: a set as DMN asked by the engine of FEEL 1.5 that knows nothing of law.
import assert from 'node:assert/strict'
import { Decisions } from '#engines/dmn/evaluate.ts'
import { readModel } from '#engines/dmn/read.ts'
import { momentOf } from '#engines/feel/builtins/index.ts'
import { printed } from '#engines/feel/print.ts'
import { LocalDate, parseDate } from '#engines/feel/temporal.ts'
import { Decimal, isList, isNull, type Value } from '#engines/feel/values.ts'
import type { RuleSetDefinition } from './definitions.ts'
import { dmnOf } from './dmn-export.ts'
import { sizeOf } from './dmn-feel.ts'
import { definitionOf } from './dmn-import.ts'
import { Evaluation, type Given, noCalendar } from './evaluation.ts'
import { knownOf, link } from './link.ts'
import { type Known, Open, type Type } from './types.ts'

/** Quotients that do not come out even differ in their last digits with the unit. */
const NEAR = new Decimal('1e-25')

function feelValue(value: Known, type: Type): Value {
  if (value instanceof Decimal) return value.times(sizeOf(type))
  return type.kind === 'date' ? parseDate(String(value))! : (value as string | boolean)
}

function same(value: Value, wanted: Known, type: Type): boolean {
  if (wanted instanceof Decimal) {
    const size = wanted.times(sizeOf(type))
    return (
      value instanceof Decimal &&
      value
        .minus(size)
        .abs()
        .lte(NEAR.times(size.abs().plus(1)))
    )
  }
  if (typeof wanted !== 'object') {
    return (value instanceof LocalDate ? value.toString() : value) === wanted
  }
  const of = type.kind === 'list' ? type.of : type
  return (
    isList(value) &&
    value.length === wanted.length &&
    value.every((one, nth) => same(one, wanted[nth]!, of))
  )
}

export interface Exported {
  xml: string
  /** Asks the law and the DMN for each name; how many the law knows, all of which DMN must too. */
  agree(facts: Readonly<Record<string, unknown>>, names: readonly string[]): number
  /** What DMN says. */
  value(facts: Readonly<Record<string, unknown>>, name: string): Value
}

const shown = (value: Value): string => (isNull(value) ? `null: ${value.reason}` : printed(value))

/** A set as DMN on a day. Each name goes by what DMN calls it: its place tells. */
export function exported(
  definition: RuleSetDefinition,
  on: string,
  workdays: Given['workdays'] = noCalendar,
  calendar: readonly string[] = [],
): Exported {
  const set = link(definition)
  const xml = dmnOf(definition, on)
  const model = readModel(xml)
  const decisions = new Decisions(model, [], () => momentOf(0))
  const called = new Map<string, string>()
  for (const [nth, node] of definition.nodes.entries()) {
    const several = node.kind === 'table' && node.outputs.length > 1
    const ids = several
      ? node.outputs.map(
          ({ name }, at) => [`${node.name}.${name}`, `n${nth + 1}_${at + 1}`] as const,
        )
      : [[node.name, `n${nth + 1}`] as const]
    for (const [law, id] of ids) {
      const found = [...model.decisions, ...model.inputs].find((one) => one.id === id)
      called.set(law, found!.variable.name)
    }
  }
  const ask = (known: ReadonlyMap<string, Known>, name: string): Value => {
    const inputs = new Map<string, Value>(
      [...known].map(([law, value]) => [called.get(law)!, feelValue(value, set.types.get(law)!)]),
    )
    if (calendar.length > 0)
      inputs.set(
        '工作日历',
        calendar.map((day) => parseDate(day)!),
      )
    return decisions.evaluate(called.get(name)!, inputs)
  }
  const known = (facts: Readonly<Record<string, unknown>>) =>
    new Map(
      Object.entries(facts).map(([name, value]) => {
        const { definition: of } = set.nodes.get(name)!.node
        assert.ok(of.kind === 'fact' || of.kind === 'judgement')
        return [name, knownOf(value, of.type)] as const
      }),
    )
  return {
    xml,
    value: (facts, name) => ask(known(facts), name),
    agree(facts, names) {
      const given = known(facts)
      const evaluation = new Evaluation(set, { facts: given, on, workdays })
      return names.filter((name) => {
        const wanted = evaluation.value(name)
        if (wanted instanceof Open) return false
        const found = ask(given, name)
        const told = `${name} of ${JSON.stringify(facts)}: ${shown(found)}, not ${String(wanted)}`
        assert.ok(same(found, wanted, set.types.get(name)!), told)
        return true
      }).length
    },
  }
}

/** The set comes back as it was, with nothing to be said, and is written the same again. */
export function comesBack(definition: RuleSetDefinition, on: string): void {
  const xml = dmnOf(definition, on)
  const back = definitionOf(xml)
  assert.deepEqual(back, { definition, notes: [] })
  assert.equal(dmnOf(back.definition, on), xml)
}
