// The people that rules are tried on: what the rules say of them, and what each set is given of them.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Columnar } from '#engines/rules/columnar.ts'
import type {
  NodeDefinition,
  RuleSetDefinition,
  TypeDefinition,
} from '#engines/rules/definitions.ts'
import { Evaluation, noCalendar } from '#engines/rules/evaluation.ts'
import { Before } from '#engines/rules/impact.ts'
import { link } from '#engines/rules/link.ts'
import { factsAt, NO_CODE, type Population, valueAt } from '#engines/rules/population.ts'
import { Open, sameKnown } from '#engines/rules/types.ts'
import { parseRuleSet } from '#law/schema.ts'
import { GROUPS, makePeople, peopleFor, type Recipe } from './people.ts'
import { fitting, SYNTHETIC_FACTS, syntheticCompanies } from './synthetic.ts'

const folder = join(import.meta.dirname, '../../law/rules')
const law = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.cases.yaml'))
  .map((name) => parseRuleSet(readFileSync(join(folder, name), 'utf8'), name))
const sizes = law.find(({ id }) => id === 'sme-size')!
const today = '2026-11-28'
const recipe: Recipe = {
  seed: 34,
  size: 1_000,
  today,
  cities: [
    { name: '广州市', weight: 2 },
    { name: '深圳市', weight: 3 },
  ],
  sizes,
}
const people = makePeople(recipe)

const factsOf = ({ nodes }: RuleSetDefinition) =>
  nodes.flatMap((node) => (node.kind === 'fact' ? [{ name: node.name, type: node.type }] : []))

test('the size of a firm is what the rules say of it, one by one', () => {
  const set = link(sizes)
  const { population } = people
  const column = population.columns.get('企业规模')!
  const fit = fitting(factsOf(sizes), population, people.types)
  const found = new Set<unknown>()
  for (let nth = 0; nth < population.size; nth += 3) {
    const given = { facts: factsAt(fit, nth), on: today, workdays: noCalendar }
    const single = new Evaluation(set, given).value('企业规模')
    const held = valueAt(column, nth)
    if (single instanceof Open) assert.equal(held, undefined)
    else assert.ok(held !== undefined && sameKnown(held, single), `${nth}: ${held}, ${single}`)
    found.add(held)
  }
  for (const size of ['小型', '微型']) assert.ok(found.has(size), size)
  assert.deepEqual(people.types.企业规模, {
    kind: 'text',
    values: ['大型', '中型', '小型', '微型'],
  })
})

test('a small firm is a firm that the rules do not call large', () => {
  const { population } = people
  const at = (name: string, nth: number) => valueAt(population.columns.get(name)!, nth)
  for (let nth = 0; nth < population.size; nth++) {
    const size = at('企业规模', nth)
    const small = at('主体类型', nth) === '企业' ? size && size !== '大型' : false
    assert.equal(at('符合中小企业划型', nth), small)
  }
  assert.deepEqual(people.types.符合中小企业划型, { kind: 'boolean' })
})

test('without the rules on sizes nobody has one; everything else is as it was made', () => {
  const plain = makePeople({ ...recipe, sizes: null })
  assert.equal(plain.population.columns.has('企业规模'), false)
  assert.deepEqual(plain.types, SYNTHETIC_FACTS)
  const made = syntheticCompanies(recipe)
  for (const [name, column] of made.columns) {
    assert.deepEqual(plain.population.columns.get(name), column)
    assert.deepEqual(people.population.columns.get(name), column)
  }
})

const columnar = (definition: RuleSetDefinition, population: Population) =>
  new Columnar(link(definition), population, today)

for (const definition of law) {
  test(`${definition.id}: everybody at once is each of them, on what fits of the population`, () => {
    const population = peopleFor(definition, people)
    for (const { name, type } of factsOf(definition)) {
      const column = population.columns.get(name)!
      assert.equal(column.values.length, recipe.size)
      const [held, whole] = [people.types[name], people.population.columns.get(name)]
      const same =
        held?.kind === type.kind &&
        (held.kind !== 'number' || (type.kind === 'number' && held.unit === type.unit))
      for (let nth = 0; nth < recipe.size; nth++) {
        const value = same && whole ? valueAt(whole, nth) : undefined
        // A firm of a kind that the set does not name is of no known kind to it.
        const named = type.kind !== 'text' || !type.values || type.values.includes(String(value))
        assert.deepEqual(valueAt(column, nth), named ? value : undefined, name)
      }
    }
    const computed = definition.nodes.flatMap(({ kind, name }) => (kind === 'fact' ? [] : name))
    for (const name of GROUPS) {
      assert.equal(population.columns.has(name), !computed.includes(name), name)
    }
    const { benefit, outcomes } = definition
    const set = link(definition)
    const asked = benefit
      ? [benefit.entitled, ...(benefit.amount ? [benefit.amount] : [])]
      : outcomes
    const all = columnar(definition, population)
    for (const name of asked) {
      if (set.types.get(name)!.kind === 'list') continue
      const column = all.column(name)
      for (let nth = 0; nth < recipe.size; nth += 31) {
        const given = { facts: factsAt(population, nth), on: today, workdays: noCalendar }
        const single = new Evaluation(set, given).value(name)
        const held = valueAt(column, nth)
        if (single instanceof Open) assert.equal(held, undefined, name)
        else if (set.types.get(name)!.kind === 'number') {
          assert.ok(Math.abs(Number(held) - Number(single)) <= 1e-6, `${name}: ${held} ${single}`)
        } else assert.ok(held !== undefined && sameKnown(held, single), `${name} of ${nth}`)
      }
    }
  })
}

