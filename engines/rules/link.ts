// A written rule set made ready: every text checked, every name resolved, no circle, no overlap in time.
import { Decimal } from '#engines/feel/values.ts'
import { checkCell, checkExpression, checkType, dateOf, type Types } from './check.ts'
import type {
  Citation,
  NodeDefinition,
  ParameterDefinition,
  RowDefinition,
  RuleSetDefinition,
  TableDefinition,
  TypeDefinition,
} from './definitions.ts'
import { RuleError, within } from './rule-error.ts'
import { BOOLEAN, DATE, type Expr, type Known, type Type } from './types.ts'
import { PERCENT, PLAIN, unitOf } from './units.ts'
import { refsOf } from './walk.ts'

export interface Row {
  definition: RowDefinition
  /** One for each input. */
  tests: readonly Expr[]
  /** One for each output. */
  gives: readonly Expr[]
}

export interface Table {
  kind: 'table'
  definition: TableDefinition
  inputs: readonly Expr[]
  rows: readonly Row[]
  outputs: readonly { name: string; type: Type }[]
  otherwise: readonly Expr[] | null
}

export interface Dated {
  from: string
  to: string | null
  value: Known
  cite: Citation
}

export type Node =
  | { kind: 'fact' | 'judgement'; definition: NodeDefinition; type: Type }
  | { kind: 'parameter'; definition: ParameterDefinition; type: Type; values: readonly Dated[] }
  | { kind: 'formula'; definition: NodeDefinition; type: Type; expr: Expr }
  | Table

export interface RuleSet {
  definition: RuleSetDefinition
  /** By every name that can be asked for; a table with several outputs has one for each. */
  nodes: ReadonlyMap<string, { node: Node; output: number }>
  types: Types
}

/** The type that a definition names. @throws RuleError unit-unknown */
export function typeOf(definition: TypeDefinition): Type {
  if (definition.kind === 'boolean') return BOOLEAN
  if (definition.kind === 'date') return DATE
  if (definition.kind === 'text') return { kind: 'text', values: definition.values }
  const unit = unitOf(definition.unit)
  if (!unit) {
    const { unit: name } = definition
    throw new RuleError('unit-unknown', `没有“${name}”这个单位`, `There is no unit ${name}`)
  }
  return { kind: 'number', unit: definition.unit === '%' ? PERCENT : unit }
}

const HUNDRED = new Decimal(100)

/**
 * A value from outside as its type wants it: 5 of a unit % is 0.05.
 * @throws RuleError fact, date, value-unknown
 */
export function knownOf(value: unknown, definition: TypeDefinition): Known {
  const refuse = (zh: string, en: string): never => {
    const shown = JSON.stringify(value) ?? String(value)
    throw new RuleError('fact', `${zh}，收到 ${shown}`, `${en}, not ${shown}`)
  }
  switch (definition.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse('应为是或否', 'It is true or false')
    case 'date':
      return typeof value === 'string' ? dateOf(value) : refuse('应为日期', 'It is a date')
    case 'text': {
      if (typeof value !== 'string') return refuse('应为文字', 'It is text')
      const { values } = definition
      if (!values || values.includes(value)) return value
      return refuse(`应为${values.join('、')}之一`, `It is one of ${values.join(', ')}`)
    }
    default: {
      const text = typeof value === 'number' || typeof value === 'string' ? String(value) : ''
      if (!/^-?\d{1,30}(\.\d{1,12})?$/.test(text)) return refuse('应为数字', 'It is a number')
      const number = new Decimal(text)
      return definition.unit === '%' ? number.div(HUNDRED) : number
    }
  }
}

const outputName = ({ name, outputs }: TableDefinition, output: string): string =>
  outputs.length === 1 ? name : `${name}.${output}`

/** The day whose law it is: a name that every set has without writing it down. */
export const THE_DAY = '当日'
const DAY: ParameterDefinition = {
  kind: 'parameter',
  name: THE_DAY,
  type: { kind: 'date' },
  values: [],
}

