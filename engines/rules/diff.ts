// What changed between two versions of a set, as people name it: parameters, rows, cells, formulas.
import type { NodeDefinition, RuleSetDefinition, TableDefinition, Text } from './definitions.ts'

export interface Change {
  /** Node, row, column: where it is. */
  place: readonly string[]
  /** null: it was not there, or is no more. */
  before: string | null
  after: string | null
}

/** Fields in one order, whichever they were written or stored in. */
const inOrder = (_key: string, value: unknown): unknown =>
  value === null || typeof value !== 'object' || Array.isArray(value)
    ? value
    : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))

const show = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, inOrder)

/** Pairs by their name, those of the first in their order, then what is new. */
function paired<T>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (one: T) => string,
): [string, T | undefined, T | undefined][] {
  const old = new Map(before.map((one) => [nameOf(one), one]))
  const now = new Map(after.map((one) => [nameOf(one), one]))
  const names = new Set([...old.keys(), ...now.keys()])
  return [...names].map((name) => [name, old.get(name), now.get(name)])
}

function changed(place: readonly string[], before: unknown, after: unknown): Change[] {
  const [old, now] = [before, after].map((one) => (one === undefined ? null : show(one)))
  return old === now ? [] : [{ place, before: old!, after: now! }]
}

const list = (texts: readonly string[] | undefined) => texts?.join(' | ')

function tableChanges(place: readonly string[], a: TableDefinition, b: TableDefinition): Change[] {
  const columns = [
    ...changed([...place, '命中'], a.hit, b.hit),
    ...changed([...place, '输入'], list(a.inputs), list(b.inputs)),
    ...changed([...place, '结果'], a.outputs, b.outputs),
    ...changed([...place, '其余'], list(a.otherwise ?? undefined), list(b.otherwise ?? undefined)),
  ]
  const rows = paired(a.rows, b.rows, ({ id }) => id).flatMap(([id, old, now]) => {
    const at = [...place, id]
    const text = (row = old ?? now!) => `${list(row.when)} ⇒ ${list(row.gives)}`
    if (!old || !now) return changed(at, old && text(old), now && text(now))
    const cells = (of: 'when' | 'gives', names: readonly string[]) =>
      Array.from({ length: Math.max(old[of].length, now[of].length) }, (_, nth) =>
        changed([...at, names[nth] ?? String(nth + 1)], old[of][nth], now[of][nth]),
      ).flat()
    return [
      ...cells('when', b.inputs),
      ...cells(
        'gives',
        b.outputs.map(({ name }) => name),
      ),
      ...changed([...at, '依据'], old.cite, now.cite),
    ]
  })
  // Of the rows that both have: one that comes or goes moves no other.
  const order = (of: TableDefinition, beside: TableDefinition) => {
    const others = new Set(beside.rows.map(({ id }) => id))
    return of.rows.flatMap(({ id }) => (others.has(id) ? id : [])).join(' ')
  }
  return [...columns, ...rows, ...changed([...place, '行序'], order(a, b), order(b, a))]
}

function nodeChanges(name: string, a: NodeDefinition, b: NodeDefinition): Change[] {
  if (a.kind !== b.kind) return changed([name], a.kind, b.kind)
  if (a.kind === 'table' && b.kind === 'table') return tableChanges([name], a, b)
  const type = 'type' in a && 'type' in b ? changed([name, '类型'], a.type, b.type) : []
  if (a.kind === 'parameter' && b.kind === 'parameter') {
    const dated = paired(a.values, b.values, ({ from }) => from).flatMap(([from, old, now]) => {
      const until = (to: string | null | undefined) => (to === undefined ? undefined : (to ?? '—'))
      return [
        ...changed([name, from], old?.value, now?.value),
        ...(old && now ? changed([name, from, '止于'], until(old.to), until(now.to)) : []),
        ...(old && now ? changed([name, from, '依据'], old.cite, now.cite) : []),
      ]
    })
    return [...type, ...dated]
  }
  if (a.kind === 'formula' && b.kind === 'formula') {
    return [
      ...type,
      ...changed([name], a.expression, b.expression),
      ...changed([name, '依据'], a.cite, b.cite),
    ]
  }
  const { name: _a, kind: _k, ...restA } = a
  const { name: _b, kind: _l, ...restB } = b
  return changed([name], restA, restB)
}

/** Everything that differs, in the order of the older version, then what is new; empty where nothing does. */
export function diff(before: RuleSetDefinition, after: RuleSetDefinition): Change[] {
  const title = (text: Text) => `${text.zh} / ${text.en}`
  return [
    ...changed(['名称'], title(before.title), title(after.title)),
    ...changed(['结果'], list(before.outcomes), list(after.outcomes)),
    ...changed(['权益'], before.benefit, after.benefit),
    ...paired(before.nodes, after.nodes, ({ name }) => name).flatMap(([name, old, now]) => {
      if (old && now) return nodeChanges(name, old, now)
      const text = (node: NodeDefinition | undefined) => node && JSON.stringify(node)
      return changed([name], text(old), text(now))
    }),
  ]
}
