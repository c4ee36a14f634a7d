// Blocks of cells as spreadsheets put them on the clipboard: tabs between cells, quotes around what holds one.

/** More is refused: a table of more rows is for nobody to read. */
export const MOST_ROWS = 1_000
const MOST_COLUMNS = 20

export class TooLarge extends Error {
  readonly zh: string
  constructor(zh: string, en: string) {
    super(en)
    this.name = 'TooLarge'
    this.zh = zh
  }
}

const quoted = (cell: string): string =>
  /["\t\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

export const toTsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => row.map(quoted).join('\t')).join('\n')

/** A cell that begins with a quote and closes it before a tab or a line end; else it is taken as it stands. */
const CELL = /"((?:[^"]|"")*)"(?=\t|\r|\n|$)|([^\t\r\n]*)/y

/**
 * Rows of cells; an empty last line is none.
 * @throws TooLarge
 */
export function fromTsv(text: string): string[][] {
  const rows: string[][] = [[]]
  let at = 0
  for (;;) {
    CELL.lastIndex = at
    const [whole = '', inside, plain] = CELL.exec(text) ?? []
    rows.at(-1)!.push(inside === undefined ? (plain ?? '').trim() : inside.replaceAll('""', '"'))
    at += whole.length
    if (at >= text.length) break
    if (text[at] === '\t') {
      at += 1
      if (rows.at(-1)!.length === MOST_COLUMNS) {
        throw new TooLarge(
          `粘贴的内容超过 ${MOST_COLUMNS} 列，没有粘贴`,
          `More than ${MOST_COLUMNS} columns: nothing was pasted`,
        )
      }
      continue
    }
    at += text.startsWith('\r\n', at) ? 2 : 1
    if (at >= text.length) break
    if (rows.length === MOST_ROWS) {
      throw new TooLarge(
        `粘贴的内容超过 ${MOST_ROWS} 行，没有粘贴`,
        `More than ${MOST_ROWS} rows: nothing was pasted`,
      )
    }
    rows.push([])
  }
  return rows
}
