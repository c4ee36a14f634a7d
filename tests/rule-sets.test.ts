// Every rule set under law/rules links, has no gap or overlap, and comes to what its golden cases say.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { analyse } from '#engines/rules/analyse.ts'
import { nextFacts } from '#engines/rules/ask.ts'
import { Columnar } from '#engines/rules/columnar.ts'
import { evaluate } from '#engines/rules/evaluate.ts'
import { Evaluation, factsOf, noCalendar } from '#engines/rules/evaluation.ts'
import { knownOf, link, type RuleSet } from '#engines/rules/link.ts'
import { populationOf, valueAt } from '#engines/rules/population.ts'
import { Open, sameKnown, truthOf } from '#engines/rules/types.ts'
import { parseRuleCases, parseRuleSet } from '#law/schema.ts'

const folder = join(import.meta.dirname, '../law/rules')
const LEAST_CASES = 20
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.cases.yaml'))
  .map((name) => name.replace('.yaml', ''))

const applied = (set: RuleSet, facts: Record<string, unknown>, on: string) =>
  new Evaluation(set, { facts: factsOf(set, facts), on, workdays: noCalendar })

/** What a case expects, in the type of the outcome. */
function expected(set: RuleSet, name: string, value: unknown) {
  const { node, output } = set.nodes.get(name)!
  const { definition } = node
  const type = definition.kind === 'table' ? definition.outputs[output]!.type : definition.type
  return knownOf(value, type)
}

for (const name of names) {
  const set = link(parseRuleSet(read(`${name}.yaml`), name))
  const { cases, set: of } = parseRuleCases(read(`${name}.cases.yaml`), `${name}.cases`)

  test(`${name}: every golden case comes out, one by one and all at once`, () => {
    assert.equal(of, name)
    assert.ok(cases.length >= LEAST_CASES, `${cases.length} cases`)
    for (const on of new Set(cases.map((one) => one.on))) {
      const some = cases.filter((one) => one.on === on)
      const everybody = populationOf(
        set,
        some.map(({ facts }) => facts),
      )
      const columnar = new Columnar(set, everybody, on)
      for (const [nth, { name: told, facts, expect }] of some.entries()) {
        const evaluation = applied(set, facts, on)
        for (const [outcome, value] of Object.entries(expect)) {
          const wanted = expected(set, outcome, value)
          const found = evaluation.value(outcome)
          assert.ok(!(found instanceof Open) && sameKnown(found, wanted), `${told}: ${outcome}`)
          const column = valueAt(columnar.column(outcome), nth)
          assert.ok(column !== undefined && sameKnown(column, wanted), `${told}: ${outcome}`)
        }
      }
    }
  })

  test(`${name}: no gap, no overlap, no row that never decides`, () => {
    const day = cases[0]!.on
    const evaluation = applied(set, {}, day)
    for (const { node } of set.nodes.values()) {
      if (node.kind !== 'table') continue
      const found = analyse(node, (expr) => evaluate(expr, evaluation))
      assert.ok(found, `${node.definition.name} can be analysed`)
      assert.deepEqual([found.gaps, found.overlaps, found.unreachable], [[], [], []])
    }
  })

  test(`${name}: what is for a person to judge is never guessed`, () => {
    const judged = set.definition.nodes.filter(({ kind }) => kind === 'judgement')
    for (const { name: question } of judged) {
      const open = cases.filter(({ facts, on }) => {
        const { [question]: _, ...rest } = facts
        return set.definition.outcomes.some((one) => {
          return truthOf(applied(set, rest, on).value(one)) === 'judgement'
        })
      })
      assert.ok(open.length > 0, `${question} matters somewhere`)
    }
  })

  test(`${name}: asked from nothing, each case is settled, and nothing is asked that no longer matters`, () => {
    const { outcomes } = set.definition
    let asked = 0
    for (const { facts, on, expect } of cases) {
      const known: Record<string, unknown> = {}
      for (const outcome of outcomes) {
        for (;;) {
          const evaluation = applied(set, known, on)
          const next = nextFacts(outcome, evaluation)
          const value = evaluation.value(outcome)
          if (next.length === 0 && value instanceof Open && value.judgements.size > 0) {
            for (const one of value.judgements) known[one] = facts[one]
            continue
          }
          if (next.length === 0) {
            assert.notEqual(truthOf(value), 'unknown')
            break
          }
          for (const one of next) {
            assert.ok(one in facts, `${one} is among the facts of the case`)
            known[one] = facts[one]
            asked++
          }
        }
        if (!(outcome in expect)) continue
        const found = applied(set, known, on).value(outcome)
        const wanted = expected(set, outcome, expect[outcome])
        assert.ok(!(found instanceof Open) && sameKnown(found, wanted))
      }
    }
    const all = cases.reduce((sum, { facts }) => sum + Object.keys(facts).length, 0)
    // Of two facts both are needed; of many some never matter.
    const most = Object.keys(cases[0]!.facts).length > 3 ? 0.9 * all : all
    assert.ok(asked <= most, `${asked} of ${all}`)
  })
}
