// A rule set over a whole population: every value to its class, every class to the rows that it leaves.
import { Space } from './analyse.ts'
import { evaluate } from './evaluate.ts'
import { Evaluation, type Given, noCalendar } from './evaluation.ts'
import type { RuleSet, Table } from './link.ts'
import { type Alike, decidingRows, EXACTLY, MOST_ROWS, NONE, OPEN } from './narrow.ts'
import { type Column, emptyColumn, factsAt, type Population, setValue } from './population.ts'
import {
  type Precision,
  precisionOf,
  precisionOfColumn,
  precisionOfValue,
  worst,
} from './precision.ts'
import { DOUBT, needsCare, Readers } from './readers.ts'
import { type Expr, sameKnown, type Type } from './types.ts'

/** What comes from outside; amounts that a formula or a row computes are doubles. */
const TOLD: ReadonlySet<string> = new Set(['fact', 'judgement', 'parameter'])

/** To each what its row gives, by the number of the row from OPEN on. */
function copyConstants(
  values: Column['values'],
  constants: Column['values'],
  found: Int16Array,
  doubtful: number[],
): void {
  for (let nth = 0; nth < found.length; nth++) {
    const row = found[nth]!
    values[nth] = constants[row - OPEN]!
    if (row === EXACTLY) doubtful.push(nth)
  }
}

/** Hit policies under which one row decides. */
const ONE_ROW: ReadonlySet<string> = new Set(['U', 'A', 'F', 'P'])

/** Whether rows of a table give the same, as far as constants say. */
function alikeIn({ rows, otherwise, outputs }: Table): Alike {
  return (some, orNone) => {
    // Where none may apply and nothing is said for the rest, nothing is known for good.
    if (orNone && otherwise === null) return OPEN
    const verdicts = outputs.map((_, output) => {
      const gives = some.map((row) => rows[row]!.gives[output]!)
      if (orNone) gives.push(otherwise![output]!)
      const values = gives.flatMap((one) => (one.kind === 'const' ? [one.value] : []))
      if (values.length < gives.length) return EXACTLY
      return values.every((one) => sameKnown(one, values[0]!)) ? some[0]! : OPEN
    })
    return verdicts.every((one) => one === verdicts[0]) ? verdicts[0]! : EXACTLY
  }
}

/** One evaluation of a rule set over a population; columns of nodes are made when first asked for. */
export class Columnar {
  private readonly set: RuleSet
  private readonly population: Population
  private readonly on: string
  private readonly workdays: Given['workdays']
  private readonly made = new Map<string, Column>()
  private readonly decided = new Map<Table, Int16Array>()
  private readonly precisions = new Map<string, Precision | null>()
  private readonly single: Evaluation
  private readonly readers: Readers
  /** How many were looked at one by one, because doubles could not tell or facts are missing. */
  exactly = 0

  constructor(
    set: RuleSet,
    population: Population,
    on: string,
    workdays: Given['workdays'] = noCalendar,
  ) {
    this.set = set
    this.population = population
    this.on = on
    this.workdays = workdays
    this.single = new Evaluation(set, { facts: new Map(), on, workdays })
    this.readers = new Readers(
      (name) => this.column(name),
      (name) => TOLD.has(set.nodes.get(name)!.node.kind),
      (name) => this.precision(name),
    )
  }

  /** How exact the doubles of a column are. */
  private precision(name: string): Precision | null {
    const known = this.precisions.get(name)
    if (known !== undefined) return known
    const made = this.findPrecision(name)
    this.precisions.set(name, made)
    return made
  }

  private findPrecision(name: string): Precision | null {
    const { node, output } = this.set.nodes.get(name)!
    const of = (expr: Expr) => precisionOf(expr, (one) => this.precision(one))
    switch (node.kind) {
      case 'formula':
        return of(node.expr)
      case 'parameter':
        return precisionOfValue(this.single.value(name))
      case 'table': {
        if (!ONE_ROW.has(node.definition.hit)) return null
        const gives = node.rows.map((row) => row.gives[output]!)
        return worst([...gives, ...(node.otherwise ? [node.otherwise[output]!] : [])].map(of))
      }
      default: {
        const column = this.population.columns.get(name)
        if (column?.kind === 'number') return precisionOfColumn(column.values)
        return column?.kind === 'date' ? precisionOfValue('') : null
      }
    }
  }

