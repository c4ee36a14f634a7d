// What everybody may know of an organisation: its registered facts, nothing of its people.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Card, Facts } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import { useAreaName } from './area.tsx'
import { subjectQuery } from './subject.ts'
import { activityNames, classNames, sizeNames } from './words.ts'

const route = getRouteApi('/subjects/$id')

export function SubjectPage() {
  const { t, of } = useWords()
  const { id } = route.useParams()
  const query = useQuery(subjectQuery(id))
  const areaName = useAreaName()
  return (
    <>
      <PageHead
        title={query.data?.name ?? t('单位', 'Organisation')}
        lead={t('公开的登记信息。', 'What is registered and public.')}
        crumbs={[{ to: '/public', title: t('公开与监督', 'Oversight') }]}
      />
      <Card title={t('登记信息', 'Registered facts')}>
        <Loaded query={query} what={t('单位信息', 'the organisation')}>
          {(subject) => (
            <Facts
              rows={[
                [t('统一社会信用代码', 'Credit code'), subject.creditCode ?? '—'],
                [t('所在地', 'Area'), areaName(subject.area)],
                [t('类型', 'Class'), subject.class ? of(classNames[subject.class]) : '—'],
                [t('规模', 'Size'), subject.size ? of(sizeNames[subject.size]) : '—'],
                [t('成立日期', 'Founded'), subject.foundedOn ?? '—'],
                [
                  t('业务', 'Activities'),
                  subject.activities.map((one) => of(activityNames[one])).join('、') || '—',
                ],
              ]}
            />
          )}
        </Loaded>
      </Card>
    </>
  )
}
