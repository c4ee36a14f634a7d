// The launcher: a small shell that forks a keeper for each task, as forking ourselves costs more.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const script = join(import.meta.dirname, 'launcher.sh')
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export class Launcher {
  #process: ChildProcess | null = null

  /** Keepers live on when it dies; the next task starts another. */
  #running(): ChildProcess {
    if (this.#process) return this.#process
    const started = spawn('/bin/sh', [script], {
      cwd: '/',
      detached: true,
      env: { PATH },
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const ended = (error?: Error) => {
      if (error) console.error(`launcher: ${error.message}`)
      if (this.#process === started) this.#process = null
    }
    started.once('error', ended)
    started.once('exit', () => ended())
    // What was on its way is launched again by whoever looks over the tasks.
    started.stdin!.on('error', () => {})
    this.#process = started
    return started
  }

  keep(taskFolder: string): void {
    this.#running().stdin!.write(`keep ${taskFolder}\n`)
  }

  /** A keeper has ended. */
  reap(pid: number): void {
    this.#process?.stdin?.write(`reap ${pid}\n`)
  }

  close(): void {
    this.#process?.stdin?.end()
  }
}
