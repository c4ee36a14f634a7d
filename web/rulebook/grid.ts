// A rule table as a grid of texts: which cells it has, and every change of it as a new table.
import type { Citation, RowDefinition, TableDefinition } from '#engines/rules/definitions.ts'
import { MOST_ROWS, TooLarge } from './tsv.ts'

export type Column =
  | { kind: 'id' }
  | { kind: 'when'; nth: number }
  | { kind: 'gives'; nth: number }
  | { kind: 'cite' }

/** A place in the grid; the row behind the last is what holds for the rest. */
export interface Cell {
  row: number
  column: number
}

export interface Block {
  from: Cell
  to: Cell
}

export const columnsOf = ({ inputs, outputs }: TableDefinition): Column[] => [
  { kind: 'id' },
  ...inputs.map((_, nth) => ({ kind: 'when' as const, nth })),
  ...outputs.map((_, nth) => ({ kind: 'gives' as const, nth })),
  { kind: 'cite' },
]

export const rowsIn = ({ rows, otherwise }: TableDefinition): number =>
  rows.length + (otherwise ? 1 : 0)

/** The text of a cell as it is written; sources are edited by themselves. */
export function textAt(table: TableDefinition, { row, column }: Cell): string {
  const kind = columnsOf(table)[column]
  const found = table.rows[row]
  if (!found) return kind?.kind === 'gives' ? (table.otherwise?.[kind.nth] ?? '') : ''
  if (kind?.kind === 'when') return found.when[kind.nth] ?? ''
  if (kind?.kind === 'gives') return found.gives[kind.nth] ?? ''
  return kind?.kind === 'id' ? found.id : citeWords(found.cite)
}

const CLAUSE =
  /第[一二三四五六七八九十百]+条(第[一二三四五六七八九十]+款)?(第[（(]?[一二三四五六七八九十]+[)）]?项)?/

/** The clause where one is named, else the whole source. */
export const citeWords = (cite: readonly Citation[]): string =>
  [
    ...new Set(
      cite.map(
        ({ source, certainty }) =>
          CLAUSE.exec(source)?.[0] ?? (certainty === 'example' ? '示例值' : source),
      ),
    ),
  ].join('；')

export function editable(table: TableDefinition, { row, column }: Cell): boolean {
  const kind = columnsOf(table)[column]?.kind
  if (kind === undefined || kind === 'cite') return false
  return row < table.rows.length || (kind === 'gives' && table.otherwise !== null)
}

const replaced = <T>(list: readonly T[], nth: number, one: T): T[] =>
  list.map((old, at) => (at === nth ? one : old))

export function withText(table: TableDefinition, cell: Cell, text: string): TableDefinition {
  if (!editable(table, cell)) return table
  const kind = columnsOf(table)[cell.column]!
  const row = table.rows[cell.row]
  if (!row) {
    const { nth } = kind as { nth: number }
    return { ...table, otherwise: replaced(table.otherwise!, nth, text) }
  }
  const next: RowDefinition =
    kind.kind === 'id'
      ? { ...row, id: text }
      : kind.kind === 'when'
        ? { ...row, when: replaced(row.when, kind.nth, text) }
        : { ...row, gives: replaced(row.gives, (kind as { nth: number }).nth, text) }
  return { ...table, rows: replaced(table.rows, cell.row, next) }
}

/** A name that no row has: 新行 1, 新行 2. */
function freshId(rows: readonly RowDefinition[]): string {
  const taken = new Set(rows.map(({ id }) => id))
  let nth = rows.length + 1
  while (taken.has(`新行 ${nth}`)) nth++
  return `新行 ${nth}`
}

/** @throws TooLarge */
function roomFor(rows: number): void {
  if (rows <= MOST_ROWS) return
  throw new TooLarge(
    `一张表最多 ${MOST_ROWS} 行，没有加入`,
    `A table has at most ${MOST_ROWS} rows: nothing was added`,
  )
}

/**
 * A row that asks nothing and gives what the one above gives, from the same source.
 * @throws TooLarge
 */
export function withRow(table: TableDefinition, at: number): TableDefinition {
  roomFor(table.rows.length + 1)
  const like = table.rows[Math.max(0, at - 1)]!
  const row: RowDefinition = {
    id: freshId(table.rows),
    when: table.inputs.map(() => '-'),
    gives: [...like.gives],
    cite: like.cite,
  }
  return { ...table, rows: table.rows.toSpliced(at, 0, row) }
}

/** The last row stays: a table without one says nothing. */
export function withoutRow(table: TableDefinition, at: number): TableDefinition {
  if (table.rows.length === 1 || !table.rows[at]) return table
  return { ...table, rows: table.rows.toSpliced(at, 1) }
}

export function withRowMoved(table: TableDefinition, from: number, to: number): TableDefinition {
  const row = table.rows[from]
  if (!row || to < 0 || to >= table.rows.length) return table
  return { ...table, rows: table.rows.toSpliced(from, 1).toSpliced(to, 0, row) }
}

const spanOf = ({ from, to }: Block) => ({
  top: Math.min(from.row, to.row),
  bottom: Math.max(from.row, to.row),
  left: Math.min(from.column, to.column),
  right: Math.max(from.column, to.column),
})

export function holds(block: Block, { row, column }: Cell): boolean {
  const { top, bottom, left, right } = spanOf(block)
  return row >= top && row <= bottom && column >= left && column <= right
}

export function textsIn(table: TableDefinition, block: Block): string[][] {
  const { top, bottom, left, right } = spanOf(block)
  const columns = Array.from({ length: right - left + 1 }, (_, nth) => left + nth)
  return Array.from({ length: bottom - top + 1 }, (_, nth) =>
    columns.map((column) => textAt(table, { row: top + nth, column })),
  )
}

/** A cleared condition asks nothing; a cleared result is empty, which is told as wrong. */
export function cleared(table: TableDefinition, block: Block): TableDefinition {
  const { top, bottom, left, right } = spanOf(block)
  let next = table
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const kind = columnsOf(table)[column]?.kind
      if (kind === 'when') next = withText(next, { row, column }, '-')
      if (kind === 'gives') next = withText(next, { row, column }, '')
    }
  }
  return next
}

/**
 * Puts texts in from a cell on; rows that there are not yet are added, before what holds for the rest.
 * @throws TooLarge
 */
export function pasted(
  table: TableDefinition,
  at: Cell,
  texts: readonly (readonly string[])[],
): TableDefinition {
  const onRest = at.row >= table.rows.length
  const needed = onRest ? table.rows.length : at.row + texts.length
  roomFor(needed)
  let next = table
  while (next.rows.length < needed) next = withRow(next, next.rows.length)
  const rows = next.rows.slice()
  const columns = columnsOf(table)
  for (const [down, line] of texts.entries()) {
    const row = rows[at.row + down]
    if (!row) {
      for (const [along, text] of line.entries()) {
        next = withText(next, { row: table.rows.length, column: at.column + along }, text)
      }
      break
    }
    const made = { ...row, when: [...row.when], gives: [...row.gives] }
    for (const [along, text] of line.entries()) {
      const kind = columns[at.column + along]
      if (kind?.kind === 'id' && text !== '') made.id = text
      else if (kind?.kind === 'when') made.when[kind.nth] = text === '' ? '-' : text
      else if (kind?.kind === 'gives') made.gives[kind.nth] = text
    }
    rows[at.row + down] = made
  }
  return onRest ? next : { ...next, rows }
}
