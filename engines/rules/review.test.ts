// Whether a set may be published: against gaps, overlaps and cases found by hand; and whatever is written.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseRuleCases, parseRuleSet, ruleSetSchema } from '#law/schema.ts'
import type {
  CaseDefinition,
  HitPolicy,
  NodeDefinition,
  RuleSetDefinition,
  TableDefinition,
} from './definitions.ts'
import { Evaluation, factsOf, noCalendar } from './evaluation.ts'
import { link, type RuleSet } from './link.ts'
import { review, tryCase } from './review.ts'
import { cells, cite, fact, formula, partial, setOf, small, table } from './test-rules.ts'
import { Open, type Value } from './types.ts'

const ON = '2026-11-28'
const folder = join(import.meta.dirname, '../../law/rules')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const law = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.cases.yaml'))
  .map((name) => {
    const cases = name.replace('.yaml', '.cases.yaml')
    return {
      // A copy that shares nothing: anchors of YAML share what they name.
      definition: JSON.parse(JSON.stringify(parseRuleSet(read(name), name))) as RuleSetDefinition,
      cases: parseRuleCases(read(cases), cases).cases as readonly CaseDefinition[],
    }
  })

for (const { definition, cases } of law) {
  test(`${definition.id}: may be published as it stands`, () => {
    const found = review(definition, cases, ON, noCalendar)
    assert.deepEqual(found.faults, [])
    assert.deepEqual(
      found.cases.filter(({ ok }) => !ok),
      [],
    )
    assert.equal(found.cases.length, cases.length)
    assert.ok(found.sound)
  })
}

/** People are counted: beyond what the cells name, one below and one above stand for all. */
const EVERY = [true, false].flatMap((b1) =>
  [-1, 0, 1, 2, 3, 4, 5].flatMap((n1) => ['甲', '乙', '丙'].map((e1) => ({ b1, n1, e1 }))),
)
const outcome = (set: RuleSet, facts: Record<string, unknown>): Value =>
  new Evaluation(set, { facts: factsOf(set, facts), on: ON, workdays: noCalendar }).value('t')
const text = (value: Value) => (value instanceof Open ? null : String(value))

/** The ids of the rows that apply to each of them: each row is tried in a table of its own. */
function applying(made: TableDefinition): string[][] {
  const alone = made.rows.map(({ id, when }) => {
    const rows = [{ id, when, gives: ['"高"'], cite }]
    const one: TableDefinition = { ...made, hit: 'F', rows, otherwise: ['"低"'] }
    return { id, set: link(setOf([...small, one], 't')) }
  })
  return EVERY.map((facts) =>
    alone.filter(({ set }) => text(outcome(set, facts)) === '高').map(({ id }) => id),
  )
}

test('property: sound is what links, has no gap and no overlap, and whose cases come out', () => {
  const hit = fc.constantFrom<HitPolicy>('U', 'A', 'F', 'P', 'C')
  const rows = fc.array(fc.tuple(cells, fc.nat(2)), { minLength: 1, maxLength: 4 })
  const cased = fc.array(fc.tuple(partial, fc.constantFrom('高', '中', '低')), { maxLength: 3 })
  fc.assert(
    fc.property(hit, rows, fc.boolean(), cased, (policy, some, covered, wanted) => {
      const values = ['高', '中', '低']
      const made = table(
        policy,
        some.map(([when, rank]): [string[], string] => [when, `"${values[rank]}"`]),
        covered ? '"高"' : null,
      )
      const definition = setOf([...small, made], 't')
      const cases = wanted.map(
        ([facts, t], nth): CaseDefinition => ({
          name: `例${nth}`,
          on: ON,
          facts,
          expect: { t },
          source: '',
        }),
      )
      const found = review(definition, cases, ON, noCalendar)
      assert.deepEqual(found.faults, [])
      const [told] = found.tables
      const sets = applying(made)
      const holes = policy !== 'C' && !covered && sets.some(({ length }) => length === 0)
      assert.equal(told!.gaps.length > 0, holes, 'gaps')
      const gives = new Map(made.rows.map(({ id, gives: [one] }) => [id, one]))
      const pairs = new Set(
        sets
          .flatMap((ids) => ids.flatMap((a, nth) => ids.slice(nth + 1).map((b) => [a, b] as const)))
          .filter(([a, b]) => policy === 'U' || (policy === 'A' && gives.get(a) !== gives.get(b)))
          .map((pair) => pair.join(' ')),
      )
      assert.deepEqual(new Set(told!.overlaps.map(({ rows: pair }) => pair.join(' '))), pairs)
      const right = wanted.map(([facts, t]) => {
        const value = outcome(link(definition), facts)
        return policy === 'C' ? false : text(value) === t
      })
      assert.deepEqual(
        found.cases.map(({ ok }) => ok),
        right,
      )
      for (const { ok, differs, fault } of found.cases) {
        assert.deepEqual([differs.length, fault], [ok ? 0 : 1, null])
      }
      assert.equal(found.sound, !holes && pairs.size === 0 && right.every(Boolean))
    }),
    { numRuns: 150 },
  )
})

