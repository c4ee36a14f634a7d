// Money in the portal: a voucher is claimed with its reason and followed down to the sealed proof.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { startServer } from '../server.ts'
import { launch, openContext, settled, violations, watchErrors } from './browser.ts'

/** From the offer on page one to the confirmation with its number. */
async function claim(page: Page): Promise<void> {
  await page.goto('/')
  await settled(page)
  const offer = page.getByRole('listitem').filter({ hasText: '广东省算力券' })
  await offer.getByText('初创中小微企业').waitFor()
  await offer.getByText('示例值（非官方）').waitFor()
  await offer.getByRole('button', { name: '为什么' }).click()
  const why = page.getByRole('dialog')
  await why.getByText('现行数值与来源').waitFor()
  assert.deepEqual(await violations(page), [])
  await page.keyboard.press('Escape')
  await why.waitFor({ state: 'detached' })
  await offer.getByRole('button', { name: '领取' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('申领金额（元）').fill('-5')
  await form.getByRole('button', { name: '确认申领' }).click()
  await form.getByRole('link', { name: /金额应为正数/ }).waitFor()
  await form.getByLabel('申领金额（元）').fill('99,999,999')
  await form.getByRole('button', { name: '确认申领' }).click()
  await form.getByRole('heading', { name: /超过本年度单一主体上限/ }).waitFor()
  assert.equal(
    await form.getByLabel('申领金额（元）').inputValue(),
    '99,999,999',
    'nothing is lost',
  )
  assert.deepEqual(await violations(page), [])
  await form.getByLabel('申领金额（元）').fill('12,345.60')
  await form.getByRole('button', { name: '确认申领' }).click()
  await form.getByRole('heading', { name: '已领取' }).waitFor()
}

/** From the confirmation to the entry, the journal and the downloaded proof. @returns the proof */
async function follow(page: Page): Promise<string> {
  await page.getByRole('dialog').getByRole('link', { name: '查看凭证' }).click()
  await page.waitForURL('**/entries/*')
  await settled(page)
  await page.getByText('+12,345.60').waitFor()
  await page.getByText('−12,345.60').waitFor()
  await page.getByRole('link', { name: '查原始记录与证明' }).click()
  await page.waitForURL('**/journal/*')
  await settled(page)
  await page.getByText('ledger.voucher-claimed').waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '下载证明' }).click(),
  ])
  return readFileSync(await download.path(), 'utf8')
}

test('a voucher from its reason to its proof', async (t) => {
  const browser = await launch(t)
  if (!browser) return
  const { origin } = await startServer(t)
  const context = await openContext(browser, { base: origin, width: 1440, mode: 'standard' })
  const account = 'founder'
  const entered = await context.request.post('/api/demo/enter', { data: { account } })
  assert.equal(entered.status(), 200)
  const page = await context.newPage()
  const errors = watchErrors(page)
  await claim(page)
  const proof = await follow(page)
  await page.goto('/verify')
  await settled(page)
  await page.setInputFiles('#proof-file', {
    name: 'proof.json',
    mimeType: 'application/json',
    buffer: Buffer.from(proof),
  })
  await page.getByRole('heading', { name: '证明有效。' }).waitFor()

  await page.goto('/vouchers')
  await settled(page)
  await page.getByText('已申领 12,345.6 元').first().waitFor()
  await page.getByRole('link', { name: /广东省算力券/ }).click()
  await page.waitForURL('**/statement/*')
  await settled(page)
  await page.getByText('¥12,345.60').first().waitFor()
  await page.getByText(/按合同额 50% 支付，依据.*第 1 版/).waitFor()
  await page.getByRole('cell', { name: '+12,345.60' }).waitFor()
  await page.getByLabel('至（余额也按这一天）').fill('2020-01-01')
  await page.getByText('2020-01-01 终了').first().waitFor()
  await page.getByText('¥0.00').first().waitFor()
  await page.getByText('这段时间没有流水').waitFor()
  assert.deepEqual(errors, [])
})

