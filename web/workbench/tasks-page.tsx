// 待办, 在办, 已办. Until cases are handled here, what is to do comes from notices alone.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Card, Item } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { PathLink } from '../components/path-link.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { Time } from '../components/value.tsx'
import { unreadQuery } from '../notices/notices.ts'
import { useWords } from '../text/text.ts'

export function ToDoPage() {
  const { t, of } = useWords()
  const query = useQuery(unreadQuery)
  return (
    <>
      <PageHead
        title={t('待办', 'To do')}
        lead={t('等您处理的事，最新的在前。', 'What waits for you, newest first.')}
      />
      <Card>
        <Loaded query={query} what={t('待办', 'tasks')}>
          {({ items: open }) => {
            if (open.length === 0) {
              return (
                <Empty title={t('没有待办', 'Nothing to do')}>
                  {t(
                    '事项办理尚未提供；现在的待办来自',
                    'Cases are not handled here yet; tasks come from ',
                  )}
                  <Link to="/notices">{t('通知', 'notices')}</Link>
                  {t('。', '.')}
                </Empty>
              )
            }
            return (
              <ul className="items">
                {open.map((notice) => (
                  <Item
                    key={notice.id}
                    title={<PathLink path={notice.link}>{of(notice.title)}</PathLink>}
                    detail={of(notice.body)}
                    side={<Time at={notice.at} />}
                  />
                ))}
              </ul>
            )
          }}
        </Loaded>
      </Card>
    </>
  )
}

export function InHandPage() {
  const { t } = useWords()
  return (
    <>
      <PageHead title={t('在办', 'In hand')} />
      <Card>
        <Empty title={t('没有在办', 'Nothing in hand')}>
          {t(
            '事项办理尚未提供。提供后，您经手而未办结的事项列在这里，并显示剩余工作日。',
            'Cases are not handled here yet. Yours will stand here with the working days left.',
          )}
        </Empty>
      </Card>
    </>
  )
}

export function DonePage() {
  const { t } = useWords()
  return (
    <>
      <PageHead title={t('已办', 'Done')} />
      <Card>
        <Empty title={t('没有已办', 'Nothing done yet')}>
          {t(
            '事项办理尚未提供。提供后，您办结的事项列在这里，可随时查看经过。',
            'Cases are not handled here yet. What you finished will stand here with its history.',
          )}
        </Empty>
      </Card>
    </>
  )
}
