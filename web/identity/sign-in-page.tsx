// Signing in: login and password, then the code where one is set up; or the provincial identity.
import { useMutation } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { ApiProblem, asProblem } from '../api/problem.ts'
import { AnchorButton, Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { PageHead } from '../components/page.tsx'
import { useWords } from '../text/text.ts'
import { DemoAccounts } from './demo-accounts.tsx'
import { useEntered } from './entered.ts'
import { useSession } from './session.ts'

const route = getRouteApi('/sign-in')

/** Six digits of the authenticator; a recovery code is longer. */
const FEWEST_CODE_CHARACTERS = 6

interface Credentials {
  login: string
  password: string
  code?: string
}

/** The server asks for the code only after the password was right. */
const codeNeeded = (error: unknown) =>
  error instanceof ApiProblem && error.code === 'identity.code-needed'

export function SignInPage() {
  const { t } = useWords()
  const { next } = route.useSearch()
  const session = useSession()
  return (
    <>
      <PageHead title={t('登录', 'Sign in')} />
      <div className="grid">
        <Card className="span-6" title={t('账号登录', 'With your account')}>
          <PasswordForm next={next} />
          <p className="small sign-in-other">
            <Link to="/register">{t('没有账号？注册一个', 'No account? Create one')}</Link>
          </p>
          {session?.oidc && (
            <p className="sign-in-other">
              <AnchorButton href={`/api/session/oidc?returnTo=${encodeURIComponent(next ?? '/')}`}>
                {t('统一身份认证登录', 'Sign in with the provincial identity')}
              </AnchorButton>
            </p>
          )}
        </Card>
        {session?.demoEntry && (
          <Card className="span-6" title={t('演示账号', 'Demo accounts')}>
            <DemoAccounts next={next} />
          </Card>
        )}
      </div>
    </>
  )
}

function PasswordForm({ next }: { next?: string }) {
  const { t, of } = useWords()
  const entered = useEntered(next)
  const [errors, setErrors] = useState<FieldError[]>([])
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: (body: Credentials) => api.post('/api/session', body),
    onSuccess: entered,
  })
  const askCode = codeNeeded(signIn.error) || (signIn.variables?.code !== undefined && !signIn.data)
  const submit = (data: FormData) => {
    const code = String(data.get('code') ?? '').replaceAll(/\s/g, '')
    const found: FieldError[] = []
    if (!login) found.push({ field: 'login', message: t('请填写账号', 'Enter your account name') })
    if (!password)
      found.push({ field: 'password', message: t('请填写口令', 'Enter your password') })
    if (askCode && code.length < FEWEST_CODE_CHARACTERS) {
      found.push({ field: 'code', message: t('动态验证码是 6 位数字', 'The code has six digits') })
    }
    setErrors(found)
    if (found.length === 0) signIn.mutate({ login, password, ...(askCode ? { code } : {}) })
  }
  const problem = signIn.error && !codeNeeded(signIn.error) ? asProblem(signIn.error) : null
  return (
    <Form label={t('登录', 'Sign in')} onSubmit={submit} errors={errors} problem={problem}>
      <TextField
        id="login"
        name="login"
        label={t('账号', 'Account name')}
        autoComplete="username"
        value={login}
        onChange={(event) => setLogin(event.target.value)}
        error={errorOf('login', errors, problem, of)}
      />
      <TextField
        id="password"
        name="password"
        type="password"
        label={t('口令', 'Password')}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={errorOf('password', errors, problem, of)}
      />
      {askCode && (
        <TextField
          id="code"
          name="code"
          narrow
          autoFocus
          label={t('动态验证码', 'Code')}
          hint={t(
            '验证器应用中显示的 6 位数字；手机不在身边时，填一个恢复码。',
            'The six digits of your authenticator, or a recovery code when the phone is away.',
          )}
          autoComplete="one-time-code"
          spellCheck={false}
          maxLength={40}
          error={errorOf('code', errors, problem, of)}
        />
      )}
      <Button type="submit" kind="primary" busy={signIn.isPending}>
        {askCode ? t('验证并登录', 'Verify and sign in') : t('登录', 'Sign in')}
      </Button>
    </Form>
  )
}
