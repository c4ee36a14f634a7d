// A fresh world for a test: a database from a migrated template, a clock that stands still.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { FixedClock } from './clock.ts'
import type { Connection } from './database.ts'
import { createLog } from './log.ts'
import { openSecrets } from './secrets.ts'
import { parseSettings } from './settings.ts'
import { testDatabase } from './test-database.ts'
import { APP_PASSWORD, migratedTemplate, testNow } from './test-template.ts'
import { openWorld, type World } from './world.ts'

export { testNow } from './test-template.ts'

export interface TestWorld extends World {
  clock: FixedClock
  /** As the database's owner: for tests that damage what the application cannot. */
  admin: Connection
}

/**
 * Opens a world on its own database; both end with the test.
 * @param options.now where the clock stands; `world.clock.advance(ms)` moves it
 */
export async function testWorld(
  t: TestContext,
  options: { now?: Date; settings?: Record<string, string>; demo?: boolean } = {},
): Promise<TestWorld> {
  const admin = await testDatabase(t, migratedTemplate())
  const data = mkdtempSync(join(tmpdir(), 'kapok-test-'))
  const clock = new FixedClock(options.now ?? testNow)
  const world = openWorld({
    settings: parseSettings({ KAPOK_DATA: data, KAPOK_LOG_LEVEL: 'silent', ...options.settings }),
    log: createLog('silent'),
    clock,
    secrets: openSecrets(join(data, 'keys')),
    connection: { ...admin, user: 'kapok_app', password: APP_PASSWORD, max: 10 },
    demo: options.demo ?? false,
  })
  t.after(async () => {
    await world.close()
    rmSync(data, { recursive: true, force: true })
  })
  return Object.assign(world, { clock, admin })
}
