// The rule editor in a browser: an official changes a ratio and watches what it does, a second one publishes it.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { GROUPS, makePeople, peopleFor, type Recipe } from '#engines/population/people.ts'
import type { RuleSetDefinition } from '#engines/rules/definitions.ts'
import { noCalendar } from '#engines/rules/evaluation.ts'
import { Before } from '#engines/rules/impact.ts'
import { link } from '#engines/rules/link.ts'
import { startServer } from '../server.ts'
import { launch, openContext, settled, told, violations, watchErrors } from './browser.ts'

interface Draft {
  state: string
  definition: RuleSetDefinition
  base: { definition: RuleSetDefinition }
  validFrom: string | null
}

async function ask<T>(context: BrowserContext, path: string): Promise<T> {
  const response = await context.request.get(path)
  assert.equal(response.status(), 200, await response.text())
  return (await response.json()) as T
}

async function enter(browser: Browser, base: string, account: string, width = 1280) {
  const context = await openContext(browser, { base, width, mode: 'standard' })
  const entered = await context.request.post('/api/demo/enter', { data: { account } })
  assert.equal(entered.status(), 200, account)
  return context
}

/** What the draft that is stored does, counted here from the same recipe. */
async function counted(context: BrowserContext, id: string) {
  const recipe = await ask<Recipe>(context, '/api/rules/population')
  const { definition, base, validFrom } = await ask<Draft>(context, `/api/rules/drafts/${id}`)
  const people = peopleFor(definition, makePeople(recipe))
  const on = validFrom!
  const before = new Before({ set: link(base.definition), on }, people, noCalendar)
  return before.against({ set: link(definition), on }, GROUPS)
}

const figure = (page: Page, label: string) =>
  page.locator('.impact .figures > div', { hasText: label }).locator('.figure-value').textContent()

/** A sum of yuan as the panel shows it: in ten thousands, with one decimal below a hundred. */
function inTenThousands(yuan: number): string {
  const scaled = yuan / 10_000
  return Number(scaled.toFixed(Math.abs(scaled) >= 100 ? 0 : 1)).toLocaleString('en-US')
}

/** Waits until an expression holds on a page whose policy refuses to evaluate texts by itself. */
async function until(page: Page, expression: string): Promise<void> {
  for (let left = 600; !(await told<boolean>(page, expression)); left--) {
    assert.ok(left > 0, expression)
    await page.waitForTimeout(50)
  }
}

/** Waits until the editor says that everything is stored. */
const saved = (page: Page) => page.locator('[data-saving="saved"]').waitFor()

async function openDraft(page: Page): Promise<string> {
  await page.goto('/workbench/rules')
  await settled(page)
  assert.deepEqual(await violations(page), [])
  await page.getByRole('button', { name: '起草：广东省算力券（示例）' }).click()
  await page.waitForURL('**/workbench/rules/drafts/*')
  await page.locator('.impact[data-edit]').waitFor({ timeout: 60_000 })
  return page.url().split('/').at(-1)!
}

/** The grid by keyboard alone: moving, typing words, giving up, a wrong cell, blocks, undo. */
async function workInGrid(page: Page): Promise<void> {
  const grid = page.getByRole('grid', { name: '规则表：补贴比例' })
  const cell = (row: number, column: number) => grid.locator(`[data-cell="${row} ${column}"]`)
  await cell(0, 1).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  assert.equal(await told(page, 'document.activeElement.dataset.cell'), '1 2')
  await page.keyboard.press('F2')
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText('巨型')
  await grid.getByText('没有叫“巨型”的事实、参数或规则').waitFor()
  await page.getByText('规则读不懂，以下是上一次的结果').waitFor()
  await page.keyboard.press('Escape')
  assert.match((await cell(1, 2).textContent())!, /^中型、小型、微型$/)

  // Words are taken for symbols; what is left open is told with its example.
  await page.keyboard.press('Enter')
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText('小型、微型')
  await page.keyboard.press('Enter')
  await page.getByText('1 处缺口').waitFor()
  await page.getByRole('button', { name: '看例子' }).click()
  await page.getByText(/没有一行适用：.*中型/).waitFor()
  assert.match((await cell(1, 2).textContent())!, /小型、微型.*中型、小型、微型/)
  assert.deepEqual(await violations(page), [])
  await page.getByRole('button', { name: '撤销' }).click()
  await page.getByText('1 处缺口').waitFor({ state: 'detached' })

  // A block from a spreadsheet: too many rows are refused, and nothing is pasted.
  await cell(1, 2).focus()
  const paste = (text: string) =>
    told(
      page,
      `{
        const clipboardData = new DataTransfer()
        clipboardData.setData('text/plain', ${JSON.stringify(text)})
        const event = new ClipboardEvent('paste', { clipboardData, bubbles: true })
        document.activeElement.dispatchEvent(event)
      }`,
    )
  await paste('-\n'.repeat(1_001))
  await page.getByRole('alert').getByText('粘贴的内容超过 1000 行，没有粘贴').waitFor()
  await paste('微型\t是\n"小型"\t否')
  await page.getByText(/处缺口/).waitFor()
  assert.equal(await grid.getByRole('row').count(), 6)
  await page.keyboard.press('ControlOrMeta+Z')
  await page.getByText(/处缺口/).waitFor({ state: 'detached' })
}

