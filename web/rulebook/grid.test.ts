// The grid of a table: cells, rows, blocks from a spreadsheet, and the bound on rows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TableDefinition } from '#engines/rules/definitions.ts'
import {
  cleared,
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
import { TooLarge } from './tsv.ts'

const cite = [{ source: '示例值（非官方）', certainty: 'example' as const }]
const table: TableDefinition = {
  kind: 'table',
  name: '补贴比例',
  hit: 'U',
  inputs: ['主体类型', '初创'],
  outputs: [{ name: '补贴比例', type: { kind: 'number', unit: '%' } }],
  rows: [
    { id: '初创企业', when: ['"企业"', 'true'], gives: ['初创比例'], cite },
    { id: '其他企业', when: ['"企业"', 'false'], gives: ['30%'], cite },
  ],
  otherwise: ['0%'],
}

test('cells are read and written by their place, the rest last', () => {
  assert.equal(rowsIn(table), 3)
  assert.equal(textAt(table, { row: 0, column: 2 }), 'true')
  assert.equal(textAt(table, { row: 2, column: 3 }), '0%')
  assert.equal(editable(table, { row: 2, column: 1 }), false)
  const next = withText(withText(table, { row: 1, column: 3 }, '40%'), { row: 2, column: 3 }, '5%')
  assert.deepEqual([next.rows[1]!.gives, next.otherwise], [['40%'], ['5%']])
  assert.equal(withText(table, { row: 0, column: 4 }, 'x'), table, 'sources are not typed here')
  assert.equal(withText(table, { row: 0, column: 0 }, '甲').rows[0]!.id, '甲')
})

test('rows are added, moved and taken out, and the last one stays', () => {
  const more = withRow(table, 1)
  assert.deepEqual(
    more.rows.map(({ id, when }) => [id, ...when]),
    [
      ['初创企业', '"企业"', 'true'],
      ['新行 3', '-', '-'],
      ['其他企业', '"企业"', 'false'],
    ],
  )
  assert.deepEqual(withRowMoved(more, 2, 0).rows[0]!.id, '其他企业')
  assert.equal(withRowMoved(table, 0, 5), table)
  const one = withoutRow(withoutRow(more, 1), 0)
  assert.equal(one.rows.length, 1)
  assert.equal(withoutRow(one, 0), one)
})

test('a block goes out and comes in, adding rows where there are none', () => {
  const block = textsIn(table, { from: { row: 1, column: 3 }, to: { row: 0, column: 1 } })
  assert.deepEqual(block, [
    ['"企业"', 'true', '初创比例'],
    ['"企业"', 'false', '30%'],
  ])
  const next = pasted(table, { row: 1, column: 1 }, [...block, ['"其他"', '', '0%']])
  assert.deepEqual(
    next.rows.map(({ when, gives }) => [...when, ...gives]),
    [
      ['"企业"', 'true', '初创比例'],
      ['"企业"', 'true', '初创比例'],
      ['"企业"', 'false', '30%'],
      ['"其他"', '-', '0%'],
    ],
  )
  assert.deepEqual(next.otherwise, ['0%'])
  assert.deepEqual(pasted(table, { row: 2, column: 3 }, [['9%']]).otherwise, ['9%'])
  assert.deepEqual(
    textsIn(cleared(table, { from: { row: 0, column: 0 }, to: { row: 0, column: 3 } }), {
      from: { row: 0, column: 0 },
      to: { row: 0, column: 3 },
    }),
    [['初创企业', '-', '-', '']],
  )
})

test('a table takes a thousand rows and not one more', () => {
  const lines = (count: number) => Array.from({ length: count }, () => ['-'])
  assert.equal(pasted(table, { row: 0, column: 1 }, lines(1_000)).rows.length, 1_000)
  assert.throws(() => pasted(table, { row: 1, column: 1 }, lines(1_000)), TooLarge)
})
