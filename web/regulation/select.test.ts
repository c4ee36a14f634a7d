// The filter of 条例落实: each part narrows, all parts together, and empty articles disappear.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DutyView, LawView } from '#services/regulation/contract.ts'
import { keep, type LawFilter } from './select.ts'

const named = (id: string) => ({ id, name: { zh: id, en: id } })
const duty = (id: string, part: Partial<DutyView>): DutyView => ({
  id,
  sentence: 1,
  modality: '应当',
  manner: null,
  who: [named('gov-province')],
  with: [],
  toward: [],
  where: [],
  what: { zh: '统筹算力', en: 'Coordinate compute' },
  served: null,
  ...part,
})
const served = { services: ['ledger'], count: 1, lastAt: null, facts: [] }
const title = { zh: '算力', en: 'Compute' }
const law = {
  chapters: [
    {
      chapter: 1,
      title,
      articles: [
        {
          article: 7,
          title,
          paragraphs: [
            { paragraph: 1, duties: [duty('7.1.1', {}), duty('7.1.2', { served })] },
            {
              paragraph: 2,
              duties: [duty('7.2.1', { modality: '支持', with: [named('gov-city')] })],
            },
          ],
        },
        { article: 8, title, paragraphs: [{ paragraph: 1, duties: [duty('8.1.1', {})] }] },
      ],
    },
  ],
} as unknown as LawView

const kept = (filter: LawFilter) =>
  keep(law, filter).flatMap(({ articles }) =>
    articles.flatMap(({ paragraphs }) =>
      paragraphs.flatMap(({ duties }) => duties.map(({ id }) => id)),
    ),
  )

test('no filter keeps everything', () => {
  assert.deepEqual(kept({}), ['7.1.1', '7.1.2', '7.2.1', '8.1.1'])
})

test('each part narrows', () => {
  assert.deepEqual(kept({ article: '8' }), ['8.1.1'])
  assert.deepEqual(kept({ modality: '支持' }), ['7.2.1'])
  assert.deepEqual(kept({ served: 'yes' }), ['7.1.2'])
  assert.deepEqual(kept({ served: 'no', article: '7' }), ['7.1.1', '7.2.1'])
  assert.deepEqual(kept({ authority: 'gov-city' }), ['7.2.1'])
  assert.deepEqual(kept({ q: 'COORDINATE' }).length, 4)
})

test('articles and paragraphs without a duty are left out', () => {
  const chapters = keep(law, { served: 'yes' })
  assert.deepEqual(
    chapters[0]!.articles.map(({ article }) => article),
    [7],
  )
  assert.equal(chapters[0]!.articles[0]!.paragraphs.length, 1)
  assert.deepEqual(keep(law, { q: '没有这样的词' }), [])
})
