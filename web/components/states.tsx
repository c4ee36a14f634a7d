// What a page says while it loads, when nothing is there yet, and when something failed.
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type ApiProblem, asProblem } from '../api/problem.ts'
import { useWords } from '../text/text.ts'
import { Button } from './button.tsx'

/** Words while waiting; spoken politely by screen readers. */
export function Loading({ what }: { what?: string }) {
  const { t } = useWords()
  return (
    <p className="loading" role="status">
      {what ? t(`正在读取${what}……`, `Loading ${what}…`) : t('正在读取……', 'Loading…')}
    </p>
  )
}

/** An empty place: what would be here, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  )
}

export function ProblemNote({ problem, retry }: { problem: ApiProblem; retry?: () => void }) {
  const { t, of } = useWords()
  return (
    <div className="note note-wait" role="alert">
      <h2>{of(problem.detail)}</h2>
      <p>{of(problem.next)}</p>
      {problem.requestId && (
        <p className="tiny">
          {t('请求编号', 'Request number')} <code>{problem.requestId}</code>
        </p>
      )}
      <p className="row">
        {problem.status === 401 && (
          <Link to="/sign-in" search={{ next: location.pathname + location.search }}>
            {t('去登录', 'Sign in')}
          </Link>
        )}
        {retry && (
          <Button small onClick={retry}>
            {t('重试', 'Try again')}
          </Button>
        )}
      </p>
    </div>
  )
}

interface LoadedProps<T> {
  query: UseQueryResult<T>
  /** What is being read, for the words while waiting. */
  what?: string
  children: (data: T) => ReactNode
}

/** Shows the words while waiting, the problem, or the data of a query. */
export function Loaded<T>({ query, what, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) {
    return <ProblemNote problem={asProblem(query.error)} retry={() => void query.refetch()} />
  }
  return <Loading what={what} />
}
