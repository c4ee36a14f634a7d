// The first run of an empty world: one-time link, password, second factor, signing in with it.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { startServer } from '../server.ts'
import { launch, openContext, settled, violations, watchErrors } from './browser.ts'

const PASSWORD = 'Kapok blooms in March 3'
const STEP_SECONDS = 30

/** The bytes of base32 (RFC 4648) without padding. */
function fromBase32(text: string): Buffer {
  const bits = [...text]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter))
    .map((value) => value.toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** The six digits of an authenticator (RFC 6238, SHA-1), some steps from now. */
function codeOf(secret: string, stepsAhead = 0): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_SECONDS) + stepsAhead))
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const at = digest.at(-1)! & 15
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

test('a system administrator begins with a link and ends with two factors', async (t) => {
  const browser = await launch(t)
  if (!browser) return
  const { origin, kapok } = await startServer(t, { empty: true })
  const links = await kapok.services.createFirstLinks()
  assert.equal(links.length, 3)
  const { path } = links.find(({ role }) => role === 'system-admin')!
  const context = await openContext(browser, { base: origin, width: 1440, mode: 'standard' })
  const page = await context.newPage()
  const errors = watchErrors(page)

  await page.goto(path)
  await settled(page)
  await page.getByText('角色：系统管理员').waitFor()
  assert.deepEqual(await violations(page), [])
  const set = page.getByRole('button', { name: '设置' })
  await set.click()
  await page.getByRole('link', { name: '请填写账号' }).waitFor()
  await page.getByLabel('账号', { exact: true }).fill('root.admin')
  await page.getByLabel('姓名').fill('第一任')
  await page.getByRole('textbox', { name: '口令' }).fill('password')
  await page.getByLabel('再填一次').fill('password')
  await set.click()
  await page.getByRole('heading', { name: '口令过短' }).waitFor()
  await page.getByRole('textbox', { name: '口令' }).fill(PASSWORD)
  await page.getByLabel('再填一次').fill(PASSWORD)
  await set.click()
  await page.getByRole('heading', { name: '口令已设置' }).waitFor()

  await page.getByRole('link', { name: '开启两步验证' }).click()
  await settled(page)
  await page.getByRole('button', { name: '开启两步验证' }).click()
  await page.getByRole('img', { name: '验证器二维码' }).waitFor()
  assert.deepEqual(await violations(page), [])
  const secret = (await page.locator('code.secret').textContent())!.replaceAll(' ', '')
  await page.getByLabel('验证器显示的 6 位数字').fill(codeOf(secret))
  await page.getByRole('button', { name: '确认开启' }).click()
  await page.getByRole('heading', { name: '两步验证已开启' }).waitFor()
  assert.deepEqual(await violations(page), [])

  await page.getByRole('button', { name: /^账号：/ }).click()
  await page.getByRole('button', { name: '退出登录' }).click()
  await page.getByRole('link', { name: '登录', exact: true }).first().click()
  await page.waitForURL('**/sign-in**')
  await settled(page)
  const main = page.getByRole('main')
  await main.getByLabel('账号', { exact: true }).fill('root.admin')
  await main.getByRole('textbox', { name: '口令' }).fill(PASSWORD)
  await main.getByRole('button', { name: '登录' }).click()
  await main.getByLabel('动态验证码').fill(codeOf(secret, 1))
  await main.getByRole('button', { name: '验证并登录' }).click()
  await page.getByRole('button', { name: /^账号：/ }).waitFor()
  await page.goto('/workbench/system')
  await settled(page)
  await page.getByText('KAPOK_DATABASE_URL').waitFor()
  await page.goto(path)
  await settled(page)
  await page.getByRole('alert').waitFor()
  assert.deepEqual(errors, [])
})
