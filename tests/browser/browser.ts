// Starts Chromium for a test; where it is absent the test is skipped, or fails when it is required.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { TestContext } from 'node:test'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const EXECUTABLE = process.env.KAPOK_CHROMIUM ?? '/usr/bin/chromium'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Modes of the portal and the widths in CSS pixels at which every page must hold. */
export const MODES = ['standard', 'large', 'contrast'] as const
export const WIDTHS = [390, 1440] as const
type Mode = (typeof MODES)[number]

/**
 * A browser that closes with the test, or null after skipping it.
 * @throws Error when Chromium is absent and KAPOK_TEST_REQUIRE names it
 */
export async function launch(t: TestContext): Promise<Browser | null> {
  if (!existsSync(EXECUTABLE)) {
    const required = (process.env.KAPOK_TEST_REQUIRE ?? '').split(',').includes('chromium')
    if (required) throw new Error(`Chromium is required and not at ${EXECUTABLE}`)
    t.skip(`Chromium is not at ${EXECUTABLE}`)
    return null
  }
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS })
  t.after(() => browser.close())
  return browser
}

interface Look {
  base: string
  width: number
  mode: Mode
  language?: 'zh-CN' | 'zh-Hant' | 'en'
}

/** A context of its own: fresh cookies, one width, one mode. */
export async function openContext(browser: Browser, look: Look): Promise<BrowserContext> {
  const { base, width, mode, language = 'zh-CN' } = look
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width, height: 900 },
    locale: 'zh-CN',
    timezoneId: 'America/New_York',
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  const preferences = JSON.stringify({ mode, language })
  await context.addInitScript(
    `localStorage['kapok.preferences'] ??= ${JSON.stringify(preferences)}`,
  )
  return context
}

/** What a page answers to an expression; a text, so that no types of a browser are needed here. */
export const told = <T>(page: Page, expression: string): Promise<T> => page.evaluate<T>(expression)

/** What a page wrote to the console as an error, or threw; collected from now on. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    // A refused request is an answer that the page shows in words, not a fault of the page.
    const refused = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !refused) errors.push(message.text())
  })
  return errors
}

/** Waits until the page has drawn its heading and nothing on it still says that it is loading. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1, main h2').first().waitFor({ state: 'attached' })
  const loading = page.locator('.loading')
  while ((await loading.count()) > 0) await loading.first().waitFor({ state: 'detached' })
}

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
)

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[]
}

/** Everything that axe reports on the page, as one line each. */
export async function violations(page: Page): Promise<string[]> {
  // Through the debugger, because the portal's own policy refuses inline scripts.
  await page.evaluate(axeSource)
  const results = await told<AxeResults>(page, 'axe.run()')
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  )
}
