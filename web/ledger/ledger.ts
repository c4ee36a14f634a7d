// What the portal asks of the ledger: accounts, statements, entries, holds.
import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type {
  account,
  accountList,
  balance,
  entry,
  hold,
  statementLine,
} from '#services/ledger/contract.ts'
import { api } from '../api/client.ts'
import type { Text } from '../text/text.ts'

export type Account = z.output<typeof account>
export type StatementLine = z.output<typeof statementLine>
export type Entry = z.output<typeof entry>
export type Hold = z.output<typeof hold>

export const accountsQuery = queryOptions({
  queryKey: ['ledger', 'accounts'],
  queryFn: ({ signal }) =>
    api.get<z.output<typeof accountList>>('/api/ledger/accounts', undefined, signal),
})

export const accountQuery = (id: string) =>
  queryOptions({
    queryKey: ['ledger', 'account', id],
    queryFn: ({ signal }) => api.get<Account>(`/api/ledger/accounts/${id}`, undefined, signal),
  })

export const balanceQuery = (id: string, at: string) =>
  queryOptions({
    queryKey: ['ledger', 'balance', id, at],
    queryFn: ({ signal }) =>
      api.get<z.output<typeof balance>>(`/api/ledger/accounts/${id}/balance`, { at }, signal),
  })

export const entryQuery = (id: string) =>
  queryOptions({
    queryKey: ['ledger', 'entry', id],
    queryFn: ({ signal }) => api.get<Entry>(`/api/ledger/entries/${id}`, undefined, signal),
  })

const DAY_MS = 86_400_000

/** The first moment of a day in Asia/Shanghai, as the API takes it. */
export function startOfDay(date: string): string {
  return new Date(`${date}T00:00:00+08:00`).toISOString()
}

/** The first moment after a day. */
export function endOfDay(date: string): string {
  return new Date(new Date(`${date}T00:00:00+08:00`).getTime() + DAY_MS).toISOString()
}

/** Yuan are written with their sign before the number, everything else with its unit behind. */
export function unitOf(unit: Text): { sign: string; unit: Text | null } {
  return unit.zh === '元' ? { sign: '¥', unit: null } : { sign: '', unit }
}
