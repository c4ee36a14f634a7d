// The keyboard and the clipboard of a rule table: where the cursor is, what is marked, what is typed.
import { type ClipboardEvent, type KeyboardEvent, useRef, useState } from 'react'
import type { Citation, RowDefinition, TableDefinition } from '#engines/rules/definitions.ts'
import type { Text } from '../text/text.ts'
import { withNode } from './draft-text.ts'
import type { Editing } from './editing.ts'
import {
  type Block,
  type Cell,
  cleared,
  columnsOf,
  editable,
  pasted,
  rowsIn,
  textAt,
  textsIn,
  withoutRow,
  withRow,
  withRowMoved,
  withText,
} from './grid.ts'
import { typeOfInput, writtenTest } from './reading.ts'
import { fromTsv, TooLarge, toTsv } from './tsv.ts'

export interface Grid {
  at: Cell
  block: Block
  /** What is typed into the cell of the cursor; null while nothing is. */
  typed: string | null
  refused: Text | null
  /** The row whose sources are looked at. */
  citing: RowDefinition | null
  cite: (cite: readonly Citation[]) => void
  closeCiting: () => void
  go: (cell: Cell, extend?: boolean) => void
  begin: (text?: string) => void
  type: (text: string) => void
  enter: () => void
  leave: () => void
  add: () => void
  remove: () => void
  move: (by: 1 | -1) => void
  onKeyDown: (event: KeyboardEvent) => void
  onCopy: (event: ClipboardEvent) => void
  onPaste: (event: ClipboardEvent) => void
}

const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value))

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
}

/** Where the cursor stands and what is marked, always inside the table. */
function useCursor(table: TableDefinition) {
  const [cursor, setCursor] = useState<Cell>({ row: 0, column: 1 })
  const [anchor, setAnchor] = useState<Cell | null>(null)
  const last = { row: rowsIn(table) - 1, column: columnsOf(table).length - 1 }
  const inside = ({ row, column }: Cell): Cell => ({
    row: clamp(row, last.row),
    column: clamp(column, last.column),
  })
  const at = inside(cursor)
  const go = (cell: Cell, extend = false) => {
    setAnchor(extend ? (anchor ?? at) : null)
    setCursor(inside(cell))
  }
  return { at, block: { from: anchor ?? at, to: at }, last, go, setCursor }
}

/** What is typed into a cell: it takes effect at once, and is entered on leaving. */
function useTyping(table: TableDefinition, at: Cell, editing: Editing) {
  const [typed, draw] = useState<string | null>(null)
  // What leaves the field is entered once, also where the field goes away because of it.
  const live = useRef<string | null>(null)
  const setTyped = (text: string | null) => {
    live.current = text
    draw(text)
  }
  const written = (text: string): TableDefinition => {
    const kind = columnsOf(table)[at.column]
    const type = kind?.kind === 'when' ? typeOfInput(editing.reading, table, kind.nth) : undefined
    const plain = kind?.kind === 'when' ? writtenTest(text, type) : text.trim()
    return withText(table, at, plain)
  }
  const type = (text: string) => {
    setTyped(text)
    if (text !== textAt(table, at)) editing.type((all) => withNode(all, written(text)))
    else editing.leave()
  }
  const enter = () => {
    if (live.current !== null) {
      const made = written(live.current)
      if (textAt(made, at) === textAt(table, at)) editing.leave()
      else editing.change((all) => withNode(all, made))
    }
    setTyped(null)
  }
  const leave = () => {
    editing.leave()
    setTyped(null)
  }
  return { typed, type, enter, leave }
}

/** Changes of the whole table: rows, blocks, sources; what is too large is refused in words. */
function useChanges(table: TableDefinition, editing: Editing) {
  const [refused, setRefused] = useState<Text | null>(null)
  const change = (make: (table: TableDefinition) => TableDefinition) => {
    try {
      const made = make(table)
      if (made !== table) editing.change((text) => withNode(text, made))
      setRefused(null)
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
      setRefused({ zh: error.zh, en: error.message })
    }
  }
  return { refused, change, forget: () => setRefused(null) }
}

