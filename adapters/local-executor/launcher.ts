// The launcher process: takes folders of tasks, and is started again when it dies.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const script = join(import.meta.dirname, 'launcher.pl')

export class Launcher {
  #process: ChildProcess | null = null
  #closed = false
  readonly #failed: (error: Error) => void

  constructor(failed: (error: Error) => void) {
    this.#failed = failed
  }

  /** Its tasks are not its own: they live on when it dies. */
  #start(): ChildProcess {
    const started = spawn('perl', [script], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    started.once('error', this.#failed)
    started.once('exit', () => {
      if (this.#process === started) this.#process = null
    })
    // A folder that was on its way is launched again by whoever looks over the tasks.
    started.stdin!.on('error', () => {})
    this.#process = started
    return started
  }

  launch(taskFolder: string): void {
    if (this.#closed) return
    const { stdin } = this.#process ?? this.#start()
    stdin!.write(`${taskFolder}\n`)
  }

  close(): void {
    this.#closed = true
    this.#process?.stdin!.end()
  }
}
