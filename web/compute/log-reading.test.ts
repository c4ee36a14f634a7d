// A log is read whole and only once, also in many parts, and never asked for in a circle.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Known, nothingRead, type Reading, wantsMore, withPart } from './log-reading.ts'

const PART = 10

/** Reads as the page does until nothing more is wanted; counts how often the server is asked. */
function readAll(text: string, known: Known, start: Reading = nothingRead, ended = true) {
  let reading = start
  let asked = 0
  while (wantsMore(reading, known)) {
    assert.ok(++asked < 1_000, 'asked in a circle')
    const { next } = reading
    const piece = text.slice(next, next + PART)
    const part = {
      from: next,
      next: next + piece.length,
      size: text.length,
      text: piece,
      truncated: false,
      ended,
    }
    reading = withPart(reading, part, known)
  }
  return { reading, asked }
}

test('a finished log of many parts is read whole, without any event', () => {
  const text = 'epoch 1\n'.repeat(20)
  const { reading, asked } = readAll(text, { size: 0, over: true })
  assert.equal(reading.text, text)
  assert.equal(asked, text.length / PART)
})

test('an empty log of a finished job is asked for once', () => {
  assert.equal(readAll('', { size: 0, over: true }).asked, 1)
})

test('while it runs only what an event announced is asked for', () => {
  assert.equal(readAll('', { size: 0, over: false }, nothingRead, false).asked, 0)
  const first = readAll('0123456789abc', { size: 13, over: false }, nothingRead, false)
  assert.equal(first.asked, 2)
  const again = readAll('0123456789abc', { size: 13, over: false }, first.reading, false)
  assert.equal(again.asked, 0)
  const more = readAll('0123456789abcdef', { size: 16, over: false }, first.reading, false)
  assert.equal(more.reading.text, '0123456789abcdef')
})

test('a size that the server cannot give yet, half a character, is asked for once', () => {
  const { reading, asked } = readAll('abc', { size: 5, over: false }, nothingRead, false)
  assert.equal(asked, 2)
  assert.equal(reading.stuckAt, 5)
  assert.equal(readAll('abcdef', { size: 6, over: false }, reading, false).reading.text, 'abcdef')
})

test('a job that waits for its next attempt is not asked in a circle', () => {
  const { asked } = readAll('abc', { size: 3, over: true }, nothingRead, false)
  assert.equal(asked, 2)
})

test('only the last part of a long log stays on the page, and the page knows', () => {
  const part = {
    from: 0,
    next: 5,
    size: 5,
    text: 'x'.repeat(400_005),
    truncated: true,
    ended: true,
  }
  const reading = withPart(nothingRead, part, { size: 5, over: true })
  assert.equal(reading.text.length, 400_000)
  assert.equal(reading.cut, true)
  assert.equal(reading.truncated, true)
})
