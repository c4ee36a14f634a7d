// What the portal asks of compute: sites, clusters, programs, data, quotes, jobs, money.
import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type * as contract from '#services/compute/contract.ts'
import { api } from '../api/client.ts'

type Out<T extends z.ZodType> = z.output<T>

export type Site = Out<typeof contract.site>
export type Cluster = Out<typeof contract.cluster>
export type ClusterView = Out<typeof contract.clusterView>
export type OpenDay = Out<typeof contract.openDay>
export type Schedule = Out<typeof contract.schedule>
export type ScheduleBar = Schedule['bars'][number]
export type Flavor = Out<typeof contract.flavor>
export type ComputeNode = Out<typeof contract.node>
export type Program = Out<typeof contract.program>
export type Dataset = Out<typeof contract.dataset>
export type Spec = Out<typeof contract.spec>
export type Quote = Out<typeof contract.quote>
export type Option = Out<typeof contract.option>
export type Reason = Out<typeof contract.reason>
export type Outlook = Out<typeof contract.outlook>
export type Change = Out<typeof contract.change>
export type WhatIf = Out<typeof contract.whatIf>
export type Wait = Out<typeof contract.wait>
export type Workload = Out<typeof contract.workload>
export type WorkloadLine = Out<typeof contract.workloadLine>
export type State = WorkloadLine['state']
export type Step = Out<typeof contract.step>
export type Attempt = Out<typeof contract.attempt>
export type JobLog = Out<typeof contract.log>
export type Metrics = Out<typeof contract.metricSeries>['items']
export type Output = Out<typeof contract.output>
export type Queue = Out<typeof contract.queue>
export type QuotaTree = Out<typeof contract.cohortList>
export type CohortPlace = Out<typeof contract.cohortPlace>
export type QueuePlace = Out<typeof contract.queuePlace>
export type Budget = Out<typeof contract.budget>
export type Invoice = Out<typeof contract.invoice>
export type InvoiceLine = Out<typeof contract.invoiceList>['items'][number]
export type Figures = Out<typeof contract.figures>
type Page<T> = { items: T[]; next: string | null }

export const sitesQuery = queryOptions({
  queryKey: ['compute', 'sites'],
  queryFn: ({ signal }) =>
    api.get<Out<typeof contract.siteList>>('/api/compute/sites', undefined, signal),
  staleTime: 5_000,
})

export const clusterQuery = (id: string) =>
  queryOptions({
    queryKey: ['compute', 'cluster', id],
    queryFn: ({ signal }) => api.get<ClusterView>(`/api/compute/clusters/${id}`, undefined, signal),
  })

/** Days whose record is published for simulations. */
export const openDaysQuery = queryOptions({
  queryKey: ['compute', 'days'],
  queryFn: ({ signal }) =>
    api.get<Out<typeof contract.openDays>>('/api/compute/days', undefined, signal),
})

/** @param from the beginning of the window; without it, one around now */
export const scheduleQuery = (siteId: string, hours: number, from?: string) =>
  queryOptions({
    queryKey: ['compute', 'schedule', siteId, hours, from ?? ''],
    queryFn: ({ signal }) =>
      api.get<Schedule>(
        `/api/compute/sites/${siteId}/schedule`,
        { hours: String(hours), ...(from === undefined ? {} : { from }) },
        signal,
      ),
  })

/** The province and its cities on a cluster, as far as this reader sees them. */
export const quotaTreeQuery = (clusterId: string) =>
  queryOptions({
    queryKey: ['compute', 'quotas', clusterId, 'cohorts'],
    queryFn: ({ signal }) =>
      api.get<QuotaTree>(`/api/compute/clusters/${clusterId}/cohorts`, undefined, signal),
  })

/** Key of everything that is read of a cluster's quotas, queues included. */
export const quotasKey = (clusterId: string) => ['compute', 'quotas', clusterId]

export const programsQuery = queryOptions({
  queryKey: ['compute', 'programs'],
  queryFn: ({ signal }) =>
    api.get<Out<typeof contract.programList>>('/api/compute/programs', undefined, signal),
  staleTime: 300_000,
})

/** The newest data sets and programs of whom I act for, as many as a choice can show. */
export const datasetChoicesQuery = queryOptions({
  queryKey: ['compute', 'datasets', 'choices'],
  queryFn: ({ signal }) => api.get<Page<Dataset>>('/api/compute/datasets', { limit: 100 }, signal),
})

/** The newest jobs that are over: their outputs can be read by the next job. */
export const finishedJobsQuery = queryOptions({
  queryKey: ['compute', 'jobs', 'choices'],
  queryFn: ({ signal }) =>
    api.get<Page<WorkloadLine>>('/api/compute/workloads', { state: 'over', limit: 50 }, signal),
})

/** A quote is asked anew for each thing that is asked for; nothing is held by it. */
export const quoteQuery = (spec: Spec | null) =>
  queryOptions({
    queryKey: ['compute', 'quote', spec],
    queryFn: ({ signal }) => api.post<Quote>('/api/compute/quotes', spec, { signal }),
    enabled: spec !== null,
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['compute', 'job', id],
    queryFn: ({ signal }) => api.get<Workload>(`/api/compute/workloads/${id}`, undefined, signal),
  })

/** Why it waits, of this version of the job; something else once it runs. */
export const waitQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ['compute', 'wait', id, version],
    queryFn: ({ signal }) => api.get<Wait>(`/api/compute/workloads/${id}/wait`, undefined, signal),
    retry: false,
  })

/** What would become of a job if it were submitted; nothing is held by asking. */
export const whatIfQuery = (spec: Spec | null) =>
  queryOptions({
    queryKey: ['compute', 'what-if', spec],
    queryFn: ({ signal }) => api.post<WhatIf>('/api/compute/what-if', spec, { signal }),
    enabled: spec !== null,
    retry: false,
    gcTime: 0,
  })

export const metricsQuery = (id: string) =>
  queryOptions({
    queryKey: ['compute', 'metrics', id],
    queryFn: ({ signal }) =>
      api.get<{ items: Metrics }>(`/api/compute/workloads/${id}/metrics`, undefined, signal),
  })

export const outputsQuery = (id: string) =>
  queryOptions({
    queryKey: ['compute', 'outputs', id],
    queryFn: ({ signal }) =>
      api.get<{ items: Output[] }>(`/api/compute/workloads/${id}/outputs`, undefined, signal),
  })

export const queueQuery = queryOptions({
  queryKey: ['compute', 'queue'],
  queryFn: ({ signal }) => api.get<Queue>('/api/compute/queue', undefined, signal),
})

export const budgetsQuery = queryOptions({
  queryKey: ['compute', 'budgets'],
  queryFn: ({ signal }) => api.get<{ items: Budget[] }>('/api/compute/budgets', undefined, signal),
})

export const invoiceQuery = (id: string) =>
  queryOptions({
    queryKey: ['compute', 'invoice', id],
    queryFn: ({ signal }) => api.get<Invoice>(`/api/compute/invoices/${id}`, undefined, signal),
  })

export const figuresQuery = queryOptions({
  queryKey: ['compute', 'figures'],
  queryFn: ({ signal }) => api.get<Figures>('/api/compute/figures', undefined, signal),
  staleTime: 5_000,
})

/** Whether nothing more will happen to a job by itself. */
export const isOver = (state: State) => state === 'settled'
