// The rules in a browser: an interview as a visitor, its receipt against the server's, benefits, keys alone.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { parseRuleCases } from '#law/schema.ts'
import { startServer } from '../server.ts'
import { launch, openContext, told, violations, watchErrors } from './browser.ts'

type Facts = Record<string, boolean | number | string>

const HOME: Facts = {
  含重要数据: false,
  含个人信息: true,
  关键信息基础设施运营者: false,
  情形: '无',
  自贸区负面清单外: false,
  累计人数: 0,
  累计敏感人数: 0,
  接收地: '其他',
  双方均在大湾区: false,
  所在片区: '其他',
}
const PLACES = ['香港', '澳门', '其他'] as const
const ASSESSED = '申报安全评估'
const CONTRACT = '标准合同或认证'
const FREE = '免予'
/** Persons, of them with sensitive information apart, and the way that the law has for so many. */
const SIZES = [
  [99_999, 0, FREE],
  [100_000, 0, CONTRACT],
  [999_999, 0, CONTRACT],
  [1_000_000, 0, ASSESSED],
  [0, 9_999, CONTRACT],
  [0, 10_000, ASSESSED],
] as const

interface Checked {
  outcomes: { name: string; plain: unknown }[]
  receipt: Record<string, string>
}

async function check(context: BrowserContext, facts: Facts, on?: string): Promise<Checked> {
  const response = await context.request.post('/api/rules/data-export/check', {
    data: { facts, ...(on && { on }) },
  })
  assert.equal(response.status(), 200, await response.text())
  return (await response.json()) as Checked
}

const outcome = ({ outcomes }: Checked, name: string) =>
  outcomes.find((one) => one.name === name)!.plain

async function visit(t: TestContext, account: string | null) {
  const browser = await launch(t)
  if (!browser) return null
  const { origin } = await startServer(t)
  const context = await openContext(browser, { base: origin, width: 1280, mode: 'standard' })
  if (account) {
    const entered = await context.request.post('/api/demo/enter', { data: { account } })
    assert.equal(entered.status(), 200)
  }
  const page = await context.newPage()
  return { context, page, errors: watchErrors(page) }
}

/** Which fact each question is about, by its words. */
async function questions(context: BrowserContext, set: string): Promise<Map<string, string>> {
  const response = await context.request.get(`/api/rules/${set}`)
  const { definition } = (await response.json()) as {
    definition: { nodes: { kind: string; name: string; ask?: { zh: string } }[] }
  }
  const facts = definition.nodes.filter(({ kind }) => kind === 'fact')
  return new Map(facts.map(({ name, ask }) => [ask!.zh, name]))
}

const wordsOf = async (place: Locator) => ((await place.textContent()) ?? '').trim()
const question = (page: Page) => page.locator('.checker-ask .question-text')
const DONE = '不用再答，结果已经清楚'

/** Answers what is asked until nothing is; the facts that were asked for, in their order. */
async function answerAll(page: Page, asks: Map<string, string>, facts: Facts): Promise<string[]> {
  const asked: string[] = []
  for (let words = await wordsOf(question(page)); words !== DONE; ) {
    const fields = await page.locator('.question input').all()
    if (fields.length > 0) {
      for (const field of fields) {
        const name = (await field.getAttribute('name'))!
        asked.push(name)
        await field.fill(String(facts[name]))
      }
      await page.getByRole('button', { name: '继续' }).click()
    } else {
      const name = asks.get(words)!
      asked.push(name)
      const value = facts[name]
      const option = value === true ? '是' : value === false ? '否' : String(value)
      await page.locator('.question-option', { hasText: new RegExp(`^${option}$`) }).click()
    }
    await page.waitForFunction(
      `document.querySelector('.checker-ask .question-text').innerText !== ${JSON.stringify(words)}`,
    )
    words = await wordsOf(question(page))
  }
  return asked
}

/** The receipt and facts as they are downloaded. */
async function downloaded(page: Page): Promise<{ receipt: Checked['receipt']; facts: Facts }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '下载 JSON' }).click(),
  ])
  return JSON.parse(readFileSync(await download.path(), 'utf8'))
}

