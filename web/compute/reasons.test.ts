// Every reason becomes a sentence in both languages; a missing number is a dash, never "undefined".
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { knownCodes, reasonInWords } from './reasons.ts'

const now = new Date('2026-11-23T02:00:00Z')
const words = (code: string, params: Record<string, string | number | null>) =>
  reasonInWords({ code, params }, now)

test('parameters are shown as money, times and cards', () => {
  assert.equal(
    words('insufficient-funds', { needed: '1234.5000', available: '10.0000' }).zh,
    '可用余额 ¥10.00，不足以占用 ¥1,234.50',
  )
  assert.equal(
    words('chosen-earliest', { startsBy: '2026-11-23T02:30:00Z' }).zh,
    '最早开始：不晚于 10:30',
  )
  assert.equal(
    words('chosen-earliest', { startsBy: '2026-11-23T17:30:00Z' }).en,
    'Starts earliest, by 11-24 01:30',
  )
  assert.equal(
    words('deadline-impossible', { deadline: now.getTime(), earliestEnd: now.getTime() }).en,
    'Over at 10:00 at the earliest, after the deadline of 10:00',
  )
  assert.match(words('no-room', { needMilli: 3000, largestMilli: 470 }).zh, /3 卡.*0\.47 卡/)
  assert.match(
    words('promised-to-others', { longestMs: 90_000, limitMs: 300_000 }).zh,
    /1 分 30 秒/,
  )
})

test('a ground of relation is said in words', () => {
  assert.match(words('voucher-related', { ground: 'shareholding', links: 2 }).zh, /持股链/)
  assert.equal(words('voucher-related', {}).zh, '与算力方构成关联方，不能用券')
})

test('no sentence shows what is missing as undefined, NaN or null', () => {
  const none = { largestMilli: null, startsBy: null, amount: null, other: null }
  const nothing: Record<string, null>[] = [{}, none]
  for (const code of knownCodes) {
    for (const params of nothing) {
      const { zh, en } = words(code, params)
      assert.doesNotMatch(`${zh} ${en}`, /undefined|NaN|null|Invalid/, code)
      assert.match(zh, /\p{Script=Han}/u, code)
      assert.doesNotMatch(en, /\p{Script=Han}/u, code)
    }
  }
})

test('names of other options are in the language of the reader', () => {
  const names = new Map([['丹霞一号 昇腾', 'Danxia One Ascend']])
  const reason = { code: 'dearer-than', params: { other: '丹霞一号 昇腾', percent: 38 } }
  assert.deepEqual(reasonInWords(reason, now, names), {
    zh: '自付比丹霞一号 昇腾多 38%',
    en: '38% more of your own money than Danxia One Ascend',
  })
})

test('a code that is not known is shown as it is', () => {
  assert.deepEqual(words('tides-are-high', {}), { zh: 'tides-are-high', en: 'tides-are-high' })
})

test('every code that compute and the scheduler write has a sentence', () => {
  const folders = ['../../services/compute', '../../engines/scheduling']
  const written = folders.flatMap((folder) => {
    const at = new URL(`${folder}/`, import.meta.url)
    return readdirSync(at)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .flatMap((name) => [
        ...readFileSync(new URL(name, at), 'utf8').matchAll(
          /(?:\breason\('([a-z-]+)'|\{ code: '([a-z-]+)', params)/g,
        ),
      ])
      .map(([, called, literal]) => called ?? literal!)
  })
  assert.ok(written.length > 20, 'the codes were found')
  assert.deepEqual(
    [...new Set(written)].filter((code) => !knownCodes.includes(code)),
    [],
  )
})
