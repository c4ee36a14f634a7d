// What of the law can be found by searching: every duty, every dated number, every authority.
import type { Item } from '#services/search/index.ts'
import { dutiesOf, type Law } from './law.ts'

const modalityWeight = 0.6

/** Items by kind, for `search.seed`. */
export function findableLaw(law: Law): { kind: string; items: Item[] }[] {
  const articles = law.chapters.flatMap((chapter) => chapter.articles)
  const titleOf = new Map(articles.map(({ article, title }) => [String(article), title]))
  const duties = dutiesOf(law).map((duty): Item => {
    const [article, paragraph] = duty.id.split('.')
    const title = titleOf.get(article!)!
    return {
      kind: 'duty',
      id: duty.id,
      title: {
        zh: `第 ${article} 条第 ${paragraph} 款　${title.zh}：${duty.zh}`,
        en: `Article ${article} (${paragraph}) ${title.en}: ${duty.en}`,
      },
      text: null,
      link: `/law#duty-${duty.id}`,
      audience: ['public'],
      weight: modalityWeight,
    }
  })
  const parameters = law.parameters
    .flatMap((document) => document.parameters)
    .map(
      (parameter): Item => ({
        kind: 'parameter',
        id: parameter.id,
        title: parameter.title,
        text: [...new Set(parameter.values.map(({ note, source }) => `${note} ${source}`))].join(
          '\n',
        ),
        link: '/law/parameters',
        audience: ['public'],
      }),
    )
  const authorities = law.authorities.authorities.map(
    (authority): Item => ({
      kind: 'authority',
      id: authority.id,
      title: authority.name,
      text: [
        ...(authority.aliases ?? []),
        ...authority.competences.flatMap(({ zh, en }) => [zh, en]),
      ].join('\n'),
      link: '/law',
      audience: ['public'],
    }),
  )
  return [
    { kind: 'duty', items: duties },
    { kind: 'parameter', items: parameters },
    { kind: 'authority', items: authorities },
  ]
}
