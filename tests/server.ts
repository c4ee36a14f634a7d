// A whole platform for a test: demo world, portal and all services, listening on a free port.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { buildPortal } from '#platform/portal.ts'
import { parseSettings } from '#platform/settings.ts'
import { testDatabase } from '#platform/test-database.ts'
import { type Kapok, openKapok } from '../main.ts'

export interface RunningServer {
  origin: string
  kapok: Kapok
}

/**
 * Starts the server in this process; everything ends with the test.
 * @param options.empty a world without demo data
 * @param options.settings more KAPOK_... variables
 */
export async function startServer(
  t: TestContext,
  options: { empty?: boolean; settings?: Record<string, string> } = {},
): Promise<RunningServer> {
  const data = mkdtempSync(join(tmpdir(), 'kapok-server-'))
  const [admin] = await Promise.all([
    testDatabase(t, { template: 'empty', prepare: async () => {} }),
    buildPortal(),
  ])
  const settings = parseSettings({
    KAPOK_DATA: data,
    KAPOK_PORT: '0',
    KAPOK_SEAL_SECONDS: '1',
    KAPOK_POPULATION: '2000',
    KAPOK_EMPTY: options.empty ? 'true' : 'false',
    ...options.settings,
  })
  const kapok = await openKapok({ settings, admin, empty: settings.KAPOK_EMPTY })
  if (kapok.world.demo) await kapok.services.loadDemoWorld()
  await kapok.services.start()
  const background = await kapok.startBackground()
  t.after(async () => {
    await background.stop()
    await kapok.close()
    rmSync(data, { recursive: true, force: true })
  })
  await kapok.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = kapok.app.server.address() as { port: number }
  return { origin: `http://localhost:${port}`, kapok }
}
