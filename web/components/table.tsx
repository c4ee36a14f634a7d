// Data tables: a caption, aligned numbers, and on narrow screens one row becomes a small block.
// biome-ignore-all lint/a11y/noRedundantRoles: stacked rows are no table boxes to the browser
import type { ReactNode } from 'react'
import { ScrollRegion } from './scroll-region.tsx'

export interface Column<Row> {
  title: string
  cell: (row: Row) => ReactNode
  /** Numbers stand to the right. */
  number?: boolean
  /** Names the row for screen readers. */
  heads?: boolean
  /** Buttons of the row: the title is for screen readers only. */
  actions?: boolean
}

interface DataTableProps<Row> {
  /** The sentence that says what the table shows. */
  caption: ReactNode
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  /** Dense tables scroll sideways on narrow screens instead of stacking. */
  dense?: boolean
  quietCaption?: boolean
}

function cellClass<Row>(column: Column<Row>): string | undefined {
  if (column.actions) return 'table-actions'
  return column.number ? 'number' : undefined
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, dense, quietCaption } = props
  const label = typeof caption === 'string' ? caption : undefined
  const table = (
    <table className={dense ? 'table' : 'table table-stack'} role="table">
      <caption className={quietCaption ? 'visually-hidden' : undefined}>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.title} scope="col" role="columnheader" className={cellClass(column)}>
              {column.actions ? (
                <span className="visually-hidden">{column.title}</span>
              ) : (
                column.title
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row">
            {columns.map((column) =>
              column.heads ? (
                <th key={column.title} scope="row" role="rowheader">
                  {column.cell(row)}
                </th>
              ) : (
                <td
                  key={column.title}
                  role="cell"
                  className={cellClass(column)}
                  data-label={column.actions ? undefined : column.title}
                >
                  <div className="cell">{column.cell(row)}</div>
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
  if (!dense) return table
  return <ScrollRegion label={label}>{table}</ScrollRegion>
}
