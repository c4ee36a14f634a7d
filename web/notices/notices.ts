// The in-box of whoever is signed in.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { sessionQuery } from '../identity/session.ts'
import type { Text } from '../text/text.ts'

export interface Notice {
  id: string
  title: Text
  body: Text
  /** Where to act on it, when there is something to do. */
  path: string | null
  at: string
  readAt: string | null
}

export const noticesQuery = queryOptions({
  queryKey: ['notices'],
  queryFn: ({ signal }) =>
    api.get<{ items: Notice[]; next: string | null }>('/api/notices', undefined, signal),
})

/** How many notices wait to be read; 0 for a visitor. */
export function useUnreadNotices(): number {
  const signedIn = Boolean(useQuery(sessionQuery).data?.person)
  const { data } = useQuery({ ...noticesQuery, enabled: signedIn })
  return data?.items.filter((notice) => !notice.readAt).length ?? 0
}
