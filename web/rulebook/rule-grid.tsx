// A rule table as a grid for the keyboard: one cell takes the focus, arrows move it, Enter types into it.
// biome-ignore-all lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table to work in
// biome-ignore-all lint/suspicious/noArrayIndexKey: columns stay in their place
import { memo, type RefObject, useEffect, useId, useMemo, useRef } from 'react'
import type { TableDefinition } from '#engines/rules/definitions.ts'
import { Button } from '../components/button.tsx'
import { type Text, useWords } from '../text/text.ts'
import { CiteDialog } from './cite-dialog.tsx'
import { nodeOf } from './draft-text.ts'
import { type Editing, useEditing } from './editing.ts'
import { columnsOf, editable, holds, textAt } from './grid.ts'
import { CellWords, comesToOther } from './grid-cell.tsx'
import { comparable, type RowView, rowsOf } from './grid-view.ts'
import { Reading } from './reading.ts'
import { type Grid, useGrid } from './use-grid.ts'

export function RuleGrid({ name }: { name: string }) {
  const editing = useEditing()
  const { t, of } = useWords()
  const entered = nodeOf(editing.text.definition, name) as TableDefinition
  const table = nodeOf(editing.seen.definition, name) as TableDefinition
  const grid = useGrid(entered, editing)
  const box = useRef<HTMLTableElement>(null)
  useFollowingFocus(box, grid)
  const rows = useRows(table, editing)
  const actions = useLatest(grid)
  const help = useId()
  return (
    <div className="stack">
      <div className="grid-scroll">
        <table
          className="rule-grid"
          role="grid"
          ref={box}
          aria-label={t(`规则表：${name}`, `Rule table: ${name}`)}
          aria-describedby={help}
          aria-rowcount={rows.length + 1}
          aria-colcount={columnsOf(table).length}
          aria-readonly={editing.readOnly || undefined}
          aria-multiselectable="true"
          onKeyDown={grid.onKeyDown}
          onCopy={grid.onCopy}
          onPaste={grid.onPaste}
        >
          <Head table={table} editing={editing} />
          <tbody>
            {rows.map((row, nth) => (
              <GridRow
                key={row.key}
                row={row}
                nth={nth}
                isRest={nth === table.rows.length}
                kinds={kindsOf(table)}
                cursor={grid.at.row === nth ? grid.at.column : -1}
                marked={markedIn(grid, nth, columnsOf(table).length)}
                typed={grid.at.row === nth ? grid.typed : null}
                view={editing.view}
                values={editing.values}
                actions={actions}
              />
            ))}
          </tbody>
        </table>
      </div>
      <GridHelp id={help} />
      {grid.refused && (
        <p className="field-error" role="alert">
          {of(grid.refused)}
        </p>
      )}
      {!editing.readOnly && <RowButtons grid={grid} table={entered} />}
      {grid.citing && (
        <CiteDialog
          what={grid.citing.id}
          cite={grid.citing.cite}
          onClose={grid.closeCiting}
          onChange={grid.cite}
        />
      )}
    </div>
  )
}

function GridHelp({ id }: { id: string }) {
  const { t } = useWords()
  return (
    <p id={id} className="visually-hidden">
      {t(
        '方向键移动，回车或 F2 编辑，Esc 放弃，Tab 进入下一格；Alt 加上下键移动整行，Insert 加一行，Ctrl 加 Delete 删一行；可与电子表格互相复制粘贴。',
        'Arrows move, Enter or F2 edits, Escape gives up, Tab goes on; Alt with up and down moves the row, Insert adds one, Ctrl with Delete takes it out; blocks can be copied from and to a spreadsheet.',
      )}
    </p>
  )
}

/** Always the newest grid, behind one object that never changes: rows are drawn only when they change. */
function useLatest(grid: Grid): RefObject<Grid> {
  const latest = useRef(grid)
  latest.current = grid
  return latest
}

