// A platform of the story's own: started as a user starts it, in a folder that goes with it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** Whether a platform answers at this address. */
export async function reachable(url: string): Promise<boolean> {
  return fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) }).then(
    (reply) => reply.status < 600,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

export interface Scratch {
  origin: string
  data: string
  kill(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Starts a platform on a free port; `kill` is kill -9 and `restart` starts it on the same data. */
export async function startScratch(): Promise<Scratch> {
  const data = mkdtempSync(join(tmpdir(), 'kapok-story-'))
  const port = await freePort()
  let running: ChildProcess
  const start = async () => {
    const args = ['commands/run.ts', 'start', '--port', `${port}`, '--data', data]
    running = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const chunk of running.stdout!) {
      if (String(chunk).includes('kapok ready')) return
    }
    throw new Error('the scratch platform did not start')
  }
  const end = async (signal: NodeJS.Signals) => {
    if (running.exitCode !== null || running.signalCode !== null) return
    const gone = once(running, 'exit')
    running.kill(signal)
    await gone
  }
  await start()
  return {
    origin: `http://localhost:${port}`,
    data,
    kill: () => end('SIGKILL'),
    restart: start,
    stop: async () => {
      await end('SIGTERM')
      rmSync(data, { recursive: true, force: true })
    },
  }
}
