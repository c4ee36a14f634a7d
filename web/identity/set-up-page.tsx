// A one-time link: a first administrator, or somebody who lost their password, sets a new one.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import type { linkView } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button, LinkButton } from '../components/button.tsx'
import { Card, Note } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { roleName } from './words.ts'

type LinkView = z.output<typeof linkView>

const route = getRouteApi('/first/$token')

export function SetUpPage() {
  const { t } = useWords()
  const { token } = route.useParams()
  const query = useQuery({
    queryKey: ['link', token],
    queryFn: ({ signal }) => api.get<LinkView>(`/api/first/${token}`, undefined, signal),
  })
  return (
    <>
      <PageHead
        title={t('设置口令', 'Set a password')}
        lead={t('这个链接只能用一次。', 'This link works once.')}
      />
      <Card>
        <Loaded query={query} what={t('链接', 'the link')}>
          {(link) => <SetUpForm token={token} link={link} />}
        </Loaded>
      </Card>
    </>
  )
}

interface SetUp {
  login?: string
  name?: string
  password: string
}

function SetUpForm({ token, link }: { token: string; link: LinkView }) {
  const { t, of } = useWords()
  const [errors, setErrors] = useState<FieldError[]>([])
  const isNew = link.login === null
  const client = useQueryClient()
  const use = useMutation({
    mutationFn: (body: SetUp) => api.post(`/api/first/${token}`, body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['session'] }),
  })
  if (use.isSuccess) return <AllSet />
  const submit = (data: FormData) => {
    const login = String(data.get('login') ?? '').trim()
    const name = String(data.get('name') ?? '').trim()
    const password = String(data.get('password'))
    const found: FieldError[] = []
    if (isNew && !login) found.push({ field: 'login', message: t('请填写账号', 'Enter a login') })
    if (isNew && !name) found.push({ field: 'name', message: t('请填写姓名', 'Enter your name') })
    if (!password) found.push({ field: 'password', message: t('请填写口令', 'Enter a password') })
    if (password !== String(data.get('again'))) {
      found.push({ field: 'again', message: t('两次填写的口令不同', 'The passwords differ') })
    }
    setErrors(found)
    if (found.length === 0) use.mutate({ password, ...(isNew ? { login, name } : {}) })
  }
  const problem = use.error ? asProblem(use.error) : null
  return (
    <Form
      label={t('设置口令', 'Set a password')}
      errors={errors}
      problem={problem}
      onSubmit={submit}
    >
      <p>
        {link.role && (
          <strong>
            {t('角色：', 'Role: ')}
            {of(roleName(link.role))}
            {t('。', '. ')}
          </strong>
        )}
        {t('链接有效至 ', 'The link is valid until ')}
        <Time at={link.expiresAt} />
        {t('。', '.')}
      </p>
      {isNew ? (
        <>
          <TextField
            id="login"
            name="login"
            label={t('账号', 'Login')}
            hint={t(
              '3 至 64 位小写字母、数字和 . _ @ -',
              '3 to 64 lower-case letters, digits and . _ @ -',
            )}
            autoComplete="username"
            spellCheck={false}
            error={errorOf('login', errors, problem, of)}
          />
          <TextField
            id="name"
            name="name"
            label={t('姓名', 'Name')}
            autoComplete="name"
            maxLength={200}
            error={errorOf('name', errors, problem, of)}
          />
        </>
      ) : (
        <p>
          {t('账号：', 'Login: ')}
          <strong>{link.login}</strong>
        </p>
      )}
      <TextField
        id="password"
        name="password"
        type="password"
        label={t('口令', 'Password')}
        hint={t(
          '越长越好；不用姓名、账号和常见词。',
          'The longer the better; no names, no common words.',
        )}
        autoComplete="new-password"
        error={errorOf('password', errors, problem, of)}
      />
      <TextField
        id="again"
        name="again"
        type="password"
        label={t('再填一次', 'Once more')}
        autoComplete="new-password"
        error={errorOf('again', errors, problem, of)}
      />
      <Button type="submit" kind="primary" busy={use.isPending}>
        {t('设置', 'Set')}
      </Button>
    </Form>
  )
}

function AllSet() {
  const { t } = useWords()
  return (
    <div className="stack">
      <Note tone="good" live title={t('口令已设置', 'The password is set')}>
        {t(
          '您已登录。下一步：在“我的账号”里开启两步验证，管理员账号都应开启。',
          'You are signed in. Next: switch on two-step sign-in in “My account”, as administrators should.',
        )}
      </Note>
      <LinkButton kind="primary" to="/account">
        {t('开启两步验证', 'Switch on two-step sign-in')}
      </LinkButton>
    </div>
  )
}
