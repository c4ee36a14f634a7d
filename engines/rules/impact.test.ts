// What a change does to everybody, against each of them looked at one by one with decimals.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal } from '#engines/feel/values.ts'
import type { HitPolicy, NodeDefinition, RuleSetDefinition } from './definitions.ts'
import { Evaluation, factsOf, noCalendar } from './evaluation.ts'
import { Before, type Impact, type Side } from './impact.ts'
import { link } from './link.ts'
import { populationOf } from './population.ts'
import {
  cells,
  cite,
  condition,
  fact,
  formula,
  partial,
  refusal,
  setOf,
  small,
} from './test-rules.ts'

const GROUPS = ['区', 'e1', 'b1', '没有这一列']
const facts = [
  ...small,
  { ...fact('区', 'boolean'), type: { kind: 'text', values: null } } as NodeDefinition,
]
const rate: NodeDefinition = {
  kind: 'parameter',
  name: '比例',
  type: { kind: 'number', unit: '%' },
  values: [
    { from: '2020-01-01', to: '2026-01-01', value: '30', cite: cite[0]! },
    { from: '2026-01-01', to: '2027-01-01', value: '33.3', cite: cite[0]! },
  ],
}

const granting = (nodes: NodeDefinition[], amount: string | null): RuleSetDefinition => ({
  ...setOf([...facts, rate, ...nodes], '可享'),
  benefit: { entitled: '可享', amount },
})

/** What a row or a formula grants: also of what cannot be worked out, and less than nothing. */
const money = fc.constantFrom(
  '0 元',
  '100 元',
  'n1 / 1 人 * 3.33 元',
  '(n1 - n2) / 1 人 * 5 元',
  'n2 / n1 * 10 元',
  '比例 * 1000 元',
  'floor(n2 / 1 人 * 比例 * 10 元, 1)',
  'if b2 then 7 元 else n1 / 1 人 * 0.1 元',
)

const tabled = fc
  .tuple(
    fc.constantFrom<HitPolicy>('U', 'A', 'F', 'C+', 'C>'),
    fc.array(fc.tuple(cells, money), { minLength: 1, maxLength: 4 }),
    fc.option(money, { nil: null }),
  )
  .map(
    ([hit, rows, otherwise]): NodeDefinition => ({
      kind: 'table',
      name: '额',
      hit,
      inputs: ['b1', 'n1', 'e1'],
      outputs: [{ name: '额', type: { kind: 'number', unit: '元' } }],
      rows: rows.map(([when, gives], nth) => ({ id: `r${nth}`, when, gives: [gives], cite })),
      otherwise: otherwise === null ? null : [otherwise],
    }),
  )
const amount = fc.oneof(
  tabled,
  money.map((text) => formula('额', '元', text)),
  fc.constant(null),
)
const day = fc.constantFrom('2025-06-01', '2026-11-28', '2027-06-01')
const side = fc.tuple(condition, amount, day).map(([text, granted, on]) => ({
  definition: granting(
    [formula('可享', null, text), ...(granted ? [granted] : [])],
    granted ? '额' : null,
  ),
  on,
}))
const subject = fc
  .tuple(partial, fc.option(fc.constantFrom('东', '西'), { nil: null }))
  .map(([given, area]): Record<string, unknown> => (area ? { ...given, 区: area } : given))
const people = fc.array(subject, { minLength: 1, maxLength: 40 })

interface One {
  entitled: boolean | null
  paid: Decimal
}

const NONE = new Decimal(0)

/** One of them on one side: granted, not, or not known (null), and how much. */
function one({ set, on }: Side, given: Record<string, unknown>): One {
  const evaluation = new Evaluation(set, { facts: factsOf(set, given), on, workdays: noCalendar })
  const { entitled: name, amount: granted } = set.definition.benefit!
  const entitled = evaluation.value(name)
  if (typeof entitled !== 'boolean') return { entitled: null, paid: NONE }
  const paid = entitled && granted !== null ? evaluation.value(granted) : NONE
  return { entitled, paid: paid instanceof Decimal ? paid : NONE }
}

