// Undo and redo: back and forth comes to the same, and a new change forgets what was undone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { begun, changed, redone, undone } from './undo.ts'

test('a change is undone, made again, and a new one forgets what was undone', () => {
  let history = begun(1)
  assert.equal(undone(history), history)
  history = changed(changed(history, 2), 3)
  const back = undone(undone(history))
  assert.equal(back.now, 1)
  assert.deepEqual(redone(redone(back)), history)
  assert.equal(redone(history), history)
  assert.deepEqual(changed(undone(history), 4), { past: [1, 2], now: 4, future: [] })
})

test('no more than two hundred steps are kept', () => {
  let history = begun(0)
  for (let nth = 1; nth <= 500; nth++) history = changed(history, nth)
  assert.equal(history.past.length, 200)
  assert.equal(undone(history).now, 499)
})
