// Chain 3, the flood, in a real browser: while one company's jobs wait by the thousand, a small one
// reads why it waits and when it starts, and starts then.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext } from 'playwright-core'
import { startServer } from '../server.ts'
import { launch, openContext, violations, watchErrors } from './browser.ts'
import { submitJob, submitJobs, whenSettled } from './jobs.ts'

/** How many jobs the one company submits; KAPOK_FLOOD=10000 is the flood of the design. */
const FLOOD = Number(process.env.KAPOK_FLOOD ?? 120)
/** Every job of this world sleeps so long, of a limit three times as long. */
const SLEEP_S = 20
const LIMIT_S = 60
/** Starting a process on a busy machine takes a while, and the page rounds to the minute. */
const SLACK_MS = 15_000

const sleep = (seconds: number) => ['node', '-e', `setTimeout(() => {}, ${seconds * 1_000})`]

interface Sites {
  items: { clusters: { id: string; name: { zh: string } }[] }[]
}

interface Session {
  subject: { id: string }
}

interface Told {
  outlook: { earliest: string; median: string; latest: string; reasons: { code: string }[] }
  startsBy: string
}

test('[7.3.1] in a flood a small company reads why it waits and when it starts, and starts then', async (t) => {
  const browser = await launch(t)
  if (!browser) return
  const { origin } = await startServer(t)
  const enter = async (account: string): Promise<BrowserContext> => {
    const context = await openContext(browser, { base: origin, width: 1280, mode: 'standard' })
    const entered = await context.request.post('/api/demo/enter', { data: { account } })
    assert.equal(entered.status(), 200, account)
    return context
  }
  const small = await enter('founder')
  const sites = (await (await small.request.get('/api/compute/sites')).json()) as Sites
  const cluster = sites.items
    .flatMap(({ clusters }) => clusters)
    .find(({ name }) => name.zh === '丹霞一号')
  assert.ok(cluster)
  const clusters = [cluster.id]
  const asked = {
    clusters,
    command: sleep(SLEEP_S),
    limitSeconds: LIMIT_S,
    expectedSeconds: SLEEP_S,
  }
  // What is known of past jobs: they ran a third of their limits.
  const past = await Promise.all(
    [1, 2, 3, 4].map(() => submitJob(small, { ...asked, name: '此前的任务' })),
  )
  await Promise.all(past.map((id) => whenSettled(small, id)))

  const flooder = await enter('sme')
  const { subject } = (await (await flooder.request.get('/api/session')).json()) as Session
  const operator = await enter('operator')
  const quota = `/api/compute/clusters/${cluster.id}/quotas/${subject.id}`
  const set = await operator.request.put(quota, {
    data: { nominal: 0, borrowing: 16, lending: null },
    headers: { 'if-match': '0' },
  })
  assert.ok(set.ok(), await set.text())
  for (let nth = 0; nth < FLOOD; nth += 8) {
    await submitJobs(flooder, { ...asked, name: '洪水' }, Math.min(8, FLOOD - nth))
  }
  // The other half of the cluster is taken by two others, each within its quota.
  const eight = { ...asked, gang: { count: 8, milli: 1_000 } }
  for (const account of ['lab', 'related-sme']) {
    await submitJob(await enter(account), { ...eight, name: '别人的任务' })
  }
  const id = await submitJob(small, { ...asked, name: '小公司的任务' })
  const page = await small.newPage()
  const errors = watchErrors(page)
  await page.goto(`/compute/jobs/${id}`)
  await page.getByRole('heading', { name: '为什么还没开始' }).waitFor()
  await page.getByText(/现在的空位已留给先来的任务|没有足够的空位/).waitFor()
  await page.getByText(/八成可能在|各次推演结果一致/).waitFor()
  assert.deepEqual(await violations(page), [])
  const { outlook, startsBy } = (await (
    await small.request.get(`/api/compute/workloads/${id}/wait`)
  ).json()) as Told
  await page
    .getByText('运行中')
    .first()
    .waitFor({ timeout: 2 * LIMIT_S * 1_000 })
  const { startedAt } = (await (
    await small.request.get(`/api/compute/workloads/${id}`)
  ).json()) as { startedAt: string }
  const started = Date.parse(startedAt)
  t.diagnostic(`${FLOOD} jobs wait; told ${outlook.earliest} to ${outlook.latest}: ${startedAt}`)
  assert.ok(started >= Date.parse(outlook.earliest) - SLACK_MS, `${startedAt}: too early`)
  assert.ok(started <= Date.parse(outlook.latest) + SLACK_MS, `${startedAt}: too late`)
  assert.ok(started <= Date.parse(startsBy) + SLACK_MS, 'no later than promised')
  await page.getByRole('heading', { name: '为什么还没开始' }).waitFor({ state: 'detached' })
  assert.deepEqual(errors, [])
})
