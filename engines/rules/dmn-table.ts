// Decision tables of DMN as tables of the law: columns, rows and what each cell says.
import { child, childrenOf, type Element, textOf } from '#engines/dmn/xml.ts'
import { checkExpression } from './check.ts'
import type {
  Citation,
  HitPolicy,
  NodeDefinition,
  TableDefinition,
  TypeDefinition,
} from './definitions.ts'
import { attributeOf, citationsOf, ours, typeIn, UNKNOWN_SOURCE } from './dmn-extension.ts'
import { typeOfConstant, typesOf, withUnit } from './dmn-infer.ts'
import { cleanName, type Items, refOf, type Shape, sameValues, textsOf } from './dmn-items.ts'
import type { Notes } from './dmn-notes.ts'
import { isList, NOTHING, POLICIES } from './dmn-parts.ts'
import { typeOf } from './link.ts'
import { RuleError, within } from './rule-error.ts'
import type { Type } from './types.ts'

/** As long as a name of the law may be. */
const MOST_NAME = 40

interface Slot {
  text: string
  /** Whether the law's own words stood beside it, and still say what it says. */
  kept: boolean
  /** Whether they no longer do. */
  changed: boolean
}

/**
 * The law's own words, where the text beside them is still the one that we wrote; else that text, with
 * units where the type has some.
 */
export function slotOf(of: Element, type: TypeDefinition | null = null): Slot {
  const language = of.attributes.expressionLanguage
  if (language && !/feel/i.test(language)) {
    throw new RuleError(
      'not-in-law',
      `这里用的是 ${language}，请改写为 FEEL`,
      `This is written in ${language}; write it in FEEL`,
    )
  }
  const [own, now] = [ours(of, 'text'), textOf(of, 'text') ?? '']
  if (own && attributeOf(own, 'feel') === now) return { text: own.text, kept: true, changed: false }
  const text = type ? withUnit(now, typeOf(type)) : now
  return { text, kept: false, changed: own !== undefined }
}

function shape(zh: string, en: string): never {
  throw new RuleError('table-shape', zh, en)
}

function hitOf(table: Element): HitPolicy {
  const { hitPolicy = 'UNIQUE', aggregation = null } = table.attributes
  const found = Object.entries(POLICIES).find(
    ([, [policy, by]]) => policy === hitPolicy && by === aggregation,
  )
  const told = aggregation ? `${hitPolicy} ${aggregation}` : hitPolicy
  return found
    ? (found[0] as HitPolicy)
    : shape(`没有 ${told} 这种命中策略，请换一种`, `There is no hit policy ${told}; use another`)
}

interface Cell {
  table: TableDefinition
  row: number
  column: number
}

export class TableReader {
  private readonly items: Items
  private readonly notes: Notes
  /** Cells whose numbers may want a unit, which is known when all types are. */
  private readonly bare: Cell[] = []

  constructor(items: Items, notes: Notes) {
    this.items = items
    this.notes = notes
  }

  /** @param source where its rows come from; null: each row of ours says it */
  table(of: Element, whole: Shape, name: string, source: Citation[] | null): TableDefinition {
    const hit = hitOf(of)
    if (whole.list && !isList(hit)) {
      shape(
        '结果是列表，命中策略却只取一个，请改其一',
        'It is a list, and its hit policy gives one',
      )
    }
    const inputs = childrenOf(of, 'input').map((one, nth) =>
      within([`输入 ${nth + 1}`], () => {
        const expression = child(one, 'inputExpression')
        const { text } = expression ? slotOf(expression) : { text: '' }
        return text || shape('这一列没有写输入什么', 'Nothing is written that this column reads')
      }),
    )
    const rules = childrenOf(of, 'rule')
    const clauses = childrenOf(of, 'output')
    const outputs = clauses.map((one, nth) =>
      within([labelOf(one, nth)], () => {
        const own = ours(one, 'output')
        if (own) return { name: attributeOf(own, 'name'), type: this.confirmed(one, own, name) }
        const only = clauses.length === 1 ? whole : null
        const first = rules[0] && childrenOf(rules[0], 'outputEntry')[nth]
        const type = this.outputType(one, hit, only ?? whole.parts?.get(labelOf(one, nth)), first)
        if (type.kind === 'number') this.notes.add('unit', name)
        return { name: only ? name : labelOf(one, nth), type }
      }),
    )
    const made: TableDefinition = {
      kind: 'table',
      name,
      hit,
      inputs,
      outputs,
      rows: [],
      otherwise: this.otherwise(clauses, hit, outputs, name),
    }
    const taken = new Set<string>()
    made.rows = rules.map((rule, nth) => this.row(rule, nth, made, taken, source))
    return made
  }

