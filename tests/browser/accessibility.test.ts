// axe reports nothing on any page, in any mode, at two widths; no page is wider than its window.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
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

test('every address of the router is among the pages that are looked at', () => {
  const router = readFileSync(new URL('../../web/router.tsx', import.meta.url), 'utf8')
  const ofRoot = /(?:\bat|withQuery)\(\s*'([^']+)'|=> root,\s+path: '([^']+)'/g
  const ofWorkbench = /inWorkbench\('([^']+)'|=> workbench,\s+path: '([^']+)'/g
  const found = (pattern: RegExp) =>
    [...router.matchAll(pattern)].map(([, first, second]) => first ?? second!)
  const paths = [
    ...found(ofRoot),
    ...found(ofWorkbench).map((path) => (path === '/' ? '/workbench' : `/workbench${path}`)),
  ]
  assert.ok(paths.length > 30, 'the routes were found')
  const seen = new Set(PAGES.map(({ route }) => route))
  assert.deepEqual(
    paths.filter((path) => !seen.has(path)),
    [],
  )
})

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

test('no page has a violation, in three modes at two widths', async (t) => {
  const browser = await launch(t)
  if (!browser) return
  const { origin } = await startServer(t)
  const accounts = [...new Set(PAGES.map((page) => page.as))]
  for (const account of accounts) {
    const pages = PAGES.filter((page) => page.as === account)
    for (const mode of MODES) {
      for (const width of WIDTHS) {
        await t.test(`${account ?? 'visitor'}, ${mode}, ${width} px`, async () => {
          assert.deepEqual(await walk(browser, { base: origin, account, width, mode }, pages), [])
        })
      }
    }
  }
})
