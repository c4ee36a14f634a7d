// HTTP for those who use compute: quotes, workloads, what they wrote, data sets, budgets, documents.
import { z } from 'zod'
import { problem } from '#platform/errors.ts'
import { anyone } from '#platform/policy.ts'
import { paging, type Route, requireVersion, route } from '#platform/routes.ts'
import { addBudget, changeBudget, listBudgets } from './budgets.ts'
import { listSites, readCluster } from './cluster-view.ts'
import * as contract from './contract.ts'
import { addDataset, listDatasets, removeDataset } from './datasets.ts'
import { listOpenDays, readOpenDay } from './days.ts'
import { readFigures } from './figures.ts'
import { listInvoices, readInvoice } from './invoices.ts'
import type { LiveJobs } from './live.ts'
import { listOutputs, readLog, readMetrics, readOutput } from './output.ts'
import type { Parts } from './parts.ts'
import { managesBudgets, readsOwn, usesCompute } from './policy.ts'
import { programView } from './programs.ts'
import { readQueue } from './queue-view.ts'
import { makeQuote } from './quote.ts'
import { replace } from './replace.ts'
import { readSchedule } from './schedule.ts'
import { cancel } from './stop.ts'
import { submit } from './submit.ts'
import { listWorkloads, ownWorkload, readWorkload } from './views.ts'
import { explainWait, whatIf } from './what-if.ts'

const pages = z.strictObject(paging)

/** Public: what there is to run on, and the headline figures. */
const publicRoutes = (parts: Parts): Route[] => [
  route({
    method: 'GET',
    path: '/api/compute/sites',
    name: 'compute.listSites',
    title: { zh: '算力站点、集群与价格', en: 'Sites, clusters and prices' },
    policy: anyone,
    reply: contract.siteList,
    handle: listSites,
  }),
  route({
    method: 'GET',
    path: '/api/compute/clusters/{id}',
    name: 'compute.readCluster',
    title: { zh: '一个集群的节点与利用率', en: 'The nodes and use of a cluster' },
    policy: anyone,
    params: contract.byId,
    reply: contract.clusterView,
    handle: (ctx, { params }) => readCluster(ctx, parts, params.id),
  }),
  route({
    method: 'GET',
    path: '/api/compute/sites/{id}/schedule',
    name: 'compute.readSchedule',
    title: { zh: '一个站点的排程', en: 'What ran, runs and is reserved at a site' },
    policy: anyone,
    params: contract.byId,
    query: contract.scheduleQuery,
    reply: contract.schedule,
    handle: (ctx, { params, query }) => readSchedule(ctx, params.id, query),
  }),
  route({
    method: 'GET',
    path: '/api/compute/programs',
    name: 'compute.listPrograms',
    title: { zh: '现成程序', en: 'Ready-made programs' },
    policy: anyone,
    reply: contract.programList,
    handle: async () => ({ items: [...parts.programs.values()].map(programView) }),
  }),
  route({
    method: 'GET',
    path: '/api/compute/days',
    name: 'compute.listOpenDays',
    title: {
      zh: '公开的运行记录（按日，不含名称）',
      en: 'Days whose record is published, without names',
    },
    policy: anyone,
    reply: contract.openDays,
    handle: listOpenDays,
  }),
  route({
    method: 'GET',
    path: '/api/compute/days/{date}',
    name: 'compute.readOpenDay',
    title: { zh: '一天的运行记录，供模拟使用', en: 'The record of a day, for simulations' },
    policy: anyone,
    params: contract.byDate,
    reply: contract.openDay,
    handle: (ctx, { params }) => readOpenDay(ctx, params.date),
  }),
  route({
    method: 'GET',
    path: '/api/compute/figures',
    name: 'compute.readFigures',
    title: { zh: '算力服务的两个关键数字', en: 'The two headline figures of compute' },
    policy: anyone,
    reply: contract.figures,
    handle: readFigures,
  }),
]

