// CSV as RFC 4180 has it, readable by spreadsheets, without formulas smuggled in by a text.

const NUMBER = /^-?\d+(\.\d+)?$/
/** A cell that begins like this is run as a formula by spreadsheets. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/

function cellOf(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Rows as one CSV text with a byte order mark, so that Chinese shows in every spreadsheet. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return `\ufeff${rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('')}`
}
