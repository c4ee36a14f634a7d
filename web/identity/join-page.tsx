// Joining an organisation with the invitation code that its owner handed over.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { accepted } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { PageHead } from '../components/page.tsx'
import { useWords } from '../text/text.ts'
import { useEntered } from './entered.ts'
import { RequireSignIn } from './require-sign-in.tsx'

export function JoinPage() {
  const { t, of } = useWords()
  const entered = useEntered('/organisation')
  const [errors, setErrors] = useState<FieldError[]>([])
  const join = useMutation({
    mutationFn: async (code: string) => {
      const { subjectId } = await api.post<z.output<typeof accepted>>('/api/invitations', {
        code,
      })
      await api.post('/api/session/subject', { subjectId })
    },
    onSuccess: entered,
  })
  const submit = (data: FormData) => {
    const code = String(data.get('code')).trim()
    setErrors(
      code ? [] : [{ field: 'code', message: t('请填写邀请码', 'Enter the invitation code') }],
    )
    if (code) join.mutate(code)
  }
  const problem = join.error ? asProblem(join.error) : null
  return (
    <RequireSignIn>
      {() => (
        <>
          <PageHead title={t('用邀请码加入单位', 'Join with an invitation code')} />
          <Card>
            <Form label={t('加入单位', 'Join')} errors={errors} problem={problem} onSubmit={submit}>
              <TextField
                id="code"
                name="code"
                label={t('邀请码', 'Invitation code')}
                hint={t(
                  '由单位管理员生成，只能用一次。',
                  'Made by the organisation’s owner; it works once.',
                )}
                autoComplete="off"
                spellCheck={false}
                error={errorOf('code', errors, problem, of)}
              />
              <Button type="submit" kind="primary" busy={join.isPending}>
                {t('加入', 'Join')}
              </Button>
            </Form>
          </Card>
        </>
      )}
    </RequireSignIn>
  )
}
