// What the chains share about jobs: asking for one, submitting it, and watching it.
import { setTimeout as wait } from 'node:timers/promises'
import type { JsonObject } from '#platform/context.ts'
import { type Caller, StoryFailed } from './teller.ts'

export interface Option {
  key: string
  clusterId: string
  site: { zh: string; en: string }
  simulated: boolean
  most: string
  cash: string
  cover: { amount: string; name: { zh: string } } | null
  coverRefused: { code: string; params: JsonObject } | null
  startsBy: string | null
  chosen: boolean
  reasons: { code: string }[]
}
export interface Quote {
  id: string
  options: Option[]
}
export interface Job {
  id: string
  number: string
  state: string
  outcome: string | null
  version: number
  startedAt: string | null
  attempts: { nth: number; ranSeconds: number; cause: string | null }[]
  steps: { kind: string; journalId: string | null }[]
  cardHours: string
  cost: {
    most: string
    soFar: string
    cash: string
    voucher: { amount: string } | null
    entries: { id: string; kind: string }[]
  }
  invoice: { id: string; number: string } | null
}

const LOOK_EVERY_MS = 250
const PATIENCE_MS = 300_000

const asked = {
  name: '手写数字识别',
  purpose: 'training',
  program: { bundled: 'train-digits' },
  command: [],
  environment: {},
  inputs: [],
  gang: { count: 1, milli: 1_000 },
  chipClasses: [],
  clusters: [],
  limitSeconds: 3_600,
  expectedSeconds: 25,
  deadline: null,
  preemptible: true,
  priority: 'normal',
  budgetId: null,
  vouchers: true,
} satisfies JsonObject

/** A quote for the example training job, or one that differs from it. */
export function quote(caller: Caller, change: JsonObject = {}): Promise<Quote> {
  return caller.post<Quote>('/api/compute/quotes', { ...asked, ...change })
}

/** Submits the option that the quote has chosen. */
export async function submit(caller: Caller, { id, options }: Quote) {
  const option = options.find(({ chosen }) => chosen)
  if (!option) throw new StoryFailed('no option could be chosen')
  const body = { quoteId: id, option: option.key }
  const made = await caller.post<{ id: string; number: string }>('/api/compute/workloads', body)
  return { ...made, option }
}

export const read = (caller: Caller, id: string): Promise<Job> =>
  caller.get<Job>(`/api/compute/workloads/${id}`)

/** Waits until something is true of a job. */
export async function until(
  caller: Caller,
  id: string,
  told: string,
  holds: (job: Job) => boolean,
): Promise<Job> {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const job = await read(caller, id).catch(() => null)
    if (job && holds(job)) return job
    if (Date.now() > end) throw new StoryFailed(`${told}: not in time (${job?.state})`)
    await wait(LOOK_EVERY_MS)
  }
}

/** The lines of the job's metrics so far. */
export async function metrics(caller: Caller, id: string): Promise<JsonObject[]> {
  const { items } = await caller.get<{ items: JsonObject[] }>(
    `/api/compute/workloads/${id}/metrics`,
  )
  return items
}