test('a wrong text in any node, row or value of the law is told with its place', () => {
  const wrong = '（读不懂）'
  for (const { definition } of law) {
    for (const [nth, node] of definition.nodes.entries()) {
      const faulty = (change: (copy: never) => void, place: string[]) => {
        const copy = structuredClone(definition)
        change(copy.nodes[nth] as never)
        const { faults, sound } = review(copy, [], ON, noCalendar)
        assert.equal(sound, false)
        assert.deepEqual(
          faults.map((one) => one.place.slice(0, place.length)),
          [place],
        )
        for (const { says, code } of faults) assert.ok(says.zh && says.en && code)
      }
      if (node.kind === 'formula') {
        faulty(
          (copy: { expression: string }) => {
            copy.expression = wrong
          },
          [node.name],
        )
      }
      if (node.kind === 'parameter') {
        type Copy = { values: { value: string }[] }
        const at = [node.name, node.values.at(-1)!.from]
        faulty((copy: Copy) => {
          copy.values.at(-1)!.value = wrong
        }, at)
      }
      if (node.kind !== 'table') continue
      type Copy = { rows: { when: string[]; gives: string[] }[]; inputs: string[] }
      const row = node.rows.length - 1
      const at = [node.name, node.rows[row]!.id]
      faulty(
        (copy: Copy) => {
          copy.rows[row]!.when[0] = wrong
        },
        [...at, node.inputs[0]!],
      )
      faulty(
        (copy: Copy) => {
          copy.rows[row]!.gives[0] = wrong
        },
        [...at, node.outputs[0]!.name],
      )
      faulty((copy: Copy) => void copy.rows[row]!.when.pop(), at)
      faulty(
        (copy: Copy) => {
          copy.inputs[0] = wrong
        },
        [node.name, '输入 1'],
      )
    }
  }
})

test('wrong nodes are told each once, and what hangs on all of them only when they are right', () => {
  const nodes = [
    ...small,
    formula('x', null, 'b1 +'),
    formula('y', null, 'n1 > 3'),
    formula('z', null, 'b1'),
  ]
  const faults = (...more: NodeDefinition[]) =>
    review(setOf([...nodes, ...more], '没有'), [], ON, noCalendar).faults
  assert.deepEqual(
    faults().map(({ code, place }) => [code, place]),
    [
      ['syntax', ['x']],
      ['unit', ['y']],
    ],
  )
  const right = review(setOf([...small, formula('x', null, 'b1')], '没有'), [], ON, noCalendar)
  assert.deepEqual(
    right.faults.map(({ code }) => code),
    ['name-unknown'],
  )
})

test('what a set grants has to be there, in its type', () => {
  const granting = (entitled: string, amount: string | null) =>
    review({ ...setOf([...small], 'b1'), benefit: { entitled, amount } }, [], ON, noCalendar)
  assert.ok(granting('b1', null).sound)
  assert.ok(granting('b1', 'n1').sound)
  const told = (entitled: string, amount: string | null) =>
    granting(entitled, amount).faults.map(({ code, place }) => [code, ...place])
  assert.deepEqual(told('没有', null), [['name-unknown', '权益', '没有']])
  assert.deepEqual(told('n1', '没有'), [
    ['type', '权益', 'n1'],
    ['name-unknown', '权益', '没有'],
  ])
  assert.deepEqual(told('b1', 'e1'), [['type', '权益', 'e1']])
})

test('a case that cannot be read says why, and the others are tried all the same', () => {
  const definition = setOf([...small, formula('x', null, 'b1 and n1 > 2 人')], 'x')
  const tried = (facts: object, expect: object) =>
    ({ name: '例', on: ON, facts, expect, source: '' }) as CaseDefinition
  const found = review(
    definition,
    [
      tried({ b1: '是' }, { x: true }),
      tried({ 没有: true }, { x: true }),
      tried({ b1: true, n1: 3 }, { 没有: true }),
      tried({ b1: true, n1: 3 }, { x: '是' }),
      tried({ b1: true }, { x: true }),
      tried({ b1: true, n1: 2 }, { x: true }),
      tried({ b1: true, n1: 3 }, { x: true }),
    ],
    ON,
    noCalendar,
  )
  assert.equal(found.sound, false)
  assert.deepEqual(
    found.cases.map(({ ok, fault, differs }) => [ok, fault?.zh ?? differs[0]?.found.zh ?? '']),
    [
      [false, '应为是或否，收到 "是"'],
      [false, '没有叫“没有”的事实'],
      [false, '没有叫“没有”的结果'],
      [false, '应为是或否，收到 "是"'],
      [false, '还不知道：n1'],
      [false, '否'],
      [true, ''],
    ],
  )
})

