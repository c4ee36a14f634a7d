// ./kapok start: from nothing to a running platform, and back down in order.
import { createServer } from 'node:net'
import { openOwnDatabase } from '#platform/data-folder.ts'
import { buildPortal } from '#platform/portal.ts'
import type { Settings } from '#platform/settings.ts'
import { StartError } from '#platform/start-error.ts'
import { type Kapok, openKapok } from '../main.ts'
import { readFlags } from './flags.ts'

export const summary = { zh: '启动平台', en: 'Start the platform' }
export const usage = 'start [--port 8460] [--data .kapok] [--host 127.0.0.1] [--empty]'

const administrators: Record<string, string> = {
  'system-admin': '系统管理员 system administrator',
  'security-admin': '安全管理员 security administrator',
  'audit-admin': '审计管理员 audit administrator',
}

/** Fails early and clearly when the port is taken. */
async function checkPort({ KAPOK_PORT: port, KAPOK_HOST: host }: Settings): Promise<void> {
  if (port === 0) return
  const probe = createServer()
  await new Promise<void>((done, refuse) => {
    probe.once('error', (error: NodeJS.ErrnoException) =>
      refuse(
        error.code === 'EADDRINUSE'
          ? new StartError('port-busy', { port })
          : new StartError('failed', { reason: error.message }),
      ),
    )
    probe.listen(port, host, () => probe.close(() => done()))
  })
}

/** Resolves to null at SIGINT or SIGTERM, or to what made going on impossible. */
function untilStopped(): { ended: Promise<unknown>; fail(error: unknown): void } {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(null))
  return { ended: promise, fail: resolve }
}

/** Makes the first content of a new world, and says what to do with it. */
async function furnish({ services, world }: Kapok, origin: string): Promise<void> {
  if (world.demo) return services.loadDemoWorld()
  for (const { role, path } of await services.createFirstLinks()) {
    console.log(`${administrators[role] ?? role}: ${origin}${path}`)
  }
}

/** Starts, serves until SIGINT or SIGTERM, and stops everything in order. */
export async function run(args: string[]): Promise<number> {
  const { settings } = readFlags(args)
  // A signal during the start stops it at its end, in order, not in the middle.
  const { ended, fail } = untilStopped()
  await checkPort(settings)
  const [database] = await Promise.all([openOwnDatabase(settings, fail), buildPortal()])
  let kapok: Kapok | undefined
  try {
    kapok = await openKapok({ settings, admin: database.admin, empty: settings.KAPOK_EMPTY })
    await kapok.app.listen({ port: settings.KAPOK_PORT, host: settings.KAPOK_HOST })
    const { port } = kapok.app.server.address() as { port: number }
    const shown = ['127.0.0.1', '::1', '0.0.0.0'].includes(settings.KAPOK_HOST)
      ? 'localhost'
      : settings.KAPOK_HOST
    const origin = settings.KAPOK_PUBLIC_URL ?? `http://${shown}:${port}`
    await furnish(kapok, origin)
    await kapok.services.start()
    const background = await kapok.startBackground()
    console.log(`kapok ready ${origin}`)
    const failure = await ended
    await background.stop()
    if (failure) console.error(failure instanceof Error ? failure.message : failure)
    return failure ? 1 : 0
  } finally {
    await kapok?.close()
    await database.close()
  }
}
