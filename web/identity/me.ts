// What the portal asks about the signed-in person.
import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { accessLog, erasureView, me, mySessions } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'

export type Me = z.output<typeof me>
export type MySessions = z.output<typeof mySessions>
export type AccessRow = z.output<typeof accessLog>['items'][number]

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.get<Me>('/api/people/me', undefined, signal),
})

export const mySessionsQuery = queryOptions({
  queryKey: ['me', 'sessions'],
  queryFn: ({ signal }) => api.get<MySessions>('/api/people/me/sessions', undefined, signal),
})

/** What stands against erasing the account. */
export const erasureQuery = queryOptions({
  queryKey: ['me', 'erasure'],
  queryFn: ({ signal }) =>
    api.get<z.output<typeof erasureView>>('/api/people/me/erasure', undefined, signal),
})
