// Looks at every page of an account: axe reports nothing, no page is wider than its window.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
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

const HEIGHT = 900

interface Visit {
  base: string
  account: Account
  mode: (typeof MODES)[number]
}

/** What axe finds; a page that was still repainting is looked at once more, what stays is a fault. */
async function faults(page: Page): Promise<string[]> {
  const found = await violations(page)
  if (found.length === 0) return found
  await page.waitForTimeout(500)
  return violations(page)
}

/** Opens each page of an account, looks at it in each width, and returns everything that is wrong. */
async function walk(
  browser: Browser,
  { base, account, mode }: Visit,
  pages: readonly PageToSee[],
): Promise<string[]> {
  const context = await openContext(browser, { base, width: WIDTHS[0], mode })
  if (account) {
    const entered = await context.request.post('/api/demo/enter', { data: { account } })
    assert.equal(entered.status(), 200, `enter as ${account}`)
  }
  const page = await context.newPage()
  const errors = watchErrors(page)
  const wrong: string[] = []
  for (const { route, address } of pages) {
    const at = address ? await address(context) : route
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT })
      // The front page decides by the width when it is opened; all others only lie differently.
      if (width === WIDTHS[0] || route === '/') await page.goto(at)
      await settled(page)
      const said = (what: string) => `${route} ${width} ${mode}: ${what}`
      wrong.push(...(await faults(page)).map(said))
      const over = await told<number>(
        page,
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      if (over > 0) wrong.push(said(`${over} px wider than the window`))
      wrong.push(...errors.splice(0).map(said))
    }
  }
  await context.close()
  return wrong
}

/** A test for each account: all of its pages, in three modes at two widths. */
export function lookAtPagesOf(accounts: readonly Account[]): void {
  for (const account of accounts) {
    const pages = PAGES.filter((page) => page.as === account)
    const title = `no page of ${account ?? 'a visitor'} has a violation, in three modes at two widths`
    test(title, { concurrency: MODES.length }, async (t) => {
      const browser = await launch(t)
      if (!browser) return
      const { origin } = await startServer(t)
      const looks = MODES.map((mode) =>
        t.test(mode, async () => {
          assert.deepEqual(await walk(browser, { base: origin, account, mode }, pages), [])
        }),
      )
      await Promise.all(looks)
    })
  }
}