const kindsOf = (table: TableDefinition): string =>
  columnsOf(table)
    .map((column) =>
      column.kind === 'gives' && numeric(table, column.nth) ? 'number' : column.kind,
    )
    .join(' ')

const numeric = ({ outputs }: TableDefinition, nth: number): boolean =>
  outputs[nth]?.type.kind === 'number'

/** The marked columns of a row as a text, so that rows compare by it; empty where only the cursor is. */
function markedIn({ block }: Grid, row: number, columns: number): string {
  const { from, to } = block
  if (from.row === to.row && from.column === to.column) return ''
  const all = Array.from({ length: columns }, (_, column) => column)
  return all.filter((column) => holds(block, { row, column })).join(' ')
}

/** The cursor takes the focus along, where the grid had it. */
function useFollowingFocus(box: RefObject<HTMLTableElement | null>, grid: Grid): void {
  const { row, column } = grid.at
  const typing = grid.typed !== null
  useEffect(() => {
    const table = box.current
    if (!table?.contains(document.activeElement) && document.activeElement !== document.body) return
    if (!table?.dataset.entered || typing) return
    const cell = table.querySelector<HTMLElement>(`[data-cell="${row} ${column}"]`)
    cell?.focus()
  }, [row, column, typing, box])
}

function useRows(table: TableDefinition, { base, reading }: Editing): RowView[] {
  const readingBase = useRef<Reading | null>(null)
  return useMemo(() => {
    readingBase.current = base && Reading.of(base, readingBase.current)
    const old = comparable(table, nodeOf(base, table.name))
    return rowsOf(table, old, reading, readingBase.current)
  }, [table, base, reading])
}

function Head({ table, editing }: { table: TableDefinition; editing: Editing }) {
  const { t, of } = useWords()
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col" aria-colindex={1}>
          {t('行', 'Row')}
        </th>
        {table.inputs.map((input, nth) => {
          const { says, fault } = editing.reading.input(input)
          return (
            <th key={input} scope="col" aria-colindex={nth + 2}>
              {fault || editing.view === 'symbols' ? input : of(says)}
              {fault && <span className="grid-fault">{of(fault)}</span>}
            </th>
          )
        })}
        {table.outputs.map(({ name }, nth) => (
          <th
            key={name}
            scope="col"
            aria-colindex={table.inputs.length + nth + 2}
            className={numeric(table, nth) ? 'grid-gives number' : 'grid-gives'}
          >
            {name}
          </th>
        ))}
        <th scope="col" aria-colindex={columnsOf(table).length}>
          {t('依据', 'Source')}
        </th>
      </tr>
    </thead>
  )
}

interface RowProps {
  row: RowView
  nth: number
  isRest: boolean
  kinds: string
  cursor: number
  marked: string
  typed: string | null
  view: 'words' | 'symbols'
  values: Editing['values']
  actions: RefObject<Grid>
}

