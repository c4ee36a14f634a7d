// What a subject can claim, as the server computed it by the rules in force, beside the scheme it is of.
import type { z } from 'zod'
import type { offer, offerList } from '#services/ledger/contract.ts'
import type { Scheme } from './vouchers.ts'

export type OfferReply = z.output<typeof offer>
export type OfferList = z.output<typeof offerList>
export type Offer = Omit<OfferReply, 'scheme'> & { scheme: Scheme } & (
    | { outcome: 'open'; amount: string; ratio: number }
    | { outcome: Exclude<OfferReply['outcome'], 'open'> }
  )

/** Offers with their schemes; one whose scheme is not listed is left out. */
export function withSchemes({ items }: OfferList, schemes: readonly Scheme[]): Offer[] {
  return items.flatMap((one) => {
    const scheme = schemes.find(({ id }) => id === one.scheme)
    return scheme ? [{ ...one, scheme }] : []
  })
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
