// 条例落实: all 34 articles, each duty with who, verb, what, what serves it, or plainly nothing yet.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { LawView } from '#services/regulation/contract.ts'
import { Card, Figure, Note } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { ArticleSection } from './article-section.tsx'
import { lawQuery } from './law.ts'
import { LawFilters } from './law-filters.tsx'
import { keep } from './select.ts'
import './law.css'

const route = getRouteApi('/law')

export function LawPage() {
  const { t } = useWords()
  const query = useQuery(lawQuery)
  return (
    <>
      <PageHead
        title={t('条例落实', 'The regulation, sentence by sentence')}
        lead={t(
          '把条例征求意见稿逐句拆成要求，列明由什么落实。没有落实的，直说没有。',
          'The draft as single duties, and what serves each; where nothing does, it says so.',
        )}
        crumbs={[{ to: '/public', title: t('公开与监督', 'Oversight') }]}
      />
      <Loaded query={query} what={t('条例', 'the regulation')}>
        {(law) => <LawBody law={law} />}
      </Loaded>
    </>
  )
}

/** Brings the duty that the address names into view, once it is drawn. */
function useNamedDuty() {
  const { hash } = useLocation()
  useEffect(() => {
    if (hash) document.getElementById(hash)?.scrollIntoView({ block: 'center' })
  }, [hash])
}

function LawBody({ law }: { law: LawView }) {
  useNamedDuty()
  const { t, of } = useWords()
  const filter = route.useSearch()
  const chapters = keep(law, filter)
  const found = chapters
    .flatMap((chapter) => chapter.articles)
    .flatMap((article) => article.paragraphs)
    .flatMap(({ duties }) => duties)
    .filter(({ modality }) => modality !== '说明').length
  return (
    <div className="column">
      <Card className="stack stack-loose">
        <div className="figures">
          <Figure
            label={t('条例要求', 'Duties')}
            value={count(law.totals.duties)}
            unit={t('项', '')}
            note={t(
              `${law.totals.articles} 条 ${law.totals.paragraphs} 款，逐句拆分。`,
              `${law.totals.articles} articles, ${law.totals.paragraphs} paragraphs, taken apart.`,
            )}
          />
          <Figure
            label={t('已有服务落实', 'Served')}
            value={count(law.totals.served)}
            unit={t('项', '')}
            note={t(
              `其中 ${count(law.totals.used)} 项已有人实际使用。`,
              `${count(law.totals.used)} of them have really been used.`,
            )}
          />
          <Figure
            label={t('尚无', 'Nothing yet')}
            value={count(law.totals.duties - law.totals.served)}
            unit={t('项', '')}
            note={t('本系统还没有对应的服务。', 'This system has no service for them.')}
          />
        </div>
        <Note tone={law.inForceToday ? 'info' : 'wait'}>
          <LawStatus law={law} />
        </Note>
      </Card>
      <LawFilters law={law} />
      <p role="status" className="muted">
        {t(`符合条件的要求 ${found} 项`, `${found} duties match`)}
      </p>
      {found === 0 && (
        <Empty title={t('没有符合条件的要求', 'No duty matches')}>
          {t('请放宽筛选条件。', 'Loosen the filter.')}
        </Empty>
      )}
      {chapters.map((chapter) => (
        <section key={chapter.chapter} className="column">
          <h2 className="chapter-title">{of(chapter.title)}</h2>
          {chapter.articles.map((article) => (
            <ArticleSection key={article.article} article={article} />
          ))}
        </section>
      ))}
    </div>
  )
}

function LawStatus({ law }: { law: LawView }) {
  const { t, of } = useWords()
  const state = law.inForceToday
    ? t('现行有效。', 'In force.')
    : law.inForce
      ? t(
          `自 ${law.inForce} 起施行，现为预览。`,
          `In force from ${law.inForce}; this is a preview.`,
        )
      : t('征求意见稿，未施行。', 'A draft, not in force.')
  return (
    <p>
      {of(law.name)}：{state}
      {t(
        '以下为要点转述，不是条文原文。',
        ' What follows is our own wording, not the text itself.',
      )}
      <span className="muted small law-source">
        {t('来源：', 'Source: ')}
        {of(law.source)}
      </span>
    </p>
  )
}
