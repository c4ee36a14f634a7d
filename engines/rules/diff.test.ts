// What changed between two versions: every single edit of every set of the law is told once, at its place.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseRuleSet } from '#law/schema.ts'
import type {
  Citation,
  NodeDefinition,
  RowDefinition,
  RuleSetDefinition,
  TableDefinition,
  TypeDefinition,
} from './definitions.ts'
import { type Change, diff } from './diff.ts'

const folder = join(import.meta.dirname, '../../law/rules')
const sets = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.cases.yaml'))
  .map((name) => parseRuleSet(readFileSync(join(folder, name), 'utf8'), name))

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T
type Draft = Writable<RuleSetDefinition>

/** One thing that somebody changes, and where a reader has to be told of it. */
interface Edit {
  place: string[]
  apply(draft: Draft): void
}

const other: Citation = { source: '另一出处', certainty: 'memory' }
const otherType = (type: TypeDefinition): { kind: 'boolean' } | { kind: 'date' } =>
  type.kind === 'boolean' ? { kind: 'date' } : { kind: 'boolean' }
const nodeOf = <K extends NodeDefinition['kind']>(draft: Draft, name: string, kind: K) => {
  const found = draft.nodes.find((one) => one.name === name)!
  assert.equal(found.kind, kind)
  return found as Writable<Extract<NodeDefinition, { kind: K }>>
}

function* rowEdits({ name, inputs, outputs, rows }: TableDefinition): Generator<Edit> {
  const table = (draft: Draft) => nodeOf(draft, name, 'table')
  for (const [at, { id, when, gives }] of rows.entries()) {
    for (const nth of when.keys()) {
      yield {
        place: [name, id, inputs[nth]!],
        apply: (draft) => {
          table(draft).rows[at]!.when[nth] += ' '
        },
      }
    }
    for (const nth of gives.keys()) {
      yield {
        place: [name, id, outputs[nth]!.name],
        apply: (draft) => {
          table(draft).rows[at]!.gives[nth] += ' + 0'
        },
      }
    }
    yield {
      place: [name, id, '依据'],
      apply: (draft) => void table(draft).rows[at]!.cite.push(other),
    }
    yield { place: [name, id], apply: (draft) => void table(draft).rows.splice(at, 1) }
    yield {
      place: [name, '新的一行'],
      apply: (draft) => {
        const { rows: all } = table(draft)
        all.splice(at, 0, { ...copied(all[at]!), id: '新的一行' })
      },
    }
    if (at === 0) continue
    yield {
      place: [name, '行序'],
      apply: (draft) => {
        const { rows: all } = table(draft)
        all.unshift(...all.splice(at, 1))
      },
    }
  }
}

function* tableEdits(node: TableDefinition): Generator<Edit> {
  const { name, inputs, outputs, otherwise, hit } = node
  const table = (draft: Draft) => nodeOf(draft, name, 'table')
  yield {
    place: [name, '命中'],
    apply: (draft) => {
      table(draft).hit = hit === 'F' ? 'A' : 'F'
    },
  }
  yield {
    place: [name, '其余'],
    apply: (draft) => {
      table(draft).otherwise = otherwise ? null : outputs.map(() => '"其余"')
    },
  }
  for (const nth of inputs.keys()) {
    yield {
      place: [name, '输入'],
      apply: (draft) => {
        table(draft).inputs[nth] += ' + 0'
      },
    }
  }
  for (const [nth, { type }] of outputs.entries()) {
    yield {
      place: [name, '结果'],
      apply: (draft) => {
        table(draft).outputs[nth]!.type = otherType(type)
      },
    }
    yield {
      place: [name, '结果'],
      apply: (draft) => {
        table(draft).outputs[nth]!.name += '二'
      },
    }
  }
  yield* rowEdits(node)
}

function* nodeEdits(node: NodeDefinition): Generator<Edit> {
  const { name } = node
  switch (node.kind) {
    case 'table':
      return yield* tableEdits(node)
    case 'parameter': {
      const of = (draft: Draft) => nodeOf(draft, name, 'parameter')
      for (const [nth, { from }] of node.values.entries()) {
        const at = [name, from]
        yield {
          place: at,
          apply: (draft) => {
            of(draft).values[nth]!.value += '1'
          },
        }
        yield {
          place: [...at, '止于'],
          apply: (draft) => {
            of(draft).values[nth]!.to = '2098-01-01'
          },
        }
        yield {
          place: [...at, '依据'],
          apply: (draft) => {
            of(draft).values[nth]!.cite = other
          },
        }
        yield { place: at, apply: (draft) => void of(draft).values.splice(nth, 1) }
      }
      yield {
        place: [name, '2099-01-01'],
        apply: (draft) =>
          void of(draft).values.push({ from: '2099-01-01', to: null, value: '7', cite: other }),
      }
      return yield {
        place: [name, '类型'],
        apply: (draft) => {
          of(draft).type = otherType(node.type)
        },
      }
    }
    case 'formula': {
      const of = (draft: Draft) => nodeOf(draft, name, 'formula')
      yield {
        place: [name],
        apply: (draft) => {
          of(draft).expression += ' '
        },
      }
      yield { place: [name, '依据'], apply: (draft) => void of(draft).cite.push(other) }
      return yield {
        place: [name, '类型'],
        apply: (draft) => {
          of(draft).type = otherType(node.type)
        },
      }
    }
    case 'fact': {
      const of = (draft: Draft) => nodeOf(draft, name, 'fact')
      yield {
        place: [name],
        apply: (draft) => {
          of(draft).ask.en += '?'
        },
      }
      yield { place: [name], apply: (draft) => void of(draft).cost++ }
      return yield {
        place: [name],
        apply: (draft) => {
          of(draft).type = otherType(node.type)
        },
      }
    }
    default: {
      const of = (draft: Draft) => nodeOf(draft, name, 'judgement')
      yield {
        place: [name],
        apply: (draft) => {
          of(draft).by.zh += '等'
        },
      }
      yield { place: [name], apply: (draft) => void of(draft).cite.push(other) }
      return yield {
        place: [name],
        apply: (draft) => {
          of(draft).type = otherType(node.type)
        },
      }
    }
  }
}