  /** What a name comes to for everybody. */
  column(name: string): Column {
    const known = this.made.get(name) ?? this.population.columns.get(name)
    if (known) return known
    const { node, output } = this.set.nodes.get(name)!
    const column =
      node.kind === 'table'
        ? this.table(name, node, output)
        : this.plain(name, node.kind === 'formula' ? node.expr : null)
    this.made.set(name, column)
    return column
  }

  private plain(name: string, expr: Expr | null): Column {
    const type = this.set.types.get(name)!
    const column = emptyColumn(type, this.population.size)
    if (expr === null) {
      // The same for everybody.
      setValue(column, 0, this.single.value(name))
      column.values.fill(column.values[0]!)
    } else this.fill(name, column, expr)
    return column
  }

  private fill(name: string, column: Column, expr: Expr): void {
    const { size } = this.population
    const write = this.writer(column, expr)
    const doubtful: number[] = []
    for (let nth = 0; nth < size; nth++) if (!write(nth)) doubtful.push(nth)
    this.exact(name, column, doubtful)
  }

  /** Puts what an expression comes to into its place; false where that has to be looked at exactly. */
  private writer(column: Column, expr: Expr): (nth: number) => boolean {
    const { readers } = this
    const { values } = column
    if (needsCare(expr)) return () => false
    if (column.kind === 'boolean') {
      const read = readers.flags(expr)
      return (nth) => {
        const flag = read(nth)
        if (flag === DOUBT) return false
        values[nth] = flag
        return true
      }
    }
    if (column.kind === 'text') {
      const read = readers.texts(expr)
      return (nth) => {
        const before = readers.doubts
        const value = read(nth)
        if (readers.doubts !== before) return false
        if (value !== null) setValue(column, nth, value)
        return true
      }
    }
    const read = readers.numbers(expr)
    return (nth) => {
      const before = readers.doubts
      const value = read(nth)
      if (readers.doubts !== before) return false
      values[nth] = value
      return true
    }
  }

  /** Looks at some of them one by one, with decimals and four values. */
  private exact(name: string, column: Column, some: readonly number[]): void {
    this.exactly += some.length
    for (const nth of some) {
      const facts = factsAt(this.population, nth)
      const given = { facts, on: this.on, workdays: this.workdays }
      setValue(column, nth, new Evaluation(this.set, given).value(name))
    }
  }

  private deciding(table: Table): Int16Array {
    const known = this.decided.get(table)
    if (known) return known
    const exact = ONE_ROW.has(table.definition.hit) && table.rows.length <= MOST_ROWS
    const space = exact ? Space.of(table, (expr) => evaluate(expr, this.single)) : null
    const { size } = this.population
    const found = space
      ? decidingRows(space, table.definition.hit, this.readers, size, alikeIn(table))
      : new Int16Array(size).fill(EXACTLY)
    this.decided.set(table, found)
    return found
  }

  private table(name: string, table: Table, output: number): Column {
    const { type } = table.outputs[output]!
    const gives = table.rows.map((row) => row.gives[output]!)
    const rest = table.otherwise?.[output] ?? null
    return this.output(name, type, this.deciding(table), [...gives, rest])
  }

  /** The last of what is given is for where no row decides. */
  private output(
    name: string,
    type: Type,
    found: Int16Array,
    gives: readonly (Expr | null)[],
  ): Column {
    const column = emptyColumn(this.set.types.get(name)!, found.length, false)
    // By the number of the row, from OPEN on: what it gives, where that is a constant.
    const constants = emptyColumn(type, gives.length - OPEN)
    if (column.kind === 'text' && constants.kind === 'text') {
      constants.dictionary = column.dictionary
    }
    for (const [row, expr] of gives.entries()) {
      const at = row === gives.length - 1 ? NONE : row
      if (expr?.kind === 'const') setValue(constants, at - OPEN, expr.value)
    }
    const writers = gives.map((expr) =>
      expr && expr.kind !== 'const' ? this.writer(column, expr) : null,
    )
    const plain = writers.every((one) => one === null)
    const doubtful: number[] = []
    const { values } = column
    copyConstants(values, constants.values, found, doubtful)
    for (let nth = 0; !plain && nth < found.length; nth++) {
      const row = found[nth]!
      if (row === EXACTLY || row === OPEN) continue
      const write = writers[row === NONE ? gives.length - 1 : row]
      if (write && !write(nth)) doubtful.push(nth)
    }
    this.exact(name, column, doubtful)
    return column
  }
}