/** @param table as it is entered, without what is being typed */
export function useGrid(table: TableDefinition, editing: Editing): Grid {
  const { at, block, last, setCursor, ...cursor } = useCursor(table)
  const { typed, type, enter, leave } = useTyping(table, at, editing)
  const { refused, change, forget } = useChanges(table, editing)
  const [citing, setCiting] = useState(false)
  const { readOnly } = editing
  const go = (cell: Cell, extend = false) => {
    cursor.go(cell, extend)
    forget()
  }
  const begin = (text = textAt(table, at)) => {
    if (readOnly) return
    if (columnsOf(table)[at.column]?.kind === 'cite' && table.rows[at.row]) setCiting(true)
    else if (editable(table, at)) type(text)
  }
  const rows = {
    add: () => change((now) => withRow(now, Math.min(at.row + 1, now.rows.length))),
    remove: () => change((now) => withoutRow(now, at.row)),
    move: (by: 1 | -1) => {
      if (!table.rows[at.row + by]) return
      change((now) => withRowMoved(now, at.row, at.row + by))
      setCursor({ ...at, row: at.row + by })
    },
  }
  return {
    at,
    block,
    typed,
    refused,
    citing: citing ? (table.rows[at.row] ?? null) : null,
    cite: (cite) =>
      change((now) => ({
        ...now,
        rows: now.rows.map((row, nth) => (nth === at.row ? { ...row, cite } : row)),
      })),
    closeCiting: () => setCiting(false),
    go,
    begin,
    type,
    enter,
    leave,
    ...rows,
    onKeyDown: (event) => {
      if (event.nativeEvent.isComposing) return
      const clear = () => change((now) => cleared(now, block))
      if (typed === null) keyInGrid(event, { at, last, go, begin, readOnly, ...rows }, clear)
      else keyInCell(event, { at, last, go, enter, leave })
    },
    onCopy: (event) => {
      if (typed !== null) return
      event.preventDefault()
      event.clipboardData.setData('text/plain', toTsv(textsIn(table, block)))
    },
    onPaste: (event) => {
      if (typed !== null || readOnly) return
      event.preventDefault()
      const text = event.clipboardData.getData('text/plain')
      change((now) => pasted(now, topLeft(block), inSymbols(now, topLeft(block), text, editing)))
    },
  }
}

const topLeft = ({ from, to }: Block): Cell => ({
  row: Math.min(from.row, to.row),
  column: Math.min(from.column, to.column),
})

/** @throws TooLarge */
function inSymbols(table: TableDefinition, at: Cell, text: string, { reading }: Editing) {
  const columns = columnsOf(table)
  return fromTsv(text).map((line) =>
    line.map((cell, along) => {
      const kind = columns[at.column + along]
      if (kind?.kind !== 'when') return cell
      return writtenTest(cell, typeOfInput(reading, table, kind.nth))
    }),
  )
}

type Inside = Pick<Grid, 'at' | 'go' | 'begin' | 'add' | 'remove' | 'move'> & {
  last: Cell
  readOnly: boolean
}

/** Keys while the cursor stands on a cell. */
function keyInGrid(event: KeyboardEvent, grid: Inside, clear: () => void): void {
  const { key, shiftKey, altKey } = event
  const ctrl = event.ctrlKey || event.metaKey
  const { at, last, go, readOnly } = grid
  const done = () => event.preventDefault()
  const step = STEPS[key]
  if (step && altKey && !readOnly && step[1] === 0) {
    grid.move(step[0] > 0 ? 1 : -1)
    done()
    return
  }
  if (step && !altKey) {
    go({ row: at.row + step[0], column: at.column + step[1] }, shiftKey)
    done()
    return
  }
  if (key === 'Home' || key === 'End') {
    const column = key === 'Home' ? 0 : last.column
    go({ row: ctrl ? (key === 'Home' ? 0 : last.row) : at.row, column }, shiftKey)
    done()
    return
  }
  if (readOnly) return
  if (key === 'Enter' || key === 'F2') grid.begin()
  else if (key === 'Delete' && ctrl) grid.remove()
  else if (key === 'Delete' || key === 'Backspace') clear()
  else if (key === 'Insert') grid.add()
  else if (key.length === 1 && !ctrl && !altKey && key !== ' ') grid.begin(key)
  else return
  done()
}

/** Keys while a cell is typed into: the cell is left with what was typed, or without. */
function keyInCell(
  event: KeyboardEvent,
  { at, last, go, enter, leave }: Pick<Grid, 'at' | 'go' | 'enter' | 'leave'> & { last: Cell },
): void {
  if (event.key === 'Escape') {
    leave()
    event.preventDefault()
    return
  }
  if (event.key === 'Enter') {
    enter()
    go({ row: at.row + (event.shiftKey ? -1 : 1), column: at.column })
    event.preventDefault()
    return
  }
  if (event.key !== 'Tab') return
  enter()
  const along = at.column + (event.shiftKey ? -1 : 1)
  const row = along > last.column ? at.row + 1 : along < 0 ? at.row - 1 : at.row
  const column = along > last.column ? 0 : along < 0 ? last.column : along
  go({ row, column })
  event.preventDefault()
}
