// My account: profile, password, two-step sign-in, and where I am signed in.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { AccountFrame } from './account-frame.tsx'
import { deviceName, methodName } from './devices.ts'
import { type Me, type MySessions, meQuery, mySessionsQuery } from './me.ts'
import { TwoStep } from './two-step.tsx'
import { passwordHint } from './words.ts'

export function AccountPage() {
  const { t } = useWords()
  const query = useQuery(meQuery)
  return (
    <AccountFrame title={t('我的账号', 'My account')}>
      {() => (
        <div className="grid">
          <div className="span-6 column">
            <Card title={t('资料', 'Profile')}>
              <Loaded query={query} what={t('资料', 'your profile')}>
                {(mine) => <ProfileForm key={mine.version} mine={mine} />}
              </Loaded>
            </Card>
            <Card title={t('改口令', 'Change the password')}>
              <PasswordForm />
            </Card>
          </div>
          <div className="span-6 column">
            <Card title={t('两步验证', 'Two-step sign-in')}>
              <Loaded query={query} what={t('两步验证', 'two-step sign-in')}>
                {(mine) => <TwoStep mine={mine} />}
              </Loaded>
            </Card>
            <Card title={t('登录设备', 'Where you are signed in')}>
              <Sessions />
            </Card>
          </div>
        </div>
      )}
    </AccountFrame>
  )
}

function ProfileForm({ mine }: { mine: Me }) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: (body: { name: string; email: string | null }) =>
      api.patch('/api/people/me', body, { ifMatch: String(mine.version) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['me'] })
      await client.invalidateQueries({ queryKey: ['session'] })
    },
  })
  const problem = change.error ? asProblem(change.error) : null
  return (
    <Form
      label={t('资料', 'Profile')}
      problem={problem}
      onSubmit={(data) =>
        change.mutate({
          name: String(data.get('name')).trim(),
          email: String(data.get('email')).trim() || null,
        })
      }
    >
      <TextField
        id="name"
        name="name"
        label={t('姓名', 'Name')}
        autoComplete="name"
        maxLength={200}
        defaultValue={mine.name}
        error={errorOf('name', [], problem, of)}
      />
      <TextField
        id="email"
        name="email"
        type="email"
        label={t('电子邮箱（可不填）', 'E-mail (optional)')}
        hint={t('用于接收通知。', 'For notices.')}
        autoComplete="email"
        defaultValue={mine.email ?? ''}
        error={errorOf('email', [], problem, of)}
      />
      <Button type="submit" kind="primary" busy={change.isPending}>
        {t('保存', 'Save')}
      </Button>
      {change.isSuccess && <p role="status">{t('已保存。', 'Saved.')}</p>}
    </Form>
  )
}

function PasswordForm() {
  const { t, of } = useWords()
  const [errors, setErrors] = useState<FieldError[]>([])
  const change = useMutation({
    mutationFn: (body: { current: string; next: string }) =>
      api.post('/api/people/me/password', body),
  })
  const submit = (data: FormData) => {
    const current = String(data.get('current'))
    const next = String(data.get('next'))
    const found: FieldError[] = []
    if (!current) {
      found.push({ field: 'current', message: t('请填写现在的口令', 'Enter the current password') })
    }
    if (!next) found.push({ field: 'next', message: t('请填写新口令', 'Enter the new password') })
    setErrors(found)
    if (found.length === 0) change.mutate({ current, next })
  }
  const problem = change.error ? asProblem(change.error) : null
  return (
    <Form
      label={t('改口令', 'Change the password')}
      errors={errors}
      problem={problem}
      onSubmit={submit}
    >
      <TextField
        id="current"
        name="current"
        type="password"
        label={t('现在的口令', 'Current password')}
        autoComplete="current-password"
        error={errorOf('current', errors, problem, of)}
      />
      <TextField
        id="next"
        name="next"
        type="password"
        label={t('新口令', 'New password')}
        hint={passwordHint(t)}
        autoComplete="new-password"
        error={errorOf('next', errors, problem, of)}
      />
      <Button type="submit" busy={change.isPending}>
        {t('改口令', 'Change the password')}
      </Button>
      {change.isSuccess && (
        <p role="status">
          {t('口令已改，其他设备已退出。', 'Changed; other devices were signed out.')}
        </p>
      )}
    </Form>
  )
}

function Sessions() {
  const { t } = useWords()
  const query = useQuery(mySessionsQuery)
  return (
    <Loaded query={query} what={t('登录设备', 'sessions')}>
      {({ items }) => <SessionTable items={items} />}
    </Loaded>
  )
}

type MySession = MySessions['items'][number]

function SessionTable({ items }: { items: readonly MySession[] }) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const revoke = async (one: MySession) => {
    await api.delete(`/api/people/me/sessions/${one.id}`)
    await client.invalidateQueries({ queryKey: ['me', 'sessions'] })
  }
  return (
    <DataTable
      caption={t('登录设备', 'Sessions')}
      quietCaption
      rows={items}
      rowKey={(row) => row.id}
      columns={[
        {
          title: t('设备', 'Device'),
          heads: true,
          cell: (row) => (
            <>
              {deviceName(row.agent) || t('未知设备', 'unknown device')}{' '}
              {row.current && <Tag tone="good">{t('本机', 'this one')}</Tag>}
              <span className="muted tiny note-line">
                {row.address} · {of(methodName(row.method))}
              </span>
            </>
          ),
        },
        { title: t('最近活动', 'Last seen'), cell: (row) => <Time at={row.lastSeenAt} /> },
        {
          title: t('操作', 'Actions'),
          actions: true,
          cell: (row) =>
            !row.current && (
              <ConfirmButton
                action={t('退出该设备', 'Sign out')}
                title={t('退出该设备？', 'Sign that device out?')}
                onConfirm={() => revoke(row)}
              >
                {t('该设备需要重新登录。', 'It will have to sign in again.')}
              </ConfirmButton>
            ),
        },
      ]}
    />
  )
}