/** Both sides of every number to every place, and the golden cases of the law. */
async function checkByApi(context: BrowserContext): Promise<void> {
  for (const place of PLACES) {
    for (const [persons, sensitive, way] of SIZES) {
      const facts = { ...HOME, 累计人数: persons, 累计敏感人数: sensitive, 接收地: place }
      const found = await check(context, { ...facts, 双方均在大湾区: place !== '其他' })
      const name = `${persons} ${sensitive} ${place}`
      assert.equal(outcome(found, '路径'), way, name)
      const gba = place !== '其他' && way !== FREE
      assert.equal(outcome(found, '大湾区标准合同可用'), gba, name)
    }
  }
  const file = new URL('../../law/rules/data-export.cases.yaml', import.meta.url)
  for (const one of parseRuleCases(readFileSync(file, 'utf8'), 'cases').cases) {
    const found = await check(context, one.facts as Facts, one.on)
    for (const [name, value] of Object.entries(one.expect)) {
      assert.equal(outcome(found, name), value, `${one.name}: ${name}`)
    }
  }
}

test('ways for data to leave: every number from both sides, by the page and by the API, to the same receipt', async (t) => {
  const it = await visit(t, null)
  if (!it) return
  const { context, page, errors } = it

  await checkByApi(context)
  const asks = await questions(context, 'data-export')
  const posted: string[] = []
  page.on('request', (request) => {
    if (request.method() !== 'GET') posted.push(request.url())
  })
  for (const [facts, way, gba] of [
    [{ ...HOME, 累计人数: 100_000, 接收地: '香港', 双方均在大湾区: true }, CONTRACT, '是'],
    [{ ...HOME, 累计人数: 1_000_000, 接收地: '其他' }, ASSESSED, '否'],
    [{ ...HOME, 累计敏感人数: 9_999, 接收地: '澳门', 双方均在大湾区: true }, CONTRACT, '是'],
  ] as const) {
    // What was answered outlives a reload: another page first.
    await page.goto('/rules')
    await page.getByRole('link', { name: '开始计算：数据出境路径' }).click()
    await question(page).waitFor()
    const asked = await answerAll(page, asks, facts)
    assert.equal(new Set(asked).size, asked.length, 'nothing is asked twice')
    const values = await page.locator('.checker-result .outcome-value').allInnerTexts()
    assert.equal(values[0]!.trim(), way)
    assert.match(values[1]!, new RegExp(`${gba}$`))
    assert.deepEqual(posted, [], 'no answer leaves the browser')

    const own = await downloaded(page)
    assert.deepEqual(Object.keys(own.facts).sort(), asked.toSorted())
    const theirs = await check(context, own.facts, own.receipt.on)
    assert.deepEqual(own.receipt, theirs.receipt)
    await page.getByRole('button', { name: '在服务器上重算' }).click()
    await page.getByText('四项全部一致').waitFor()
    posted.length = 0
  }
  assert.deepEqual(await violations(page), [])

  // An answer that is changed opens only what it makes matter; "back" takes it back.
  await page.getByRole('button', { name: '修改：累计敏感人数' }).click()
  await page.locator('.question input').fill('很多')
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByText('请填数字；不知道请选“跳过”').waitFor()
  await page.locator('.question input').fill('１０，０００')
  await page.getByRole('button', { name: '继续' }).click()
  const first = page.locator('.checker-result .outcome-value').first()
  await first.filter({ hasText: ASSESSED }).waitFor()
  await page.goBack()
  await page.goBack()
  await first.filter({ hasText: CONTRACT }).waitFor()

  // A link carries a case, and what does not fit is left behind.
  await page.goto('/rules/data-export?f.自贸区负面清单外=是&f.接收地=火星&f.双方均在大湾区=否')
  await question(page).filter({ hasText: DONE }).waitFor()
  assert.equal(await wordsOf(first), FREE)
  await page.goto('/rules/data-export?on=1999-01-01')
  await page.getByRole('alert').waitFor()
  await page.getByLabel('按哪一天的规则').fill('2026-11-28')
  await question(page).waitFor()
  assert.deepEqual(errors, [])
})

