// A rule set over a whole population: every value to its class, every class to the rows that it leaves.
import { Space } from './analyse.ts'
import { evaluate } from './evaluate.ts'
import { Evaluation, type Given, noCalendar } from './evaluation.ts'
import type { RuleSet, Table } from './link.ts'
import { decidingRows, EXACTLY, MOST_ROWS, NONE } from './narrow.ts'
import { type Column, emptyColumn, factsAt, type Population, setValue } from './population.ts'
import { DOUBT, needsCare, Readers } from './readers.ts'
import { type Expr, Open, type Type } from './types.ts'

/** What comes from outside; amounts that a formula or a row computes are doubles. */
const TOLD: ReadonlySet<string> = new Set(['fact', 'judgement', 'parameter'])

/** One evaluation of a rule set over a population; columns of nodes are made when first asked for. */
export class Columnar {
  private readonly set: RuleSet
  private readonly population: Population
  private readonly on: string
  private readonly workdays: Given['workdays']
  private readonly made = new Map<string, Column>()
  private readonly decided = new Map<Table, Int16Array>()
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
    )
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
      const value = this.single.value(name)
      for (let nth = 0; nth < this.population.size; nth++) setValue(column, nth, value)
    } else this.fill(name, column, expr)
    return column
  }

  private fill(name: string, column: Column, expr: Expr): void {
    const { size } = this.population
    const doubtful: number[] = []
    if (needsCare(expr)) {
      for (let nth = 0; nth < size; nth++) doubtful.push(nth)
    } else if (column.kind === 'boolean') {
      const read = this.readers.flags(expr)
      for (let nth = 0; nth < size; nth++) {
        const flag = read(nth)
        if (flag === DOUBT) doubtful.push(nth)
        else column.values[nth] = flag
      }
    } else if (column.kind === 'text') this.fillTexts(column, expr, doubtful)
    else {
      const read = this.readers.numbers(expr)
      for (let nth = 0; nth < size; nth++) {
        const before = this.readers.doubts
        const value = read(nth)
        if (this.readers.doubts === before) column.values[nth] = value
        else doubtful.push(nth)
      }
    }
    this.exact(name, column, doubtful)
  }

  private fillTexts(column: Column, expr: Expr, doubtful: number[]): void {
    const read = this.readers.texts(expr)
    for (let nth = 0; nth < this.population.size; nth++) {
      const before = this.readers.doubts
      const value = read(nth)
      if (this.readers.doubts !== before) doubtful.push(nth)
      else if (value !== null) setValue(column, nth, value)
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
    const single = ['U', 'A', 'F', 'P'].includes(table.definition.hit)
    const exact = single && table.rows.length <= MOST_ROWS
    const space = exact ? Space.of(table, (expr) => evaluate(expr, this.single)) : null
    const { size } = this.population
    const found = space
      ? decidingRows(space, table.definition.hit, this.readers, size)
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
    const column = emptyColumn(this.set.types.get(name)!, found.length)
    // One place of each kind, filled once: constants are copied from it.
    const sample = gives.map((expr) => {
      if (expr === null) return null
      const value = expr.kind === 'const' ? expr.value : Open.fault('')
      const one =
        column.kind === 'text' ? { ...column, values: new Uint16Array(1) } : emptyColumn(type, 1)
      setValue(one, 0, value)
      return expr.kind === 'const' ? one.values[0]! : null
    })
    const readers = gives.map((expr) =>
      column.kind === 'number' && expr && !needsCare(expr) ? this.readers.numbers(expr) : null,
    )
    const doubtful: number[] = []
    const { values } = column
    for (let nth = 0; nth < found.length; nth++) {
      const row = found[nth]!
      if (row === EXACTLY) {
        doubtful.push(nth)
        continue
      }
      const at = row === NONE ? gives.length - 1 : row
      const constant = sample[at]!
      if (constant !== null) values[nth] = constant
      else if (readers[at]) {
        const before = this.readers.doubts
        const value = readers[at](nth)
        if (this.readers.doubts === before) values[nth] = value
        else doubtful.push(nth)
      } else if (gives[at] !== null) doubtful.push(nth)
    }
    this.exact(name, column, doubtful)
    return column
  }
}
