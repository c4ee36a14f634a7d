// The schedule of a site in a browser: reserved, running and ended bars, told apart for each reader.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext } from 'playwright-core'
import { startServer } from '../server.ts'
import { launch, openContext, violations, watchErrors } from './browser.ts'
import { submitJob, whenSettled } from './jobs.ts'

interface Sites {
  items: { id: string; clusters: { id: string; name: { zh: string } }[] }[]
}

test('the schedule of a site: one’s own jobs by name, the window moves and zooms, all of it as a table', async (t) => {
  const browser = await launch(t)
  if (!browser) return
  const { origin } = await startServer(t)
  const open = async (account: string | null, width = 1280): Promise<BrowserContext> => {
    const context = await openContext(browser, { base: origin, width, mode: 'standard' })
    if (account) await context.request.post('/api/demo/enter', { data: { account } })
    return context
  }
  const founder = await open('founder')
  const { items } = (await (await founder.request.get('/api/compute/sites')).json()) as Sites
  const site = items.find(({ clusters }) => clusters.some(({ name }) => name.zh === '丹霞一号'))!
  const asked = (seconds: number, limitSeconds: number) => ({
    clusters: [site.clusters[0]!.id],
    command: ['node', '-e', `setTimeout(() => {}, ${seconds}_000)`],
    gang: { count: 8, milli: 1_000 },
    limitSeconds,
    expectedSeconds: seconds,
  })
  const done = await submitJob(founder, { ...asked(1, 60), name: '已经跑完' })
  await whenSettled(founder, done)
  await submitJob(founder, { ...asked(60, 1_200), name: '正在训练' })
  const waits = await submitJob(founder, { ...asked(60, 1_200), name: '等着训练' })

  const page = await founder.newPage()
  const errors = watchErrors(page)
  await page.goto('/compute')
  await page.getByRole('link', { name: /^排程/ }).first().waitFor()
  await page.goto(`/compute/sites/${site.id}?hours=1`)
  await page.getByRole('heading', { name: /排程$/ }).waitFor()
  await page.getByText(/运行中 1，已预留 1，已运行 1/).waitFor({ timeout: 60_000 })
  await page.getByRole('img', { name: /^sg-01：窗内 \d+ 段/ }).waitFor()
  await page.getByText('逐段列表').press('Enter')
  await page.getByRole('row', { name: /已经跑完.*已运行/ }).waitFor()
  await page.getByRole('row', { name: /正在训练.*运行中.*sg-0\d × \d/ }).waitFor()
  await page.getByRole('row', { name: /等着训练.*已预留/ }).waitFor()
  assert.deepEqual(await violations(page), [])

  // The reserved one begins when the running one will have ended at the latest, beyond this window
  // once it is moved back.
  await page.getByRole('button', { name: '更早' }).press('Enter')
  await page.getByText(/已预留 0/).waitFor()
  assert.match(page.url(), /hours=1/)
  await page.getByRole('button', { name: '现在' }).press('Enter')
  await page.getByText(/已预留 1/).waitFor()
  await page.getByLabel('跨度').selectOption('72')
  await page.waitForURL(/hours=72/)
  await page.getByRole('link', { name: '等着训练' }).click()
  await page.waitForURL(new RegExp(waits))
  assert.deepEqual(errors, [])

  const visitor = await open(null, 390)
  const phone = await visitor.newPage()
  await phone.goto(`/compute/sites/${site.id}?hours=1`)
  await phone.getByText('逐段列表').click()
  await phone.getByRole('row', { name: /其他单位.*运行中/ }).waitFor()
  assert.equal(await phone.getByText('正在训练').count(), 0, 'whose it is stays hidden')
  assert.deepEqual(await violations(phone), [])
})