test('a one-person company sees what it may have, what it lacks, and from where that is known', async (t) => {
  const it = await visit(t, 'founder')
  if (!it) return
  const { context, page, errors } = it
  await page.goto('/benefits')
  const nearly = page.getByRole('region', { name: '只差一项' })
  await nearly.getByText('深圳语料券（示例对照）', { exact: true }).waitFor()
  await nearly.getByText('须满足：在深圳登记').waitFor()
  const open = page.getByRole('region', { name: '还不清楚' })
  await open.getByText('人工智能一人公司入库（示例）', { exact: true }).waitFor()
  const held = page.getByRole('region', { name: '已有资料和您的回答' })
  await held.getByText('来自：登记类别和股权关系').waitFor()

  // The checker goes on with what is held, and asks for none of it again.
  await open.getByRole('link', { name: /人工智能一人公司入库/ }).click()
  await page.getByRole('heading', { level: 1, name: /一人公司入库/ }).waitFor()
  const answers = page.getByRole('region', { name: '您的回答' })
  await answers.getByText('自然人独资有限责任公司').waitFor()
  assert.equal(await wordsOf(question(page)), '主要经营活动是否在广东省内？')

  // One answer changed, and the board follows: outside the province one condition fails.
  await page.goto('/benefits')
  await page.getByRole('button', { name: '修改：省内登记' }).click()
  await page.locator('.question-option', { hasText: '否' }).click()
  await page
    .getByRole('region', { name: '只差一项' })
    .getByText('广东省算力券（示例）', { exact: true })
    .waitFor()
  assert.deepEqual(await violations(page), [])

  // What is decided by these rules is kept, and its receipt runs again.
  const { origin } = new URL(page.url())
  const claimed = await context.request.post('/api/vouchers', {
    data: { scheme: 'guangdong.compute', amount: '100' },
    headers: { origin },
  })
  assert.equal(claimed.status(), 201, await claimed.text())
  const listed = await context.request.get('/api/rules/decisions')
  const { items } = (await listed.json()) as { items: { id: string }[] }
  await page.goto(`/rules/decisions/${items[0]!.id}`)
  await page.getByRole('region', { name: '依据的事实' }).getByText('2026-03-18').waitFor()
  await page.getByRole('button', { name: '在服务器上重算' }).click()
  await page.getByText('四项全部一致').waitFor()
  assert.deepEqual(errors, [])
})

test('an interview by keys alone: the focus follows the questions and the result is spoken', async (t) => {
  const it = await visit(t, null)
  if (!it) return
  const { context, page, errors } = it
  const asks = await questions(context, 'data-export')
  const facts: Facts = { ...HOME, 累计人数: 1_000_000 }
  await page.goto('/rules/data-export')
  await question(page).waitFor()
  const inQuestion = () => told<boolean>(page, `!!document.activeElement.closest('.question')`)
  for (let steps = 0; !(await inQuestion()); steps++) {
    assert.ok(steps < 40, 'the question is reached by Tab')
    await page.keyboard.press('Tab')
  }
  const focused = () => told<string>(page, 'document.activeElement.innerText')
  for (let words = await wordsOf(question(page)); words !== DONE; ) {
    const fields = await page.locator('.question input').count()
    if (fields > 0) {
      const names = await told<string[]>(
        page,
        `[...document.querySelectorAll('.question input')].map(({ name }) => name)`,
      )
      for (const name of names) {
        await page.keyboard.press('Tab')
        await page.keyboard.type(String(facts[name]))
      }
    } else {
      const value = facts[asks.get(words)!]
      const option = value === true ? '是' : value === false ? '否' : String(value)
      for (let steps = 0; (await focused()) !== option; steps++) {
        assert.ok(steps < 10, `${option} is reached by Tab`)
        await page.keyboard.press('Tab')
      }
    }
    await page.keyboard.press('Enter')
    await page.waitForFunction(
      `document.querySelector('.checker-ask .question-text').innerText !== ${JSON.stringify(words)}`,
    )
    words = await wordsOf(question(page))
    assert.equal(await focused(), words, 'the next question has the focus')
  }
  const spoken = page.getByRole('status').filter({ hasText: `路径：${ASSESSED}` })
  await spoken.waitFor({ state: 'attached' })
  assert.deepEqual(errors, [])
})
