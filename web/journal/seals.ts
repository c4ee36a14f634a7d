// The seals of the journal and the public key that this platform publishes.
import { queryOptions } from '@tanstack/react-query'
import { api } from '../api/client.ts'

export interface SealRow {
  size: number
  root: string
  at: string
  keyId: string
}

export interface Seals {
  publicKey: string
  items: readonly SealRow[]
  next: string | null
}

export const sealsQuery = queryOptions({
  queryKey: ['journal', 'seals'],
  queryFn: ({ signal }) => api.get<Seals>('/api/journal/seals', undefined, signal),
})

/** The published public key as hex. */
export const publishedKeyQuery = queryOptions({
  ...sealsQuery,
  select: (seals: Seals) => seals.publicKey,
})
