// Metrics as a program writes them become lines; what is no number becomes no line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Metrics } from './compute.ts'
import { chartOf, columnsOf, pathOf, scaleOf, short } from './series.ts'

const items: Metrics = [
  { loss: 2, step: 10, note: 'warm' },
  { loss: 1, step: 20, accuracy: 0.5 },
  { loss: Number.NaN, step: 30, accuracy: 0.75 },
]

test('each numeric column becomes a line over the step', () => {
  const { axis, series } = chartOf(items)
  assert.equal(axis, 'step')
  assert.deepEqual(
    series.map(({ name }) => name),
    ['loss', 'accuracy'],
  )
  assert.deepEqual(series[0]!.points, [
    { x: 10, y: 2 },
    { x: 20, y: 1 },
  ])
})

test('without a step the rows are counted', () => {
  const { axis, series } = chartOf([{ loss: 3 }, { loss: 2 }])
  assert.equal(axis, '#')
  assert.deepEqual(
    series[0]!.points.map(({ x }) => x),
    [1, 2],
  )
  assert.deepEqual(chartOf([]).series, [])
})

test('the table begins with the axis', () => {
  assert.deepEqual(columnsOf(items), ['step', 'loss', 'note', 'accuracy'])
})

test('a line goes from corner to corner, a flat one through the middle', () => {
  const falling = {
    name: 'loss',
    points: [
      { x: 0, y: 4 },
      { x: 5, y: 2 },
    ],
  }
  assert.equal(pathOf(falling, 100, 40), 'M0.0 0.0L100.0 40.0')
  const flat = {
    name: 'loss',
    points: [
      { x: 0, y: 3 },
      { x: 5, y: 3 },
    ],
  }
  assert.equal(pathOf(flat, 100, 40), 'M0.0 20.0L100.0 20.0')
  assert.deepEqual(scaleOf([0, 0]), { low: -1, high: 1 })
})

test('numbers are short and true', () => {
  assert.equal(short(4180), '4180')
  assert.equal(short(1.87241), '1.872')
  assert.equal(short(0.00000123), '1.23e-6')
})
