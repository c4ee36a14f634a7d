// HTTP of the rulebook for offices: drafts, publication, withdrawal, decisions to be made again.
import type { CaseDefinition } from '#engines/rules/definitions.ts'
import type { Actor, Ctx, JsonObject } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { type Route, route } from '#platform/routes.ts'
import type { World } from '#platform/world.ts'
import * as contract from './contract.ts'
import { decideAgain } from './decide.ts'
import {
  draftOf,
  dropDraft,
  openDraft,
  publishDraft,
  readDraft,
  returnDraft,
  saveDraft,
  startSet,
  submitDraft,
} from './drafts.ts'
import type { RulebookParts } from './parts.ts'
import { writesRules } from './policy.ts'
import { recipeOf } from './population.ts'
import { store } from './store.ts'
import { readVersion } from './versions.ts'
import { listDrafts, listRedo, viewDraft } from './views.ts'
import { withdraw } from './withdraw.ts'

const drafts = '/api/rules/drafts'
const draft = `${drafts}/{id}`

/** What a draft would do to everybody, computed outside the transaction that hands it in. */
async function impactOf(
  world: World,
  parts: RulebookParts,
  actor: Actor,
  id: string,
): Promise<JsonObject | null> {
  const asked = await world.read(actor, async (ctx) => {
    const { base, definition, valid_from: on } = await readDraft(ctx, id)
    if (!base || on === null) return null
    const before = (await readVersion(ctx, base)).definition
    return { recipe: await recipeOf(ctx, parts.populationSize), before, after: definition, on }
  })
  if (!asked) return null
  const { recipe, ...input } = asked
  return (await parts.asking.impact(recipe, input)) as JsonObject | null
}

/** Looks at a draft in a worker first, so that a slow one holds up nobody. */
async function looked(world: World, parts: RulebookParts, actor: Actor, id: string) {
  const { definition, cases, valid_from: on } = await world.read(actor, (ctx) => readDraft(ctx, id))
  return parts.asking.review({ definition, cases, on: on ?? parts.today() })
}

