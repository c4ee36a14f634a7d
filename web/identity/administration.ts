// What the security administrator's pages ask about people, offices, lock-outs and sessions.
import type { z } from 'zod'
import type { allSessions, lockouts, office, personRow } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'

export type PersonRow = z.output<typeof personRow>
export type Office = z.output<typeof office>
export type Lockouts = z.output<typeof lockouts>
export type SessionRow = z.output<typeof allSessions>['items'][number]

export const PEOPLE = ['admin', 'people'] as const
export const SESSIONS = ['admin', 'sessions'] as const

export const lockoutsQuery = {
  queryKey: ['admin', 'lockouts'],
  queryFn: () => api.get<Lockouts>('/api/admin/lockouts'),
}
