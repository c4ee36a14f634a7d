// Search over HTTP.
import { z } from 'zod'
import { anyone } from '#platform/policy.ts'
import { paging, type Route, route } from '#platform/routes.ts'
import * as contract from './contract.ts'
import type { Search } from './index.ts'

export function routesOf(find: Search['find']): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/search',
      name: 'search.find',
      title: { zh: '搜索', en: 'Search' },
      policy: anyone,
      query: z.strictObject({
        ...contract.searchQuery,
        cursor: paging.cursor,
        limit: z.coerce.number().int().min(1).max(50).default(20),
      }),
      reply: contract.searchResult,
      perform: (actor, { query }) => find(actor, query),
    }),
  ]
}
