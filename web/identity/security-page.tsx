// The security administrator's page: people and their offices, lock-outs, open sessions.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../api/client.ts'
import { Button } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { TextField } from '../components/field.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { PageHead } from '../components/page.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import {
  type Lockouts,
  lockoutsQuery,
  PEOPLE,
  type PersonRow,
  SESSIONS,
  type SessionRow,
} from './administration.ts'
import { methodName } from './devices.ts'
import { PersonDrawer } from './person-drawer.tsx'
import { holds, useSession } from './session.ts'
import { roleName } from './words.ts'

export function SecurityPage() {
  const { t } = useWords()
  const mayChange = holds(useSession(), ['security-admin'])
  return (
    <>
      <PageHead
        title={t('安全', 'Security')}
        lead={t(
          '系统、安全、审计三种管理员互相制约，任何人不能兼任，也不能给自己授权。',
          'System, security and audit administrator are three people; nobody grants to themself.',
        )}
      />
      <div className="column">
        <Card title={t('人员与角色', 'People and offices')}>
          <People mayChange={mayChange} />
        </Card>
        <Card title={t('登录锁定', 'Lock-outs')}>
          <LockoutList mayChange={mayChange} />
        </Card>
        <Card title={t('在线会话', 'Open sessions')}>
          <SessionList mayChange={mayChange} />
        </Card>
      </div>
    </>
  )
}

interface MayChange {
  mayChange: boolean
}

function People({ mayChange }: MayChange) {
  const { t } = useWords()
  const [wanted, setWanted] = useState('')
  const [shown, setShown] = useState<string | null>(null)
  const pages = usePages<PersonRow>(PEOPLE, '/api/admin/people', { query: wanted, limit: 20 })
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setWanted(String(new FormData(event.currentTarget).get('query') ?? '').trim())
  }
  return (
    <div className="stack stack-loose">
      <form className="filters" aria-label={t('查找人员', 'Find people')} onSubmit={search}>
        <TextField name="query" type="search" label={t('姓名或账号', 'Name or login')} />
        <Button type="submit">{t('查找', 'Find')}</Button>
      </form>
      <PagedList
        pages={pages}
        what={t('人员', 'people')}
        empty={
          <Empty title={t('没有符合的人员', 'Nobody matches')}>
            {t('换一个词再试。', 'Try another word.')}
          </Empty>
        }
      >
        {(items) => <PeopleTable items={items} onLook={setShown} />}
      </PagedList>
      {shown && <PersonDrawer id={shown} mayChange={mayChange} onClose={() => setShown(null)} />}
    </div>
  )
}

interface PeopleTableProps {
  items: readonly PersonRow[]
  onLook: (id: string) => void
}

function PeopleTable({ items, onLook }: PeopleTableProps) {
  const { t, of } = useWords()
  return (
    <DataTable
      dense
      caption={t(
        '人员（每次查看都会记入本人的使用记录）',
        'People; each look is logged for them to see',
      )}
      rows={items}
      rowKey={(row) => row.id}
      columns={[
        {
          title: t('姓名', 'Name'),
          heads: true,
          cell: (row) => (
            <>
              {row.name} {row.locked && <Tag tone="wait">{t('已停用', 'locked')}</Tag>}
            </>
          ),
        },
        { title: t('账号', 'Login'), cell: (row) => row.login ?? '—' },
        {
          title: t('任职', 'Offices'),
          cell: (row) =>
            row.offices.map((one) => of(roleName(one.role))).join(t('、', ', ')) || '—',
        },
        {
          title: t('所属单位', 'Organisations'),
          cell: (row) => row.memberships.map((one) => one.name).join(t('、', ', ')) || '—',
        },
        {
          title: t('操作', 'Actions'),
          actions: true,
          cell: (row) => (
            <Button
              small
              aria-label={t(`查看${row.name}`, `Look at ${row.name}`)}
              onClick={() => onLook(row.id)}
            >
              {t('查看', 'Look')}
            </Button>
          ),
        },
      ]}
    />
  )
}

