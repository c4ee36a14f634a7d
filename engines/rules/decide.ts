// What a table comes to where some cells are open: a result that holds whichever way they turn out.
import { Decimal } from '#engines/feel/values.ts'
import { evaluate, type World } from './evaluate.ts'
import type { Row, Table } from './link.ts'
import { type Known, Open, sameKnown, type Type, type Value } from './types.ts'

export interface RowOutcome {
  row: Row
  /** Of each test. */
  cells: readonly Value[]
  /** Whether all of them hold. */
  applies: Value
}

export interface Decided {
  rows: readonly RowOutcome[]
  /** One for each output. */
  outputs: readonly Value[]
}

const GAP = '没有一行适用'
const SEVERAL = '不止一行适用'
const DISAGREE = '适用的几行结果不一致'

function outcomeOf(row: Row, world: World): RowOutcome {
  const cells = row.tests.map((test) => evaluate(test, world))
  if (cells.includes(false)) return { row, cells, applies: false }
  const open = cells.filter((one): one is Open => one instanceof Open)
  return { row, cells, applies: open.length === 0 ? true : Open.all(open) }
}

/** One value where all are the same, else what would tell which of them it is. */
function whichever(values: readonly Value[], reasons: readonly Open[]): Value {
  const known = values.filter((one): one is Known => !(one instanceof Open))
  const open = values.filter((one): one is Open => one instanceof Open)
  if (open.length === 0 && known.every((one) => sameKnown(one, known[0]!))) return known[0]!
  return Open.all([...reasons, ...open])
}

const opens = (rows: readonly RowOutcome[]): Open[] =>
  rows.map(({ applies }) => applies).filter((one): one is Open => one instanceof Open)

class Decision {
  private readonly table: Table
  private readonly world: World
  readonly rows: readonly RowOutcome[]
  private readonly certain: readonly RowOutcome[]
  private readonly open: readonly RowOutcome[]

  constructor(table: Table, world: World) {
    this.table = table
    this.world = world
    this.rows = table.rows.map((row) => outcomeOf(row, world))
    this.certain = this.rows.filter(({ applies }) => applies === true)
    this.open = this.rows.filter(({ applies }) => applies instanceof Open)
  }

  private given(rows: readonly RowOutcome[], output: number): Value[] {
    return rows.map(({ row }) => evaluate(row.gives[output]!, this.world))
  }

  private otherwise(output: number): Value {
    const { otherwise } = this.table
    return otherwise ? evaluate(otherwise[output]!, this.world) : Open.fault(GAP)
  }

  /** Where no row is certain: one of the open ones, or none. */
  private oneOfOpen(output: number): Value {
    if (this.open.length === 0) return this.otherwise(output)
    return whichever([...this.given(this.open, output), this.otherwise(output)], opens(this.open))
  }

  private unique(output: number): Value {
    if (this.certain.length > 1) return Open.fault(SEVERAL)
    const maybe = this.certain.length + this.open.length
    // Two may apply at once, which would be a fault: as yet nothing is known for good.
    if (maybe > 1) return Open.all(opens(this.open))
    return this.certain.length === 0 ? this.oneOfOpen(output) : this.given(this.certain, output)[0]!
  }

  /** Rows that apply together are compared as a whole, as DMN has it: one output in dispute spoils all. */
  private any(output: number): Value {
    const { certain, open } = this
    const rows = [...certain, ...open]
    if (rows.length > 1) {
      const outputs = [...this.table.outputs.keys()]
      const differ = (nth: number) => {
        const known = this.given(certain, nth).filter((one): one is Known => !(one instanceof Open))
        return known.some((one) => !sameKnown(one, known[0]!))
      }
      if (outputs.some(differ)) return Open.fault(DISAGREE)
      const unsettled = outputs
        .map((nth) => whichever(this.given(rows, nth), opens(open)))
        .filter((one): one is Open => one instanceof Open)
      if (unsettled.length > 0) return Open.all(unsettled)
    }
    return certain.length === 0 ? this.oneOfOpen(output) : this.given(certain, output)[0]!
  }

  private first(output: number): Value {
    const at = this.rows.findIndex(({ applies }) => applies === true)
    const before = at < 0 ? this.open : this.open.filter((one) => this.rows.indexOf(one) < at)
    const last = at < 0 ? this.otherwise(output) : this.given([this.rows[at]!], output)[0]!
    if (before.length === 0) return last
    return whichever([...this.given(before, output), last], opens(before))
  }

  /** Ranks of a row by each output that has an order of values. */
  private rankOf({ row }: RowOutcome): number[] {
    return this.table.outputs.map(({ type }, output) => {
      if (type.kind !== 'text' || !type.values) return 0
      const value = evaluate(row.gives[output]!, this.world)
      const at = type.values.indexOf(String(value))
      return at < 0 ? type.values.length : at
    })
  }

  private ranked(rows: readonly RowOutcome[]): { one: RowOutcome; rank: number[] }[] {
    return rows
      .map((one) => ({ one, rank: this.rankOf(one) }))
      .sort((a, b) => compareRanks(a.rank, b.rank))
  }

  private priority(output: number): Value {
    const [best] = this.ranked(this.certain)
    if (!best) return this.oneOfOpen(output)
    const above = this.ranked(this.open)
      .filter(({ rank }) => compareRanks(rank, best.rank) < 0)
      .map(({ one }) => one)
    if (above.length === 0) return this.given([best.one], output)[0]!
    return whichever(this.given([...above, best.one], output), opens(above))
  }

  private collected(output: number): Value {
    if (this.open.length > 0) return Open.all(opens(this.open))
    const { hit } = this.table.definition
    const rows = hit === 'O' ? this.ranked(this.certain).map(({ one }) => one) : this.certain
    const values = this.given(rows, output)
    const open = values.filter((one): one is Open => one instanceof Open)
    if (open.length > 0) return Open.all(open)
    return amounted(hit, values as Known[], this.table.outputs[output]!.type, () =>
      this.otherwise(output),
    )
  }

  output(nth: number): Value {
    switch (this.table.definition.hit) {
      case 'U':
        return this.unique(nth)
      case 'A':
        return this.any(nth)
      case 'F':
        return this.first(nth)
      case 'P':
        return this.priority(nth)
      default:
        return this.collected(nth)
    }
  }
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [nth, rank] of a.entries()) if (rank !== b[nth]!) return rank - b[nth]!
  return 0
}

function amounted(hit: string, values: readonly Known[], type: Type, none: () => Value): Value {
  if (hit === 'C#') return new Decimal(values.length)
  if (hit === 'C+')
    return values.reduce<Decimal>((sum, one) => sum.plus(one as Decimal), new Decimal(0))
  if (hit !== 'C<' && hit !== 'C>') return values
  if (values.length === 0 || type.kind !== 'number') return none()
  const numbers = values as Decimal[]
  return numbers.reduce((best, one) => (one.lt(best) === (hit === 'C<') ? one : best))
}

export function decide(table: Table, world: World): Decided {
  const decision = new Decision(table, world)
  return {
    rows: decision.rows,
    outputs: table.outputs.map((_, nth) => decision.output(nth)),
  }
}
