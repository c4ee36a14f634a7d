// No matter is routed to nobody, and every body that the draft names leads or joins something.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { analyse } from '#engines/rules/analyse.ts'
import { evaluate } from '#engines/rules/evaluate.ts'
import { Evaluation, factsOf, noCalendar } from '#engines/rules/evaluation.ts'
import { link, type Table } from '#engines/rules/link.ts'
import { Open } from '#engines/rules/types.ts'
import { parseAuthorities, parseRuleSet } from '../schema.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')
const { authorities } = parseAuthorities(read('../authorities.yaml'), 'authorities')
const set = link(parseRuleSet(read('competence-routing.yaml'), 'competence-routing'))
const table = set.nodes.get('分派.牵头')!.node as Table
const on = '2026-11-28'
const NOBODY = '无'
const BODIES = ['牵头', '并列一', '并列二', '会同一', '会同二']

const applied = (facts: Record<string, unknown>) =>
  new Evaluation(set, { facts: factsOf(set, facts), on, workdays: noCalendar })

/** What a fact may be. */
function valuesOf(name: string): readonly string[] {
  const type = set.types.get(name)!
  assert.ok(type.kind === 'text' && type.values)
  return type.values
}

/** The bodies that each row names, its lead first. */
const named = table.rows.map(({ gives }) =>
  table.outputs.flatMap(({ name }, nth) => {
    const give = gives[nth]!
    assert.ok(give.kind === 'const')
    return BODIES.includes(name) ? [String(give.value)] : []
  }),
)

test('the table has no gap, no overlap and no row that never decides', () => {
  const nothing = applied({})
  const found = analyse(table, (expr) => evaluate(expr, nothing))
  assert.deepEqual([found?.gaps, found?.overlaps, found?.unreachable], [[], [], []])
})

test('every matter of every level and region has a lead, and none joins itself', () => {
  for (const 事项 of valuesOf('事项')) {
    for (const 层级 of valuesOf('层级')) {
      for (const 地区类别 of valuesOf('地区类别')) {
        const evaluation = applied({ 事项, 层级, 地区类别 })
        const bodies = BODIES.map((name) => evaluation.value(`分派.${name}`))
        const place = `${事项}, ${层级}, ${地区类别}`
        assert.ok(!bodies.some((one) => one instanceof Open), place)
        assert.notEqual(bodies[0], NOBODY, place)
        const real = bodies.filter((one) => one !== NOBODY)
        assert.equal(new Set(real).size, real.length, place)
      }
    }
  }
})

test('every row leads to somebody whom authorities.yaml knows', () => {
  const known = new Set(authorities.map(({ name }) => name.zh))
  for (const [lead, ...others] of named) {
    assert.ok(known.has(lead!), lead)
    for (const one of others) assert.ok(one === NOBODY || known.has(one), one)
  }
})

test('every body that the draft names leads or joins something, a group by all its members', () => {
  const routed = new Set(named.flat())
  const byId = new Map(authorities.map((one) => [one.id, one]))
  const missing = authorities.filter(({ name, members }) => {
    const all = members?.every((id) => routed.has(byId.get(id)!.name.zh)) ?? false
    return !routed.has(name.zh) && !all
  })
  assert.deepEqual(
    missing.map(({ id }) => id),
    [],
  )
})
