// A job's page while it is open: an event whenever its version or the size of its log has changed.
import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Actor } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { taskId } from './attempt.ts'
import type { Parts } from './parts.ts'
import { lastAttempt, subjectOf } from './store.ts'
import { visibleWorkload } from './views.ts'

const LOOK_EVERY_MS = 400
const HEARTBEAT_MS = 25_000
/** Then the browser comes again, and its rights are looked at again. */
const LONGEST_MS = 900_000
const MOST_STREAMS = 300
const MOST_OF_ONE_PERSON = 8

/** The open streams of a process. */
export class LiveJobs {
  readonly #parts: Parts
  readonly #open = new Map<ServerResponse, string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * Writes events `change` with {version, logSize} until the page closes or time is up.
   * @throws request.not-found, platform.busy
   */
  async follow(actor: Actor, id: string, begin: () => ServerResponse): Promise<void> {
    const reader = actor.personId ?? actor.subjectId ?? ''
    const mine = [...this.#open.values()].filter((one) => one === reader).length
    if (this.#open.size >= MOST_STREAMS || mine >= MOST_OF_ONE_PERSON)
      throw problem('platform.busy')
    await this.#look(actor, id)
    const response = begin()
    this.#open.set(response, reader)
    response.on('close', () => this.#open.delete(response))
    response.on('error', () => this.#open.delete(response))
    void this.#stream(actor, id, response)
  }

  close(): void {
    for (const response of this.#open.keys()) response.end()
    this.#open.clear()
  }

  async #stream(actor: Actor, id: string, response: ServerResponse): Promise<void> {
    const end = Date.now() + LONGEST_MS
    let last = ''
    let heard = Date.now()
    while (this.#open.has(response) && Date.now() < end) {
      try {
        const now = JSON.stringify(await this.#look(actor, id))
        if (now !== last) {
          response.write(`event: change\ndata: ${now}\n\n`)
          last = now
          heard = Date.now()
        } else if (Date.now() - heard > HEARTBEAT_MS) {
          response.write(':\n\n')
          heard = Date.now()
        }
      } catch (error) {
        if (this.#open.has(response)) this.#parts.world.log.warn({ err: error }, 'live job')
        break
      }
      await wait(LOOK_EVERY_MS, undefined, { ref: false })
    }
    this.#open.delete(response)
    response.end()
  }

  async #look(actor: Actor, id: string): Promise<{ version: number; logSize: number }> {
    const { version, task } = await this.#parts.world.read(actor, async (ctx) => {
      const row = await visibleWorkload(ctx, id)
      const own = row.subject === subjectOf(ctx)
      const attempt = own ? await lastAttempt(ctx, id) : undefined
      return { version: row.version, task: attempt ? taskId(attempt.id, 0) : null }
    })
    if (task === null) return { version, logSize: 0 }
    const { size } = await this.#parts.executor.readLog(task, 0, 0)
    return { version, logSize: size }
  }
}
