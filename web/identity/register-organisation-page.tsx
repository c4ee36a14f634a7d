// Registering an organisation: one question at a time, then check the answers, then the next step.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button, LinkButton } from '../components/button.tsx'
import { Card, Note } from '../components/card.tsx'
import { type FieldError, Form } from '../components/form.tsx'
import { PageHead } from '../components/page.tsx'
import { useWords } from '../text/text.ts'
import { type Answers, bodyOf, emptyAnswers, useQuestions } from './organisation-questions.tsx'
import { RequireSignIn } from './require-sign-in.tsx'
import type { SubjectView } from './subject.ts'

export function RegisterOrganisationPage() {
  const { t } = useWords()
  return (
    <RequireSignIn>
      {() => (
        <>
          <PageHead
            title={t('登记单位', 'Register an organisation')}
            lead={t(
              '一次回答一个问题，最后统一核对。',
              'One question at a time; check them all at the end.',
            )}
          />
          <Card>
            <Steps />
          </Card>
        </>
      )}
    </RequireSignIn>
  )
}

function Steps() {
  const { t } = useWords()
  const client = useQueryClient()
  const [answers, setAnswers] = useState<Answers>(emptyAnswers)
  const [step, setStep] = useState(0)
  const [checking, setChecking] = useState(false)
  const [errors, setErrors] = useState<FieldError[]>([])
  const questions = useQuestions()
  const send = useMutation({
    mutationFn: (body: ReturnType<typeof bodyOf>) => api.post<SubjectView>('/api/subjects', body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['session'] }),
  })
  if (send.data) return <Registered subject={send.data} />
  if (checking) {
    return (
      <CheckAnswers
        answers={answers}
        busy={send.isPending}
        error={send.error}
        onSend={() => send.mutate(bodyOf(answers))}
        onChange={(at) => {
          send.reset()
          setStep(at)
          setChecking(false)
        }}
      />
    )
  }
  const question = questions[step]!
  const next = (data: FormData) => {
    const given = question.read(data)
    const wrong = question.check(given)
    setErrors(wrong ? [{ field: question.name, message: wrong }] : [])
    if (wrong) return
    setAnswers({ ...answers, ...given })
    if (step === questions.length - 1 || answers.done) {
      setAnswers({ ...answers, ...given, done: true })
      setChecking(true)
    } else setStep(step + 1)
  }
  return (
    <Form key={question.name} label={question.title} errors={errors} onSubmit={next}>
      <p className="muted small" role="status">
        {t(
          `第 ${step + 1} 步，共 ${questions.length} 步`,
          `Step ${step + 1} of ${questions.length}`,
        )}
      </p>
      {question.field(answers, errors[0]?.message)}
      <div className="row">
        <Button type="submit" kind="primary">
          {t('下一步', 'Next')}
        </Button>
        {step > 0 && (
          <Button
            kind="quiet"
            onClick={() => {
              setErrors([])
              setStep(step - 1)
            }}
          >
            {t('上一步', 'Back')}
          </Button>
        )}
      </div>
    </Form>
  )
}

interface CheckProps {
  answers: Answers
  busy: boolean
  error: unknown
  onSend: () => void
  onChange: (step: number) => void
}

function CheckAnswers({ answers, busy, error, onSend, onChange }: CheckProps) {
  const { t } = useWords()
  const questions = useQuestions()
  return (
    <Form label={t('核对', 'Check')} problem={error ? asProblem(error) : null} onSubmit={onSend}>
      <h2>{t('请核对', 'Check your answers')}</h2>
      <ul className="items">
        {questions.map((question, at) => (
          <li key={question.name} className="item">
            <div>
              <p className="muted small">{question.title}</p>
              <p>{question.shown(answers)}</p>
            </div>
            <Button
              small
              aria-label={t(`修改：${question.title}`, `Change: ${question.title}`)}
              onClick={() => onChange(at)}
            >
              {t('修改', 'Change')}
            </Button>
          </li>
        ))}
      </ul>
      <Button type="submit" kind="primary" busy={busy}>
        {t('提交登记', 'Register')}
      </Button>
    </Form>
  )
}

function Registered({ subject }: { subject: SubjectView }): ReactNode {
  const { t } = useWords()
  return (
    <div className="stack">
      <Note tone="good" live title={t('已登记', 'Registered')}>
        <p>{subject.name}</p>
        <p>
          {t('编号 ', 'Number ')}
          <code>{subject.id}</code>
        </p>
        <p>
          {t(
            '下一步：在右上角账号菜单中切换到本单位，然后补充股东、邀请成员。',
            'Next: switch to it in the account menu, then add shareholders and invite members.',
          )}
        </p>
      </Note>
      <LinkButton kind="primary" to="/organisation">
        {t('查看我的单位', 'See my organisation')}
      </LinkButton>
    </div>
  )
}
