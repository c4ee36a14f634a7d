// Decision tables of the compatibility kit of DMN as sets of the law: how many link, and that they come to the same.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readCases } from '#engines/dmn/tck.ts'
import { Context, Decimal, isList, isNull, type Value } from '#engines/feel/values.ts'
import { definitionOf } from './dmn-import.ts'
import { Evaluation, factsOf, noCalendar } from './evaluation.ts'
import { link, type RuleSet } from './link.ts'
import { RuleError } from './rule-error.ts'
import { type Known, Open } from './types.ts'

const kit = join(import.meta.dirname, '../../../shared/data/dmn-tck/compliance-level-2')
const skip = existsSync(kit) ? false : 'the kit is not here'
/** Of the 17 models of level 2 that hold a decision table. */
const LEAST_LINKED = 16

function same(found: Known, wanted: Value): boolean {
  if (found instanceof Decimal) return wanted instanceof Decimal && found.eq(wanted)
  if (typeof found !== 'object') return found === wanted
  const list = isList(wanted) ? wanted : [wanted]
  return found.length === list.length && found.every((one, nth) => same(one, list[nth]!))
}

/** The part of what is expected that is one output's. */
const part = (wanted: Value, output: string): Value => {
  if (isList(wanted)) return wanted.map((one) => part(one, output))
  return wanted instanceof Context ? wanted.entries.get(output)! : wanted
}

/** How many results of the kit's cases the law comes to; it is open where the kit wants null. */
function confirmed(set: RuleSet, folder: string): number {
  let count = 0
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) {
    for (const { id, inputs, results } of readCases(readFileSync(join(folder, file), 'utf8'))
      .cases) {
      const known = [...inputs].filter(([, value]) => !isNull(value))
      const plain = known.map(([name, value]) => [
        name,
        value instanceof Decimal ? value.toFixed() : value,
      ])
      const facts = factsOf(set, Object.fromEntries(plain))
      const evaluation = new Evaluation(set, { facts, on: '2026-11-28', workdays: noCalendar })
      for (const { name, expected } of results) {
        const outputs = [...set.nodes.keys()].filter(
          (one) => one === name || one.startsWith(`${name}.`),
        )
        assert.ok(outputs.length > 0, name)
        for (const output of outputs) {
          const found = evaluation.value(output)
          const wanted = part(expected, output.slice(name.length + 1))
          const right = found instanceof Open ? isNull(wanted) : same(found, wanted)
          assert.ok(right, `${file} ${id}: ${output}`)
          count++
        }
      }
    }
  }
  return count
}

test('decision tables of level 2 link and come to what the kit says, or are refused with the reason', {
  skip,
}, (t) => {
  let [linked, results] = [0, 0]
  const refused: string[] = []
  for (const folder of readdirSync(kit)) {
    const xml = readFileSync(join(kit, folder, `${folder}.dmn`), 'utf8')
    if (!xml.includes('<decisionTable')) continue
    try {
      const { definition, notes } = definitionOf(xml)
      assert.ok(notes.length > 0)
      results += confirmed(link(definition), join(kit, folder))
      linked++
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      assert.ok(error.zh && error.place.length > 0)
      refused.push(`${folder}: ${error.place.join(' › ')}: ${error.message}`)
    }
  }
  t.diagnostic(`${linked} link, ${results} results agree; refused: ${refused.join('; ')}`)
  assert.ok(linked >= LEAST_LINKED, refused.join('; '))
})
