// Filters of 条例落实; they live in the address, so that a selection can be sent to somebody.
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { LawView } from '#services/regulation/contract.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { chineseNumber } from '../text/format.ts'
import { type Text, useWords } from '../text/text.ts'
import type { LawFilter } from './select.ts'

const route = getRouteApi('/law')

export function LawFilters({ law }: { law: LawView }) {
  const { t, of } = useWords()
  const filter = route.useSearch()
  const navigate = useNavigate({ from: '/law' })
  const change = (part: LawFilter) =>
    void navigate({ search: { ...filter, ...part }, replace: true, resetScroll: false })
  const articles = law.chapters.flatMap((chapter) => chapter.articles)
  const authorities = authoritiesOf(law)
  const active = Object.values(filter).some(Boolean)
  return (
    <Card title={t('筛选', 'Filter')}>
      <div className="filters">
        <SelectField
          label={t('条', 'Article')}
          value={filter.article ?? ''}
          onChange={(event) => change({ article: event.target.value })}
        >
          <option value="">{t('全部', 'All')}</option>
          {articles.map((article) => (
            <option key={article.article} value={article.article}>
              {t(`第${chineseNumber(article.article)}条`, `Article ${article.article}`)}{' '}
              {of(article.title)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('要求方式', 'Verb')}
          value={filter.modality ?? ''}
          onChange={(event) => change({ modality: event.target.value })}
        >
          <option value="">{t('全部', 'All')}</option>
          {law.modalities.map((modality) => (
            <option key={modality.key} value={modality.key}>
              {t(modality.key, `${modality.key} ${modality.en}`)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('落实情况', 'Served')}
          value={filter.served ?? ''}
          onChange={(event) => change({ served: event.target.value })}
        >
          <option value="">{t('全部', 'All')}</option>
          <option value="yes">{t('已有服务', 'Served')}</option>
          <option value="no">{t('尚无', 'Nothing yet')}</option>
        </SelectField>
        <SelectField
          label={t('责任主体', 'Who')}
          value={filter.authority ?? ''}
          onChange={(event) => change({ authority: event.target.value })}
        >
          <option value="">{t('全部', 'All')}</option>
          {[...authorities].map(([id, name]) => (
            <option key={id} value={id}>
              {of(name)}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t('含有', 'Contains')}
          type="search"
          value={filter.q ?? ''}
          onChange={(event) => change({ q: event.target.value })}
        />
        {active && (
          <Button
            kind="quiet"
            onClick={() => void navigate({ search: {}, replace: true, resetScroll: false })}
          >
            {t('清除筛选', 'Clear')}
          </Button>
        )}
      </div>
    </Card>
  )
}

/** Everyone who is told to act somewhere, in the order of first mention. */
function authoritiesOf(law: LawView): Map<string, Text> {
  const duties = law.chapters.flatMap((chapter) =>
    chapter.articles.flatMap((article) => article.paragraphs.flatMap((one) => one.duties)),
  )
  const told = duties.flatMap((duty) => [...duty.who, ...duty.with])
  return new Map(told.map(({ id, name }) => [id, name]))
}
