// Jobs for tests of the portal: submitted through the API by the account of a context, short ones.
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { BrowserContext } from 'playwright-core'

interface Line {
  id: string
  state: string
}

interface Job extends Line {
  outcome: string | null
  steps: { journalId: string }[]
  invoice: { id: string } | null
}

interface TooOften {
  params: { seconds: number }
}

const SPEC = {
  name: '浏览器里的任务',
  purpose: 'training',
  program: { bundled: 'train-digits' },
  command: ['node', 'train.ts', '--epochs', '2'],
  environment: {},
  inputs: [],
  gang: { count: 1, milli: 1000 },
  chipClasses: [] as string[],
  clusters: [] as string[],
  limitSeconds: 120,
  expectedSeconds: 2,
  deadline: null,
  preemptible: false,
  priority: 'normal',
  budgetId: null,
  vouchers: false,
}

async function get<T>(context: BrowserContext, path: string): Promise<T> {
  const answer = await context.request.get(path)
  assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`)
  return (await answer.json()) as T
}

async function post<T>(context: BrowserContext, path: string, data: object): Promise<T> {
  const answer = await context.request.post(path, { data })
  if (answer.status() === 429) {
    // Whoever asks too often is told how long to wait, as any client is.
    await wait(1_000 * Number(((await answer.json()) as TooOften).params.seconds))
    return post<T>(context, path, data)
  }
  assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`)
  return (await answer.json()) as T
}

/** Quotes and submits a job of the account of this context; the spec is changed by `part`. */
export async function submitJob(
  context: BrowserContext,
  part: Partial<typeof SPEC> = {},
): Promise<string> {
  return (await submitJobs(context, part, 1))[0]!
}

/** Submits several jobs on one quote, all at once. */
export async function submitJobs(
  context: BrowserContext,
  part: Partial<typeof SPEC>,
  count: number,
): Promise<string[]> {
  const quoted = await post<{ id: string; options: { key: string; chosen: boolean }[] }>(
    context,
    '/api/compute/quotes',
    { ...SPEC, ...part },
  )
  const option = quoted.options.find(({ chosen }) => chosen)
  assert.ok(option, 'an option can be chosen')
  const body = { quoteId: quoted.id, option: option.key }
  const jobs = Array.from({ length: count }, () =>
    post<Line>(context, '/api/compute/workloads', body),
  )
  return (await Promise.all(jobs)).map(({ id }) => id)
}

/** The job once it is settled. */
export async function whenSettled(context: BrowserContext, id: string): Promise<Job> {
  for (let tries = 0; tries < 600; tries++) {
    const job = await get<Job>(context, `/api/compute/workloads/${id}`)
    if (job.state === 'settled') return job
    await wait(200)
  }
  return assert.fail(`job ${id} is not settled after two minutes`)
}

/** Eight cards for some seconds: enough to cost something, so that there is an invoice. */
const PAID = { command: ['node', 'train.ts', '--epochs', '15'], gang: { count: 1, milli: 8000 } }

/** A settled job of this account that cost something; submitted when it is first asked for. */
export async function settledJob(context: BrowserContext): Promise<Job> {
  const { items } = await get<{ items: Line[] }>(
    context,
    '/api/compute/workloads?state=settled&limit=1',
  )
  return whenSettled(context, items[0]?.id ?? (await submitJob(context, PAID)))
}

async function sites(context: BrowserContext) {
  type Sites = { items: { id: string; clusters: { id: string }[] }[] }
  return (await get<Sites>(context, '/api/compute/sites')).items
}

/** The first site that there is. */
export async function firstSite(context: BrowserContext): Promise<string> {
  return (await sites(context))[0]!.id
}

/** The first cluster that there is. */
export async function firstCluster(context: BrowserContext): Promise<string> {
  return (await sites(context))[0]!.clusters[0]!.id
}