test('a case of a table that counts expects a number, whatever is counted', () => {
  const counting: TableDefinition = {
    kind: 'table',
    name: 't',
    hit: 'C#',
    inputs: ['b1'],
    outputs: [{ name: 't', type: { kind: 'text', values: ['甲', '乙'] } }],
    rows: [
      { id: '1', when: ['true'], gives: ['"甲"'], cite },
      { id: '2', when: ['-'], gives: ['"乙"'], cite },
    ],
    otherwise: null,
  }
  const set = link(setOf([fact('b1', 'boolean'), counting], 't'))
  const one = { name: '例', on: ON, facts: { b1: true }, expect: { t: 2 }, source: '' }
  assert.deepEqual(tryCase(set, one, noCalendar), {
    name: '例',
    ok: true,
    differs: [],
    fault: null,
  })
})

/** Every place of a document, as the path to it. */
function* placesIn(value: unknown, path: (string | number)[] = []): Generator<(string | number)[]> {
  if (path.length > 0) yield path
  if (value === null || typeof value !== 'object') return
  for (const [key, one] of Object.entries(value)) {
    yield* placesIn(one, [...path, Array.isArray(value) ? Number(key) : key])
  }
}
const places = law.map(({ definition }) => [...placesIn(definition)])

// biome-ignore lint/suspicious/noExplicitAny: what is written may have any shape
type Any = any

interface Mutation {
  pick: number
  how: 'delete' | 'copy' | 'replace'
  what: unknown
}
const mutation: fc.Arbitrary<Mutation> = fc.record({
  pick: fc.nat(),
  how: fc.constantFrom('delete', 'copy', 'replace'),
  what: fc.oneof(
    fc.constantFrom<unknown>(
      null,
      0,
      -1,
      true,
      '',
      '-',
      '9'.repeat(400),
      '1e999',
      '０',
      '\u0000',
      '<script>',
      '__proto__',
      'constructor',
      'not(',
      '当日',
      '当日 + 99999999999 天 > 当日',
      '当日 - 99999999999 个月 < 当日',
      '当日 + 999999 工作日 = 当日',
      'true and false',
      '[1..',
      '@"2026-02-30"',
      'null',
      'P',
      'C#',
      'C<',
      'O',
      '%',
      '万元',
      '2026-02-30',
      '9999-12-31',
    ),
    fc.string({ maxLength: 12 }),
    fc.constantFrom<unknown>(
      [],
      {},
      [null],
      [[]],
      { kind: 'table' },
      { kind: 'number' },
      Number.NaN,
    ),
  ),
})

function mutated(which: number, mutations: readonly Mutation[]): RuleSetDefinition {
  const copy = structuredClone(law[which]!.definition)
  for (const { pick, how, what } of mutations) {
    const path = places[which]![pick % places[which]!.length]!
    let at: Any = copy
    for (const key of path.slice(0, -1)) at = at?.[key]
    const last = path.at(-1)!
    if (at === null || typeof at !== 'object') continue
    if (how === 'replace') at[last] = structuredClone(what)
    else if (how === 'delete' && Array.isArray(at)) at.splice(Number(last), 1)
    else if (how === 'delete') delete at[last]
    else if (Array.isArray(at)) at.push(structuredClone(at[Number(last)]))
  }
  return copy
}
const mutant = fc.tuple(fc.nat(law.length - 1), fc.array(mutation, { minLength: 1, maxLength: 3 }))

test('property: whatever is written in the shape of a set, the review says what is wrong and never throws', () => {
  fc.assert(
    fc.property(mutant, ([which, mutations]) => {
      const read = ruleSetSchema.safeParse(mutated(which, mutations))
      if (!read.success) return
      const found = review(read.data, law[which]!.cases.slice(0, 3), ON, noCalendar)
      if (found.faults.length === 0) link(read.data)
      else assert.equal(found.sound, false)
    }),
    { numRuns: 400 },
  )
})

// ruleSetSchema and ruleCaseSchema stand before the review wherever something comes from outside, so that
// these cannot reach it; beyond them a missing list is a TypeError of link.ts and evaluation.ts.

test('a table that cannot be looked at case by case is not sound without a word for the rest', () => {
  const line: NodeDefinition = {
    kind: 'parameter',
    name: '线',
    type: { kind: 'number', unit: '人' },
    values: [{ from: '2026-01-01', to: '2026-12-01', value: '3', cite: cite[0]! }],
  }
  const rows: [string[], string][] = [
    [['-', '>= 线', '-'], '"高"'],
    [['-', '< 线', '-'], '"低"'],
  ]
  const on = (day: string, otherwise: string | null) =>
    review(setOf([...small, line, table('U', rows, otherwise)], 't'), [], day, noCalendar)
  assert.equal(on('2026-11-28', null).sound, true)
  const later = on('2026-12-02', null)
  assert.equal(later.sound, false)
  assert.match(later.tables[0]!.gaps[0]!.zh, /无法逐一核对/)
  assert.equal(on('2026-12-02', '"低"').sound, true)
})
