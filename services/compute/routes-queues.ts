// HTTP for the tree of queues: who sees which part of it, and the quotas that an operator agrees on.
import { z } from 'zod'
import { paging, type Route, route } from '#platform/routes.ts'
import * as contract from './contract.ts'
import { operates, seesQueues } from './policy.ts'
import { setCohortQuota, setQuota } from './set-quota.ts'
import { listQueues, readCohorts } from './tree-view.ts'

export const queueRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/api/compute/clusters/{id}/cohorts',
    name: 'compute.readCohorts',
    title: {
      zh: '一个集群的配额树：省与市',
      en: 'The quota tree of a cluster: province and cities',
    },
    policy: seesQueues,
    params: contract.byId,
    reply: contract.cohortList,
    handle: (ctx, { params }) => readCohorts(ctx, params.id),
  }),
  route({
    method: 'GET',
    path: '/api/compute/clusters/{id}/queues',
    name: 'compute.listQueues',
    title: { zh: '一个集群的配额树：单位', en: 'The quota tree of a cluster: organisations' },
    policy: seesQueues,
    params: contract.byId,
    query: z.strictObject({ ...paging, ...contract.queueQuery }),
    reply: contract.queueList,
    handle: (ctx, { params, query }) => listQueues(ctx, params.id, query),
  }),
  route({
    method: 'PUT',
    path: '/api/compute/clusters/{id}/quotas/{subjectId}',
    name: 'compute.setQuota',
    title: { zh: '设定单位配额', en: 'Set the quota of an organisation' },
    policy: operates,
    params: contract.quotaOf,
    body: contract.setQuota,
    status: 204,
    handle: async (ctx, { params, body, ifMatch }) => {
      await setQuota(ctx, { clusterId: params.id, subjectId: params.subjectId, ifMatch, ...body })
      return undefined
    },
  }),
  route({
    method: 'PUT',
    path: '/api/compute/clusters/{id}/cohorts/{area}/quota',
    name: 'compute.setCohortQuota',
    title: { zh: '设定市或全省的配额', en: 'Set the quota of a city or of the province' },
    policy: operates,
    params: contract.cohortOf,
    body: contract.setCohortQuota,
    status: 204,
    handle: async (ctx, { params, body, ifMatch }) => {
      await setCohortQuota(ctx, { clusterId: params.id, cohort: params.area, ifMatch, ...body })
      return undefined
    },
  }),
]
