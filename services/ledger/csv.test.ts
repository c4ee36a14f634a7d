// CSV: quoting by RFC 4180, a byte order mark, and no cell that a spreadsheet would run.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { csvOf } from './csv.ts'

/** Reads RFC 4180 back. */
function parse(csv: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  for (let i = 1; i < csv.length; i++) {
    const sign = csv[i]!
    if (quoted && sign === '"' && csv[i + 1] === '"') {
      cell += '"'
      i++
    } else if (sign === '"') quoted = !quoted
    else if (!quoted && sign === ',') {
      rows.at(-1)!.push(cell)
      cell = ''
    } else if (!quoted && sign === '\r' && csv[i + 1] === '\n') {
      rows.at(-1)!.push(cell)
      cell = ''
      rows.push([])
      i++
    } else cell += sign
  }
  rows.pop()
  return rows
}

test('formulas are defused, numbers are not', () => {
  assert.equal(
    csvOf([['=1+1', '+cmd', '@x', '-2+3', '-12.50', '12', 'a"b', 'x,y', '券']]),
    '\ufeff\'=1+1,\'+cmd,\'@x,\'-2+3,-12.50,12,"a""b","x,y",券\r\n',
  )
})

test('property: every text comes back, at most with an apostrophe before it', () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom('=A1', '-1', '"', '\r\n', ',', '-', '＝A1'))
  const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 5 })
  fc.assert(
    fc.property(rows, (table) => {
      const read = parse(csvOf(table))
      assert.equal(read.length, table.length)
      for (const [i, row] of table.entries()) {
        assert.equal(read[i]!.length, row.length)
        for (const [j, text] of row.entries()) {
          const found = read[i]![j]!
          assert.ok(found === text || found === `'${text}`)
          assert.ok(/^-?\d+(\.\d+)?$/.test(found) || !/^[=+\-@\t\r＝＋－＠]/.test(found))
        }
      }
    }),
  )
})
