// Dated parameters: what is in force stays, a new value begins on its day, and going back leaves no trace.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { DatedParameter, ParameterDefinition } from '#engines/rules/definitions.ts'
import { movedTo, valueOn, withValue } from './dated.ts'

const cite = { source: '示例值（非官方）', certainty: 'example' as const }
const parameter = (...values: DatedParameter[]): ParameterDefinition => ({
  kind: 'parameter',
  name: '初创比例',
  type: { kind: 'number', unit: '%' },
  values,
})
const open = parameter({ from: '2026-01-01', to: null, value: '50', cite })

test('the value in force ends where the new one begins', () => {
  const { values } = withValue(open, { day: '2027-01-01', value: '60', cite })
  assert.deepEqual(
    values.map(({ from, to, value }) => [from, to, value]),
    [
      ['2026-01-01', '2027-01-01', '50'],
      ['2027-01-01', null, '60'],
    ],
  )
})

test('typing on, and going back, leave one change or none', () => {
  const once = withValue(open, { day: '2027-01-01', value: '6', cite })
  const twice = withValue(once, { day: '2027-01-01', value: '60', cite })
  assert.equal(twice.values.length, 2)
  assert.deepEqual(withValue(twice, { day: '2027-01-01', value: '50', cite }), open)
})

test('what was to begin later still does', () => {
  const planned = parameter(
    { from: '2026-01-01', to: '2028-01-01', value: '50', cite },
    { from: '2028-01-01', to: null, value: '40', cite },
  )
  const { values } = withValue(planned, { day: '2027-01-01', value: '60', cite })
  assert.deepEqual(
    values.map(({ from, to, value }) => [from, to, value]),
    [
      ['2026-01-01', '2027-01-01', '50'],
      ['2027-01-01', '2028-01-01', '60'],
      ['2028-01-01', null, '40'],
    ],
  )
  const replaced = withValue(planned, { day: '2028-01-01', value: '45', cite })
  assert.equal(valueOn(replaced.values, '2028-01-01')!.value, '45')
})

test('the change moves with the first day of the draft', () => {
  const changed = withValue(open, { day: '2027-01-01', value: '60', cite })
  const moved = movedTo(changed, open, '2027-01-01', '2027-07-01')
  assert.deepEqual(moved, withValue(open, { day: '2027-07-01', value: '60', cite }))
  assert.equal(movedTo(open, open, '2026-01-01', '2027-07-01'), open, 'what is in force stays')
})

test('days never overlap, and those before the new one keep their value', () => {
  const day = fc.integer({ min: 0, max: 3_000 }).map((days) => {
    return new Date(Date.UTC(2026, 0, 1) + days * 86_400_000).toISOString().slice(0, 10)
  })
  const edit = fc.tuple(day, fc.integer({ min: 1, max: 99 }).map(String))
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 8 }), day, (edits, asked) => {
      let made = open
      for (const [from, value] of edits) {
        const before = valueOn(made.values, asked)?.value
        made = withValue(made, { day: from, value, cite })
        if (asked < from) assert.equal(valueOn(made.values, asked)?.value, before)
        if (asked === from) assert.equal(valueOn(made.values, asked)?.value, value)
      }
      for (const [nth, { to }] of made.values.entries()) {
        assert.equal(to, made.values[nth + 1]?.from ?? null)
      }
    }),
  )
})
