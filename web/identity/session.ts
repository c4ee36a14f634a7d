// Who is signed in, for whom they act, and what the world is: asked once and shared by every page.
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { allRoles, choice, sessionView } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'

export type Session = z.output<typeof sessionView>
export type Choice = z.output<typeof choice>
export type Role = (typeof allRoles)[number]

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.get<Session>('/api/session', undefined, signal),
  staleTime: 60_000,
})

/** The session, or undefined while it is being asked. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data
}

/** Whether one of the roles is held; in the organisation acted for when `here` is set. */
export function holds(session: Session | undefined, roles: readonly Role[], here = false): boolean {
  return (session?.grants ?? []).some(
    (grant) => roles.includes(grant.role) && (!here || grant.subjectId === session?.subject?.id),
  )
}

/** The world's time: the clock of this machine plus what the demo clock was moved by. */
export function worldTime(session: Session): string {
  return new Date(Date.now() + session.clockOffsetMs).toISOString()
}
