// Counting again only what an edit touches comes to the same as counting everything.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { GROUPS, makePeople, peopleFor } from '#engines/population/people.ts'
import type { NodeDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import { noCalendar } from '#engines/rules/evaluation.ts'
import { Before, type Impact } from '#engines/rules/impact.ts'
import { link } from '#engines/rules/link.ts'
import { parseRuleSet } from '#law/schema.ts'
import { withValue } from './dated.ts'
import { withText } from './grid.ts'
import { Recount } from './recount.ts'

const read = (name: string): RuleSetDefinition => {
  const file = new URL(`../../law/rules/${name}.yaml`, import.meta.url)
  return parseRuleSet(readFileSync(file, 'utf8'), name)
}
const recipe = {
  seed: 34,
  size: 1_500,
  today: '2026-11-29',
  cities: [
    { name: '广州市', weight: 24 },
    { name: '深圳市', weight: 30 },
    { name: '韶关市', weight: 1 },
  ],
  sizes: read('sme-size'),
}
const people = makePeople(recipe)
const DAYS = ['2026-11-30', '2027-06-01', '2029-01-01']

/** Everything computed anew, as the server does it. */
function whole(base: RuleSetDefinition, draft: RuleSetDefinition, on: string): Impact {
  const population = peopleFor(draft, people)
  const before = new Before({ set: link(base), on }, population, noCalendar)
  return before.against({ set: link(draft), on }, GROUPS)
}

type Edit = (definition: RuleSetDefinition, on: string) => RuleSetDefinition
const changing =
  (name: string, change: (node: NodeDefinition, on: string) => NodeDefinition): Edit =>
  (definition, on) => ({
    ...definition,
    nodes: definition.nodes.map((node) => (node.name === name ? change(node, on) : node)),
  })

const cite = { source: '示例值（非官方）', certainty: 'example' as const }
const set = (name: string, values: readonly string[]) =>
  fc
    .constantFrom(...values)
    .map((value) =>
      changing(name, (node, day) =>
        node.kind === 'parameter' ? withValue(node, { day, value, cite }) : node,
      ),
    )
const cell = (row: number, column: number, texts: readonly string[]) =>
  fc
    .constantFrom(...texts)
    .map((text) =>
      changing('补贴比例', (node) =>
        node.kind === 'table' ? withText(node, { row, column }, text) : node,
      ),
    )
const edits = fc.oneof(
  set('初创比例', ['0', '50', '60', '33.33']),
  set('一般比例', ['30', '31', '0']),
  set('年度上限', ['2000000', '100', '50000']),
  set('初创年限', ['36', '60', '1']),
  set('最低发票金额', ['0.01', '20000']),
  cell(2, 4, ['一般比例', '初创比例', '45%', '初创比例 / 2']),
  cell(1, 2, ['"中型", "小型", "微型"', '"微型"', '"小型", "微型"']),
  cell(0, 1, ['"高校"', '"高校", "科研机构"', '"高校", "科研机构", "其他"']),
  fc
    .constantFrom('可申领', '初创 and 可申领')
    .map((test) =>
      changing('最高补贴', (node) =>
        node.kind === 'formula'
          ? { ...node, expression: `if ${test} then floor(发票金额 * 补贴比例, 2) else 0 元` }
          : node,
      ),
    ),
)

test('after any row of edits the impact is what it is when all is computed', () => {
  const base = read('compute-voucher')
  fc.assert(
    fc.property(
      fc.array(fc.tuple(edits, fc.constantFrom(...DAYS)), { minLength: 1, maxLength: 6 }),
      (steps) => {
        const recount = new Recount(recipe, base, people)
        let draft = base
        for (const [edit, on] of steps) {
          draft = edit(draft, on)
          assert.deepEqual(recount.against(link(draft), on), whole(base, draft, on))
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('every set that grants something is counted as the server counts it', () => {
  for (const name of ['model-voucher', 'enterprise-ladder', 'opc-entry', 'compute-voucher']) {
    const base = read(name)
    const recount = new Recount(recipe, base, people)
    assert.deepEqual(recount.against(link(base), DAYS[0]!), whole(base, base, DAYS[0]!), name)
  }
  const none = read('sme-size')
  assert.equal(new Recount(recipe, none, people).against(link(none), DAYS[0]!), null)
})
