// What services declare becomes what the law's duties show; wrong declarations are refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DutyView, LawView } from './contract.ts'
import { servingByDuty, viewLaw } from './coverage.ts'
import { dutiesOf, namesOf, readLaw } from './law.ts'
import type { FactUses } from './store.ts'

const law = readLaw()
const now = new Date('2026-11-23T01:00:00Z')
const service = (name: string, ...serves: [string, string[]][]) => ({
  name,
  serves: serves.map(([duty, facts]) => ({ duty, facts })),
})
const at = (view: LawView, id: string): DutyView =>
  view.chapters
    .flatMap(({ articles }) => articles)
    .flatMap(({ paragraphs }) => paragraphs)
    .flatMap(({ duties }) => duties)
    .find((duty) => duty.id === id)!

test('without services every duty says that nothing serves it', () => {
  const view = viewLaw(law, servingByDuty(law, []), new Map(), now)
  assert.equal(view.totals.articles, 34)
  assert.equal(view.totals.paragraphs, 75)
  assert.equal(view.totals.duties, dutiesOf(law).filter((one) => one.modality !== '说明').length)
  assert.equal(view.totals.served, 0)
  assert.equal(view.totals.used, 0)
  assert.equal(at(view, '7.3.4').served, null)
  assert.equal(view.inForce, null)
  assert.equal(view.inForceToday, false)
})

test('two services on one duty: facts are counted once each, the last use is the latest', () => {
  const serving = servingByDuty(law, [
    service('ledger', ['7.3.4', ['ledger.captured', 'ledger.held']]),
    service('compute', ['7.3.4', ['ledger.captured', 'compute.started']], ['7.3.1', []]),
  ])
  const uses: FactUses = new Map([
    ['ledger.captured', { count: 3, lastAt: new Date('2026-11-20T00:00:00Z') }],
    ['compute.started', { count: 2, lastAt: new Date('2026-11-21T00:00:00Z') }],
    ['identity.signed-in', { count: 9, lastAt: new Date('2026-11-22T00:00:00Z') }],
  ])
  const view = viewLaw(law, serving, uses, now)
  assert.deepEqual(at(view, '7.3.4').served, {
    services: ['ledger', 'compute'],
    count: 5,
    lastAt: '2026-11-21T00:00:00.000Z',
    facts: [
      { kind: 'ledger.captured', count: 3, lastAt: '2026-11-20T00:00:00.000Z' },
      { kind: 'ledger.held', count: 0, lastAt: null },
      { kind: 'compute.started', count: 2, lastAt: '2026-11-21T00:00:00.000Z' },
    ],
  })
  const unused = { services: ['compute'], count: 0, lastAt: null, facts: [] }
  assert.deepEqual(at(view, '7.3.1').served, unused)
  assert.equal(view.totals.served, 2)
  assert.equal(view.totals.used, 1)
})

test('a service that names an unknown duty, or one that asks nothing, is refused by name', () => {
  assert.throws(
    () => servingByDuty(law, [service('ledger', ['7.3.9', []])]),
    /ledger serves 7\.3\.9, which is not in law/,
  )
  assert.throws(() => servingByDuty(law, [service('ledger', ['7.3', []])]), /not in law/)
  assert.throws(
    () => servingByDuty(law, [service('ledger', ['2.2.1', []])]),
    /ledger serves 2\.2\.1, which asks nothing/,
  )
})

test('whoever and wherever a duty names has a name in both languages', () => {
  const view = viewLaw(law, new Map(), new Map(), now)
  const names = namesOf(law)
  for (const { id } of dutiesOf(law)) {
    const { who, with: joining, toward, where } = at(view, id)
    for (const one of [...who, ...joining, ...toward, ...where]) {
      assert.deepEqual(one.name, names.get(one.id), `${id}: ${one.id}`)
      assert.ok(one.name.zh && one.name.en, `${id}: ${one.id}`)
    }
  }
  assert.equal(at(view, '7.2.2').where[0]!.name.zh, '韶关市')
  assert.equal(at(view, '23.1.1').where[0]!.name.zh, '横琴粤澳深度合作区')
})

test('a passed law is in force from the first minute of its day in Guangdong', () => {
  const passed = {
    ...law,
    regulation: { ...law.regulation, status: 'passed' as const, inForce: '2027-01-01' },
  }
  const on = (instant: string) =>
    viewLaw(passed, new Map(), new Map(), new Date(instant)).inForceToday
  assert.equal(on('2026-12-31T15:59:59.999Z'), false)
  assert.equal(on('2026-12-31T16:00:00.000Z'), true)
})
