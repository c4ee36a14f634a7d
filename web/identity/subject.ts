// What the portal asks about an organisation: profile, shareholders, members, mandates, keys.
import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type {
  invitations,
  keys,
  mandates,
  members,
  shareholders,
  subjectView,
} from '#services/identity/contract.ts'
import { api } from '../api/client.ts'

export type SubjectView = z.output<typeof subjectView>
export type Members = z.output<typeof members>
export type Mandates = z.output<typeof mandates>
export type Keys = z.output<typeof keys>
export type Shareholders = z.output<typeof shareholders>
type Invitations = z.output<typeof invitations>

const about = <T>(id: string, part: string) =>
  queryOptions({
    queryKey: ['subject', id, part],
    queryFn: ({ signal }) => api.get<T>(`/api/subjects/${id}${part}`, undefined, signal),
  })

export const subjectQuery = (id: string) => about<SubjectView>(id, '')
export const shareholdersQuery = (id: string) => about<Shareholders>(id, '/shareholders')
export const membersQuery = (id: string) => about<Members>(id, '/members')
export const invitationsQuery = (id: string) => about<Invitations>(id, '/invitations')
export const mandatesQuery = (id: string) => about<Mandates>(id, '/mandates')
export const keysQuery = (id: string) => about<Keys>(id, '/api-keys')
