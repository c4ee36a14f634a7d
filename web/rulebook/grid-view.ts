// What the cells of a rule table show: texts read, beside those of the version in force.
import type { TableDefinition } from '#engines/rules/definitions.ts'
import { type Column, columnsOf, textAt } from './grid.ts'
import type { CellView } from './grid-cell.tsx'
import type { Read, Reading } from './reading.ts'

function readOf(reading: Reading, table: TableDefinition, column: Column, text: string) {
  if (column.kind === 'when') return reading.test(text, table.inputs[column.nth]!)
  if (column.kind === 'gives') return reading.result(text, table.outputs[column.nth]!.type)
  return null
}

const wrong = (zh: string, en: string): Read => ({
  says: { zh: '', en: '' },
  fault: { zh, en },
  name: null,
})

/** A name of a row that another has, that is empty or that is too long. */
function idFault(table: TableDefinition, row: number, text: string): Read | null {
  if (text.trim() === '') return wrong('行要有名称', 'A row needs a name')
  if (text.length > 40) return wrong('名称最多 40 字', 'At most 40 characters')
  const twice = table.rows.some(({ id }, nth) => nth !== row && id === text)
  return twice ? wrong('与另一行同名', 'Another row is called so') : null
}

export interface RowView {
  key: string
  cells: readonly CellView[]
  /** No row of this name is in force. */
  fresh: boolean
}

/** @param base the table in force, where it has the same columns */
export function rowsOf(
  table: TableDefinition,
  base: TableDefinition | null,
  reading: Reading,
  readingBase: Reading | null,
): RowView[] {
  const columns = columnsOf(table)
  const places = new Map(base?.rows.map(({ id }, nth) => [id, nth]))
  const view = (row: number, key: string, was: number | undefined): RowView => ({
    key,
    fresh: base !== null && was === undefined,
    cells: columns.map((column, nth): CellView => {
      const text = textAt(table, { row, column: nth })
      const read = readOf(reading, table, column, text)
      const isRow = row < table.rows.length
      const own = column.kind === 'id' && isRow ? idFault(table, row, text) : null
      if (!base || was === undefined || column.kind === 'id') {
        return { text, read: own ?? read, old: null }
      }
      const oldText = textAt(base, { row: was, column: nth })
      const oldRead = readingBase ? readOf(readingBase, base, column, oldText) : null
      return { text, read: own ?? read, old: { text: oldText, read: oldRead } }
    }),
  })
  const seen = new Map<string, number>()
  const rows = table.rows.map(({ id }, nth) => {
    // Two rows of one name are wrong, and are drawn all the same.
    const times = seen.get(id) ?? 0
    seen.set(id, times + 1)
    return view(nth, times === 0 ? id : `${id}#${times}`, places.get(id))
  })
  if (!table.otherwise) return rows
  const rest = base?.otherwise ? base.rows.length : undefined
  return [...rows, view(table.rows.length, '其余', rest)]
}

/** The table in force whose columns are the same, to compare cell with cell. */
export const comparable = (
  table: TableDefinition,
  base: { kind: string } | undefined,
): TableDefinition | null => {
  if (base?.kind !== 'table') return null
  const old = base as TableDefinition
  const same =
    old.inputs.join('\n') === table.inputs.join('\n') && old.outputs.length === table.outputs.length
  return same ? old : null
}
