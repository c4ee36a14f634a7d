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
import { useWords, type Words } from '../text/text.ts'
import { loginHint, passwordHint, roleName } from './words.ts'

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

/** What was typed, and what is wrong with it. */
function readSetUp(data: FormData, isNew: boolean, t: Words['t']) {
  const login = String(data.get('login') ?? '').trim()
  const name = String(data.get('name') ?? '').trim()
  const password = String(data.get('password'))
  const errors: FieldError[] = []
  const miss = (field: string, message: string) => errors.push({ field, message })
  if (isNew && !login) miss('login', t('请填写账号', 'Enter a login'))
  if (isNew && !name) miss('name', t('请填写姓名', 'Enter your name'))
  if (!password) miss('password', t('请填写口令', 'Enter a password'))
  if (password !== String(data.get('again'))) {
    miss('again', t('两次填写的口令不同', 'The passwords differ'))
  }
  const body: SetUp = { password, ...(isNew ? { login, name } : {}) }
  return { body, errors }
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
    const read = readSetUp(data, isNew, t)
    setErrors(read.errors)
    if (read.errors.length === 0) use.mutate(read.body)
  }
  const problem = use.error ? asProblem(use.error) : null
  const errorFor = (field: string) => errorOf(field, errors, problem, of)
  return (
    <Form
      label={t('设置口令', 'Set a password')}
      errors={errors}
      problem={problem}
      onSubmit={submit}
    >
      <LinkPurpose link={link} />
      {isNew && <NewPerson errorFor={errorFor} />}
      <TextField
        id="password"
        name="password"
        type="password"
        label={t('口令', 'Password')}
        hint={passwordHint(t)}
        autoComplete="new-password"
        error={errorFor('password')}
      />
      <TextField
        id="again"
        name="again"
        type="password"
        label={t('再填一次', 'Once more')}
        autoComplete="new-password"
        error={errorFor('again')}
      />
      <Button type="submit" kind="primary" busy={use.isPending}>
        {t('设置', 'Set')}
      </Button>
    </Form>
  )
}

function LinkPurpose({ link }: { link: LinkView }) {
  const { t, of } = useWords()
  return (
    <>
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
      {link.login && (
        <p>
          {t('账号：', 'Login: ')}
          <strong>{link.login}</strong>
        </p>
      )}
    </>
  )
}

function NewPerson({ errorFor }: { errorFor: (field: string) => string | undefined }) {
  const { t } = useWords()
  return (
    <>
      <TextField
        id="login"
        name="login"
        label={t('账号', 'Login')}
        hint={loginHint(t)}
        autoComplete="username"
        spellCheck={false}
        error={errorFor('login')}
      />
      <TextField
        id="name"
        name="name"
        label={t('姓名', 'Name')}
        autoComplete="name"
        maxLength={200}
        error={errorFor('name')}
      />
    </>
  )
}

function AllSet() {
  const { t } = useWords()
  return (
    <div className="stack">
      <Note tone="good" live title={t('口令已设置', 'The password is set')}>
        {t(
          '您已登录。下一步：在“我的账号”里开启两步验证，管理员账号都应开启。',
          'You are signed in. Next: two-step sign-in in “My account”, as administrators should.',
        )}
      </Note>
      <LinkButton kind="primary" to="/account">
        {t('开启两步验证', 'Switch on two-step sign-in')}
      </LinkButton>
    </div>
  )
}
