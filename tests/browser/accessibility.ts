// Looks at every page of an account: axe reports nothing, no page is wider than its window.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from 'playwright-core'
import { startServer } from '../server.ts'
import {
  launch,
  MODES,
  openContext,
  settled,
  told,
  violations,
  WIDTHS,
  watchErrors,
} from './browser.ts'
import { type Account, PAGES, type PageToSee } from './pages.ts'

interface Visit {
  base: string
  account: Account
  width: number
  mode: (typeof MODES)[number]
}

/** Opens each page of an account and returns everything that is wrong with it. */
async function walk(
  browser: Browser,
  visit: Visit,
  pages: readonly PageToSee[],
): Promise<string[]> {
  const { base, account, width, mode } = visit
  const context = await openContext(browser, { base, width, mode })
  if (account) {
    const entered = await context.request.post('/api/demo/enter', { data: { account } })
    assert.equal(entered.status(), 200, `enter as ${account}`)
  }
  const page = await context.newPage()
  const errors = watchErrors(page)
  const wrong: string[] = []
  for (const { route, address } of pages) {
    await page.goto(address ? await address(context) : route)
    await settled(page)
    const said = (what: string) => `${route} ${width} ${mode}: ${what}`
    let found = await violations(page)
    if (found.length > 0) {
      // A page that was still repainting is looked at once more; what stays is a fault.
      await page.waitForTimeout(500)
      found = await violations(page)
    }
    wrong.push(...found.map(said))
    const over = await told<number>(
      page,
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )
    if (over > 0) wrong.push(said(`${over} px wider than the window`))
    wrong.push(...errors.splice(0).map(said))
  }
  await context.close()
  return wrong
}

/** A test for each account: all of its pages, in three modes at two widths. */
export function lookAtPagesOf(accounts: readonly Account[]): void {
  for (const account of accounts) {
    const pages = PAGES.filter((page) => page.as === account)
    test(`no page of ${account ?? 'a visitor'} has a violation, in three modes at two widths`, async (t) => {
      const browser = await launch(t)
      if (!browser) return
      const { origin } = await startServer(t)
      for (const mode of MODES) {
        for (const width of WIDTHS) {
          await t.test(`${mode}, ${width} px`, async () => {
            assert.deepEqual(await walk(browser, { base: origin, account, width, mode }, pages), [])
          })
        }
      }
    })
  }
}