function* editsOf(definition: RuleSetDefinition): Generator<Edit> {
  const { nodes, benefit } = definition
  yield {
    place: ['名称'],
    apply: (draft) => {
      draft.title.zh += '（修订）'
    },
  }
  yield {
    place: ['名称'],
    apply: (draft) => {
      draft.title.en += ' (revised)'
    },
  }
  yield { place: ['结果'], apply: (draft) => void draft.outcomes.push(nodes[0]!.name) }
  yield {
    place: ['权益'],
    apply: (draft) => {
      draft.benefit = { entitled: nodes[0]!.name, amount: null }
    },
  }
  if (benefit) {
    yield { place: ['权益'], apply: (draft) => void delete draft.benefit }
    yield {
      place: ['权益'],
      apply: (draft) => {
        draft.benefit!.amount = nodes[0]!.name
      },
    }
  }
  for (const [nth, node] of nodes.entries()) {
    yield* nodeEdits(node)
    yield { place: [node.name], apply: (draft) => void draft.nodes.splice(nth, 1) }
    yield {
      place: [node.name],
      apply: (draft) => {
        const ask = { zh: '问', en: 'ask' }
        const type: TypeDefinition = { kind: 'boolean' }
        draft.nodes[nth] =
          node.kind === 'fact'
            ? { kind: 'formula', name: node.name, type, expression: 'true', cite: [other] }
            : { kind: 'fact', name: node.name, type, ask, cost: 0 }
      },
    }
  }
  yield {
    place: ['新的一项'],
    apply: (draft) =>
      void draft.nodes.unshift({ ...copied(draft.nodes.at(-1)!), name: '新的一项' }),
  }
}

/** A copy that shares nothing, as one read from the database; anchors of YAML share their sources. */
const copied = <T>(one: T): Writable<T> => JSON.parse(JSON.stringify(one)) as Writable<T>

function edited(definition: RuleSetDefinition, edits: Iterable<Edit>): Draft {
  const draft = copied(definition)
  for (const { apply } of edits) apply(draft)
  return draft
}

const all = sets.map((definition) => ({ definition, edits: [...editsOf(definition)] }))

for (const { definition, edits } of all) {
  test(`${definition.id}: each of ${edits.length} single edits is told once, at its place, both ways`, () => {
    for (const edit of edits) {
      const now = edited(definition, [edit])
      const found = diff(definition, now)
      assert.deepEqual(
        found.map(({ place }) => place),
        [edit.place],
      )
      const [{ before, after }] = found as [Change]
      assert.notEqual(before, after)
      assert.deepEqual(diff(now, definition), [{ place: edit.place, before: after, after: before }])
    }
  })
}

test('nothing differs from itself, nor from a copy whose fields stand in another order', () => {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, one]) => [key, turned(one)] as const)
        .reverse(),
    )
  }
  for (const definition of sets) {
    assert.deepEqual(diff(definition, definition), [])
    assert.deepEqual(diff(definition, copied(definition)), [])
    assert.deepEqual(diff(definition, turned(definition) as RuleSetDefinition), [])
  }
})

test('property: of any two versions as many changes one way as the other, none of them empty', () => {
  const some = fc.array(fc.nat(), { maxLength: 6 })
  fc.assert(
    fc.property(fc.constantFrom(...all), some, some, ({ definition, edits }, first, second) => {
      const version = (picks: readonly number[]) => {
        const draft = copied(definition)
        for (const pick of picks) {
          // What an earlier edit took away cannot be edited again.
          try {
            edits[pick % edits.length]!.apply(draft)
          } catch {}
        }
        return draft
      }
      const [a, b] = [version(first), version(second)]
      const [there, back] = [diff(a, b), diff(b, a)]
      assert.equal(there.length, back.length)
      for (const { before, after } of [...there, ...back]) assert.notEqual(before, after)
      assert.equal(there.length === 0, JSON.stringify(a) === JSON.stringify(b))
    }),
    { numRuns: 300 },
  )
})

test('rows that change places are told beside a row that comes or goes', () => {
  const row = (id: string): RowDefinition => ({ id, when: [id], gives: ['true'], cite: [] })
  const table = (...ids: string[]): RuleSetDefinition => ({
    id: 'test',
    title: { zh: '试', en: 'Test' },
    outcomes: ['表'],
    nodes: [
      {
        kind: 'table',
        name: '表',
        hit: 'F',
        inputs: ['甲'],
        outputs: [{ name: '表', type: { kind: 'boolean' } }],
        rows: ids.map(row),
        otherwise: null,
      },
    ],
  })
  const places = (a: RuleSetDefinition, b: RuleSetDefinition) =>
    diff(a, b).map(({ place, before, after }) => [place.join(' '), before, after])
  assert.deepEqual(places(table('1', '2'), table('2', '1', '3')), [
    ['表 3', null, '3 ⇒ true'],
    ['表 行序', '1 2', '2 1'],
  ])
  assert.deepEqual(places(table('1', '2', '3'), table('3', '1')), [
    ['表 2', '2 ⇒ true', null],
    ['表 行序', '1 3', '3 1'],
  ])
  assert.deepEqual(places(table('1', '2'), table('1', '3', '2')), [['表 3', null, '3 ⇒ true']])
})