test('a voucher does not pay a related party, and the chain is shown', async (t) => {
  const browser = await launch(t)
  if (!browser) return
  const { origin } = await startServer(t)
  const context = await openContext(browser, { base: origin, width: 1440, mode: 'standard' })
  const entered = await context.request.post('/api/demo/enter', {
    data: { account: 'related-sme' },
  })
  assert.equal(entered.status(), 200)
  const claimed = await context.request.post('/api/vouchers', {
    data: { scheme: 'guangdong.compute', amount: '50000' },
    headers: { origin },
  })
  assert.equal(claimed.status(), 201, await claimed.text())
  const page = await context.newPage()
  const errors = watchErrors(page)
  await page.goto('/vouchers')
  await settled(page)
  await page.getByRole('button', { name: '用券' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('button', { name: '确认用券' }).click()
  await form.getByRole('link', { name: '请选择收款单位' }).waitFor()
  await form.getByLabel('收款单位').first().fill('云岭算力')
  await form.getByRole('radio', { name: /韶关云岭算力运营/ }).check()
  await form.getByLabel('合同金额（元）').fill('10000')
  await form.getByLabel('其中用券（元）').fill('3000')
  await form.getByRole('button', { name: '确认用券' }).click()
  await form.getByRole('heading', { name: /构成关联方/ }).waitFor()
  await form
    .getByText(/韶关云岭算力运营有限公司（示例） → 广东云岭数字投资有限公司（示例）/)
    .waitFor()
  await form
    .getByText(/佛山云岭产业发展有限公司（示例） → 佛山陶智机器人有限公司（示例）/)
    .waitFor()
  await form.getByText('持股 70%').waitFor()
  assert.deepEqual(await violations(page), [])
  await form.getByLabel('收款单位').first().fill('穗云智算')
  await form.getByRole('radio', { name: /广州穗云智算中心/ }).check()
  await form.getByRole('button', { name: '确认用券' }).click()
  await form.getByRole('heading', { name: '已占用' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('已占用，待核销').waitFor()
  assert.deepEqual(errors, [])
})

test('a use is verified and paid by the office, and the payee sees the money', async (t) => {
  const browser = await launch(t)
  if (!browser) return
  const { origin } = await startServer(t)
  const look = { base: origin, width: 1440, mode: 'standard' } as const
  const as = async (account: string) => {
    const context = await openContext(browser, look)
    const data = { account }
    assert.equal((await context.request.post('/api/demo/enter', { data })).status(), 200)
    return context
  }
  const founder = await as('founder')
  const post = async (path: string, data: object) => {
    const answer = await founder.request.post(path, { data, headers: { origin } })
    assert.equal(answer.status(), 201, await answer.text())
    return answer.json()
  }
  const scheme = { scheme: 'guangdong.compute', amount: '9000' }
  const { voucherId } = (await post('/api/vouchers', scheme)) as { voucherId: string }
  const query = `/api/search?q=${encodeURIComponent('云岭算力')}&kind=organisation`
  // A new organisation is found once its fact has been numbered and answered.
  let found: { items: { id: string }[] } = { items: [] }
  for (let tries = 0; found.items.length === 0 && tries < 100; tries++) {
    found = await (await founder.request.get(query)).json()
    if (found.items.length === 0) await wait(100)
  }
  await post(`/api/vouchers/${voucherId}/uses`, {
    payee: found.items[0]!.id,
    amount: '1200.00',
    contractAmount: '4000.00',
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  })
  const page = await (await as('official')).newPage()
  const errors = watchErrors(page)
  await page.goto('/workbench/vouchers')
  await settled(page)
  await page.getByRole('button', { name: '核销' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('button', { name: '确认' }).click()
  await form.getByRole('link', { name: '请填写发票号码' }).waitFor()
  await form.getByLabel('发票号码').fill('2444 0000 0000 1234 5678')
  await form.getByLabel('发票金额（元）').fill('4,000.00')
  await form.getByRole('button', { name: '确认' }).click()
  await form.getByRole('heading', { name: '已办理' }).waitFor()
  await form.getByRole('button', { name: '好' }).click()
  await page.getByText('已核销，待兑付').last().waitFor()
  await page.getByRole('button', { name: '兑付' }).click()
  await form.getByLabel('依据代码').fill('scheme.payment')
  await form.getByRole('button', { name: '确认' }).click()
  await form.getByRole('heading', { name: '已办理' }).waitFor()
  assert.deepEqual(errors, [])

  const payee = await (await as('operator')).newPage()
  await payee.goto('/statement')
  await settled(payee)
  await payee.getByRole('link', { name: '人民币' }).click()
  await payee.waitForURL('**/statement/*')
  await settled(payee)
  await payee.getByRole('cell', { name: '+1,200.00' }).waitFor()
})
