// The founder's morning and the operator's desk in a real browser, on jobs that really run.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { startServer } from '../server.ts'
import { launch, openContext, settled, told, violations, watchErrors } from './browser.ts'
import { submitJob, whenSettled } from './jobs.ts'

/** From the front page to a running job. */
const MOST_MINUTES = 3
/** The example trains for half a minute where nothing else runs. */
const TRAINED_MS = 240_000

interface Visit {
  browser: Browser
  origin: string
}

async function begin(t: TestContext): Promise<Visit | null> {
  const browser = await launch(t)
  if (!browser) return null
  const { origin } = await startServer(t)
  return { browser, origin }
}

interface Open {
  context: BrowserContext
  page: Page
  errors: string[]
}

async function open({ browser, origin }: Visit, account?: string): Promise<Open> {
  const context = await openContext(browser, { base: origin, width: 1440, mode: 'standard' })
  if (account) {
    const entered = await context.request.post('/api/demo/enter', { data: { account } })
    assert.equal(entered.status(), 200, `enter as ${account}`)
  }
  const page = await context.newPage()
  return { context, page, errors: watchErrors(page) }
}

/** Front page, one click into the account, the example, running, settled, amount, proof. */
async function founder(visit: Visit): Promise<void> {
  const { context, page, errors } = await open(visit)
  const since = performance.now()
  await page.goto('/')
  await page.getByRole('button', { name: '以一人公司创办人身份进入' }).click()
  await page.getByRole('link', { name: '提交任务', exact: true }).click()
  await page.waitForURL('**/compute/submit')
  const submit = page.getByRole('button', { name: /^提交，至多占用 ¥/ })
  await submit.waitFor()
  await page.getByText('选用').waitFor()
  assert.deepEqual(await violations(page), [])
  await submit.click()
  await page.waitForURL('**/compute/jobs/*')
  await page.getByText('运行中').first().waitFor()
  const minutes = (performance.now() - since) / 60_000
  assert.ok(minutes <= MOST_MINUTES, `${minutes.toFixed(1)} minutes to a running job`)

  const log = page.getByRole('region', { name: '日志内容' })
  await log.getByText(/1198 幅图像用于训练/).waitFor()
  await page.getByRole('img', { name: /^accuracy：从/ }).waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByText('已完成，已结算').waitFor({ timeout: TRAINED_MS })
  await page.getByRole('link', { name: 'model.json' }).waitFor()
  await log.getByText(/完成：留出集准确率/).waitFor()

  await page.locator('.figure-value a').click()
  await page.waitForURL('**/entries/*')
  await page.getByText('韶关云岭算力运营').first().waitFor()
  await page.getByRole('link', { name: '查原始记录与证明' }).click()
  await page.waitForURL('**/journal/*')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '下载证明' }).click(),
  ])
  const proof = readFileSync(await download.path(), 'utf8')
  await page.goto('/verify')
  await page.locator('#proof').fill(proof)
  await page.getByRole('button', { name: '核对' }).click()
  await page.getByRole('heading', { name: '证明有效。' }).waitFor()
  assert.deepEqual(errors, [])
  await context.close()
}

/** The quote follows the form; what is wrong is said in the summary, and nothing typed is lost. */
async function quoteFollows(visit: Visit): Promise<void> {
  const { context, page, errors } = await open(visit, 'founder')
  await page.goto('/compute/submit?program=train-digits')
  const button = page.getByRole('button', { name: /^提交，至多占用 ¥/ })
  await button.waitFor()
  const before = await button.textContent()
  await page.getByLabel('时间上限（分钟）').fill('60')
  await page.getByRole('button', { name: /^提交，至多占用 ¥/ }).waitFor()
  await page.waitForFunction(
    `![...document.querySelectorAll('button')].some((one) => one.textContent === ${JSON.stringify(before)})`,
  )
  await page.getByLabel('卡数').fill('900')
  await page.getByRole('button', { name: '提交', exact: true }).click()
  const summary = page.locator('.error-summary')
  await summary.getByText('卡数为 0.01 至 1，或 1 至 64 的整数').waitFor()
  assert.equal(await told(page, 'document.activeElement?.className'), 'error-summary')
  assert.deepEqual(await violations(page), [])
  await page.getByLabel('卡数').fill('64')
  await page.getByText('没有可行的方案').waitFor()
  await page
    .getByText(/一次至多 \d+ 卡/)
    .first()
    .waitFor()
  await page.getByLabel('卡数').fill('0.5')
  await page.getByRole('button', { name: /^改选/ }).first().click()
  await page.getByRole('button', { name: /^提交，至多占用 ¥/ }).waitFor()
  assert.equal(await page.getByLabel('时间上限（分钟）').inputValue(), '60', 'nothing is lost')
  assert.deepEqual(errors, [])
  await context.close()
}