const count = <T>(all: readonly T[], test: (item: T) => boolean) => all.filter(test).length
const close = (a: number, b: Decimal, told: string) =>
  assert.ok(Math.abs(a - b.toNumber()) <= 1e-6, `${told}: ${a} and ${b}`)

interface Pair {
  old: One
  now: One
}
const moves = ({ old, now }: Pair) => old.entitled !== now.entitled || !old.paid.eq(now.paid)
const better = ({ old, now }: Pair) =>
  now.paid.gt(old.paid) || (now.paid.eq(old.paid) && now.entitled === true && old.entitled !== true)
const worse = ({ old, now }: Pair) =>
  now.paid.lt(old.paid) || (now.paid.eq(old.paid) && old.entitled === true && now.entitled !== true)
const sum = (all: readonly Pair[], of: (pair: Pair) => Decimal) =>
  all.reduce((total, pair) => total.plus(of(pair)), NONE)

function againstEach(
  found: Impact,
  before: Side,
  after: Side,
  subjects: Record<string, unknown>[],
) {
  const all = subjects.map((given) => ({ old: one(before, given), now: one(after, given) }))
  const is = (pair: Pair, old: boolean | null, now: boolean | null) =>
    pair.old.entitled === old && pair.now.entitled === now
  const { size, changed, gain, lose, entitled, open, budget } = found
  assert.deepEqual(
    { size, changed, gain, lose, entitled, open },
    {
      size: all.length,
      changed: count(all, moves),
      gain: count(all, better),
      lose: count(all, worse),
      entitled: {
        before: count(all, ({ old }) => old.entitled === true),
        after: count(all, ({ now }) => now.entitled === true),
        enter: count(all, (pair) => is(pair, false, true) || is(pair, null, true)),
        leave: count(all, (pair) => is(pair, true, false) || is(pair, true, null)),
      },
      open: {
        before: count(all, ({ old }) => old.entitled === null),
        after: count(all, ({ now }) => now.entitled === null),
      },
    },
  )
  assert.equal(entitled.enter - entitled.leave, entitled.after - entitled.before)
  const granted = [before, after].some(({ set }) => set.definition.benefit!.amount !== null)
  assert.equal(budget !== null, granted)
  if (budget) {
    assert.equal(budget.unit, '元')
    close(
      budget.before,
      sum(all, ({ old }) => old.paid),
      'before',
    )
    close(
      budget.after,
      sum(all, ({ now }) => now.paid),
      'after',
    )
  }
  grouped(found, subjects, all)
}

function grouped(found: Impact, subjects: Record<string, unknown>[], all: readonly Pair[]): void {
  assert.deepEqual(Object.keys(found.by), GROUPS)
  assert.deepEqual([found.by.b1, found.by.没有这一列], [[], []], 'only text columns group')
  for (const name of ['区', 'e1']) {
    const groups = found.by[name]!
    const values = new Set(subjects.flatMap((given) => (name in given ? [given[name]] : [])))
    assert.deepEqual(new Set(groups.map((group) => group.name)), values)
    assert.equal(groups.length, values.size)
    const known = all.filter((_, nth) => name in subjects[nth]!)
    const total = (of: 'subjects' | 'changed' | 'gain' | 'lose') =>
      groups.reduce((whole, group) => whole + group[of], 0)
    assert.deepEqual(
      [total('subjects'), total('changed'), total('gain'), total('lose')],
      [known.length, count(known, moves), count(known, better), count(known, worse)],
    )
    for (const group of groups) {
      const inside = all.filter((_, nth) => subjects[nth]![name] === group.name)
      const { delta, ...counts } = group
      assert.deepEqual(counts, {
        name: group.name,
        subjects: inside.length,
        changed: count(inside, moves),
        gain: count(inside, better),
        lose: count(inside, worse),
      })
      close(
        delta,
        sum(inside, ({ old, now }) => now.paid.minus(old.paid)),
        group.name,
      )
    }
    const sizes = groups.map(({ delta }) => Math.abs(delta))
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => b - a),
    )
  }
}

const populationFor = (definition: RuleSetDefinition, subjects: Record<string, unknown>[]) =>
  populationOf(link(definition), subjects)

