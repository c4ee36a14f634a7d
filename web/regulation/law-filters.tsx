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
  const choice = (name: keyof LawFilter, label: string, options: Options) => (
    <FilterChoice
      label={label}
      value={filter[name]}
      options={options}
      onChange={(value) => change({ [name]: value })}
    />
  )
  return (
    <Card title={t('筛选', 'Filter')}>
      <div className="filters">
        {choice(
          'article',
          t('条', 'Article'),
          articles.map(({ article, title }) => [
            String(article),
            `${t(`第${chineseNumber(article)}条`, `Article ${article}`)} ${of(title)}`,
          ]),
        )}
        {choice(
          'modality',
          t('要求方式', 'Verb'),
          law.modalities.map(({ key, en }) => [key, t(key, `${key} ${en}`)]),
        )}
        {choice('served', t('落实情况', 'Served'), [
          ['yes', t('已有服务', 'Served')],
          ['no', t('尚无', 'Nothing yet')],
        ])}
        {choice(
          'authority',
          t('责任主体', 'Who'),
          [...authoritiesOf(law)].map(([id, name]) => [id, of(name)]),
        )}
        <TextField
          label={t('含有', 'Contains')}
          type="search"
          value={filter.q ?? ''}
          onChange={(event) => change({ q: event.target.value })}
        />
        {Object.values(filter).some(Boolean) && (
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

type Options = readonly (readonly [value: string, name: string])[]

interface FilterChoiceProps {
  label: string
  value: string | undefined
  options: Options
  onChange: (value: string) => void
}

function FilterChoice({ label, value, options, onChange }: FilterChoiceProps) {
  const { t } = useWords()
  return (
    <SelectField
      label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{t('全部', 'All')}</option>
      {options.map(([key, name]) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </SelectField>
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
