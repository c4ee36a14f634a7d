// The offers of whoever is acted for.
import { useQueries } from '@tanstack/react-query'
import { type Offer, withSchemes } from './offers.ts'
import { offersQuery, schemesQuery } from './vouchers.ts'

/** undefined while something is still being read; the first error otherwise. */
export function useOffers(subjectId: string): { offers: Offer[] | undefined; error: Error | null } {
  const [schemes, offers] = useQueries({ queries: [schemesQuery, offersQuery(subjectId)] })
  const error = schemes.error ?? offers.error
  if (!schemes.data || !offers.data) return { offers: undefined, error }
  return { offers: withSchemes(offers.data, schemes.data.items), error: null }
}
