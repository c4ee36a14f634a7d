// Columns of rule sets kept between edits: only what an edit touches is computed again, for whom it touches.
import { Columnar } from '#engines/rules/columnar.ts'
import { evaluate } from '#engines/rules/evaluate.ts'
import { Evaluation, type Given } from '#engines/rules/evaluation.ts'
import { type Node, type RuleSet, readsOf, type Table } from '#engines/rules/link.ts'
import { type Column, emptyColumn, type Population, setValue } from '#engines/rules/population.ts'
import { type Expr, Open } from '#engines/rules/types.ts'
import { allOf, differing, notNo, pick, placesOf, put } from './column-changes.ts'
import { alone, isLookedUp, partOf, rowOf, withParts } from './set-parts.ts'

/** A set on a day. */
export interface Side {
  set: RuleSet
  on: string
}

/** A column with everything that it was computed from. */
interface Made {
  /** The node as it is written; of a parameter, the value of the day. */
  own: string
  inputs: readonly Column[]
  column: Column
  /** Where it was needed at all; null: everywhere. */
  within: Column | null
}

type Key = Omit<Made, 'column'>

/** So many of each name: the side in force, the last edit, and some that may be undone. */
const MOST = 4
/** Where more than this share changes, all are computed: to pick them out costs as much. */
const FEW = 0.4

export class KeptColumns {
  private readonly people: Population
  private readonly workdays: Given['workdays']
  private readonly made = new Map<string, Made[]>()
  private mask: { of: readonly Column[]; column: Column } | null = null

  constructor(people: Population, workdays: Given['workdays']) {
    this.people = people
    this.workdays = workdays
  }

  /**
   * What a name comes to for everybody, or where `within` is 1.
   * @param within a column of flags; elsewhere nothing is said
   */
  column({ set, on }: Side, name: string, within: Column | null = null): Column {
    return this.find({ set: withParts(set), on }, name, within)
  }

  private find(side: Side, name: string, within: Column | null = null): Column {
    const told = this.people.columns.get(name)
    if (told) return told
    const { node, output } = side.set.nodes.get(name)!
    if (node.kind === 'parameter') return this.constant(side, name)
    if (within === null && node.kind === 'formula' && node.expr.kind === 'all') {
      return this.conjunction(side, name, node.expr.of.length)
    }
    const { key, known } = this.look(side, name, within)
    if (known) return known
    const column =
      within === null && node.kind === 'table' && isLookedUp(side.set, node)
        ? this.lookedUp(side, name, node, output)
        : this.compute(side, name, key)
    return this.keep(name, { ...key, column })
  }

  /** What a name is computed of, and the column where it was computed of just that before. */
  private look(side: Side, name: string, within: Column | null) {
    const { node, output } = side.set.nodes.get(name)!
    const inputs = readsIn(side.set, node).map((read) => this.find(side, read))
    const key = { own: `${JSON.stringify(node.definition)}${output}`, inputs, within }
    return { key, known: this.kept(name, key)?.column ?? null }
  }

  private kept(name: string, { own, inputs, within }: Key): Made | undefined {
    return this.made
      .get(name)
      ?.find((one) => one.own === own && one.within === within && alike(one.inputs, inputs))
  }

  private keep(name: string, made: Made): Column {
    const [base, ...later] = this.made.get(name) ?? []
    // The first is that of the version in force, which every edit is compared with.
    this.made.set(name, base ? [base, made, ...later.slice(0, MOST - 2)] : [made])
    return made.column
  }

  private constant({ set, on }: Side, name: string): Column {
    const evaluation = this.single({ set, on })
    const type = set.types.get(name)!
    const one = emptyColumn(type, 1)
    setValue(one, 0, evaluation.value(name))
    const own = JSON.stringify([type, one.values[0], one.kind === 'text' ? one.dictionary : null])
    const key = { own, inputs: [], within: null }
    const known = this.kept(name, key)
    if (known) return known.column
    const column = emptyColumn(type, this.people.size)
    column.values.fill(one.values[0]!)
    if (column.kind === 'text' && one.kind === 'text') column.dictionary = one.dictionary
    return this.keep(name, { ...key, column })
  }

  private single({ set, on }: Side): Evaluation {
    return new Evaluation(set, { facts: new Map(), on, workdays: this.workdays })
  }

