// Suggestions in words: each kind has a title, and its gain and its cost are told with the right sign.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeCodes } from '#services/compute/contract.ts'
import type { Change, Option } from './compute.ts'
import { changeTitle, effects, startOf } from './wait-words.ts'

const text = (zh: string) => ({ zh, en: zh })
const option = (part: Partial<Option> = {}): Option => ({
  key: 'k',
  siteId: 's',
  clusterId: 'c',
  flavorId: 'f',
  site: text('韶关'),
  cluster: text('丹霞'),
  flavor: text('910C'),
  area: '4402',
  simulated: true,
  price: '8.05',
  most: '8.05',
  expected: null,
  cover: null,
  coverRefused: null,
  cash: '8.05',
  startsBy: '2026-11-27T04:00:00.000Z',
  endsBy: '2026-11-27T05:00:00.000Z',
  nodes: [],
  chosen: true,
  reasons: [],
  ...part,
})
const change = (part: Partial<Change> = {}): Change => ({
  code: 'shorter',
  params: { minutes: 90, tasks: 2, cards: 0.5 },
  change: {},
  option: option(),
  outlook: null,
  ...part,
})

test('every kind of change has a title in both languages', () => {
  for (const code of changeCodes) {
    const { zh, en } = changeTitle(change({ code }))
    assert.ok(zh && en && !`${zh}${en}`.includes('undefined'), code)
  }
  assert.equal(changeTitle(change()).zh, '时间上限改为 1 小时 30 分')
})

test('sooner or later, more or less: against what is asked now', () => {
  const now = { startsBy: '2026-11-27T06:00:00.000Z', option: option({ cash: '10.00' }) }
  const words = (one: Change, base: Parameters<typeof effects>[1] = now) =>
    effects(one, base).map(({ zh }) => zh)
  assert.deepEqual(words(change()), ['承诺早 2 小时', '自付至多少 ¥1.95'])
  const dear = option({ cash: '12.50', startsBy: '2026-11-27T07:00:00.000Z' })
  assert.deepEqual(words(change({ option: dear })), ['承诺晚 1 小时', '自付至多多 ¥2.50'])
  assert.deepEqual(words(change(), { startsBy: null, option: null }), ['就能运行'])
})

test('a start that was worked out is told as expected, another as promised', () => {
  const median = '2026-11-27T03:30:00.000Z'
  const outlook = {
    startsNow: false,
    position: 1,
    reasons: [],
    earliest: median,
    median,
    latest: median,
  }
  assert.deepEqual(startOf(change({ outlook })), { at: median, promised: false })
  assert.deepEqual(startOf(change()), { at: '2026-11-27T04:00:00.000Z', promised: true })
})
