// The seals of the journal and the public keys that this platform publishes.
import { queryOptions } from '@tanstack/react-query'
import type { Seal } from '#engines/evidence/seal.ts'
import { api } from '../api/client.ts'

interface PublishedKeys {
  origin: string
  items: readonly { keyId: string; algorithm: string; publicKey: string; since: string }[]
}

/** The newest seals first. */
export const sealsQuery = queryOptions({
  queryKey: ['journal', 'seals'],
  queryFn: ({ signal }) =>
    api.get<{ items: Seal[]; next: string | null }>('/api/journal/seals', { limit: 20 }, signal),
})

export const keysQuery = queryOptions({
  queryKey: ['journal', 'keys'],
  queryFn: ({ signal }) => api.get<PublishedKeys>('/api/journal/keys', undefined, signal),
})
