// The database of a data folder: the embedded server, or the one that KAPOK_DATABASE_URL names.
import { join } from 'node:path'
import pg from 'pg'
import type { Connection } from './database.ts'
import { checkDataFolder, findRunning, startEmbedded } from './embedded-postgres.ts'
import { createLog } from './log.ts'
import type { Settings } from './settings.ts'
import { StartError } from './start-error.ts'

export interface OpenedDatabase {
  /** A connection that may create roles and schemas. */
  admin: Connection
  /** True when another process keeps the server running; closing then leaves it alone. */
  shared: boolean
  close(): Promise<void>
}

async function reach(url: string): Promise<Connection> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await client.end()
    return { connectionString: url }
  } catch (error) {
    // The reason of the network or server; the address may hold a password and is not repeated.
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError('database-unreachable', { reason })
  }
}

/**
 * Opens the database for a server: starts the embedded one unless a URL is set.
 * @param failed called when the embedded server died and could not be started again
 * @throws StartError when the data folder is in use, unwritable, or of a newer version
 */
export async function openOwnDatabase(
  settings: Settings,
  failed?: (error: unknown) => void,
): Promise<OpenedDatabase> {
  await checkDataFolder(settings.KAPOK_DATA)
  if (settings.KAPOK_DATABASE_URL) {
    const admin = await reach(settings.KAPOK_DATABASE_URL)
    return { admin, shared: true, close: async () => {} }
  }
  const log = createLog('info', join(settings.KAPOK_DATA, 'log/postgres.log'))
  const server = await startEmbedded({
    dataDir: settings.KAPOK_DATA,
    log: (line) => log.info(line),
    failed: (error) => failed?.(error),
  })
  return { admin: server.connection, shared: false, close: () => server.stop() }
}

/** Opens the database for a tool: joins the running server, or starts the embedded one meanwhile. */
export async function openAnyDatabase(settings: Settings): Promise<OpenedDatabase> {
  if (!settings.KAPOK_DATABASE_URL) {
    const running = await findRunning(settings.KAPOK_DATA)
    if (running) return { admin: running, shared: true, close: async () => {} }
  }
  return openOwnDatabase(settings)
}
