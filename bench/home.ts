// The home page of a first-time visitor on a slow mobile network: what travels, and when it shows.
import { existsSync } from 'node:fs'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import { startEmbedded } from '#platform/embedded-postgres.ts'
import { buildPortal } from '#platform/portal.ts'
import { parseSettings } from '#platform/settings.ts'
import type { Bench, Benchmark } from '../commands/bench.ts'
import { openKapok } from '../main.ts'

const EXECUTABLE = process.env.KAPOK_CHROMIUM ?? '/usr/bin/chromium'
const VISITS = 5

/** "Slow 4G" as browsers and Lighthouse have it: 1.6 Mbit/s down, 0.75 up, 150 ms there and back. */
const slow4G = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1_000_000) / 8,
  uploadThroughput: (0.75 * 1_000_000) / 8,
}

interface Visit {
  bytes: number
  paintMs: number
  contentMs: number
}

/** Everything received from now on, headers and compressed bodies, in bytes. */
async function count(session: CDPSession): Promise<() => number> {
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await session.send('Network.enable')
  return () => bytes
}

const contentThere = `new Promise((done) => {
  const look = () => document.querySelector('main h1, main h2') ? done(performance.now())
    : requestAnimationFrame(look)
  look()
})`

async function visit(page: Page, origin: string): Promise<Visit> {
  const session = await page.context().newCDPSession(page)
  const received = await count(session)
  await session.send('Network.emulateNetworkConditions', slow4G)
  await page.goto(origin, { waitUntil: 'commit' })
  const contentMs = await page.evaluate<number>(contentThere)
  await page.waitForLoadState('networkidle')
  const paintMs = await page.evaluate<number>(
    `performance.getEntriesByName('first-contentful-paint')[0].startTime`,
  )
  return { bytes: received(), paintMs, contentMs }
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!

async function serve(bench: Bench) {
  const settings = parseSettings({ KAPOK_DATA: bench.folder, KAPOK_LOG_LEVEL: 'error' })
  const [database] = await Promise.all([
    startEmbedded({ dataDir: bench.folder, log: () => {} }),
    buildPortal(),
  ])
  const kapok = await openKapok({ settings, admin: database.connection, empty: false })
  await kapok.services.loadDemoWorld()
  const background = await kapok.startBackground()
  await kapok.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = kapok.app.server.address() as { port: number }
  const close = async () => {
    await background.stop()
    await kapok.close()
    await database.stop()
  }
  return { origin: `http://localhost:${port}/`, close }
}

const benchmark: Benchmark = {
  name: 'home',
  limits: {
    compressed_kb: { unit: 'kB', must: { op: '<=', value: 200 } },
    first_paint_s: { unit: 's', must: { op: '<=', value: 1.5 } },
    content_s: { unit: 's' },
  },
  async run(bench): Promise<Record<string, number>> {
    if (!existsSync(EXECUTABLE)) {
      bench.log(`no Chromium at ${EXECUTABLE}; set KAPOK_CHROMIUM`)
      return {}
    }
    const { origin, close } = await serve(bench)
    const browser = await chromium.launch({
      executablePath: EXECUTABLE,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
    try {
      const visits: Visit[] = []
      for (let nth = 0; nth < VISITS; nth++) {
        // A context of its own: nothing is in its cache.
        const context = await browser.newContext({ locale: 'zh-CN' })
        visits.push(await visit(await context.newPage(), origin))
        await context.close()
      }
      return {
        compressed_kb: Math.max(...visits.map(({ bytes }) => bytes)) / 1000,
        first_paint_s: median(visits.map(({ paintMs }) => paintMs)) / 1000,
        content_s: median(visits.map(({ contentMs }) => contentMs)) / 1000,
      }
    } finally {
      await browser.close()
      await close()
    }
  },
}

export default benchmark