const workloadRoutes = (parts: Parts, live: LiveJobs): Route[] => [
  route({
    method: 'POST',
    path: '/api/compute/quotes',
    name: 'compute.quote',
    title: { zh: '报价', en: 'Ask for a quote' },
    policy: usesCompute,
    body: contract.quoteRequest,
    reply: contract.quote,
    status: 201,
    handle: (ctx, { body }) => makeQuote(ctx, parts, body),
  }),
  route({
    method: 'POST',
    path: '/api/compute/workloads',
    name: 'compute.submit',
    title: { zh: '按报价提交任务', en: 'Submit a job from a quote' },
    policy: usesCompute,
    body: contract.submit,
    reply: contract.accepted,
    status: 201,
    handle: (ctx, { body }) => submit(ctx, parts, body),
  }),
  route({
    method: 'GET',
    path: '/api/compute/workloads',
    name: 'compute.listWorkloads',
    title: { zh: '列出任务', en: 'List jobs' },
    policy: readsOwn,
    query: z.strictObject({ ...paging, ...contract.workloadQuery }),
    reply: contract.workloadList,
    once: true,
    handle: (ctx, { query }) => listWorkloads(ctx, query),
  }),
  route({
    method: 'GET',
    path: '/api/compute/workloads/{id}',
    name: 'compute.readWorkload',
    title: { zh: '一个任务的全部情况', en: 'Everything about a job' },
    policy: readsOwn,
    params: contract.byId,
    reply: contract.workload,
    handle: (ctx, { params }) => readWorkload(ctx, params.id),
  }),
  route({
    method: 'POST',
    path: '/api/compute/workloads/{id}/cancel',
    name: 'compute.cancel',
    title: { zh: '停止任务', en: 'Cancel a job' },
    policy: usesCompute,
    params: contract.byId,
    body: contract.act,
    status: 204,
    handle: async (ctx, { params, body, ifMatch }) => {
      const own = await ownWorkload(ctx, params.id)
      if (ifMatch !== null) requireVersion(ifMatch, own.version)
      await cancel(ctx, parts, { workloadId: params.id, basis: body.basis })
      return undefined
    },
  }),
  route({
    method: 'POST',
    path: '/api/compute/what-if',
    name: 'compute.whatIf',
    title: { zh: '如果提交，何时开始、换个要法会怎样', en: 'What if this job were submitted' },
    policy: usesCompute,
    body: contract.spec,
    reply: contract.whatIf,
    perform: (actor, { body }) => whatIf(parts, actor, body),
  }),
  route({
    method: 'GET',
    path: '/api/compute/workloads/{id}/wait',
    name: 'compute.explainWait',
    title: { zh: '任务为什么还没开始', en: 'Why a job waits and when it will start' },
    policy: readsOwn,
    params: contract.byId,
    reply: contract.wait,
    perform: (actor, { params }) => explainWait(parts, actor, params.id),
  }),
  route({
    method: 'POST',
    path: '/api/compute/workloads/{id}/replace',
    name: 'compute.replace',
    title: { zh: '排队中的任务换个要法', en: 'Ask for a waiting job differently' },
    policy: usesCompute,
    params: contract.byId,
    body: contract.replace,
    reply: contract.accepted,
    status: 201,
    handle: async (ctx, { params, body, ifMatch }) => {
      const own = await ownWorkload(ctx, params.id)
      if (ifMatch !== null) requireVersion(ifMatch, own.version)
      return replace(ctx, parts, { workloadId: params.id, ...body })
    },
  }),
  route({
    method: 'GET',
    path: '/api/compute/workloads/{id}/log',
    name: 'compute.readLog',
    title: { zh: '任务日志', en: 'The log of a job' },
    policy: readsOwn,
    params: contract.byId,
    query: z.strictObject(contract.logQuery),
    reply: contract.log,
    perform: (actor, { params, query }) => readLog(parts, actor, params.id, query.from),
  }),
  route({
    method: 'GET',
    path: '/api/compute/workloads/{id}/events',
    name: 'compute.followWorkload',
    title: { zh: '任务的变化（实时）', en: 'A job as it changes' },
    policy: readsOwn,
    params: contract.byId,
    perform: async (actor, { params }, { request, reply }) => {
      if (!request.headers.accept?.includes('text/event-stream')) {
        throw problem('notices.event-stream')
      }
      await live.follow(actor, params.id, () => {
        reply.hijack()
        return reply.raw.writeHead(200, {
          ...(reply.getHeaders() as Record<string, string>),
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        })
      })
      return undefined
    },
  }),
  route({
    method: 'GET',
    path: '/api/compute/workloads/{id}/metrics',
    name: 'compute.readMetrics',
    title: { zh: '任务指标', en: 'The metrics of a job' },
    policy: readsOwn,
    params: contract.byId,
    reply: contract.metricSeries,
    perform: (actor, { params }) => readMetrics(parts, actor, params.id),
  }),
  route({
    method: 'GET',
    path: '/api/compute/workloads/{id}/outputs',
    name: 'compute.listOutputs',
    title: { zh: '任务产出', en: 'The outputs of a job' },
    policy: readsOwn,
    params: contract.byId,
    reply: contract.outputList,
    perform: (actor, { params }) => listOutputs(parts, actor, params.id),
  }),
  route({
    method: 'GET',
    path: '/api/compute/workloads/{id}/output',
    name: 'compute.readOutput',
    title: { zh: '下载一个产出', en: 'Download an output' },
    policy: readsOwn,
    params: contract.byId,
    query: z.strictObject(contract.outputQuery),
    perform: (actor, { params, query }) => readOutput(parts, actor, params.id, query.path),
  }),
]

