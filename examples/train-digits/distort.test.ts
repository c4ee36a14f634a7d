// Distortions do what they are called, by hand on small drawings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hidden, moved, noisy, thickened } from './distort.ts'
import { SIDE } from './images.ts'
import { normal, randomFrom, shuffled } from './random.ts'

const dot = (x: number, y: number) => {
  const image = new Float64Array(SIDE * SIDE)
  image[y * SIDE + x] = 1
  return image
}
const close = (one: Float64Array, other: Float64Array) =>
  one.forEach((ink, at) => {
    assert.ok(Math.abs(ink - other[at]!) < 1e-9, `pixel ${at}: ${ink}, not ${other[at]}`)
  })

test('a shift moves right and down, and what leaves is gone', () => {
  close(moved(dot(2, 3), 1, 2), dot(3, 5))
  close(moved(dot(7, 3), 1, 0), new Float64Array(SIDE * SIDE))
  const half = moved(dot(2, 3), 0.5, 0)
  assert.deepEqual([half[3 * SIDE + 2], half[3 * SIDE + 3]], [0.5, 0.5])
})

test('a quarter turn is clockwise about the centre', () => {
  close(moved(dot(1, 0), 0, 0, Math.PI / 2), dot(7, 1))
})

test('ink spreads to four neighbours and never fades', () => {
  const thick = thickened(dot(0, 4), 0.5)
  const inked = [...thick].flatMap((ink, at) =>
    ink > 0 ? [[at % SIDE, (at / SIDE) | 0, ink]] : [],
  )
  assert.deepEqual(inked, [
    [0, 3, 0.5],
    [0, 4, 1],
    [1, 4, 0.5],
    [0, 5, 0.5],
  ])
})

test('noise stays within paper and ink and is as strong as asked', () => {
  const grey = new Float64Array(SIDE * SIDE).fill(0.5)
  const errors = [...noisy(grey, 0.1, randomFrom(1))].map((ink) => ink - 0.5)
  const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)
  assert.ok(deviation > 0.07 && deviation < 0.13, `${deviation}`)
  const wild = noisy(grey, 5, randomFrom(2))
  assert.ok(wild.every((ink) => ink >= 0 && ink <= 1))
})

test('a hidden square is empty and nothing else changes', () => {
  const page = new Float64Array(SIDE * SIDE).fill(1)
  const image = hidden(page, 5, 2, 3)
  assert.equal(image.filter((ink) => ink === 0).length, 9)
  assert.deepEqual([image[2 * SIDE + 4], image[2 * SIDE + 5], image[4 * SIDE + 7]], [1, 0, 0])
})

test('random numbers depend on every key, are even, and an order holds each number once', () => {
  const first = (...keys: number[]) => randomFrom(...keys)()
  assert.equal(first(1, 2, 3), first(1, 2, 3))
  const starts = new Set([
    first(1, 2, 3),
    first(1, 2, 4),
    first(1, 3, 2),
    first(2, 2, 3),
    first(1, 2),
  ])
  assert.equal(starts.size, 5)
  const random = randomFrom(5)
  const counts = Array<number>(10).fill(0)
  for (let nth = 0; nth < 10_000; nth++) counts[Math.floor(random() * 10)]!++
  assert.ok(
    counts.every((count) => count > 880 && count < 1_120),
    `${counts}`,
  )
  const order = shuffled(100, randomFrom(6))
  assert.deepEqual(
    [...order].sort((one, other) => one - other),
    [...Array(100).keys()],
  )
  assert.notDeepEqual([...order], [...Array(100).keys()])
})

test('normal numbers have mean 0 and deviation 1', () => {
  const random = randomFrom(7)
  const values = Array.from({ length: 20_000 }, () => normal(random))
  const mean = values.reduce((sum, value) => sum + value) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05, `${mean}, ${variance}`)
})
