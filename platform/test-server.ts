// A PostgreSQL server for the tests of one file, copied from a cluster made once per run.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Connection } from './database.ts'
import { startEmbedded } from './embedded-postgres.ts'

const execute = promisify(execFile)

export interface TestServer {
  /** As the server's owner, who may create roles and databases. */
  connection: Connection
  dataDir: string
  stop(): Promise<void>
  /** Stops the server and leaves nothing behind. */
  remove(): Promise<void>
}

/**
 * Starts the server; it is not durable and trusts who reaches its socket. Test files share none:
 * roles and the oldest running transaction belong to a whole server.
 * @param cluster a stopped server's data folder to copy; without it, a new one is made
 */
export async function startTestServer(cluster?: string): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kapok-test-'))
  const clear = () => rm(dataDir, { recursive: true, force: true })
  try {
    if (cluster) await execute('cp', ['-a', '--reflink=auto', `${cluster}/.`, dataDir])
    const server = await startEmbedded({ dataDir, forTests: true, log: () => {} })
    server.unref()
    const stop = () => server.stop()
    const remove = async () => {
      await stop()
      await clear()
    }
    return { connection: server.connection, dataDir, stop, remove }
  } catch (error) {
    await clear()
    throw error
  }
}
