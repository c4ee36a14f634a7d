// The editor of rules in a browser: from a keystroke to the painted effect on everybody.
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { startEmbedded } from '#platform/embedded-postgres.ts'
import { buildPortal } from '#platform/portal.ts'
import { parseSettings } from '#platform/settings.ts'
import type { Bench, Benchmark } from '../commands/bench.ts'
import { openKapok } from '../main.ts'

const EXECUTABLE = process.env.KAPOK_CHROMIUM ?? '/usr/bin/chromium'
const EDITS = 30
const PATIENCE_MS = 120_000
const SETTLED_MS = 3_000

async function serve(bench: Bench) {
  const settings = parseSettings({ KAPOK_DATA: bench.folder, KAPOK_LOG_LEVEL: 'error' })
  const [database] = await Promise.all([
    startEmbedded({ dataDir: `${bench.folder}/pg`, log: () => {} }),
    buildPortal(),
  ])
  const kapok = await openKapok({ settings, admin: database.connection, empty: false })
  await kapok.services.loadDemoWorld()
  const origin = await kapok.app.listen({ port: 0, host: '127.0.0.1' })
  return {
    origin: origin.replace('127.0.0.1', 'localhost'),
    close: async () => {
      await kapok.close()
      await database.stop()
    },
  }
}

/** A fresh draft of the voucher, open in the editor. */
async function openDraft(context: BrowserContext): Promise<Page> {
  const entered = await context.request.post('/api/demo/enter', { data: { account: 'official' } })
  if (!entered.ok()) throw new Error(await entered.text())
  const made = await context.request.post('/api/rules/compute-voucher/drafts')
  const { id } = (await made.json()) as { id: string }
  const page = await context.newPage()
  await page.goto(`/workbench/rules/drafts/${id}`)
  return page
}

/** Types into the ratio of start-ups, digit by digit; milliseconds until each effect was painted. */
async function typing(page: Page, panel: Locator): Promise<number[]> {
  const ratio = page.getByLabel(/^初创比例，自/)
  await ratio.click()
  await page.keyboard.press('End')
  const taken: number[] = []
  for (let nth = 0; nth < EDITS; nth++) {
    const before = Number(await panel.getAttribute('data-edit'))
    await page.keyboard.press(nth % 2 === 0 ? 'Backspace' : `${1 + (nth % 9)}`)
    for (let waited = 0; Number(await panel.getAttribute('data-edit')) <= before; waited++) {
      if (waited > 1_000) throw new Error('the effect of an edit was not shown')
      await page.waitForTimeout(10)
    }
    taken.push(Number(await panel.getAttribute('data-edit-ms')))
    await page.waitForTimeout(120)
  }
  return taken
}

const p95 = (values: number[]) => values.sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1]!

async function run(bench: Bench): Promise<Record<string, number>> {
  const served = await serve(bench)
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox'] })
  try {
    const context = await browser.newContext({ baseURL: served.origin })
    const page = await openDraft(context)
    const panel = page.locator('.impact[data-edit]')
    await panel.waitFor({ timeout: PATIENCE_MS })
    await page.waitForTimeout(SETTLED_MS)
    const some = p95(await typing(page, panel))
    await page.getByRole('button', { name: '1,000,000 家' }).click()
    await page.getByText('1,000,000 家企业').waitFor({ timeout: PATIENCE_MS })
    await page.waitForTimeout(SETTLED_MS)
    const all = p95(await typing(page, panel))
    return {
      'keystroke to painted impact, 200,000 companies, p95': some,
      'keystroke to painted impact, 1,000,000 companies, p95': all,
    }
  } finally {
    await browser.close()
    await served.close()
  }
}

export default {
  name: 'editor',
  limits: {
    'keystroke to painted impact, 200,000 companies, p95': {
      unit: 'ms',
      must: { op: '<=', value: 200 },
    },
    'keystroke to painted impact, 1,000,000 companies, p95': {
      unit: 'ms',
      must: { op: '<=', value: 500 },
    },
  },
  run,
} satisfies Benchmark
