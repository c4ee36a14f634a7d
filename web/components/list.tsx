// Lists by cursor: the first page, then more on request; with words while waiting and when empty.
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { useWords } from '../text/text.ts'
import { Button } from './button.tsx'
import { Loading, ProblemNote } from './states.tsx'

interface Page<T> {
  items: T[]
  next: string | null
}

type Query = Record<string, string | number | boolean | null | undefined>

/** A list of the server, page after page. */
export function usePages<T>(key: QueryKey, path: string, query: Query = {}) {
  return useInfiniteQuery({
    queryKey: [...key, query],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<T>>(path, { ...query, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  })
}

interface PagedListProps<T> {
  pages: ReturnType<typeof usePages<T>>
  what?: string
  empty: ReactNode
  children: (items: readonly T[]) => ReactNode
}

export function PagedList<T>({ pages, what, empty, children }: PagedListProps<T>) {
  const { t } = useWords()
  if (pages.error && !pages.data) {
    return <ProblemNote problem={asProblem(pages.error)} retry={() => void pages.refetch()} />
  }
  if (!pages.data) return <Loading what={what} />
  const items = pages.data.pages.flatMap((page) => page.items)
  if (items.length === 0) return <>{empty}</>
  return (
    <div className="stack">
      {children(items)}
      {pages.hasNextPage && (
        <Button busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('再看一些', 'Show more')}
        </Button>
      )}
    </div>
  )
}
