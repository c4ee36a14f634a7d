// QR codes: one that a scanner read, and every version read back by the rules of the standard.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { qrCode } from './qr-code.ts'

// Read by a decoder of another project as 'KAPOK'.
const kapok = `#######..####.#######
#.....#.#####.#.....#
#.###.#..####.#.###.#
#.###.#..#.##.#.###.#
#.###.#.#.#.#.#.###.#
#.....#...#.#.#.....#
#######.#.#.#.#######
.........####........
#.#.#.#...##....#..#.
#.#....#......#..#.#.
#....##..#..#...#####
..##...#......#.....#
.#.#..#...#.#.#.###..
........#..#.#.#.#.#.
#######...##.###..###
#.....#....###.##....
#.###.#.####.###..###
#.###.#...#...##..##.
#.###.#.#.#.#...##..#
#.....#..#....#.#..#.
#######.#.#.#.#...###`

const drawn = (text: string) =>
  qrCode(text).map((row) => row.map((dark) => (dark ? '#' : '.')).join(''))

test('a code that was scanned stays as it is', () => {
  assert.equal(drawn('KAPOK').join('\n'), kapok)
})

test('the smallest version that holds the text is taken, at every border', () => {
  const most = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213]
  for (const [at, bytes] of most.entries()) {
    assert.equal(qrCode('a'.repeat(bytes)).length, 21 + 4 * at, `${bytes} bytes`)
  }
  assert.equal(qrCode('a'.repeat(15)).length, 25)
  assert.equal(qrCode('木'.repeat(5)).length, 25, 'length counts bytes, not characters')
})

test('a text that does not fit is refused', () => {
  assert.throws(() => qrCode('a'.repeat(214)), RangeError)
})

test('each version draws three finders and nothing but square rows', () => {
  const finder = ['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######']
  for (const length of [1, 20, 40, 60, 80, 100, 120, 150, 170, 213]) {
    const rows = drawn('x'.repeat(length))
    const size = rows.length
    for (const [i, line] of finder.entries()) {
      assert.equal(rows[i]!.slice(0, 7), line)
      assert.equal(rows[i]!.slice(size - 7), line)
      assert.equal(rows[size - 7 + i]!.slice(0, 7), line)
    }
    assert.ok(rows.every((row) => row.length === size))
  }
})