test('by city, size and sector the effects of a change add up to the whole', () => {
  const voucher = law.find(({ id }) => id === 'compute-voucher')!
  const richer = structuredClone(voucher) as RuleSetDefinition
  const rate = richer.nodes.find(({ name }) => name === '初创比例')!
  assert.ok(rate.kind === 'parameter')
  Object.assign(rate.values.at(-1)!, { value: '60' })
  const population = peopleFor(voucher, people)
  const before = new Before({ set: link(voucher), on: today }, population, noCalendar)
  const found = before.against({ set: link(richer), on: today }, GROUPS)
  assert.ok(found.gain > 0)
  assert.deepEqual([found.lose, found.changed], [0, found.gain])
  const delta = found.budget!.after - found.budget!.before
  for (const name of GROUPS) {
    const groups = found.by[name]!
    // Whose size the rules do not tell is in no group of sizes.
    const column = population.columns.get(name)!
    const known = Array.from(column.values).filter((code) => code !== NO_CODE).length
    assert.equal(
      groups.reduce((sum, { subjects }) => sum + subjects, 0),
      known,
      name,
    )
    if (known < recipe.size) continue
    assert.equal(
      groups.reduce((sum, { gain }) => sum + gain, 0),
      found.gain,
      name,
    )
    const sum = groups.reduce((total, group) => total + group.delta, 0)
    assert.ok(Math.abs(sum - delta) <= 1e-6 * delta, name)
  }
})

test('what a set works out itself is not taken from the population', () => {
  const definition: RuleSetDefinition = {
    id: 'own-size',
    title: { zh: '自定规模', en: 'A size of its own' },
    outcomes: ['可享'],
    benefit: { entitled: '可享', amount: null },
    nodes: [
      ...sizes.nodes.filter(({ name }) => name === '从业人员'),
      {
        kind: 'formula',
        name: '企业规模',
        type: { kind: 'text', values: ['大型', '微型'] },
        expression: 'if 从业人员 >= 1 人 then "大型" else "微型"',
        cite: [],
      },
      {
        kind: 'formula',
        name: '可享',
        type: { kind: 'boolean' },
        expression: '企业规模 = "大型"',
        cite: [],
      },
    ],
  }
  const all = columnar(definition, peopleFor(definition, people)).column('可享')
  assert.ok(Array.from(all.values).every((flag) => flag === 1))
  const own = columnar(sizes, peopleFor(sizes, people)).column('企业规模')
  assert.deepEqual(own, people.population.columns.get('企业规模'))
})

test('each side of a change reads people as its own set does: a fact may become a rule, or change its unit', () => {
  const grants = (expression: string, ...nodes: NodeDefinition[]): RuleSetDefinition => ({
    id: 'two-ways',
    title: { zh: '两种写法', en: 'Two ways' },
    outcomes: ['可享'],
    benefit: { entitled: '可享', amount: null },
    nodes: [
      ...nodes,
      { kind: 'formula', name: '可享', type: { kind: 'boolean' }, expression, cite: [] },
    ],
  })
  const fact = (name: string, type: TypeDefinition): NodeDefinition => ({
    kind: 'fact',
    name,
    type,
    ask: { zh: '问', en: 'ask' },
    cost: 0,
  })
  const yesNo: TypeDefinition = { kind: 'boolean' }
  const told = grants('主营人工智能', fact('主营人工智能', yesNo))
  const computed = grants('主营人工智能', fact('从业人员', { kind: 'number', unit: '人' }), {
    kind: 'formula',
    name: '主营人工智能',
    type: yesNo,
    expression: '从业人员 >= 1 人',
    cite: [],
  })
  const wan = grants('营业收入 >= 0 万元', fact('营业收入', { kind: 'number', unit: '万元' }))
  const yuan = grants('营业收入 >= 0 元', fact('营业收入', { kind: 'number', unit: '元' }))
  const between = (before: RuleSetDefinition, after: RuleSetDefinition) => {
    const side = (definition: RuleSetDefinition) => ({ set: link(definition), on: today })
    const kept = new Before(side(before), peopleFor(before, people), noCalendar)
    const { entitled, open, by } = kept.against(side(after), GROUPS, peopleFor(after, people))
    assert.ok(by.市!.length > 0)
    return [entitled.before, entitled.after, open.before, open.after]
  }
  const flags = Array.from(people.population.columns.get('主营人工智能')!.values)
  const some = flags.filter((flag) => flag === 1).length
  const { size } = recipe
  assert.deepEqual(between(told, computed), [some, size, 0, 0])
  assert.deepEqual(between(computed, told), [size, some, 0, 0])
  assert.deepEqual(between(wan, yuan), [size, 0, 0, size])
})
