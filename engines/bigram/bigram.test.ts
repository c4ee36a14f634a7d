// Terms of Chinese and other text: the same on both sides, with places that point at the original.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { highlight, snippet } from './highlight.ts'
import { parseQuery } from './query.ts'
import { fold, foldText, indexTerms, tokensOf } from './tokens.ts'

const sorted = (terms: string[]) => terms.toSorted()

test('characters go in pairs, words and numbers whole', () => {
  assert.deepEqual(indexTerms('算力券'), ['算力', '力券', '券'])
  assert.deepEqual(indexTerms('券'), ['券'])
  assert.deepEqual(indexTerms('用H200显卡'), ['用', 'h200', '显卡', '卡'])
  assert.deepEqual(indexTerms('Open-Source 模型 3.14'), ['open', 'source', '模型', '型', '3', '14'])
  assert.deepEqual(indexTerms('，。!? \n\t'), [])
  assert.deepEqual(indexTerms(''), [])
  assert.deepEqual(indexTerms('𠮷野家'), ['𠮷野', '野家', '家'])
})

test('full width, compatibility forms and capitals are one with their plain form', () => {
  assert.deepEqual(indexTerms('ＧＰＵ'), ['gpu'])
  assert.deepEqual(indexTerms('㈱'), indexTerms('(株)'))
  assert.deepEqual(indexTerms('ﬁle'), ['file'])
  assert.deepEqual(sorted(indexTerms('１００％')), ['100'])
})

test('a query asks for what the index holds', () => {
  const askedAndHeld = (typed: string, text: string): boolean => {
    const held = indexTerms(text)
    return parseQuery(typed).terms.every(({ term, form }) =>
      form === 'pair' ? held.includes(term) : held.some((one) => one.startsWith(term)),
    )
  }
  assert.ok(askedAndHeld('算力券', '申请算力券的办法'))
  assert.ok(askedAndHeld('券', '算力券'))
  assert.ok(askedAndHeld('力', '算力券'))
  assert.ok(askedAndHeld('gp', '一块GPU'))
  assert.ok(askedAndHeld('Ｇpu 算力', '算力与GPU'))
  assert.ok(!askedAndHeld('券力', '算力券'))
  assert.deepEqual(parseQuery('!!! & | <-> ()').terms, [])
})

test('every second pair and the last cover a stretch', () => {
  const covered = (typed: string) => parseQuery(typed).cover.map(({ term }) => term)
  assert.deepEqual(covered('算力'), ['算力'])
  assert.deepEqual(covered('算力券'), ['算力', '力券'])
  assert.deepEqual(covered('智算中心'), ['智算', '中心'])
  assert.deepEqual(covered('一人公司券'), ['一人', '公司', '司券'])
  assert.deepEqual(covered('智算中心H200显卡价'), ['智算', '中心', 'h200', '显卡', '卡价'])
  assert.deepEqual(covered('券'), ['券'])
  const ideographs = fc.array(fc.constantFrom(...'甲乙丙丁戊己庚辛壬癸'), {
    minLength: 1,
    maxLength: 12,
  })
  fc.assert(
    fc.property(ideographs, (characters) => {
      const query = parseQuery(characters.join(''))
      assert.deepEqual(new Set(query.cover.flatMap(({ term }) => [...term])), new Set(characters))
      assert.ok(query.cover.length <= Math.ceil(characters.length / 2))
    }),
  )
})

test('any stretch of a text finds the text', () => {
  const characters = fc.constantFrom(...'算力券模型语料韶关智能ＡB3，。 é𠮷')
  const text = fc.array(characters, { minLength: 1, maxLength: 30 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(), (whole, a, b) => {
      const held = indexTerms(whole)
      const points = [...whole]
      const [start, end] = [a % points.length, b % points.length].toSorted((x, y) => x - y)
      const part = points.slice(start, end! + 1).join('')
      for (const { term, form } of parseQuery(part).terms) {
        // A word cut at its beginning is another word.
        if (form === 'word' && start! > 0) continue
        const isHeld = held.some((one) => (form === 'pair' ? one === term : one.startsWith(term)))
        assert.ok(isHeld, `${part}: ${term} in ${held.join(' ')}`)
      }
    }),
  )
})

test('folding keeps the way back to the original', () => {
  const any = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...'aＧ算㈱ﬁﾞｶée\u0301𠮷İΣ，') }),
  )
  fc.assert(
    fc.property(any, (text) => {
      const { text: folded, origin } = fold(text)
      assert.equal(origin(folded.length), text.length)
      let before = 0
      for (let unit = 0; unit <= folded.length; unit++) {
        assert.ok(origin(unit) >= before && origin(unit) <= text.length)
        before = origin(unit)
      }
      for (const { term, start, end } of tokensOf(folded)) assert.ok(end > start && term !== '')
    }),
  )
  assert.equal(fold('ＧＰＵ 券').text, foldText('ＧＰＵ 券'))
  const { text, origin } = fold('㈱ＧＰＵ')
  assert.equal(text, '(株)gpu')
  assert.deepEqual([0, 2, 3, 4, 6].map(origin), [0, 0, 1, 2, 4])
})

test('what was found is pointed at in the original', () => {
  const shown = (text: string, typed: string) =>
    highlight(text, parseQuery(typed)).map(([start, end]) => text.slice(start, end))
  assert.deepEqual(shown('申请算力券，算力券有效期一年', '算力券'), ['算力券', '算力券'])
  assert.deepEqual(shown('ＧＰＵ㈱', 'gpu'), ['ＧＰＵ'])
  assert.deepEqual(shown('GPUs and gpu', 'gpu'), ['GPU', 'gpu'])
  assert.deepEqual(shown('算法与力量', '算力'), [])
  assert.deepEqual(shown('算力券', '力'), ['力'])
  assert.deepEqual(shown('<b>算力</b>', '算力'), ['算力'])
})

test('a snippet shows where most was found, and never half a character', () => {
  const text = `${'前言'.repeat(100)}一人公司可以申请算力券${'结语'.repeat(100)}`
  const query = parseQuery('算力券')
  const { text: shown, ranges, cut } = snippet(text, query, 40)
  assert.ok(shown.length <= 40)
  assert.deepEqual(
    ranges.map(([a, b]) => shown.slice(a, b)),
    ['算力券'],
  )
  assert.deepEqual(cut, [true, true])
  assert.deepEqual(snippet('短文', query), { text: '短文', ranges: [], cut: [false, false] })
  const astral = '𠮷'.repeat(300)
  for (let length = 1; length < 9; length++) {
    const cutText = snippet(astral, parseQuery('野'), length).text
    assert.ok(cutText.isWellFormed(), String(length))
  }
})

test('a sentence is also understood in part, without its empty words', () => {
  const { groups } = parseQuery('一人公司如何申请算力券？')
  const words = groups.map((group) => group.map(({ term }) => term).join('+'))
  assert.deepEqual(words, ['一人+人公', '人公+公司', '申请+请算', '请算+算力', '算力+力券'])
  assert.ok(parseQuery('字'.repeat(10_000)).terms.length <= 40)
})
