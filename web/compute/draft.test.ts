// The request that the submit form makes: exact numbers, and one clear message for each mistake.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Program, Spec } from './compute.ts'
import { type Draft, draftOf, emptyDraft, requestOf, withOwnProgram, withProgram } from './draft.ts'

const t = (zh: string) => zh
const program: Program = {
  id: 'dialect',
  name: { zh: '方言识别', en: 'Dialects' },
  summary: { zh: '训练', en: 'Training' },
  command: ['node', 'train.js'],
  resources: { milli: 500, cpuMilli: 1000, memoryMib: 512, expectedSeconds: 20, limitSeconds: 100 },
  inputs: [{ name: 'corpus', about: { zh: '语料', en: 'corpus' }, required: true }],
  purpose: 'training',
  source: null,
}
const filled: Draft = {
  ...withProgram(emptyDraft, program, '方言识别'),
  inputs: [{ name: 'corpus', from: 'dataset:0199', required: true }],
}
const fieldsOf = (draft: Draft) => requestOf(draft, t).errors.map(({ field }) => field)

test('a ready-made program fills in its size, times and inputs', () => {
  const { spec, errors } = requestOf(filled, t)
  assert.deepEqual(errors, [])
  assert.deepEqual(spec?.program, { bundled: 'dialect' })
  assert.deepEqual(spec?.gang, { count: 1, milli: 500 })
  assert.equal(spec?.limitSeconds, 100, 'minutes with two decimals give the seconds back')
  assert.equal(spec?.expectedSeconds, 20)
  assert.deepEqual(spec?.inputs, [{ name: 'corpus', from: { dataset: '0199' } }])
})

test('each mistake names its field', () => {
  assert.deepEqual(fieldsOf(emptyDraft), ['name', 'program'])
  assert.deepEqual(fieldsOf({ ...filled, cards: '0' }), ['cards'])
  assert.deepEqual(fieldsOf({ ...filled, cards: '1.5' }), ['cards'])
  assert.deepEqual(fieldsOf({ ...filled, cards: '65' }), ['cards'])
  assert.deepEqual(fieldsOf({ ...filled, tasks: '2.5' }), ['tasks'])
  assert.deepEqual(fieldsOf({ ...filled, limitMinutes: '-3' }), ['limitMinutes'])
  assert.deepEqual(fieldsOf({ ...filled, limitMinutes: '50000' }), ['limitMinutes'])
  assert.deepEqual(fieldsOf({ ...filled, expectedMinutes: 'soon' }), ['expectedMinutes'])
  assert.deepEqual(fieldsOf({ ...filled, deadline: '2026-13-40T00:00' }), ['deadline'])
  assert.deepEqual(fieldsOf({ ...filled, environment: 'path=1' }), ['environment'])
  assert.deepEqual(
    fieldsOf({ ...filled, inputs: [{ name: 'corpus', from: '', required: true }] }),
    ['inputs'],
  )
})

test('an own program needs a command; inputs need names of their own', () => {
  const own = { ...filled, program: 'dataset:0188', command: '' }
  assert.deepEqual(fieldsOf(own), ['command'])
  const twice = [
    { name: 'a', from: 'dataset:1', required: false },
    { name: 'a', from: 'workload:2', required: false },
  ]
  assert.deepEqual(fieldsOf({ ...own, command: 'run', inputs: twice }), ['inputs'])
})

test('changing to a program of one’s own keeps the data chosen and nothing of the other', () => {
  const unused = { name: 'spare', from: '', required: true }
  const own = withOwnProgram({ ...filled, inputs: [...filled.inputs, unused] }, 'dataset:0188')
  const { spec, errors } = requestOf({ ...own, command: 'node\nmain.js' }, t)
  assert.deepEqual(errors, [])
  assert.deepEqual(spec?.program, { dataset: '0188' })
  assert.deepEqual(spec?.command, ['node', 'main.js'])
  assert.equal(spec?.expectedSeconds, null)
  assert.deepEqual(
    spec?.inputs.map(({ name }) => name),
    ['corpus'],
  )
})

test('values of the environment keep their equals signs', () => {
  const { spec } = requestOf({ ...filled, environment: 'SEED=7\nARGS=--a=b\n' }, t)
  assert.deepEqual(spec?.environment, { SEED: '7', ARGS: '--a=b' })
})

test('a deadline is read as Beijing time', () => {
  const { spec } = requestOf({ ...filled, deadline: '2026-11-24T18:00' }, t)
  assert.equal(spec?.deadline, '2026-11-24T10:00:00.000Z')
})

test('a job is filled in again as it was, without a deadline that has passed', () => {
  const { spec } = requestOf({ ...filled, deadline: '2026-11-24T18:00', cards: '3' }, t)
  const now = new Date('2026-11-23T00:00:00Z')
  assert.deepEqual(requestOf(draftOf(spec as Spec, now), t).spec, spec)
  const later = draftOf(spec as Spec, new Date('2026-12-01T00:00:00Z'))
  assert.equal(later.deadline, '')
})