const accountRoutes = (parts: Parts): Route[] => [
  route({
    method: 'GET',
    path: '/api/compute/queue',
    name: 'compute.readQueue',
    title: { zh: '我的队列与配额', en: 'My queue and quotas' },
    policy: readsOwn,
    reply: contract.queue,
    handle: readQueue,
  }),
  route({
    method: 'GET',
    path: '/api/compute/datasets',
    name: 'compute.listDatasets',
    title: { zh: '列出数据集与程序', en: 'List data sets and programs' },
    policy: readsOwn,
    query: pages,
    reply: contract.datasetList,
    handle: (ctx, { query }) => listDatasets(ctx, parts, query),
  }),
  route({
    method: 'POST',
    path: '/api/compute/datasets',
    name: 'compute.addDataset',
    title: { zh: '登记数据集或程序', en: 'Add a data set or program' },
    policy: usesCompute,
    body: contract.addDataset,
    reply: contract.dataset,
    status: 201,
    perform: (actor, { body }) => addDataset(parts, actor, body),
  }),
  route({
    method: 'DELETE',
    path: '/api/compute/datasets/{id}',
    name: 'compute.removeDataset',
    title: { zh: '删除数据集或程序', en: 'Remove a data set or program' },
    policy: usesCompute,
    params: contract.byId,
    status: 204,
    handle: async (ctx, { params }) => {
      await removeDataset(ctx, parts, params.id)
      return undefined
    },
  }),
  route({
    method: 'GET',
    path: '/api/compute/budgets',
    name: 'compute.listBudgets',
    title: { zh: '列出预算', en: 'List budgets' },
    policy: readsOwn,
    reply: contract.budgetList,
    handle: listBudgets,
  }),
  route({
    method: 'POST',
    path: '/api/compute/budgets',
    name: 'compute.addBudget',
    title: { zh: '设立预算', en: 'Set up a budget' },
    policy: managesBudgets,
    body: contract.addBudget,
    reply: contract.budget,
    status: 201,
    handle: (ctx, { body }) => addBudget(ctx, body),
  }),
  route({
    method: 'PATCH',
    path: '/api/compute/budgets/{id}',
    name: 'compute.changeBudget',
    title: { zh: '调整预算', en: 'Change a budget' },
    policy: managesBudgets,
    params: contract.byId,
    body: contract.changeBudget,
    reply: contract.budget,
    handle: (ctx, { params, body, ifMatch }) => changeBudget(ctx, params.id, body, ifMatch),
  }),
  route({
    method: 'GET',
    path: '/api/compute/invoices',
    name: 'compute.listInvoices',
    title: { zh: '列出票据', en: 'List documents' },
    policy: readsOwn,
    query: pages,
    reply: contract.invoiceList,
    handle: (ctx, { query }) => listInvoices(ctx, query),
  }),
  route({
    method: 'GET',
    path: '/api/compute/invoices/{id}',
    name: 'compute.readInvoice',
    title: { zh: '查看票据', en: 'Read a document' },
    policy: readsOwn,
    params: contract.byId,
    reply: contract.invoice,
    handle: (ctx, { params }) => readInvoice(ctx, params.id),
  }),
]

export const useRoutes = (parts: Parts, live: LiveJobs): Route[] => [
  ...publicRoutes(parts),
  ...workloadRoutes(parts, live),
  ...accountRoutes(parts),
]
