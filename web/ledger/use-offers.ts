// The offers of whoever is acted for, from their profile, the schemes, the law and their vouchers.
import { useQueries } from '@tanstack/react-query'
import { subjectQuery } from '../identity/subject.ts'
import { parametersQuery } from '../regulation/law.ts'
import { numbersOf, type Offer, offerOf } from './offers.ts'
import { schemesQuery, vouchersQuery } from './vouchers.ts'

/** undefined while something is still being read; the first error otherwise. */
export function useOffers(subjectId: string): { offers: Offer[] | undefined; error: Error | null } {
  const [subject, schemes, parameters, vouchers] = useQueries({
    queries: [
      subjectQuery(subjectId),
      schemesQuery,
      parametersQuery(undefined),
      vouchersQuery(subjectId),
    ],
  })
  const error = subject.error ?? schemes.error ?? parameters.error ?? vouchers.error
  if (!subject.data || !schemes.data || !parameters.data || !vouchers.data) {
    return { offers: undefined, error }
  }
  const situation = {
    claimant: subject.data,
    vouchers: vouchers.data.items,
    today: parameters.data.on,
  }
  const law = parameters.data
  const offers = schemes.data.items.map((scheme) =>
    offerOf(scheme, numbersOf(law, scheme), situation),
  )
  return { offers, error: null }
}

const RANK: Record<Offer['outcome'], number> = {
  open: 0,
  unknown: 1,
  'no-pool': 2,
  'used-up': 3,
  'no-rule': 4,
  outside: 5,
  area: 6,
}

/** What can be claimed first, then what lacks a fact, then the rest. */
export function byUsefulness(offers: readonly Offer[]): Offer[] {
  return [...offers].sort((a, b) => RANK[a.outcome] - RANK[b.outcome])
}
