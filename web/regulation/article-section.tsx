// One article: its duties, paragraph by paragraph, and what serves each of them.
import { useLocation } from '@tanstack/react-router'
import type { ArticleView, DutyView } from '#services/regulation/contract.ts'
import { Card, Tag } from '../components/card.tsx'
import { PathLink } from '../components/path-link.tsx'
import { Time } from '../components/value.tsx'
import { chineseNumber, count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { servicePage } from './law.ts'

export function ArticleSection({ article }: { article: ArticleView }) {
  const { t, of } = useWords()
  const duties = article.paragraphs.flatMap((one) => one.duties)
  const served = duties.filter((duty) => duty.served !== null).length
  const number = t(`第${chineseNumber(article.article)}条`, `Article ${article.article}`)
  return (
    <Card
      title={
        <>
          <span className="article-number">{number}</span> {of(article.title)}
        </>
      }
      aside={
        <span className="small muted">
          {served > 0
            ? t(`${duties.length} 项，${served} 项已有服务`, `${duties.length}, ${served} served`)
            : t(`${duties.length} 项，尚无服务`, `${duties.length}, none served yet`)}
        </span>
      }
    >
      {article.paragraphs.map((one) => (
        <div key={one.paragraph} className="paragraph">
          <h3 className="paragraph-title">
            {t(`第${chineseNumber(one.paragraph)}款`, `Paragraph ${one.paragraph}`)}
          </h3>
          <ul>
            {one.duties.map((duty) => (
              <DutyRow key={duty.id} duty={duty} />
            ))}
          </ul>
        </div>
      ))}
    </Card>
  )
}

const binding: readonly string[] = ['应当', '不得']

function DutyRow({ duty }: { duty: DutyView }) {
  const { t, of } = useWords()
  const verb = `${duty.modality}${duty.manner ?? ''}`
  const id = `duty-${duty.id}`
  const named = useLocation().hash === id
  return (
    <li className={named ? 'duty duty-named' : 'duty'} id={id}>
      <div>
        <p>
          <Tag tone={binding.includes(duty.modality) ? 'info' : 'none'}>{t(verb, verb)}</Tag>{' '}
          {of(duty.what)}
        </p>
        <Parties duty={duty} />
      </div>
      <ServedBy duty={duty} />
    </li>
  )
}

function Parties({ duty }: { duty: DutyView }) {
  const { t, of } = useWords()
  const list = (parties: DutyView['who']) => parties.map(({ name }) => of(name)).join(t('、', ', '))
  const parts = [
    duty.who.length > 0 && t(`由${list(duty.who)}`, `By ${list(duty.who)}`),
    duty.with.length > 0 && t(`会同${list(duty.with)}`, `with ${list(duty.with)}`),
    duty.toward.length > 0 && t(`面向${list(duty.toward)}`, `toward ${list(duty.toward)}`),
    duty.where.length > 0 && t(`地点：${list(duty.where)}`, `in ${list(duty.where)}`),
    duty.who.length === 0 &&
      duty.modality !== '说明' &&
      t('条文未写明由谁', 'The text names nobody to act'),
  ]
  return <p className="muted small">{parts.filter(Boolean).join(t('；', '; '))}</p>
}

function ServedBy({ duty }: { duty: DutyView }) {
  const { t, of } = useWords()
  const { served } = duty
  if (!served) {
    if (duty.modality === '说明') return null
    return (
      <p>
        <Tag tone="none">{t('尚无', 'Nothing yet')}</Tag>
      </p>
    )
  }
  return (
    <div>
      <p className="row">
        <Tag tone="good">{t('已有服务', 'Served')}</Tag>
        {served.services.map((service) => {
          const { title, path } = servicePage(service)
          return (
            <PathLink key={service} path={path}>
              {of(title)}
            </PathLink>
          )
        })}
      </p>
      <p className="muted small">
        {served.lastAt ? (
          <>
            {t('最近一次实际使用 ', 'Last real use ')}
            <Time at={served.lastAt} />
            {t(`，累计 ${count(served.count)} 次`, `, ${count(served.count)} in all`)}
          </>
        ) : (
          t('还没有人实际使用', 'Nobody has used it yet')
        )}
      </p>
    </div>
  )
}