/** A program that fails says how and what to do; running it again brings its form back. */
async function failure(visit: Visit): Promise<void> {
  const { context, page, errors } = await open(visit, 'founder')
  const id = await submitJob(context, { command: ['node', 'no-such-program.ts'], name: '会失败' })
  await whenSettled(context, id)
  await page.goto(`/compute/jobs/${id}`)
  await page.getByText('已失败，已结算').waitFor()
  await page.getByText(/程序自行退出，退出码 1/).waitFor()
  await page
    .getByRole('region', { name: '日志内容' })
    .getByText(/no-such-program/)
    .first()
    .waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByRole('link', { name: '再来一次' }).click()
  await page.waitForURL('**/compute/submit?from=*')
  await page.getByLabel('任务名称').waitFor()
  assert.equal(await page.getByLabel('任务名称').inputValue(), '会失败')
  assert.deepEqual(errors, [])
  await context.close()
}

/** Stopping asks first, and the list shows it as it ended. */
async function stopping(visit: Visit): Promise<void> {
  const { context, page, errors } = await open(visit, 'founder')
  const command = ['node', 'train.ts', '--epochs', '20000']
  const id = await submitJob(context, { command, name: '会被停止' })
  await page.goto(`/compute/jobs/${id}`)
  await page.getByText('运行中').first().waitFor()
  await page.getByRole('button', { name: '停止' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/其余占用/).waitFor()
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: '停止' }).click()
  await page.getByText('已取消，已结算').waitFor({ timeout: 60_000 })
  await page.goto('/compute/jobs?q=会被停止')
  await page.getByRole('row', { name: /会被停止.*已取消/ }).waitFor()
  assert.equal(await page.getByRole('row', { name: /J-20/ }).count(), 1, 'the filter holds')
  assert.deepEqual(errors, [])
  await context.close()
}

/** The operator asks a job to give way; its owner is told, and it goes on from its checkpoint. */
async function givingWay(visit: Visit): Promise<void> {
  const owner = await open(visit, 'founder')
  const desk = await open(visit, 'operator')
  const command = ['node', 'train.ts', '--epochs', '150']
  const id = await submitJob(owner.context, { command, name: '会让出', preemptible: true })
  await owner.page.goto(`/compute/jobs/${id}`)
  const chart = owner.page.getByRole('img', { name: /^loss：从/ })
  const stepsDrawn = async () =>
    [...(await chart.getAttribute('aria-label'))!.matchAll(/step (\d+)/g)].map(([, n]) => Number(n))
  await chart.waitFor()
  const [, reached] = await stepsDrawn()
  await desk.page.goto(`/compute/jobs/${id}`)
  await desk.page.getByRole('button', { name: '让出' }).click()
  assert.equal(await desk.page.getByRole('region', { name: '日志内容' }).count(), 0)
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByRole('button', { name: '让出' }).click()
  await dialog.waitFor({ state: 'detached' })
  await owner.page.getByText('重新排队').first().waitFor()
  await owner.page.getByText('已完成，已结算').waitFor({ timeout: TRAINED_MS })
  await owner.page.getByText('第 2 次运行，沿用检查点').waitFor()
  const [resumedAt] = await stepsDrawn()
  assert.ok(resumedAt! > reached!, `drawn up to step ${reached}, then from ${resumedAt}`)
  assert.deepEqual(await violations(owner.page), [])
  assert.deepEqual([...owner.errors, ...desk.errors], [])
  await owner.context.close()
  await desk.context.close()
}