/** A set of more is for nobody to read: split it. */
const MOST = { nodes: 200, rows: 1_000, columns: 20, cells: 10_000 } as const

function refuseMonsters({ nodes }: RuleSetDefinition): void {
  const refuse = (most: number, zh: string, en: string): never => {
    throw new RuleError(
      'too-much',
      `${zh}超过 ${most}，请拆分`,
      `More than ${most} ${en}: split it`,
    )
  }
  if (nodes.length > MOST.nodes) refuse(MOST.nodes, '规则项', 'nodes')
  let cells = 0
  for (const node of nodes) {
    if (node.kind !== 'table') continue
    const columns = node.inputs.length + node.outputs.length
    if (node.rows.length > MOST.rows) refuse(MOST.rows, '行数', 'rows')
    if (columns > MOST.columns) refuse(MOST.columns, '列数', 'columns')
    cells += node.rows.length * columns
  }
  if (cells > MOST.cells) refuse(MOST.cells, '单元格', 'cells')
}

/** Every name with its type, before any text is read. */
function declare(definition: RuleSetDefinition): Map<string, Type> {
  refuseMonsters(definition)
  const types = new Map<string, Type>([[THE_DAY, DATE]])
  const add = (name: string, type: Type) => {
    if (name.trim() === '' || types.has(name)) {
      throw new RuleError('name-twice', `名称重复或为空：${name}`, `The name ${name} is taken`)
    }
    types.set(name, type)
  }
  for (const node of definition.nodes) {
    within([node.name], () => {
      if (node.kind !== 'table') return add(node.name, typeOf(node.type))
      if (node.outputs.length === 0) shape('至少要有一项结果', 'It has no output')
      for (const { name, type } of node.outputs) {
        const single = typeOf(type)
        const list = ['C', 'R', 'O'].includes(node.hit)
        const of: Type = list ? { kind: 'list', of: single } : single
        const counted: Type = { kind: 'number', unit: PLAIN }
        add(outputName(node, name), node.hit === 'C#' ? counted : of)
      }
    })
  }
  return types
}

function shape(zh: string, en: string): never {
  throw new RuleError('table-shape', zh, en)
}

function datedOf({ values, type }: ParameterDefinition): Dated[] {
  const sorted = values.toSorted((a, b) => (a.from < b.from ? -1 : 1))
  return sorted.map(({ from, to, value, cite }, nth) =>
    within([from], () => {
      dateOf(from)
      if (to !== null && dateOf(to) <= from) {
        throw new RuleError(
          'validity',
          `${from} 起的取值在开始前就结束了`,
          `${from} ends before it begins`,
        )
      }
      const next = sorted[nth + 1]
      if (next && (to === null || next.from < to)) {
        throw new RuleError(
          'validity',
          `${from} 与 ${next.from} 起的取值有效期重叠`,
          `The values from ${from} and ${next.from} overlap`,
        )
      }
      return { from, to, value: knownOf(value, type), cite }
    }),
  )
}

function linkTable(definition: TableDefinition, types: Types): Table {
  const { inputs, outputs, rows, otherwise, hit } = definition
  const columns = inputs.map((text, nth) =>
    within([`输入 ${nth + 1}`], () => checkExpression(text, types)),
  )
  const kinds = outputs.map(({ name, type }) => ({ name, type: typeOf(type) }))
  const results = (texts: readonly string[]): Expr[] => {
    if (texts.length !== kinds.length) shape('结果的列数不对', 'It has another number of outputs')
    return texts.map((text, nth) =>
      within([kinds[nth]!.name], () => checkExpression(text, types, kinds[nth]!.type)),
    )
  }
  if (hit.startsWith('C') && hit.length > 1) {
    if (kinds.length !== 1) shape('汇总的表只能有一项结果', 'A table that sums up has one output')
    const { type } = kinds[0]!
    if (hit !== 'C#' && type.kind !== 'number') checkType(type, { kind: 'number', unit: PLAIN })
  }
  if (hit === 'P' || hit === 'O') {
    const ranked = kinds.some(({ type }) => type.kind === 'text' && type.values)
    if (!ranked)
      shape('按优先级取结果时，结果须列明取值的次序', 'Its outputs have no order of values')
  }
  const seen = new Set<string>()
  const linked = rows.map((row): Row => {
    return within([row.id], () => {
      if (seen.has(row.id)) shape('行号重复', 'There is another row of this id')
      seen.add(row.id)
      if (row.when.length !== columns.length)
        shape('条件的列数不对', 'It has another number of tests')
      const tests = row.when.map((text, nth) =>
        within([inputs[nth]!], () => checkCell(text, columns[nth]!, types)),
      )
      return { definition: row, tests, gives: results(row.gives) }
    })
  })
  const rest = otherwise && within(['其余'], () => results(otherwise))
  return {
    kind: 'table',
    definition,
    inputs: columns,
    rows: linked,
    outputs: kinds,
    otherwise: rest,
  }
}

