// The simulator in a browser: the flood, a day of the platform, a log of one's own, and broken files.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { startServer } from '../server.ts'
import { launch, openContext, violations, watchErrors } from './browser.ts'
import { submitJob, whenSettled } from './jobs.ts'

/** A figure of the first card, such as how many start earlier. */
const figure = (page: Page, label: string) =>
  page.locator('.figures > div', { hasText: label }).locator('.figure-value').textContent()
const start = (page: Page) => page.getByRole('button', { name: '开始模拟' }).click()
/** What a row of the first table says of both policies. */
const cells = (page: Page, name: string) =>
  page
    .getByRole('row', { name: new RegExp(`^${name}`) })
    .first()
    .getByRole('cell')
    .allInnerTexts()

/** 60 jobs of two users on four processors; the first has submitted 50 of them at once. */
function log(): string {
  const lines = Array.from({ length: 60 }, (_, nth) => {
    const user = nth < 50 ? 1 : 2
    const submit = nth < 50 ? 0 : 60 * nth
    return [nth + 1, submit, 7, 600, 2, -1, -1, 2, 900, -1, 1, user, 1, -1, 1, -1, -1, -1].join(' ')
  })
  return ['; MaxProcs: 4', ...lines, ''].join('\n')
}

function filesOf(t: TestContext): (name: string, content: string | Buffer) => string {
  const folder = mkdtempSync(join(tmpdir(), 'kapok-simulator-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return (name, content) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
}

test('[7.3.1] anybody simulates a flood, a recorded day and a log under two policies, side by side', async (t) => {
  const browser = await launch(t)
  if (!browser) return
  const { origin } = await startServer(t)
  const put = filesOf(t)
  const context = await openContext(browser, { base: origin, width: 1280, mode: 'standard' })
  const page = await context.newPage()
  const errors = watchErrors(page)

  // The flood: under fair shares the small ones start earlier, and no wait is lost on the way.
  await page.goto('/compute/simulator')
  await page.getByLabel('小单位数').fill('100')
  await page.getByLabel('一家提交的任务数').fill('x')
  await start(page)
  await page.getByRole('alert').getByText('一家提交的任务数须为 1 至 20,000 的整数').waitFor()
  await page.getByLabel('一家提交的任务数').fill('1500')
  await start(page)
  await page.getByRole('heading', { name: '从甲换成乙' }).waitFor({ timeout: 120_000 })
  const [earlier, later, alike] = await Promise.all(
    ['更早开始', '更晚开始', '不变'].map(async (label) => {
      return Number((await figure(page, label))!.replaceAll(',', ''))
    }),
  )
  assert.equal(earlier! + later! + alike!, 1_600)
  assert.ok(earlier! > 0 && later! > 0)
  await page
    .getByRole('row', { name: /小单位 \d+ .*早/ })
    .first()
    .waitFor()
  await page.getByRole('img', { name: /^等待中的任务：先来先服务最高/ }).waitFor()
  assert.deepEqual(await violations(page), [])

  // A log of one's own, packed; what was recorded against what would have been.
  await page.getByLabel('自选日志文件').check()
  await start(page)
  await page.getByRole('alert').getByText('请选择一个日志文件').waitFor()
  await page
    .getByLabel('日志文件', { exact: true })
    .setInputFiles(put('log.swf.gz', gzipSync(log())))
  await page.getByLabel('排队方式').first().selectOption('recorded')
  await start(page)
  await page.getByRole('row', { name: /用户 2/ }).waitFor({ timeout: 60_000 })
  assert.deepEqual((await cells(page, '平均等待')).slice(0, 1), ['7 秒'])

  // Broken ones say where, and what was shown before is still there.
  for (const [name, content, words] of [
    ['short.swf', `${log()}1 2 3\n`, 'short.swf 第 62 行：有 3 列，应为 18 列'],
    ['empty.swf', '; nothing\n', 'empty.swf 第 1 行：没有任何作业'],
    ['broken.gz', gzipSync(log()).subarray(0, 60), '压缩文件已损坏，无法解开'],
  ] as const) {
    await page.getByLabel('日志文件', { exact: true }).setInputFiles(put(name, content))
    await start(page)
    await page.getByRole('alert').getByText(words).waitFor()
    await page.getByRole('row', { name: /用户 2/ }).waitFor()
  }

  // A day of the platform: none at first, then one, once enough organisations ran something.
  await page.getByLabel('平台记录的一天').check()
  await page.getByText(/还没有可公开的一天：当天至少有 3 个单位/).waitFor()
  await start(page)
  await page.getByRole('alert').getByText('还没有可选的一天').waitFor()
  const ids = await Promise.all(
    ['founder', 'sme', 'lab'].map(async (account) => {
      const own = await openContext(browser, { base: origin, width: 1280, mode: 'standard' })
      await own.request.post('/api/demo/enter', { data: { account } })
      const command = ['node', '-e', 'setTimeout(() => {}, 1_000)']
      const id = await submitJob(own, { name: `${account} 的任务`, command })
      await whenSettled(own, id)
      return id
    }),
  )
  await page.reload()
  await page.getByLabel('平台记录的一天').check()
  await page
    .getByLabel('日期')
    .locator('option', { hasText: '3 个单位' })
    .waitFor({ state: 'attached' })
  await page.getByLabel('排队方式').first().selectOption('recorded')
  await start(page)
  await page.getByText(/3 个单位的 3 个任务/).waitFor({ timeout: 60_000 })
  const text = await page.locator('main').textContent()
  for (const hidden of ['founder', ...ids]) assert.ok(!text!.includes(hidden), hidden)
  assert.deepEqual(errors, [])
})