  /** Several conditions: those that an edit touches are asked only where no other one says no. */
  private conjunction(side: Side, name: string, count: number): Column {
    const names = Array.from({ length: count }, (_, nth) => partOf(name, nth))
    const looked = names.map((part) => ({ part, ...this.look(side, part, null) }))
    const still = looked.flatMap(({ known }) => known ?? [])
    const within = still.length === 0 ? null : this.maskOf(still)
    const parts = looked.map(({ part, known }) => known ?? this.find(side, part, within))
    const key = { own: String(count), inputs: parts, within: null }
    const same = this.kept(name, key)
    if (same) return same.column
    const all = within ?? notNo([], this.people.size)
    return this.keep(name, { ...key, column: allOf(parts, all) })
  }

  private maskOf(columns: readonly Column[]): Column {
    if (!this.mask || !alike(this.mask.of, columns)) {
      this.mask = { of: columns, column: notNo(columns, this.people.size) }
    }
    return this.mask.column
  }

  /** Of a table whose rows give the same to everybody: which row decides is kept, what it gives is looked up. */
  private lookedUp(side: Side, name: string, table: Table, output: number): Column {
    const rows = this.find(side, rowOf(table)).values
    const { size } = this.people
    const column = emptyColumn(side.set.types.get(name)!, size)
    const values = this.given(side, column, [
      ...table.rows.map(({ gives }) => gives[output]!),
      table.otherwise?.[output] ?? null,
    ])
    const open: number[] = []
    const { values: made } = column
    for (let nth = 0; nth < size; nth++) {
      const row = rows[nth]!
      if (Number.isNaN(row)) open.push(nth)
      else made[nth] = values[row]!
    }
    if (open.length === 0) return column
    // Where it is open which row decides, several may give the same all the same.
    const places = Uint32Array.from(open)
    return put(column, places, this.some(side, name, places))
  }

  /** What each row gives, as the column holds it. */
  private given(side: Side, column: Column, gives: readonly (Expr | null)[]): number[] {
    const evaluation = this.single(side)
    const one = (
      column.kind === 'text'
        ? { ...column, values: new Uint16Array(1) }
        : column.kind === 'boolean'
          ? { ...column, values: new Uint8Array(1) }
          : { ...column, values: new Float64Array(1) }
    ) as Column
    return gives.map((expr) => {
      setValue(one, 0, expr === null ? Open.fault('') : evaluate(expr, evaluation))
      return one.values[0]!
    })
  }

  private compute(side: Side, name: string, { own, inputs, within }: Key): Column {
    const { size } = this.people
    const like =
      this.made
        .get(name)
        ?.find((one) => one.own === own && (one.within === null) === (within === null)) ?? null
    const changed = like && differing(like.inputs, inputs, size)
    const places = placesOf(changed, within, like?.within ?? null, size)
    if (places === null || places.length > FEW * size) return this.all(side, name)
    const before = like?.column ?? emptyColumn(side.set.types.get(name)!, size)
    return put(before, places, this.some(side, name, places))
  }

  private all(side: Side, name: string): Column {
    const set = alone(side.set, name)
    const people = { size: this.people.size, columns: this.needed(side, name, set) }
    return new Columnar(set, people, side.on, this.workdays).column(name)
  }

  private some(side: Side, name: string, places: Uint32Array): Column {
    const set = alone(side.set, name)
    const columns = new Map(
      [...this.needed(side, name, set)].map(
        ([one, column]) => [one, pick(column, places)] as const,
      ),
    )
    const people = { size: places.length, columns }
    return new Columnar(set, people, side.on, this.workdays).column(name)
  }

  /** The columns that a name is worked out from, down to facts where a number is computed on the way. */
  private needed(side: Side, name: string, set: RuleSet): Map<string, Column> {
    const found = new Map<string, Column>()
    const visit = (one: string) => {
      for (const read of readsOf(set.nodes.get(one)!.node)) {
        if (found.has(read)) continue
        found.set(read, this.find(side, read))
        visit(read)
      }
    }
    visit(name)
    return found
  }
}

/** What a node is computed from: of a table that is looked up, its row and what the rows give. */
function readsIn(set: RuleSet, node: Node): string[] {
  if (node.kind !== 'table' || !isLookedUp(set, node)) return [...readsOf(node)]
  const gives = [...node.rows.flatMap((row) => row.gives), ...(node.otherwise ?? [])]
  const names = gives.flatMap((expr) => (expr.kind === 'ref' ? [expr.name] : []))
  return [...new Set([rowOf(node), ...names])]
}

const alike = (a: readonly Column[], b: readonly Column[]): boolean =>
  a.length === b.length && a.every((one, nth) => one === b[nth])