export function officeRoutes(world: World, parts: RulebookParts): Route[] {
  const act = (
    path: string,
    name: string,
    title: { zh: string; en: string },
    work: (ctx: Ctx, id: string, ifMatch: string | null) => Promise<number>,
  ) =>
    route({
      method: 'POST',
      path,
      name,
      title,
      policy: writesRules,
      params: contract.byId,
      reply: contract.revised,
      handle: async (ctx, { params, ifMatch }) => ({
        revision: await work(ctx, params.id, ifMatch),
      }),
    })
  return [
    route({
      method: 'GET',
      path: drafts,
      name: 'rules.drafts',
      title: { zh: '列出草案', en: 'List drafts' },
      policy: writesRules,
      reply: contract.draftList,
      handle: listDrafts,
    }),
    route({
      method: 'POST',
      path: drafts,
      name: 'rules.startSet',
      title: { zh: '起草新规则', en: 'Draft a new rule set' },
      policy: writesRules,
      body: contract.newSet,
      reply: contract.made,
      status: 201,
      handle: async (ctx, { body }) => ({
        id: await startSet(ctx, { ...body, cases: body.cases as CaseDefinition[] }),
      }),
    }),
    route({
      method: 'POST',
      path: `${drafts}/dmn`,
      name: 'rules.importDmn',
      title: { zh: '导入 DMN 文件为草案', en: 'Import a DMN file as a draft' },
      policy: writesRules,
      body: contract.dmnFile,
      reply: contract.dmnMade,
      status: 201,
      perform: async (actor, { body }) => {
        const found = await parts.asking.imported(body.xml)
        if ('refused' in found) {
          const { place, says } = found.refused
          throw problem('rules.refused', { place: place.join(' › '), ...says })
        }
        const id = await world.transact(actor, (ctx) => draftOf(ctx, found.definition))
        return { id, notes: [...found.notes] }
      },
    }),
    route({
      method: 'POST',
      path: '/api/rules/{set}/drafts',
      name: 'rules.openDraft',
      title: { zh: '在现行版本上起草', en: 'Draft the next version' },
      policy: writesRules,
      params: contract.bySet,
      reply: contract.made,
      status: 201,
      handle: async (ctx, { params }) => ({ id: await openDraft(ctx, params.set) }),
    }),
    route({
      method: 'GET',
      path: draft,
      name: 'rules.draft',
      title: { zh: '查看草案', en: 'Show a draft' },
      policy: writesRules,
      params: contract.byId,
      reply: contract.draftView,
      handle: (ctx, { params }) => viewDraft(ctx, params.id),
    }),
    route({
      method: 'PUT',
      path: draft,
      name: 'rules.saveDraft',
      title: { zh: '保存草案', en: 'Save a draft' },
      policy: writesRules,
      params: contract.byId,
      body: contract.draftBody,
      reply: contract.revised,
      handle: async (ctx, { params, body, ifMatch }) => ({
        revision: await saveDraft(ctx, params.id, ifMatch, {
          ...body,
          cases: body.cases as CaseDefinition[],
        }),
      }),
    }),
    route({
      method: 'POST',
      path: `${draft}/submission`,
      name: 'rules.submitDraft',
      title: { zh: '送审', en: 'Hand a draft in' },
      policy: writesRules,
      params: contract.byId,
      reply: contract.revised,
      perform: async (actor, { params, ifMatch }) => {
        const found = await looked(world, parts, actor, params.id)
        const impact = found.sound ? await impactOf(world, parts, actor, params.id) : null
        return world.transact(actor, async (ctx) => ({
          revision: await submitDraft(ctx, parts, params.id, ifMatch, impact),
        }))
      },
    }),
    route({
      method: 'POST',
      path: `${draft}/return`,
      name: 'rules.returnDraft',
      title: { zh: '退回', en: 'Hand a draft back' },
      policy: writesRules,
      params: contract.byId,
      body: contract.remark,
      reply: contract.revised,
      handle: async (ctx, { params, body, ifMatch }) => ({
        revision: await returnDraft(ctx, parts, params.id, ifMatch, body.remark),
      }),
    }),
    route({
      method: 'POST',
      path: `${draft}/publication`,
      name: 'rules.publishDraft',
      title: { zh: '审核并发布', en: 'Pass and publish' },
      policy: writesRules,
      params: contract.byId,
      reply: contract.published,
      handle: (ctx, { params, ifMatch }) => publishDraft(ctx, parts, params.id, ifMatch),
    }),
    act(
      `${draft}/removal`,
      'rules.dropDraft',
      { zh: '放弃草案', en: 'Put a draft away' },
      dropDraft,
    ),
    route({
      method: 'POST',
      path: '/api/rules/{set}/versions/{number}/withdrawal',
      name: 'rules.withdraw',
      title: { zh: '撤回版本', en: 'Withdraw a version' },
      policy: writesRules,
      params: contract.byVersion,
      body: contract.withdrawal,
      reply: contract.withdrawn,
      handle: async (ctx, { params, body }) => {
        const found = await store(ctx)
          .selectFrom('rulebook.version')
          .select('id')
          .where('set_id', '=', params.set)
          .where('number', '=', params.number)
          .executeTakeFirst()
        const version = found?.id ?? ctx.newId()
        return { decisions: await withdraw(ctx, { version, reason: body.reason }) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/rules/redo',
      name: 'rules.redoList',
      title: { zh: '列出待重新作出的决定', en: 'List decisions to be made again' },
      policy: writesRules,
      query: contract.listQuery,
      reply: contract.decisionList,
      handle: (ctx, { query }) => listRedo(ctx, query),
    }),
    route({
      method: 'POST',
      path: '/api/rules/decisions/{id}/redo',
      name: 'rules.redo',
      title: { zh: '重新作出决定', en: 'Decide again' },
      policy: writesRules,
      params: contract.byId,
      reply: contract.redone,
      handle: async (ctx, { params }) => {
        const { id, before, after, subject } = await decideAgain(ctx, parts, params.id)
        const { definition } = await readVersion(ctx, (await decisionOf(ctx, id)).version)
        await parts.notify(ctx, {
          to: { subject },
          kind: 'rulebook.decided-again',
          params: { set: definition.title },
          link: `/rules/decisions/${id}`,
        })
        return { id, before, after }
      },
    }),
  ]
}

const decisionOf = (ctx: Ctx, id: string) =>
  store(ctx)
    .selectFrom('rulebook.decision')
    .select('version')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