test('property: every count, sum and group is what it is of each, whatever is missing', () => {
  fc.assert(
    fc.property(side, side, people, (a, b, subjects) => {
      const [before, after] = [a, b].map(({ definition, on }) => ({ set: link(definition), on }))
      const population = populationFor(a.definition, subjects)
      const kept = new Before(before!, population, noCalendar)
      againstEach(kept.against(after!, GROUPS), before!, after!, subjects)
      // The kept side is not used up.
      againstEach(kept.against(before!, GROUPS), before!, before!, subjects)
    }),
    { numRuns: 400 },
  )
})

test('property: a set against itself changes nothing, and turned round, gains are losses', () => {
  fc.assert(
    fc.property(side, side, people, (a, b, subjects) => {
      const [one, two] = [a, b].map(({ definition, on }) => ({ set: link(definition), on }))
      const population = populationFor(a.definition, subjects)
      const impact = (from: Side, to: Side) =>
        new Before(from, population, noCalendar).against(to, GROUPS)
      const same = impact(one!, one!)
      assert.deepEqual([same.changed, same.gain, same.lose], [0, 0, 0])
      assert.deepEqual([same.entitled.enter, same.entitled.leave], [0, 0])
      assert.equal(same.entitled.before, same.entitled.after)
      assert.equal(same.budget?.before, same.budget?.after)
      for (const { changed, delta } of Object.values(same.by).flat()) {
        assert.deepEqual([changed, delta], [0, 0])
      }
      const [there, back] = [impact(one!, two!), impact(two!, one!)]
      assert.deepEqual(
        [there.changed, there.gain, there.lose, there.entitled.enter, there.entitled.leave],
        [back.changed, back.lose, back.gain, back.entitled.leave, back.entitled.enter],
      )
    }),
    { numRuns: 200 },
  )
})

const everybody = (expression: string, unit = '元', amount: string | null = '额') => ({
  set: link(granting([formula('可享', null, 'true'), formula('额', unit, expression)], amount)),
  on: '2026-11-28',
})
const ten = Array.from({ length: 10 }, () => ({}))
const between = (before: Side, after: Side) =>
  new Before(before, populationOf(before.set, ten), noCalendar).against(after, [])

test('a little more on a large amount is a change', () => {
  const found = between(everybody('2000000 元'), everybody('2000001 元'))
  assert.deepEqual([found.changed, found.gain, found.lose], [10, 10, 0])
  const fen = between(everybody('5000000 元'), everybody('4999999.99 元'))
  assert.deepEqual([fen.changed, fen.gain, fen.lose], [10, 0, 10])
})

test('the same amount in another unit is the same amount', () => {
  const found = between(everybody('20000 元'), everybody('2 万元', '万元'))
  assert.deepEqual([found.changed, found.budget], [0, { before: 20, after: 20, unit: '万元' }])
  const less = between(everybody('2 万元', '万元'), everybody('19000 元'))
  assert.deepEqual([less.lose, less.budget], [10, { before: 200_000, after: 190_000, unit: '元' }])
  const people = refusal(() => between(everybody('2 元'), everybody('2 人', '人')))
  assert.equal(people.code, 'unit')
})

test('where money is no longer granted, what was granted keeps its unit', () => {
  const found = between(everybody('2 万元', '万元'), everybody('2 万元', '万元', null))
  assert.deepEqual([found.lose, found.budget], [10, { before: 20, after: 0, unit: '万元' }])
})

test('a set that names no benefit, or one of another type, is refused', () => {
  const code = (definition: RuleSetDefinition) => {
    const set = link(definition)
    return refusal(() => new Before({ set, on: '2026-11-28' }, populationOf(set, ten), noCalendar))
      .code
  }
  assert.equal(code(setOf(facts, 'b1')), 'name-unknown')
  const benefit = (entitled: string, amount: string | null) =>
    code({ ...setOf(facts, 'b1'), benefit: { entitled, amount } })
  assert.equal(benefit('e1', null), 'type')
  assert.equal(benefit('b1', 'b2'), 'type')
  assert.equal(benefit('没有这一项', null), 'name-unknown')
  assert.equal(benefit('b1', '没有这一项'), 'name-unknown')
})