/** Data is uploaded once and chosen by name; a budget is set, raised and closed. */
async function dataAndBudget(visit: Visit): Promise<void> {
  const { context, page, errors } = await open(visit, 'founder')
  await page.goto('/compute/datasets')
  await page.getByRole('button', { name: '上传' }).click()
  await page.locator('.error-summary').getByText('请选择文件').waitFor()
  const line = `${'0,'.repeat(64)}7\n`
  await page.getByLabel('文件', { exact: true }).setInputFiles({
    name: 'digits.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(line),
  })
  await page.getByLabel('名称（可不填）').fill('一幅手写数字')
  await page.getByRole('button', { name: '上传' }).click()
  await page.getByRole('rowheader', { name: /一幅手写数字/ }).waitFor()
  assert.deepEqual(await violations(page), [])
  await page.goto('/compute/submit?program=train-digits')
  await page.getByLabel('digits').selectOption({ label: '一幅手写数字' })
  await page.getByRole('button', { name: /^提交，至多占用 ¥/ }).waitFor()

  await page.goto('/compute/budgets')
  await page.getByLabel('名称').fill('方言项目')
  await page.getByLabel('总额（元）').fill('500')
  await page.getByRole('button', { name: '设立' }).click()
  await page.getByRole('button', { name: '调整方言项目' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('总额（元）').fill('800')
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.getByRole('cell', { name: '¥800.00', exact: true }).waitFor()
  await page.getByRole('button', { name: '关闭方言项目' }).click()
  await dialog.getByRole('button', { name: '关闭', exact: true }).last().click()
  await page.getByText('已关闭').waitFor()
  assert.deepEqual(errors, [])
  await context.close()
}

/** The operator drains a node and lets it back, announces a price, and sets a quota. */
async function operator(visit: Visit): Promise<void> {
  const { context, page, errors } = await open(visit, 'operator')
  await page.goto('/compute')
  await settled(page)
  await page.getByRole('link', { name: '丹霞一号' }).click()
  await page.getByRole('button', { name: '腾空节点 sg-01' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '腾空' }).click()
  await page.getByText('腾空中').waitFor()
  await page.getByRole('button', { name: '恢复节点 sg-01' }).click()
  await dialog.getByRole('button', { name: '恢复' }).click()
  await page.getByRole('button', { name: '腾空节点 sg-01' }).waitFor()
  await page.getByText('公布新价格').click()
  await page.getByLabel('每卡时（元）').fill('7.5')
  await page.getByLabel('何时起（北京时间）').fill('2099-01-01T00:00')
  await page.getByRole('button', { name: '公布', exact: true }).click()
  await page.getByText('已公布。').waitFor()
  await page.getByText('¥7.50 / 卡时').waitFor()
  await page
    .getByRole('button', { name: /^调整.*（示例）的配额$/ })
    .first()
    .click()
  await dialog.getByLabel('名义配额（卡）').fill('99')
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog.getByText(/最多还能设为 32 卡/).waitFor()
  await dialog.getByLabel('名义配额（卡）').fill('4')
  await dialog.getByLabel('可借用（卡）').fill('12')
  await dialog.getByLabel('可出借（卡）').fill('1')
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.getByText(/名义 4 \+ 可借 12/).waitFor()
  await page.getByLabel('为其他市设配额').selectOption({ label: '韶关市' })
  await dialog.getByLabel('可借用（卡）').fill('16')
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.getByRole('button', { name: '调整韶关市的配额' }).waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByRole('link', { name: '看整棵配额树' }).click()
  await page.getByRole('heading', { name: '队列与配额树' }).waitFor()
  await page.getByRole('rowheader', { name: /^广东省/ }).waitFor()
  const city = page.getByRole('button', { name: /市的单位$/ }).first()
  await page
    .getByRole('rowheader', { name: /（示例）/ })
    .first()
    .waitFor()
  await city.click()
  assert.equal(await city.getAttribute('aria-expanded'), 'false')
  await city.click()
  assert.deepEqual(await violations(page), [])
  assert.deepEqual(errors, [])
  await context.close()
}

test('compute in the portal', async (t) => {
  const visit = await begin(t)
  if (!visit) return
  await t.test('from the front page to a proof of what was paid', () => founder(visit))
  await t.test('the quote follows the form, mistakes are named', () => quoteFollows(visit))
  await t.test('a failure says how, and runs again', () => failure(visit))
  await t.test('stopping, and finding it in the list', () => stopping(visit))
  await t.test('giving way, and going on from the checkpoint', () => givingWay(visit))
  await t.test('data sets and budgets', () => dataAndBudget(visit))
  await t.test('nodes, prices and quotas by their operator', () => operator(visit))
})
