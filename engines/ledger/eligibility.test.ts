// Who may claim: each boundary on both sides, and unknown facts named instead of guessed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eligibility, monthsAfter, type Profile } from './eligibility.ts'

const scope = { everySize: false, startupMonths: 36 }
const firm: Profile = {
  kind: 'organisation',
  class: 'enterprise',
  size: 'small',
  foundedOn: '2023-11-23',
}

test('a start-up is one until the day its age is reached', () => {
  assert.deepEqual(eligibility(firm, scope, '2026-11-22'), { class: 'startup' })
  assert.deepEqual(eligibility(firm, scope, '2026-11-23'), { class: 'general' })
  const without = { ...scope, startupMonths: null }
  assert.deepEqual(eligibility(firm, without, '2024-01-01'), { class: 'general' })
})

test('universities and institutes are in, whatever their size; others are out', () => {
  const of = (change: Partial<Profile>, everySize = false) =>
    eligibility({ ...firm, ...change }, { ...scope, everySize }, '2026-11-23')
  assert.deepEqual(of({ class: 'university', size: null }), { class: 'general' })
  assert.deepEqual(of({ class: 'research-institute', foundedOn: null }), { class: 'general' })
  assert.deepEqual(of({ class: 'government' }), { outside: 'kind' })
  assert.deepEqual(of({ kind: 'person' }), { outside: 'kind' })
  assert.deepEqual(of({ size: 'large' }), { outside: 'size' })
  assert.deepEqual(of({ size: 'large' }, true), { class: 'general' })
})

test('what is not known is named', () => {
  assert.deepEqual(eligibility({ ...firm, size: null }, scope, '2026-11-23'), { unknown: 'size' })
  assert.deepEqual(eligibility({ ...firm, class: null }, scope, '2026-11-23'), { unknown: 'class' })
  assert.deepEqual(eligibility({ ...firm, foundedOn: null }, scope, '2026-11-23'), {
    unknown: 'founding-date',
  })
})

test('months end where the month ends', () => {
  assert.equal(monthsAfter('2024-02-29', 12), '2025-02-28')
  assert.equal(monthsAfter('2026-01-31', 1), '2026-02-28')
  assert.equal(monthsAfter('2026-11-23', 36), '2029-11-23')
  assert.equal(monthsAfter('2026-12-01', 1), '2027-01-01')
})
