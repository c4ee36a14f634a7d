// What the portal asks about vouchers: schemes, one's own, their uses, and those of an office.
import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { scheme, schemeList, use, voucher, voucherList } from '#services/ledger/contract.ts'
import { api } from '../api/client.ts'
import type { OfferList } from './offers.ts'

export type Scheme = z.output<typeof scheme>
export type Voucher = z.output<typeof voucher>
export type Use = z.output<typeof use>

export const schemesQuery = queryOptions({
  queryKey: ['vouchers', 'schemes'],
  queryFn: ({ signal }) =>
    api.get<z.output<typeof schemeList>>('/api/vouchers/schemes', undefined, signal),
})

export const offersQuery = (subjectId: string) =>
  queryOptions({
    queryKey: ['vouchers', 'offers', subjectId],
    queryFn: ({ signal }) => api.get<OfferList>('/api/vouchers/offers', undefined, signal),
  })

export const vouchersQuery = (subjectId: string) =>
  queryOptions({
    queryKey: ['vouchers', 'mine', subjectId],
    queryFn: ({ signal }) =>
      api.get<z.output<typeof voucherList>>('/api/vouchers', undefined, signal),
  })
