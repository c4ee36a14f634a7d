// HTTP of the regulation service: the law, one article, its parameters, authorities and regions.
import { dateInChina, valueOn } from '#law/schema.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { anyone } from '#platform/policy.ts'
import { type Route, route } from '#platform/routes.ts'
import {
  articleParams,
  articleReply,
  authoritiesReply,
  type LawView,
  lawTotals,
  lawView,
  parametersQuery,
  parametersReply,
  regionsReply,
} from './contract.ts'
import type { Law } from './law.ts'

/** @param view the law with what serves each duty, as the transaction sees it */
export function regulationRoutes(law: Law, view: (ctx: Ctx) => Promise<LawView>): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/law',
      name: 'regulation.showLaw',
      title: { zh: '查看条例及落实情况', en: 'Show the law and what serves it' },
      policy: anyone,
      reply: lawView,
      handle: view,
    }),
    route({
      method: 'GET',
      path: '/api/law/totals',
      name: 'regulation.showTotals',
      title: { zh: '条例落实合计', en: 'How much of the law is served' },
      policy: anyone,
      reply: lawTotals,
      handle: async (ctx) => (await view(ctx)).totals,
    }),
    route({
      method: 'GET',
      path: '/api/law/articles/{article}',
      name: 'regulation.showArticle',
      title: { zh: '查看一条', en: 'Show one article' },
      policy: anyone,
      params: articleParams,
      reply: articleReply,
      async handle(ctx, { params }) {
        for (const { chapter, title, articles } of (await view(ctx)).chapters) {
          const found = articles.find(({ article }) => article === params.article)
          if (found) return { chapter: { chapter, title }, ...found }
        }
        throw problem('request.not-found')
      },
    }),
    route({
      method: 'GET',
      path: '/api/law/parameters',
      name: 'regulation.listParameters',
      title: { zh: '列出参数及依据', en: 'List parameters with their sources' },
      policy: anyone,
      query: parametersQuery,
      reply: parametersReply,
      async handle(ctx, { query }) {
        const on = query.on ?? dateInChina(ctx.now)
        const documents = law.parameters.map(({ title, parameters }) => ({
          title,
          parameters: parameters.map((one) => ({ ...one, current: valueOn(one, on) })),
        }))
        return { on, documents }
      },
    }),
    route({
      method: 'GET',
      path: '/api/law/authorities',
      name: 'regulation.listAuthorities',
      title: { zh: '列出部门及职责', en: 'List authorities and their competences' },
      policy: anyone,
      reply: authoritiesReply,
      handle: async () => law.authorities,
    }),
    route({
      method: 'GET',
      path: '/api/regions',
      name: 'regulation.listRegions',
      title: { zh: '列出行政区划', en: 'List regions' },
      policy: anyone,
      reply: regionsReply,
      handle: async () => law.regions,
    }),
  ]
}
