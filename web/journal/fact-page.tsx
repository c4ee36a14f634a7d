// From the identifier of a fact to its place in the journal: numbered a moment after it was written.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import { ApiProblem, asProblem } from '../api/problem.ts'
import { PageHead } from '../components/page.tsx'
import { Loading, ProblemNote } from '../components/states.tsx'
import { useWords } from '../text/text.ts'

/** A fact just written is numbered within a second or two. */
const NUMBERED_TRIES = 5
const NUMBERED_SOON_MS = 800

const route = getRouteApi('/journal/facts/$id')

export function FactPage() {
  const { t } = useWords()
  const { id } = route.useParams()
  const query = useQuery({
    queryKey: ['journal', 'fact', id],
    queryFn: ({ signal }) =>
      api.get<{ position: number }>(`/api/journal/facts/${id}`, undefined, signal),
    retry: (tries, error) =>
      error instanceof ApiProblem && error.status === 404 && tries < NUMBERED_TRIES,
    retryDelay: NUMBERED_SOON_MS,
  })
  if (query.data) {
    const position = String(query.data.position)
    return <Navigate to="/journal/$position" params={{ position }} replace />
  }
  return (
    <>
      <PageHead title={t('原始记录', 'Journal entry')} />
      {query.error ? (
        <ProblemNote problem={asProblem(query.error)} retry={() => void query.refetch()} />
      ) : (
        <Loading what={t('记录的编号', 'its position')} />
      )}
    </>
  )
}