function linkNode(definition: NodeDefinition, types: Types): Node {
  switch (definition.kind) {
    case 'table':
      return linkTable(definition, types)
    case 'parameter': {
      const type = types.get(definition.name)!
      return { kind: 'parameter', definition, type, values: datedOf(definition) }
    }
    case 'formula': {
      const type = types.get(definition.name)!
      const expr = checkExpression(definition.expression, types, type)
      return { kind: 'formula', definition, type, expr }
    }
    default:
      return { kind: definition.kind, definition, type: types.get(definition.name)! }
  }
}

/** The names that a node reads. */
export function readsOf(node: Node): Set<string> {
  const found = new Set<string>()
  if (node.kind === 'formula') refsOf(node.expr, found)
  if (node.kind === 'table') {
    const parts = node.rows.flatMap(({ tests, gives }) => [...tests, ...gives])
    for (const expr of [...node.inputs, ...parts, ...(node.otherwise ?? [])]) refsOf(expr, found)
  }
  return found
}

function refuseCircles(nodes: RuleSet['nodes']): void {
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return
    const at = path.indexOf(name)
    if (at >= 0) {
      const circle = [...path.slice(at), name].join(' → ')
      throw new RuleError(
        'cycle',
        `规则互相依赖成环：${circle}`,
        `Rules depend on each other in a circle: ${circle}`,
      )
    }
    for (const read of readsOf(nodes.get(name)!.node)) visit(read, [...path, name])
    done.add(name)
  }
  for (const name of nodes.keys()) visit(name, [])
}

/** Everything that is wrong with a set, at most one finding for each node; none where it links. */
export function faultsOf(definition: RuleSetDefinition): RuleError[] {
  const found: RuleError[] = []
  const attempt = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      found.push(error)
    }
  }
  attempt(() => declare(definition))
  if (found.length > 0) return found
  const types = declare(definition)
  for (const node of definition.nodes) {
    attempt(() => within([node.name], () => linkNode(node, types)))
  }
  // Circles and outcomes are told of a set whose nodes are right.
  if (found.length === 0) attempt(() => link(definition))
  return found
}

/** @throws RuleError with where it is: node, row, column */
export function link(definition: RuleSetDefinition): RuleSet {
  const types = declare(definition)
  const nodes = new Map<string, { node: Node; output: number }>([
    [THE_DAY, { node: { kind: 'parameter', definition: DAY, type: DATE, values: [] }, output: 0 }],
  ])
  for (const written of definition.nodes) {
    const node = within([written.name], () => linkNode(written, types))
    if (node.kind !== 'table') nodes.set(written.name, { node, output: 0 })
    else {
      for (const [output, { name }] of node.outputs.entries()) {
        nodes.set(outputName(node.definition, name), { node, output })
      }
    }
  }
  refuseCircles(nodes)
  for (const name of definition.outcomes) {
    if (nodes.has(name)) continue
    throw new RuleError('name-unknown', `没有叫“${name}”的结果`, `There is no outcome ${name}`)
  }
  return { definition, nodes, types }
}
