// The shipped data is what its source says, and a wrong line is named.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { between, formatImages, imageAt, parseImages, readImages } from './images.ts'

const shipped = join(import.meta.dirname, 'digits.csv.gz')
const line = (ink: number | string, label: number | string) => `${`${ink},`.repeat(64)}${label}`

test('the shipped images are the named file, with as many of each digit as its source says', () => {
  const hash = createHash('sha256').update(readFileSync(shipped)).digest('hex')
  assert.match(readFileSync(join(import.meta.dirname, 'README.md'), 'utf8'), new RegExp(hash))
  const images = readImages(shipped)
  const counts = Array<number>(10).fill(0)
  for (const label of images.labels) counts[label]!++
  assert.deepEqual(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
})

test('what is written is read back as it was, also a part of it', () => {
  const some = between(readImages(shipped), 100, 130)
  const again = parseImages(formatImages(some))
  assert.equal(again.count, 30)
  assert.deepEqual(again.pixels, new Float64Array(some.pixels))
  assert.deepEqual(again.labels, new Uint8Array(some.labels))
  assert.deepEqual(imageAt(again, 7), imageAt(some, 7))
})

test('grey values become shares of the darkest', () => {
  const { count, pixels, labels } = parseImages(`${line(4, 7)}\r\n\r\n${line(16, 0)}\n`)
  assert.equal(count, 2)
  assert.deepEqual([pixels[0], pixels[63], pixels[64]], [0.25, 0.25, 1])
  assert.deepEqual([...labels], [7, 0])
})

test('a line that is no image is named', () => {
  const wrong = [line(17, 1), line(-1, 1), line(1.5, 1), line('', 1), line('x', 1), line(3, 10)]
  for (const bad of [...wrong, '1,2,3', `${line(3, 3)},3`]) {
    assert.throws(() => parseImages(`${line(3, 3)}\n${bad}\n`), /line 2 should be/, bad)
  }
})

test('the only table of a folder is found; none or two are refused', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kapok-images-'))
  t.after(() => rmSync(folder, { recursive: true }))
  assert.throws(() => readImages(folder), /no CSV file/)
  assert.throws(() => readImages(join(folder, 'absent')), /no CSV file/)
  writeFileSync(join(folder, 'readme.txt'), 'not a table')
  writeFileSync(join(folder, 'one.csv.gz'), gzipSync(line(1, 2)))
  assert.equal(readImages(folder).labels[0], 2)
  writeFileSync(join(folder, 'two.csv'), line(1, 3))
  assert.throws(() => readImages(folder), /more than one CSV file/)
})

test('an archive that is none, or that unpacks without end, is refused in one sentence', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kapok-images-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'images.csv.gz')
  writeFileSync(file, 'plain text')
  assert.throws(() => readImages(file), { name: 'Error', exitCode: 65, message: /images\.csv\.gz/ })
  writeFileSync(file, gzipSync(Buffer.alloc(300 * 2 ** 20)))
  assert.throws(() => readImages(file), { exitCode: 65, message: /larger than/ })
})
