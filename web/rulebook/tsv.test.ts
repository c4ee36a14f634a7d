// Blocks from and to a spreadsheet: quotes, line ends, and no more than can be read.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromTsv, MOST_ROWS, TooLarge, toTsv } from './tsv.ts'

test('what is copied comes back as it was', () => {
  const cell = fc.string({ maxLength: 12 }).map((text) => text.trim())
  const block = fc
    .integer({ min: 1, max: 5 })
    .chain((wide) =>
      fc.array(fc.array(cell, { minLength: wide, maxLength: wide }), {
        minLength: 1,
        maxLength: 6,
      }),
    )
    // A last line with nothing in it is no row to a spreadsheet either.
    .filter((rows) => rows.at(-1)!.some((one) => one !== ''))
  fc.assert(fc.property(block, (rows) => assert.deepEqual(fromTsv(toTsv(rows)), rows)))
})

test('rule texts keep their quotes, and lines of Windows end where they should', () => {
  assert.deepEqual(fromTsv('"小型", "微型"\t>= 5%\r\n-\ttrue\r\n'), [
    ['"小型", "微型"', '>= 5%'],
    ['-', 'true'],
  ])
  assert.deepEqual(fromTsv('"""高校"", ""科研机构"""\t30%'), [['"高校", "科研机构"', '30%']])
  assert.deepEqual(fromTsv('"高校"\t30%'), [['高校', '30%']])
})

test('more than a thousand rows, or twenty columns, are refused', () => {
  const rows = (count: number) => Array.from({ length: count }, () => '-').join('\n')
  assert.equal(fromTsv(rows(MOST_ROWS)).length, MOST_ROWS)
  assert.throws(() => fromTsv(rows(MOST_ROWS + 1)), TooLarge)
  assert.throws(() => fromTsv('-\t'.repeat(20)), TooLarge)
})
