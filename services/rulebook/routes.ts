// HTTP of the rulebook for everybody: sets and versions, the checker, receipts, the population.

import { dmnOf } from '#engines/rules/dmn-export.ts'
import type { Ctx } from '#platform/context.ts'
import { anyone } from '#platform/policy.ts'
import { Download, type Route, route } from '#platform/routes.ts'
import type { World } from '#platform/world.ts'
import * as contract from './contract.ts'
import { check, replay } from './decide.ts'
import { heldFacts } from './held.ts'
import type { RulebookParts } from './parts.ts'
import { readsOwnDecisions, seesDecisions } from './policy.ts'
import { recipeOf } from './population.ts'
import { entitlementsOf } from './standing.ts'
import { requireVersion, versionsOn } from './versions.ts'
import {
  listOwnDecisions,
  listSets,
  NOTE,
  SYNTHETIC,
  today,
  viewCensus,
  viewDecision,
  viewSet,
  viewVersion,
} from './views.ts'

/** Answers to a check may be about somebody: nothing of them is kept, not even to repeat a reply. */
const CHECKS_A_MINUTE = 600

export function publicRoutes(world: Pick<World, 'read'>, parts: RulebookParts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/rules',
      name: 'rules.list',
      title: { zh: '列出现行规则', en: 'List the rule sets in force' },
      policy: anyone,
      query: contract.onDay,
      reply: contract.setList,
      handle: (ctx, { query }) => listSets(ctx, query.on),
    }),
    route({
      method: 'GET',
      path: '/api/rules/population',
      name: 'rules.population',
      title: { zh: '测算用虚构人口的配方', en: 'The recipe of the made-up population' },
      policy: anyone,
      reply: contract.recipe,
      handle: async (ctx) => {
        const { cities, ...recipe } = await recipeOf(ctx, parts.populationSize)
        return { note: SYNTHETIC, ...recipe, cities: [...cities] }
      },
    }),
    route({
      method: 'GET',
      path: '/api/rules/census',
      name: 'rules.census',
      title: { zh: '各项权益的测算人数和金额', en: 'Whom each benefit would reach' },
      policy: anyone,
      reply: contract.census,
      handle: viewCensus,
    }),
    route({
      method: 'GET',
      path: '/api/rules/entitlements',
      name: 'rules.entitlements',
      title: { zh: '本单位可享权益测算', en: 'What this organisation may be entitled to' },
      policy: readsOwnDecisions,
      reply: contract.entitlements,
      handle: (ctx) => ownEntitlements(ctx, parts),
    }),
    route({
      method: 'GET',
      path: '/api/rules/decisions',
      name: 'rules.decisions',
      title: { zh: '列出对本单位的决定', en: 'List what was decided on this organisation' },
      policy: readsOwnDecisions,
      query: contract.listQuery,
      reply: contract.decisionList,
      handle: (ctx, { query }) => listOwnDecisions(ctx, ctx.actor.subjectId!, query),
    }),
    route({
      method: 'GET',
      path: '/api/rules/decisions/{id}',
      name: 'rules.decision',
      title: { zh: '查看一项决定及其理由', en: 'Show a decision with its reasons' },
      policy: seesDecisions,
      params: contract.byId,
      reply: contract.decisionView,
      handle: (ctx, { params }) => viewDecision(ctx, parts, params.id),
    }),
    route({
      method: 'POST',
      path: '/api/rules/receipts/replay',
      name: 'rules.replay',
      title: { zh: '重算一张回执', en: 'Run a receipt again' },
      policy: anyone,
      rate: CHECKS_A_MINUTE,
      body: contract.replayBody,
      reply: contract.replayed,
      perform: (actor, { body }) => world.read(actor, (ctx) => replay(ctx, parts, body)),
    }),
    route({
      method: 'GET',
      path: '/api/rules/{set}',
      name: 'rules.show',
      title: { zh: '查看一项规则', en: 'Show a rule set' },
      policy: anyone,
      params: contract.bySet,
      query: contract.onDay,
      reply: contract.setView,
      handle: (ctx, { params, query }) => viewSet(ctx, params.set, query.on),
    }),
    route({
      method: 'GET',
      path: '/api/rules/{set}/dmn',
      name: 'rules.dmn',
      title: { zh: '下载 DMN 1.5 文件', en: 'Download as DMN 1.5' },
      policy: anyone,
      params: contract.bySet,
      query: contract.onDay,
      async handle(ctx, { params, query }) {
        const on = query.on ?? today(ctx)
        const { definition } = await requireVersion(ctx, params.set, on)
        return new Download('application/xml', `${params.set}.dmn`, dmnOf(definition, on))
      },
    }),
    route({
      method: 'POST',
      path: '/api/rules/{set}/check',
      name: 'rules.check',
      title: { zh: '政策计算器', en: 'Check what a rule set comes to' },
      policy: anyone,
      rate: CHECKS_A_MINUTE,
      params: contract.bySet,
      body: contract.checkBody,
      reply: contract.checked,
      perform: (actor, { params, body }) =>
        world.read(actor, async (ctx) => {
          const on = body.on ?? today(ctx)
          const found = await check(ctx, parts, { set: params.set, facts: body.facts, on })
          return { note: NOTE, ...found }
        }),
    }),
    route({
      method: 'GET',
      path: '/api/rules/{set}/versions/{number}',
      name: 'rules.version',
      title: { zh: '查看一个版本', en: 'Show one version' },
      policy: anyone,
      params: contract.byVersion,
      reply: contract.versionView,
      handle: (ctx, { params }) => viewVersion(ctx, params.set, params.number),
    }),
  ]
}

async function ownEntitlements(ctx: Ctx, parts: RulebookParts) {
  const subject = ctx.actor.subjectId!
  const on = today(ctx)
  const versions = await versionsOn(ctx, on)
  const held = (await heldFacts(ctx, [subject])).get(subject) ?? {}
  const items = entitlementsOf(parts, versions, held, on).map(
    ({ version, standing, held: used }) => ({
      set: version.set_id,
      title: version.definition.title,
      version: { id: version.id, number: version.number, validFrom: version.valid_from },
      standing,
      held: used,
    }),
  )
  return { note: NOTE, on, items }
}
