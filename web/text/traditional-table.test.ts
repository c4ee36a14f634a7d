// Traditional forms: words before characters, and nothing changed that has no other form.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toTraditional } from './traditional-table.ts'

test('a character takes the form that its word needs', () => {
  assert.equal(toTraditional('发布与发展'), '發佈與發展')
  assert.equal(toTraditional('征求意见稿，未施行'), '徵求意見稿，未施行')
  assert.equal(toTraditional('公里、里程、这里'), '公里、里程、這裏')
  assert.equal(toTraditional('复核后冲正'), '複核後沖正')
  assert.equal(toTraditional('规划算法'), '規劃算法')
})

test('what has no other form stays as it is', () => {
  const same = '木棉 Kapok 2026-11-23 ¥12.00 (GB/T 2260) 😀'
  assert.equal(toTraditional(same), same)
  assert.equal(toTraditional(''), '')
})
