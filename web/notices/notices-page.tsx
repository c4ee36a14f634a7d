// The in-box: what happened that concerns you, and what to do about it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { Button } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { PageHead } from '../components/page.tsx'
import { PathLink } from '../components/path-link.tsx'
import { Empty } from '../components/states.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import type { Notice } from './notices.ts'

export function NoticesPage() {
  const { t } = useWords()
  const pages = usePages<Notice>(['notices', 'all'], '/api/notices')
  return (
    <>
      <PageHead
        title={t('通知', 'Notices')}
        lead={t(
          '与您和您代表的单位有关的变化，最新的在前。',
          'What concerns you and the organisation you act for, newest first.',
        )}
      />
      <Card>
        <PagedList
          pages={pages}
          what={t('通知', 'notices')}
          empty={
            <Empty title={t('没有通知', 'No notices')}>
              {t('有新的变化时会出现在这里。', 'They appear here when something changes.')}
            </Empty>
          }
        >
          {(items) => (
            <ul className="items">
              {items.map((notice) => (
                <NoticeRow key={notice.id} notice={notice} />
              ))}
            </ul>
          )}
        </PagedList>
      </Card>
    </>
  )
}

function NoticeRow({ notice }: { notice: Notice }) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const read = useMutation({
    mutationFn: () => api.post(`/api/notices/${notice.id}/read`),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['notices'] }),
        client.invalidateQueries({ queryKey: ['session'] }),
      ]),
  })
  return (
    <li className="item">
      <div>
        <p className="item-title">
          {notice.path ? (
            <PathLink path={notice.path}>{of(notice.title)}</PathLink>
          ) : (
            of(notice.title)
          )}{' '}
          {!notice.readAt && <Tag>{t('未读', 'New')}</Tag>}
        </p>
        <p>{of(notice.body)}</p>
        <p className="muted small">
          <Time at={notice.at} />
        </p>
      </div>
      {!notice.readAt && (
        <Button
          small
          busy={read.isPending}
          aria-label={t(`标为已读：${of(notice.title)}`, `Mark as read: ${of(notice.title)}`)}
          onClick={() => read.mutate()}
        >
          {t('标为已读', 'Mark as read')}
        </Button>
      )}
    </li>
  )
}