const GridRow = memo(
  function GridRow({
    row,
    nth,
    isRest,
    kinds,
    cursor,
    marked,
    typed,
    view,
    values,
    actions,
  }: RowProps) {
    const { t } = useWords()
    const places = new Set(marked.split(' '))
    return (
      <tr aria-rowindex={nth + 2} className={row.fresh ? 'grid-fresh' : undefined}>
        {kinds.split(' ').map((kind, column) => {
          const cell = row.cells[column]!
          const here = cursor === column
          const place = { row: nth, column }
          const typing = here && typed !== null
          const changed = comesToOther(cell, values)
          const looks = [
            kind === 'number' ? 'number' : '',
            kind === 'cite' ? 'grid-cite' : '',
            cell.read?.fault ? 'grid-wrong' : '',
            changed ? 'grid-changed' : '',
            places.has(String(column)) ? 'grid-marked' : '',
          ]
          return (
            <td
              key={column}
              role="gridcell"
              aria-colindex={column + 1}
              aria-selected={here || places.has(String(column))}
              aria-invalid={cell.read?.fault ? true : undefined}
              tabIndex={here && !typing ? 0 : -1}
              data-cell={`${nth} ${column}`}
              className={looks.filter(Boolean).join(' ') || undefined}
              onFocus={(event) => {
                event.currentTarget.closest('table')!.dataset.entered = 'true'
                if (!here) actions.current.go(place)
              }}
              onPointerDown={(event) => {
                if (event.shiftKey) {
                  event.preventDefault()
                  actions.current.go(place, true)
                }
              }}
              onDoubleClick={() => actions.current.begin()}
            >
              {typing ? (
                <TypedCell actions={actions} text={typed} fault={cell.read?.fault ?? null} />
              ) : kind === 'id' && isRest ? (
                <span className="muted">{t('其余', 'the rest')}</span>
              ) : kind === 'when' && isRest ? (
                <span className="muted">{t('任意', 'any')}</span>
              ) : (
                <CellWords cell={cell} view={view} values={values} />
              )}
            </td>
          )
        })}
      </tr>
    )
  },
  // Views of rows are made anew with every edit: they are compared by what they show.
  (a, b) =>
    a.nth === b.nth &&
    a.isRest === b.isRest &&
    a.kinds === b.kinds &&
    a.cursor === b.cursor &&
    a.marked === b.marked &&
    a.typed === b.typed &&
    a.view === b.view &&
    a.values === b.values &&
    sameRow(a.row, b.row),
)

const sameRow = (a: RowView, b: RowView): boolean =>
  a.fresh === b.fresh &&
  a.cells.length === b.cells.length &&
  a.cells.every((cell, nth) => {
    const other = b.cells[nth]!
    return (
      cell.text === other.text && cell.read === other.read && cell.old?.text === other.old?.text
    )
  })

interface TypedProps {
  actions: RefObject<Grid>
  text: string
  fault: Text | null
}

/** The field lies over its cell, so that no column grows or shrinks while something is typed. */
function TypedCell({ actions, text, fault }: TypedProps) {
  const { t, of } = useWords()
  return (
    <>
      <span className="grid-under" aria-hidden="true">
        {text || '—'}
      </span>
      <input
        className="grid-input"
        aria-label={t('单元格内容', 'Content of the cell')}
        value={text}
        size={Math.max(6, Math.min(40, 2 * text.length))}
        // biome-ignore lint/a11y/noAutofocus: the cell that was typed into goes on taking keys
        autoFocus
        spellCheck={false}
        onChange={({ target }) => actions.current.type(target.value)}
        onBlur={() => actions.current.enter()}
        onFocus={(event) => event.stopPropagation()}
      />
      {fault && <span className="grid-fault">{of(fault)}</span>}
    </>
  )
}

function RowButtons({ grid, table }: { grid: Grid; table: TableDefinition }) {
  const { t } = useWords()
  const row = table.rows[grid.at.row]
  const named = row ? t(`“${row.id}”`, ` “${row.id}”`) : ''
  return (
    <div className="row grid-tools">
      <Button small onClick={grid.add}>
        {t('加一行', 'Add a row')}
      </Button>
      <Button
        small
        disabled={!row || table.rows.length === 1}
        aria-label={t(`删除行${named}`, `Delete row${named}`)}
        onClick={grid.remove}
      >
        {t('删除行', 'Delete row')}
      </Button>
      <Button
        small
        disabled={!row || grid.at.row === 0}
        aria-label={t(`上移${named}`, `Up${named}`)}
        onClick={() => grid.move(-1)}
      >
        {t('上移', 'Up')}
      </Button>
      <Button
        small
        disabled={!row || grid.at.row >= table.rows.length - 1}
        aria-label={t(`下移${named}`, `Down${named}`)}
        onClick={() => grid.move(1)}
      >
        {t('下移', 'Down')}
      </Button>
      <span className="muted small grid-place">
        {editable(table, grid.at)
          ? t(`当前格：${textAt(table, grid.at)}`, `Here: ${textAt(table, grid.at)}`)
          : textAt(table, grid.at)}
      </span>
    </div>
  )
}
