// HTTP for operators: what they bring, prices, nodes, and asking a job to give way.
import { z } from 'zod'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { type Route, route } from '#platform/routes.ts'
import * as contract from './contract.ts'
import { drainNode, ownCluster, resumeNode, setPrice } from './operate.ts'
import type { Parts } from './parts.ts'
import { operates, operatesFor } from './policy.ts'
import { addCluster, addFlavor, addNode, addSite } from './register.ts'
import { preempt } from './stop.ts'
import { store, yuanFrom } from './store.ts'
import { visibleWorkload } from './views.ts'

const made = z.strictObject({ id: z.uuid() })

const registerRoutes = (parts: Parts): Route[] => [
  route({
    method: 'POST',
    path: '/api/compute/sites',
    name: 'compute.addSite',
    title: { zh: '登记站点', en: 'Register a site' },
    policy: operates,
    body: contract.addSite,
    reply: made,
    status: 201,
    handle: async (ctx, { body }) => {
      const id = ctx.newId()
      const { name, kind, area } = body
      const operator = ctx.actor.subjectId!
      await addSite(ctx, { id, operator, name_zh: name.zh, name_en: name.en, kind, area })
      return { id }
    },
  }),
  route({
    method: 'POST',
    path: '/api/compute/sites/{id}/clusters',
    name: 'compute.addCluster',
    title: { zh: '登记集群', en: 'Register a cluster' },
    policy: operates,
    params: contract.byId,
    body: contract.addCluster,
    reply: made,
    status: 201,
    handle: async (ctx, { params, body }) => {
      const id = ctx.newId()
      await ownSite(ctx, params.id)
      await addCluster(ctx, ctx.actor.subjectId!, {
        id,
        site_id: params.id,
        name_zh: body.name.zh,
        name_en: body.name.en,
        identifier: body.identifier,
        adapter: 'local',
        state: 'active',
        simulated: body.simulated,
        default_quota: Math.round(body.defaultQuota * 10_000),
      })
      return { id }
    },
  }),
  route({
    method: 'POST',
    path: '/api/compute/clusters/{id}/flavors',
    name: 'compute.addFlavor',
    title: { zh: '登记卡型与价格', en: 'Register a flavor with its price' },
    policy: operates,
    params: contract.byId,
    body: contract.addFlavor,
    reply: made,
    status: 201,
    handle: async (ctx, { params, body }) => {
      await ownCluster(ctx, params.id)
      const id = ctx.newId()
      const flavor = {
        id,
        cluster_id: params.id,
        name_zh: body.name.zh,
        name_en: body.name.en,
        chip_class: body.chipClass,
        accelerator: body.accelerator,
        memory_mib: body.memoryMib,
        precision: body.precision,
        interconnect: body.interconnect,
        shareable: body.shareable,
        watts_idle: body.wattsIdle,
        watts_busy: body.wattsBusy,
        cpu_milli_per_card: body.cpuMilliPerCard,
        memory_mib_per_card: body.memoryMibPerCard,
      }
      await addFlavor(ctx, ctx.actor.subjectId!, flavor, yuanFrom(body.price))
      return { id }
    },
  }),
  route({
    method: 'POST',
    path: '/api/compute/clusters/{id}/nodes',
    name: 'compute.addNode',
    title: { zh: '登记节点', en: 'Register a node' },
    policy: operates,
    params: contract.byId,
    body: contract.addNode,
    reply: made,
    status: 201,
    handle: async (ctx, { params, body }) => {
      const cluster = await ownCluster(ctx, params.id)
      const known = new Set(parts.machine.cards.map(({ index }) => index))
      const indices = body.cardIndices
      if (indices && (cluster.simulated || indices.some((index) => !known.has(index)))) {
        throw problem('compute.cards')
      }
      const id = ctx.newId()
      await addNode(ctx, ctx.actor.subjectId!, {
        id,
        clusterId: params.id,
        flavorId: body.flavorId,
        name: body.name,
        cards: indices?.length ?? body.cards,
        cardIndices: indices,
      })
      return { id }
    },
  }),
]

async function ownSite(ctx: Ctx, id: string): Promise<void> {
  const site = await store(ctx)
    .selectFrom('compute.site')
    .select('operator')
    .where('id', '=', id)
    .executeTakeFirst()
  if (!site || !operatesFor(ctx.actor, site.operator)) throw problem('request.not-found')
}

const clusterRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/api/compute/clusters/{id}/prices',
    name: 'compute.setPrice',
    title: { zh: '公布调价', en: 'Announce a price' },
    policy: operates,
    params: contract.byId,
    body: contract.setPrice,
    status: 204,
    handle: async (ctx, { params, body }) => {
      await setPrice(ctx, params.id, body)
      return undefined
    },
  }),
  route({
    method: 'POST',
    path: '/api/compute/nodes/{id}/drain',
    name: 'compute.drainNode',
    title: { zh: '节点下线', en: 'Drain a node' },
    policy: operates,
    params: contract.byId,
    body: contract.nodeAct,
    reply: contract.drained,
    handle: (ctx, { params, body, ifMatch }) =>
      drainNode(ctx, { nodeId: params.id, basis: body.basis, ifMatch }),
  }),
  route({
    method: 'POST',
    path: '/api/compute/nodes/{id}/resume',
    name: 'compute.resumeNode',
    title: { zh: '节点恢复', en: 'Bring a node back' },
    policy: operates,
    params: contract.byId,
    body: contract.nodeAct,
    status: 204,
    handle: async (ctx, { params, body, ifMatch }) => {
      await resumeNode(ctx, { nodeId: params.id, basis: body.basis, ifMatch })
      return undefined
    },
  }),
  route({
    method: 'POST',
    path: '/api/compute/workloads/{id}/preempt',
    name: 'compute.preempt',
    title: { zh: '请任务让出算力', en: 'Ask a job to give way' },
    policy: operates,
    params: contract.byId,
    body: contract.act,
    status: 204,
    handle: async (ctx, { params, body }) => {
      const row = await visibleWorkload(ctx, params.id)
      if (!operatesFor(ctx.actor, row.operator)) throw problem('request.not-found')
      await preempt(ctx, { workloadId: params.id, basis: body.basis })
      return undefined
    },
  }),
]

export const operatorRoutes = (parts: Parts): Route[] => [
  ...registerRoutes(parts),
  ...clusterRoutes,
]