  /** The type that we wrote for an output, unless its values were changed since. */
  private confirmed(clause: Element, own: Element, table: string): TypeDefinition {
    const type = typeIn(own)
    const listed = child(clause, 'outputValues')
    const values = listed ? textsOf(textOf(listed, 'text')) : null
    const now: TypeDefinition = { kind: 'text', values }
    if (type.kind !== 'text' || sameValues(now, type)) return type
    this.notes.add('changed', table)
    return now
  }

  private outputType(
    clause: Element,
    hit: HitPolicy,
    around: Shape | null | undefined,
    first: Element | undefined,
  ): TypeDefinition {
    const named = this.items.shapeOf(refOf(clause)).type
    // What is counted may be anything; how many there are is a number.
    const type = named ?? (hit === 'C#' ? null : (around?.type ?? null))
    const found = type ?? (first ? typeOfConstant(slotOf(first).text) : null)
    if (!found) throw new RuleError('type', '请注明结果的类型', 'Name the type of the output')
    const listed = child(clause, 'outputValues')
    const values = listed ? textsOf(textOf(listed, 'text')) : null
    return found.kind === 'text' && values ? { kind: 'text', values } : found
  }

  private otherwise(
    clauses: readonly Element[],
    hit: HitPolicy,
    outputs: TableDefinition['outputs'],
    name: string,
  ): string[] | null {
    const entries = clauses.map((one) => child(one, 'defaultOutputEntry'))
    const nothing = NOTHING[hit]
    if (nothing !== undefined) {
      const own = clauses.map((one) => ours(one, 'output'))
      const other = entries.some((one) => one && slotOf(one).text !== nothing)
      if (other) {
        shape(
          `没有一行适用时，这种表给出 ${nothing}，不能另定，请换一种命中策略`,
          `Where no row applies such a table gives ${nothing}; use another hit policy`,
        )
      }
      if (!own.every(Boolean) && entries.includes(undefined)) this.notes.add('empty', name)
      const kept = own.map((one) => one?.attributes.otherwise ?? null)
      return kept.includes(null) ? null : (kept as string[])
    }
    if (entries.every((one) => one === undefined)) return null
    return entries.map((one, nth) =>
      within(['其余', outputs[nth]!.name], () => {
        if (!one)
          return shape('其余情形要么各项结果都写，要么都不写', 'Every output or none has a default')
        return this.output(one, outputs[nth]!.type, [name, '其余'])
      }),
    )
  }

  private output(of: Element, type: TypeDefinition, place: readonly string[]): string {
    const { text, changed } = slotOf(of, type)
    if (changed) this.notes.add('changed', ...place)
    return text
  }

  private row(
    rule: Element,
    nth: number,
    table: TableDefinition,
    taken: Set<string>,
    source: Citation[] | null,
  ): TableDefinition['rows'][number] {
    const own = ours(rule, 'row')
    const label = cleanName(rule.attributes.label)
    let id = own?.attributes.id ?? (label && label.length <= MOST_NAME ? label : `第 ${nth + 1} 行`)
    for (let again = 2; taken.has(id); again++) id = `第 ${nth + 1} 行之 ${again}`
    taken.add(id)
    const cells = childrenOf(rule, 'inputEntry').map((one, column) => {
      const { text, kept, changed } = within([id], () => slotOf(one))
      if (!kept && /\d/.test(text)) this.bare.push({ table, row: nth, column })
      if (changed) this.notes.add('changed', table.name, id)
      return text || '-'
    })
    const entries = childrenOf(rule, 'outputEntry')
    if (cells.length !== table.inputs.length || entries.length !== table.outputs.length) {
      within([id], () => shape('格数与列数不符', 'It has another number of cells than columns'))
    }
    const gives = entries.map((one, at) =>
      within([id], () => this.output(one, table.outputs[at]!.type, [table.name, id])),
    )
    if (!own && !source) this.notes.add('source', table.name, id)
    return { id, when: cells, gives, cite: own ? citationsOf(own) : (source ?? [UNKNOWN_SOURCE]) }
  }

  /** Gives the amounts of cells that were written elsewhere the unit of their column. */
  giveUnits(nodes: readonly NodeDefinition[]): void {
    if (this.bare.length === 0) return
    const types = typesOf(nodes)
    const columns = new Map<TableDefinition, readonly Type[]>()
    for (const { table, row, column } of this.bare) {
      const known =
        columns.get(table) ??
        within([table.name], () => table.inputs.map((text) => checkExpression(text, types).type))
      columns.set(table, known)
      const cells = table.rows[row]!.when as string[]
      cells[column] = withUnit(cells[column]!, known[column]!)
    }
  }
}

const labelOf = (clause: Element, nth: number): string =>
  cleanName(clause.attributes.name) || cleanName(clause.attributes.label) || `结果 ${nth + 1}`
