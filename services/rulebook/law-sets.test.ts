// The law's sets as they are read, and working days by the published calendars.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { link } from '#engines/rules/link.ts'
import { Open } from '#engines/rules/types.ts'
import { readSets, readWorkdays } from './law-sets.ts'

const workdays = readWorkdays()
const after = (date: string, days: number): string => {
  const found = workdays(date, days)
  return found instanceof Open ? [...found.faults].join() : found
}

test('no working days later is the same day, a holiday or not', () => {
  assert.equal(after('2026-02-20', 0), '2026-02-20')
  assert.equal(after('2026-11-30', 0), '2026-11-30')
})

test('around Spring Festival of 2026 the holiday is left out and the Saturdays in exchange are worked', () => {
  // Friday the 13th; Saturday the 14th is worked; the holiday is from the 15th to the 23rd.
  assert.equal(after('2026-02-13', 1), '2026-02-14')
  assert.equal(after('2026-02-13', 2), '2026-02-24')
  assert.equal(after('2026-02-14', 1), '2026-02-24')
  for (let day = 15; day <= 23; day++) assert.equal(after(`2026-02-${day}`, 1), '2026-02-24')
  // Saturday the 28th is worked as well, Sunday is not.
  assert.equal(after('2026-02-24', 3), '2026-02-27')
  assert.equal(after('2026-02-24', 4), '2026-02-28')
  assert.equal(after('2026-02-24', 5), '2026-03-02')
})

test('an ordinary week, the turn of a year, and the National Day', () => {
  assert.equal(after('2026-11-27', 1), '2026-11-30')
  assert.equal(after('2026-11-28', 5), '2026-12-04')
  // 1 to 3 January are off, Sunday the 4th is worked.
  assert.equal(after('2025-12-31', 1), '2026-01-04')
  assert.equal(after('2026-09-30', 1), '2026-10-08')
  assert.equal(after('2026-10-09', 1), '2026-10-10')
})

test('step by step is as far as at once', () => {
  let at = '2025-01-01'
  for (let days = 1; days <= 480; days++) {
    at = after(at, 1)
    assert.equal(after('2025-01-01', days), at)
  }
})

test('beyond the published years it says so, and of which year', () => {
  assert.equal(after('2026-12-31', 1), '没有 2027 年的工作日历')
  assert.equal(after('2026-12-30', 1), '2026-12-31')
  assert.equal(after('2026-11-28', 100_000_000), '没有 2027 年的工作日历')
  assert.equal(after('2024-06-03', 3), '没有 2024 年的工作日历')
  assert.equal(after('2030-01-01', 0), '2030-01-01')
})

test('working days are not counted backwards', () => {
  assert.equal(after('2026-11-28', -1), '不能倒数工作日')
})

test('every set of the law is read with its cases, by its own name, once', () => {
  const sets = readSets()
  const ids = sets.map(({ definition }) => definition.id)
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(ids.includes('sme-size'))
  for (const { definition, cases } of sets) {
    link(definition)
    assert.ok(cases.length > 0, definition.id)
  }
  assert.equal(readSets(), readSets())
})
