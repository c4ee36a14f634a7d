// The regulation as the server tells it, and the names and pages of the services that serve it.
import { queryOptions } from '@tanstack/react-query'
import type { LawView, ParametersReply } from '#services/regulation/contract.ts'
import { api } from '../api/client.ts'
import type { Text } from '../text/text.ts'

export const lawQuery = queryOptions({
  queryKey: ['law'],
  queryFn: ({ signal }) => api.get<LawView>('/api/law', undefined, signal),
  staleTime: 60_000,
})

export const parametersQuery = (on: string | undefined) =>
  queryOptions({
    queryKey: ['law', 'parameters', on],
    queryFn: ({ signal }) => api.get<ParametersReply>('/api/law/parameters', { on }, signal),
  })

/** A service in words, and the page where it is used. */
export interface ServicePage {
  title: Text
  path: string
}

const services: Readonly<Record<string, ServicePage>> = {
  identity: {
    title: { zh: '单位与身份', en: 'Organisations and identity' },
    path: '/organisation',
  },
  ledger: { title: { zh: '账户与算力券', en: 'Accounts and vouchers' }, path: '/vouchers' },
  vouchers: { title: { zh: '算力券', en: 'Vouchers' }, path: '/vouchers' },
  notices: { title: { zh: '通知', en: 'Notices' }, path: '/notices' },
  search: { title: { zh: '搜索', en: 'Search' }, path: '/search' },
  regulation: { title: { zh: '条例落实', en: 'The regulation' }, path: '/law' },
}

export function servicePage(name: string): ServicePage {
  return services[name] ?? { title: { zh: name, en: name }, path: '/developers' }
}
