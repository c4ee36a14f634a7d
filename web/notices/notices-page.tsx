// The in-box: what happened that concerns you, and what to do about it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { markRead, preference } from '#services/notices/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { Choice } from '../components/field.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { PageHead } from '../components/page.tsx'
import { PathLink } from '../components/path-link.tsx'
import { Empty, Loaded, ProblemNote } from '../components/states.tsx'
import { Time } from '../components/value.tsx'
import { RequireSignIn } from '../identity/require-sign-in.tsx'
import { useWords } from '../text/text.ts'
import { type Notice, useUnreadCount } from './notices.ts'

type MarkRead = z.input<typeof markRead>
type Preference = z.output<typeof preference>

function useMarkRead() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (which: MarkRead) => api.post('/api/notices/read', which),
    onSuccess: () => client.invalidateQueries({ queryKey: ['notices'] }),
  })
}

export function NoticesPage() {
  return <RequireSignIn>{() => <InBox />}</RequireSignIn>
}

function InBox() {
  const { t } = useWords()
  const pages = usePages<Notice>(['notices', 'all'], '/api/notices')
  const unread = useUnreadCount()
  const read = useMarkRead()
  return (
    <>
      <PageHead
        title={t('通知', 'Notices')}
        lead={t(
          '与您和您代表的单位有关的变化，最新的在前。',
          'What concerns you and the organisation you act for, newest first.',
        )}
        actions={
          unread > 0 && (
            <Button busy={read.isPending} onClick={() => read.mutate({ all: true })}>
              {t('全部标为已读', 'Mark all as read')}
            </Button>
          )
        }
      />
      <div className="column">
        <Card>
          {read.error && <ProblemNote problem={asProblem(read.error)} />}
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
                  <NoticeRow key={notice.id} notice={notice} onRead={read.mutate} />
                ))}
              </ul>
            )}
          </PagedList>
        </Card>
        <Card title={t('邮件提醒', 'By mail as well')}>
          <MailPreference />
        </Card>
      </div>
    </>
  )
}

function NoticeRow({ notice, onRead }: { notice: Notice; onRead: (which: MarkRead) => void }) {
  const { t, of } = useWords()
  return (
    <li className="item">
      <div>
        <p className="item-title">
          <PathLink path={notice.link}>{of(notice.title)}</PathLink>{' '}
          {!notice.read && <Tag>{t('未读', 'New')}</Tag>}
        </p>
        <p>{of(notice.body)}</p>
        <p className="muted small">
          <Time at={notice.at} /> ·{' '}
          {notice.toOrganisation ? t('给本单位', 'to the organisation') : t('给本人', 'to you')}
        </p>
      </div>
      {!notice.read && (
        <Button
          small
          aria-label={t(`标为已读：${of(notice.title)}`, `Mark as read: ${of(notice.title)}`)}
          onClick={() => onRead({ ids: [notice.id] })}
        >
          {t('标为已读', 'Mark as read')}
        </Button>
      )}
    </li>
  )
}

const preferenceQuery = {
  queryKey: ['notices', 'preference'],
  queryFn: () => api.get<Preference>('/api/notices/preference'),
}

function MailPreference() {
  const { t } = useWords()
  const client = useQueryClient()
  const query = useQuery(preferenceQuery)
  const change = useMutation({
    mutationFn: ({ mail, version }: Preference) =>
      api.put<Preference>('/api/notices/preference', { mail }, { ifMatch: String(version) }),
    onSuccess: (stored) => client.setQueryData(preferenceQuery.queryKey, stored),
    onError: () => client.invalidateQueries({ queryKey: preferenceQuery.queryKey }),
  })
  return (
    <>
      {change.error && <ProblemNote problem={asProblem(change.error)} />}
      <Loaded query={query} what={t('设置', 'the setting')}>
        {(stored) => (
          <Choice
            type="checkbox"
            checked={stored.mail}
            onChange={(event) => change.mutate({ ...stored, mail: event.target.checked })}
            label={t('同时发到我的电子邮箱', 'Send notices to my e-mail address too')}
            hint={t('邮箱在“我的账号”中填写。', 'The address is set in “My account”.')}
          />
        )}
      </Loaded>
    </>
  )
}
