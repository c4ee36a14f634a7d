// A form that loses nothing: errors come together in a summary that takes the focus.
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { type ApiProblem, fieldProblems } from '../api/problem.ts'
import { useWords } from '../text/text.ts'

export interface FieldError {
  /** Id of the field that it belongs to; null when it belongs to none. */
  field: string | null
  message: string
}

interface FormProps {
  onSubmit: (data: FormData) => void
  errors?: readonly FieldError[]
  /** The refusal of the server, shown in the same summary. */
  problem?: ApiProblem | null
  wide?: boolean
  label: string
  children: ReactNode
}

export function Form({ onSubmit, errors = [], problem, wide, label, children }: FormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSubmit(new FormData(event.currentTarget))
  }
  return (
    <form
      className={wide ? 'form form-wide' : 'form'}
      noValidate
      onSubmit={submit}
      aria-label={label}
    >
      <ErrorSummary errors={errors} problem={problem ?? null} />
      {children}
    </form>
  )
}

interface SummaryProps {
  errors: readonly FieldError[]
  problem: ApiProblem | null
}

function ErrorSummary({ errors, problem }: SummaryProps) {
  const { t, of } = useWords()
  const summary = useRef<HTMLDivElement>(null)
  const shown = errors.length > 0 || problem !== null
  // Each new refusal takes the focus, also when the summary was there before.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the values are the occasion
  useEffect(() => {
    if (shown) summary.current?.focus()
  }, [shown, errors, problem])
  if (!shown) return null
  const fromServer = problem ? fieldProblems(problem) : []
  return (
    <div className="error-summary" ref={summary} tabIndex={-1} role="alert">
      <h2>{problem ? of(problem.detail) : t('有内容需要修改', 'Something needs correcting')}</h2>
      {problem && <p>{of(problem.next)}</p>}
      <ul>
        {errors.map((error) => (
          <li key={`${error.field}${error.message}`}>
            {error.field ? <a href={`#${error.field}`}>{error.message}</a> : error.message}
          </li>
        ))}
        {fromServer.map((wrong) => (
          <li key={wrong.field}>
            <a href={`#${wrong.field}`}>{of(wrong)}</a>
          </li>
        ))}
      </ul>
      {problem?.requestId && (
        <p className="tiny">
          {t('请求编号', 'Request number')} <code>{problem.requestId}</code>
        </p>
      )}
    </div>
  )
}

/** The error of one field, from the form or from the server. */
export function errorOf(
  field: string,
  errors: readonly FieldError[],
  problem: ApiProblem | null,
  of: (text: { zh: string; en: string }) => string,
): string | undefined {
  const own = errors.find((error) => error.field === field)
  if (own) return own.message
  const server = problem && fieldProblems(problem).find((one) => one.field === field)
  return server ? of(server) : undefined
}
