// Which duties a filter keeps; chapters and articles without any are left out.
import type { DutyView, LawView } from '#services/regulation/contract.ts'

export interface LawFilter {
  article?: string
  modality?: string
  /** 'yes' or 'no' */
  served?: string
  authority?: string
  q?: string
}

function fits(duty: DutyView, filter: LawFilter): boolean {
  const { modality, served, authority, q } = filter
  if (modality && duty.modality !== modality) return false
  if (served && (duty.served !== null) !== (served === 'yes')) return false
  const told = [...duty.who, ...duty.with]
  if (authority && !told.some(({ id }) => id === authority)) return false
  if (!q) return true
  return `${duty.id} ${duty.what.zh} ${duty.what.en}`.toLowerCase().includes(q.toLowerCase())
}

/** The chapters with only the duties that the filter keeps. */
export function keep(law: LawView, filter: LawFilter): LawView['chapters'] {
  return law.chapters
    .map((chapter) => ({
      ...chapter,
      articles: chapter.articles
        .filter((one) => !filter.article || String(one.article) === filter.article)
        .map((article) => ({
          ...article,
          paragraphs: article.paragraphs
            .map((one) => ({ ...one, duties: one.duties.filter((duty) => fits(duty, filter)) }))
            .filter(({ duties }) => duties.length > 0),
        }))
        .filter(({ paragraphs }) => paragraphs.length > 0),
    }))
    .filter(({ articles }) => articles.length > 0)
}
