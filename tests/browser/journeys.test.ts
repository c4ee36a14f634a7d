// What people do in the portal, in a real browser: by keyboard, in their mode, down to the proof.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { startServer } from '../server.ts'
import { launch, openContext, settled, told, violations, watchErrors } from './browser.ts'

interface Visit {
  browser: Browser
  origin: string
}

/** One server and one browser for all journeys of this file. */
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

const focused = (page: Page) =>
  told<string>(page, "document.activeElement?.textContent?.trim() ?? ''")
const focusedId = (page: Page) => told<string>(page, 'document.activeElement?.id')
const inSummary = (page: Page) =>
  told<boolean>(page, "document.activeElement?.className === 'error-summary'")

/** Presses Tab until the focused element has this text. */
async function tabTo(page: Page, text: string, most = 60): Promise<void> {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab')
    if ((await focused(page)).startsWith(text)) return
  }
  assert.fail(`${text} is not reached by ${most} tabs`)
}

async function byKeyboard(visit: Visit): Promise<void> {
  const { context, page, errors } = await open(visit)
  await page.goto('/')
  await settled(page)
  await page.keyboard.press('Tab')
  assert.equal(await focused(page), '跳到正文', 'the skip link comes first')
  await page.keyboard.press('Enter')
  assert.equal(await focusedId(page), 'main')
  await page.goto('/')
  await settled(page)
  await tabTo(page, '公开与监督')
  const outline = await told(page, 'getComputedStyle(document.activeElement).outlineWidth')
  assert.equal(outline, '3px', 'the focus is to be seen')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/public')
  await settled(page)
  assert.equal(await focused(page), '公开与监督', 'the heading of the new page has the focus')
  await tabTo(page, '登录')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/sign-in**')
  await settled(page)
  await tabTo(page, '进入')
  await page.keyboard.press('Enter')
  const account = page.getByRole('button', { name: /^账号：/ })
  await account.waitFor()
  await account.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: '我的账号', exact: true }).waitFor()
  await page.keyboard.press('Escape')
  assert.equal(await page.locator('#account-menu').count(), 0)
  assert.match(await focused(page), /^账号：/, 'Escape gives the focus back')
  assert.deepEqual(errors, [])
  await context.close()
}

async function errorSummary(visit: Visit): Promise<void> {
  const { context, page } = await open(visit)
  await page.goto('/sign-in')
  await settled(page)
  await page.getByLabel('账号', { exact: true }).fill('nobody')
  await page.getByRole('main').getByRole('button', { name: '登录' }).click()
  const summary = page.locator('.error-summary')
  await summary.waitFor()
  assert.equal(await inSummary(page), true)
  assert.deepEqual(await violations(page), [])
  await summary.getByRole('link', { name: '请填写口令' }).click()
  assert.equal(await focusedId(page), 'password')
  await page.keyboard.type('not the password')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '账号、口令或验证码不正确' }).waitFor()
  assert.equal(await inSummary(page), true)
  assert.equal(await page.getByLabel('账号', { exact: true }).inputValue(), 'nobody', 'kept')
  await context.close()
}

async function modesAndLanguages(visit: Visit): Promise<void> {
  const { context, page } = await open(visit)
  await page.goto('/sign-in')
  await settled(page)
  await page.getByRole('button', { name: '大字' }).click()
  const height = async () =>
    (await page.getByRole('main').getByRole('button').first().boundingBox())!.height
  assert.ok((await height()) >= 60, 'main targets are 60 px')
  const size = await told<number>(
    page,
    `Math.min(...[...document.querySelectorAll('main *')]
      .filter((node) => node.textContent.trim())
      .map((node) => Number.parseFloat(getComputedStyle(node).fontSize)))`,
  )
  assert.ok(size >= 18, `the smallest text is ${size} px`)
  await page.getByRole('button', { name: /English/ }).click()
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
  assert.equal(await told(page, 'document.documentElement.lang'), 'en')
  await page.getByRole('button', { name: /繁體中文/ }).click()
  await page.getByRole('heading', { name: '登錄', level: 1 }).waitFor()
  await page.reload()
  await settled(page)
  const chosen = await told(
    page,
    "[document.documentElement.lang, document.documentElement.dataset.mode].join(' ')",
  )
  assert.equal(chosen, 'zh-Hant large', 'the choice stays')
  await context.close()
}