function LockoutList({ mayChange }: MayChange) {
  const { t } = useWords()
  const query = useQuery(lockoutsQuery)
  return (
    <Loaded query={query} what={t('登录锁定', 'lock-outs')}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t('没有锁定', 'None')}>
            {t('连续登录失败时会列在这里。', 'Repeated failures to sign in appear here.')}
          </Empty>
        ) : (
          <LockoutTable items={items} mayChange={mayChange} />
        )
      }
    </Loaded>
  )
}

function LockoutTable({ items, mayChange }: Lockouts & MayChange) {
  const { t } = useWords()
  const client = useQueryClient()
  const lift = async (id: string) => {
    await api.delete(`/api/admin/lockouts/${id}`)
    await client.invalidateQueries({ queryKey: lockoutsQuery.queryKey })
  }
  return (
    <DataTable
      caption={t('登录失败与锁定', 'Failures and lock-outs')}
      quietCaption
      rows={items}
      rowKey={(row) => row.id}
      columns={[
        {
          title: t('对象', 'What'),
          heads: true,
          cell: (row) =>
            `${row.kind === 'login' ? t('账号', 'login') : t('地址', 'address')} ${row.key}`,
        },
        { title: t('失败次数', 'Failures'), number: true, cell: (row) => row.failures },
        {
          title: t('锁定至', 'Locked until'),
          cell: (row) =>
            row.lockedUntil ? (
              <Time at={row.lockedUntil} show="second" />
            ) : (
              t('未锁定', 'not locked')
            ),
        },
        {
          title: t('操作', 'Actions'),
          actions: true,
          cell: (row) =>
            mayChange && (
              <ConfirmButton
                action={t('解除', 'Lift')}
                label={t(`解除 ${row.key} 的锁定`, `Lift the lock-out of ${row.key}`)}
                title={t('解除锁定？', 'Lift the lock-out?')}
                onConfirm={() => lift(row.id)}
              >
                {t('解除后立即可以再试登录。', 'Signing in can be tried again at once.')}
              </ConfirmButton>
            ),
        },
      ]}
    />
  )
}

function SessionList({ mayChange }: MayChange) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const pages = usePages<SessionRow>(SESSIONS, '/api/admin/sessions', { limit: 20 })
  const end = async (id: string) => {
    await api.delete(`/api/admin/sessions/${id}`)
    await client.invalidateQueries({ queryKey: SESSIONS })
  }
  return (
    <PagedList
      pages={pages}
      what={t('会话', 'sessions')}
      empty={<Empty title={t('没有会话', 'None')} />}
    >
      {(items) => (
        <DataTable
          dense
          caption={t('正在登录的人', 'Who is signed in')}
          rows={items}
          rowKey={(row) => row.id}
          columns={[
            { title: t('姓名', 'Name'), heads: true, cell: (row) => row.name },
            { title: t('代表', 'Acting for'), cell: (row) => row.subject },
            { title: t('方式', 'Method'), cell: (row) => of(methodName(row.method)) },
            { title: t('地址', 'Address'), cell: (row) => row.address },
            { title: t('最近活动', 'Last seen'), cell: (row) => <Time at={row.lastSeenAt} /> },
            {
              title: t('操作', 'Actions'),
              actions: true,
              cell: (row) =>
                mayChange && (
                  <ConfirmButton
                    action={t('结束', 'End')}
                    label={t(`结束${row.name}的会话`, `End the session of ${row.name}`)}
                    title={t('结束这个会话？', 'End this session?')}
                    onConfirm={() => end(row.id)}
                  >
                    {t('此人需要重新登录。', 'They will have to sign in again.')}
                  </ConfirmButton>
                ),
            },
          ]}
        />
      )}
    </PagedList>
  )
}
