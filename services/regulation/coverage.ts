// 条例落实: which services serve each duty, and how often the journal shows that they were used.
import { type Duty, dateInChina, isInForce } from '#law/schema.ts'
import type { Service } from '#platform/service.ts'
import type { ArticleView, DutyView, LawView } from './contract.ts'
import { dutiesOf, type Law, namesOf } from './law.ts'
import type { FactUses } from './store.ts'

/** The services of a duty and the kinds of fact that show their use. */
export interface Serving {
  services: readonly string[]
  kinds: readonly string[]
}

/**
 * What the services declare, by duty.
 * @throws Error when a service names a duty that the law does not have, or one that asks nothing
 */
export function servingByDuty(
  law: Law,
  services: readonly Pick<Service, 'name' | 'serves'>[],
): ReadonlyMap<string, Serving> {
  const duties = new Map(dutiesOf(law).map((duty) => [duty.id, duty]))
  const serving = new Map<string, Serving>()
  for (const { name, serves } of services) {
    for (const { duty, facts } of serves) {
      const found = duties.get(duty)
      if (!found) throw new Error(`${name} serves ${duty}, which is not in law/articles`)
      if (found.modality === '说明') throw new Error(`${name} serves ${duty}, which asks nothing`)
      const before = serving.get(duty)
      serving.set(duty, {
        services: [...new Set([...(before?.services ?? []), name])],
        kinds: [...new Set([...(before?.kinds ?? []), ...facts])],
      })
    }
  }
  return serving
}

function usedBy(serving: Serving, uses: FactUses): DutyView['served'] {
  const facts = serving.kinds.map((kind) => {
    const use = uses.get(kind)
    return { kind, count: use?.count ?? 0, lastAt: use?.lastAt.toISOString() ?? null }
  })
  return {
    services: [...serving.services],
    count: facts.reduce((sum, { count }) => sum + count, 0),
    lastAt: facts.reduce<string | null>(
      (last, { lastAt }) => (lastAt !== null && (last === null || lastAt > last) ? lastAt : last),
      null,
    ),
    facts,
  }
}

/** The whole law with, at each duty, what serves it and its use; `now` decides what is in force. */
export function viewLaw(
  law: Law,
  serving: ReadonlyMap<string, Serving>,
  uses: FactUses,
  now: Date,
): LawView {
  const names = namesOf(law)
  const named = (ids: readonly string[] = []) => ids.map((id) => ({ id, name: names.get(id)! }))
  const viewDuty = (duty: Duty): DutyView => {
    const found = serving.get(duty.id)
    return {
      id: duty.id,
      sentence: duty.sentence,
      modality: duty.modality,
      manner: duty.manner ?? null,
      who: named(duty.who),
      with: named(duty.with),
      toward: named(duty.toward),
      where: named(duty.where),
      what: { zh: duty.zh, en: duty.en },
      served: found ? usedBy(found, uses) : null,
    }
  }
  const chapters = law.chapters.map(({ chapter, title, articles }) => ({
    chapter,
    title,
    articles: articles.map(
      ({ article, title: of, paragraphs }): ArticleView => ({
        article,
        title: of,
        paragraphs: paragraphs.map(({ paragraph, duties }) => ({
          paragraph,
          duties: duties.map(viewDuty),
        })),
      }),
    ),
  }))
  const paragraphs = chapters
    .flatMap(({ articles }) => articles)
    .flatMap((article) => article.paragraphs)
  const asking = paragraphs
    .flatMap(({ duties }) => duties)
    .filter(({ modality }) => modality !== '说明')
  const { name, status, inForce, source, modalities } = law.regulation
  return {
    name,
    status,
    inForce,
    inForceToday: isInForce(law.regulation, dateInChina(now)),
    source,
    modalities,
    totals: {
      articles: chapters.reduce((sum, { articles }) => sum + articles.length, 0),
      paragraphs: paragraphs.length,
      duties: asking.length,
      served: asking.filter(({ served }) => served !== null).length,
      used: asking.filter(({ served }) => (served?.count ?? 0) > 0).length,
    },
    chapters,
  }
}