async function theLaw(visit: Visit): Promise<void> {
  const { context, page } = await open(visit)
  await page.goto('/law')
  await settled(page)
  assert.equal(await page.locator('.article-number').count(), 34)
  await page.getByLabel('落实情况').selectOption('no')
  await page.getByLabel('条', { exact: true }).selectOption('7')
  await page.waitForURL(/article=7/)
  assert.equal(await page.locator('.article-number').count(), 1)
  assert.ok((await page.getByText('尚无', { exact: true }).count()) > 1)
  await page.reload()
  await settled(page)
  assert.equal(await page.locator('.article-number').count(), 1, 'the address holds the filter')
  await page.getByRole('button', { name: '清除筛选' }).click()
  await page.locator('.article-number').nth(33).waitFor()
  await context.close()
}

async function proof(visit: Visit): Promise<void> {
  const { context, page, errors } = await open(visit, 'auditor')
  await page.goto('/workbench/audit')
  await settled(page)
  await page
    .getByRole('button', { name: /^查看第/ })
    .first()
    .click()
  await page.getByRole('dialog').waitFor()
  assert.deepEqual(await violations(page), [])
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '下载证明' }).click(),
  ])
  const text = readFileSync(await download.path(), 'utf8')
  await page.goto('/verify')
  await settled(page)
  const check = async (content: string) => {
    await page.locator('#proof').fill(content)
    await page.getByRole('button', { name: '核对' }).click()
  }
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.method() !== 'GET' || request.postData()) asked.push(request.url())
  })
  await check(text)
  await page.getByRole('heading', { name: '证明有效。' }).waitFor()
  assert.deepEqual(asked, [], 'nothing is sent anywhere')
  assert.deepEqual(await violations(page), [])
  const { entry } = JSON.parse(text) as { entry: { kind: string } }
  const forged = text.replace(`"${entry.kind}"`, `"${entry.kind.replace(/.$/, 'x')}"`)
  assert.notEqual(forged, text)
  await check(forged)
  await page.getByRole('heading', { name: '证明无效。' }).waitFor()
  await page.getByText(/以下部分已被改动：.*kind/).waitFor()
  await check('{ "format": ')
  await page.getByText('文件已损坏').waitFor()
  assert.deepEqual(errors, [])
  await context.close()
}

async function apiKey(visit: Visit): Promise<void> {
  const { context, page } = await open(visit, 'sme')
  await page.goto('/organisation/keys')
  await settled(page)
  await page.getByLabel('名称').fill('对接测试')
  await page.getByRole('button', { name: '生成密钥' }).click()
  await page.getByRole('link', { name: '至少选一个范围' }).click()
  await page.getByLabel('subjects:read').check()
  await page.getByRole('button', { name: '生成密钥' }).click()
  const secret = (await page.locator('code.secret').textContent())!
  assert.ok(secret.length > 20)
  const used = await fetch(`${visit.origin}/api/openapi-not-here`, {
    headers: { authorization: `Bearer ${secret}` },
  })
  assert.equal(used.status, 404)
  await page.reload()
  await settled(page)
  assert.equal(await page.getByText(secret).count(), 0, 'shown once')
  await page.getByRole('button', { name: '撤销密钥对接测试' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '撤销' }).click()
  await page.getByText('已撤销').waitFor()
  await context.close()
}

async function acting(visit: Visit): Promise<void> {
  const { context, page } = await open(visit, 'founder')
  await page.goto('/organisation')
  await settled(page)
  await page.getByText('914401060000A0013J').waitFor()
  await page.getByRole('button', { name: /^账号：/ }).click()
  await page.getByRole('button', { name: /林知远.*本人/ }).click()
  await page.getByRole('heading', { name: '您现在以本人身份办理' }).waitFor()
  await context.close()
}

async function missingPage(visit: Visit): Promise<void> {
  const { context, page } = await open(visit)
  const answer = await page.goto('/no/such/page')
  assert.equal(answer?.status(), 200, 'the portal itself says that there is no such page')
  await page.getByRole('heading', { name: '没有这个页面' }).waitFor()
  await context.close()
}

test('journeys', async (t) => {
  const visit = await begin(t)
  if (!visit) return
  await t.test('by keyboard alone: skip link, doors, entry, menu', () => byKeyboard(visit))
  await t.test('the error summary takes the focus and nothing is lost', () => errorSummary(visit))
  await t.test('modes and languages, kept over a reload', () => modesAndLanguages(visit))
  await t.test('the law by filter, also from its address', () => theLaw(visit))
  await t.test('a proof verifies here, and a changed one is located', () => proof(visit))
  await t.test('an API key is shown once and revoked', () => apiKey(visit))
  await t.test('acting for oneself or for the organisation', () => acting(visit))
  await t.test('an address that leads nowhere', () => missingPage(visit))
})
