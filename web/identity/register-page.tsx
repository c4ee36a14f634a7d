// A new account for a person.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { register } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { PageHead } from '../components/page.tsx'
import { useWords } from '../text/text.ts'
import { useEntered } from './entered.ts'
import { loginHint, passwordHint } from './words.ts'

type Register = z.input<typeof register>

export function RegisterPage() {
  const { t, of } = useWords()
  const entered = useEntered('/organisation')
  const [errors, setErrors] = useState<FieldError[]>([])
  const create = useMutation({
    mutationFn: (body: Register) => api.post('/api/people', body),
    onSuccess: entered,
  })
  const submit = (data: FormData) => {
    const login = String(data.get('login')).trim()
    const name = String(data.get('name')).trim()
    const password = String(data.get('password'))
    const found: FieldError[] = []
    if (!name) found.push({ field: 'name', message: t('请填写姓名', 'Enter your name') })
    if (!login) found.push({ field: 'login', message: t('请填写账号', 'Enter a login') })
    if (!password) found.push({ field: 'password', message: t('请填写口令', 'Enter a password') })
    setErrors(found)
    if (found.length === 0) create.mutate({ login, name, password })
  }
  const problem = create.error ? asProblem(create.error) : null
  return (
    <>
      <PageHead
        title={t('注册账号', 'Create an account')}
        lead={t(
          '账号属于个人。注册后可以登记单位，或用邀请码加入已登记的单位。',
          'An account belongs to a person; with it you register or join an organisation.',
        )}
      />
      <Card>
        <Form
          label={t('注册账号', 'Create an account')}
          errors={errors}
          problem={problem}
          onSubmit={submit}
        >
          <TextField
            id="name"
            name="name"
            label={t('姓名', 'Name')}
            autoComplete="name"
            maxLength={200}
            error={errorOf('name', errors, problem, of)}
          />
          <TextField
            id="login"
            name="login"
            label={t('账号', 'Login')}
            hint={loginHint(t)}
            autoComplete="username"
            spellCheck={false}
            error={errorOf('login', errors, problem, of)}
          />
          <TextField
            id="password"
            name="password"
            type="password"
            label={t('口令', 'Password')}
            hint={passwordHint(t)}
            autoComplete="new-password"
            error={errorOf('password', errors, problem, of)}
          />
          <Button type="submit" kind="primary" busy={create.isPending}>
            {t('注册并登录', 'Create and sign in')}
          </Button>
        </Form>
      </Card>
    </>
  )
}
