// The 21 cities with what is registered in each, as the server tells it.
import { queryOptions } from '@tanstack/react-query'
import { api } from '../api/client.ts'

export interface CityFigures {
  area: string
  organisations: number
}

export const regionsQuery = queryOptions({
  queryKey: ['organisations', 'by-city'],
  queryFn: ({ signal }) =>
    api.get<{ items: CityFigures[] }>('/api/subjects/by-city', undefined, signal),
  staleTime: 300_000,
})