async function raiseRatio(page: Page): Promise<void> {
  const before = Number(await page.locator('.impact').getAttribute('data-edit'))
  const ratio = page.getByLabel(/^初创比例，自/)
  await ratio.click()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('60')
  await page.getByRole('gridcell', { name: /初创比例\s*60%/ }).waitFor()
  await until(page, `Number(document.querySelector('.impact').dataset.edit) > ${before}`)
  await ratio.press('Enter')
  await page.getByRole('gridcell', { name: /60%.*原为.*50%/ }).waitFor()
}

async function handIn(page: Page): Promise<void> {
  // Every scenario that comes out otherwise needs a source of its own.
  const accept = page.getByRole('button', { name: /^以新结果为准\s*：/ })
  await accept.first().waitFor()
  while ((await accept.count()) > 0) {
    const before = await accept.count()
    await accept.first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: '以新结果为准' }).click()
    await dialog.getByRole('link', { name: '请写明依据' }).waitFor()
    await dialog.getByLabel('新的依据').fill('按拟调整的示例值推算')
    await dialog.getByRole('button', { name: '以新结果为准' }).click()
    await dialog.waitFor({ state: 'detached' })
    await until(
      page,
      `[...document.querySelectorAll('button')].filter((one) => one.textContent.startsWith('以新结果为准：')).length < ${before}`,
    )
  }
  await page.getByText(/个情景全部通过/).waitFor()
  await page.getByRole('button', { name: '送审' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '确认送审' }).click()
  await page.getByRole('dialog').getByText('还没有填写修改理由').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
  await page.getByLabel('修改理由').fill('加大对初创企业的支持')
  await page.getByRole('button', { name: '送审' }).click()
  await page.getByRole('dialog').getByText('初创比例 › ').first().waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByRole('dialog').getByRole('button', { name: '确认送审' }).click()
  await page.getByText('起草人不能审核').waitFor({ timeout: 60_000 })
  assert.equal(await page.getByRole('button', { name: '审核并发布' }).count(), 0)
}

async function open(t: TestContext) {
  const browser = await launch(t)
  if (!browser) return null
  const { origin } = await startServer(t)
  return { browser, origin }
}

test('a ratio is raised, its effect watched, and a second official publishes it for tomorrow', async (t) => {
  const at = await open(t)
  if (!at) return
  const { browser, origin } = at
  const context = await enter(browser, origin, 'official')
  const page = await context.newPage()
  const errors = watchErrors(page)
  const id = await openDraft(page)
  await workInGrid(page)
  await raiseRatio(page)
  await saved(page)

  const impact = await counted(context, id)
  assert.ok(impact.gain > 0 && impact.budget)
  const { before, after } = impact.budget
  const percent = ((100 * (after - before)) / before).toFixed(1)
  assert.equal(
    await figure(page, '最高补贴合计'),
    `+${inTenThousands(after - before)}万元（+${percent}%）`,
  )
  await page.getByText(`${inTenThousands(before)} → ${inTenThousands(after)} 万元`).waitFor()
  assert.equal(await figure(page, '受影响'), `${impact.changed}家，受损 ${impact.lose}`)
  const [first] = impact.by.市!
  await page
    .locator('.impact-table')
    .getByRole('row', { name: new RegExp(`^${first!.name} ${first!.gain} ${first!.lose} `) })
    .waitFor()
  await handIn(page)

  const reader = await enter(browser, origin, 'reviewer')
  const reading = await reader.newPage()
  errors.push(...watchErrors(reading))
  await reading.goto('/workbench/rules')
  await reading.getByText('请您审核').waitFor()
  await reading.getByRole('link', { name: '广东省算力券（示例）' }).click()
  await reading.getByText('送审时由服务器测算').waitFor()
  assert.equal(await figure(reading, '受影响'), `${impact.changed}家，受损 ${impact.lose}`)
  assert.equal(await reading.getByLabel(/^初创比例，自/).count(), 0, 'the reader edits nothing')
  assert.deepEqual(await violations(reading), [])
  await reading.getByRole('button', { name: '审核并发布' }).click()
  await reading.getByRole('dialog').getByRole('button', { name: '发布' }).click()
  await reading.getByText('已发布为第 2 版').waitFor()
  await reading.goto('/workbench/rules')
  await reading.getByRole('row', { name: /广东省算力券.*第 1 版.*第 2 版/ }).waitFor()
  assert.deepEqual(errors, [])
})

test('what two officials type at once is not lost, and a set that grants nothing says so', async (t) => {
  const at = await open(t)
  if (!at) return
  const { browser, origin } = at
  const context = await enter(browser, origin, 'official')
  const page = await context.newPage()
  const id = await openDraft(page)
  const other = await (await enter(browser, origin, 'reviewer')).newPage()
  await other.goto(`/workbench/rules/drafts/${id}`)
  await other.getByText(/另一位工作人员起草/).waitFor()
  const type = async (on: Page, value: string) => {
    const cap = on.getByLabel(/^年度上限，自/)
    await cap.fill(value)
    await cap.press('Enter')
  }
  await type(other, '3000000')
  await saved(other)
  await type(page, '1000000')
  await page.getByText('别人已改动这份草案').waitFor()
  assert.equal(await page.getByLabel(/^年度上限，自/).inputValue(), '1000000')
  await page.getByRole('button', { name: '重新读取' }).click()
  await until(page, `document.querySelectorAll('.live-number')[2]?.value === '3000000'`)

  await page.goto('/workbench/rules')
  await page.getByRole('button', { name: '起草：中小微企业划型' }).click()
  await page.getByText('没有影响可算').waitFor({ timeout: 60_000 })
  await page.getByText(/这组规则只分类或计算，不给予权益/).waitFor()
})
