// The in-box of whoever is signed in: the newest notices, and how many wait to be read.
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { count, NoticeView, noticeList } from '#services/notices/contract.ts'
import { api } from '../api/client.ts'
import { useServerEvents } from '../api/events.ts'
import { sessionQuery } from '../identity/session.ts'

type NoticeList = z.output<typeof noticeList>
type Count = z.output<typeof count>
export type Notice = NoticeView

/** Unread notices, newest first. */
export const unreadQuery = queryOptions({
  queryKey: ['notices', 'unread'],
  queryFn: ({ signal }) => api.get<NoticeList>('/api/notices', { unread: true, limit: 20 }, signal),
})

const countQuery = queryOptions({
  queryKey: ['notices', 'count'],
  queryFn: ({ signal }) => api.get<Count>('/api/notices/count', undefined, signal),
})

/** How many notices wait to be read; 0 for a visitor. */
export function useUnreadCount(): number {
  const signedIn = Boolean(useQuery(sessionQuery).data?.person)
  const { data } = useQuery({ ...countQuery, enabled: signedIn })
  return data?.unread ?? 0
}

/** Keeps the count as it is on the server, for as long as the portal is open. */
export function useLiveNotices(signedIn: boolean): void {
  const client = useQueryClient()
  useServerEvents(signedIn ? '/api/notices/live' : null, 'count', (data) => {
    const before = client.getQueryData(countQuery.queryKey)
    client.setQueryData(countQuery.queryKey, data as Count)
    if (before?.unread === (data as Count).unread) return
    void client.invalidateQueries({ queryKey: unreadQuery.queryKey })
    void client.invalidateQueries({ queryKey: ['notices', 'all'] })
  })
}

/** The words for a count that stops at 100. */
export function unreadInWords(unread: number): string {
  return unread > 99 ? '99+' : String(unread)
}
