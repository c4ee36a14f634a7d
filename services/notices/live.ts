// The unread count while a page is open: one listening connection, many streams of events.
import type { ServerResponse } from 'node:http'
import pg from 'pg'
import type { Actor } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import type { World } from '#platform/world.ts'
import { CHANNEL } from './notify.ts'
import { countUnread, type Reader, readerOf } from './store.ts'

const MOST_STREAMS = 500
const MOST_OF_ONE_READER = 6
const HEARTBEAT_MS = 25_000
/** Then the browser comes again, and its rights are looked at again. */
const LONGEST_MS = 900_000
const RECONNECT_MS = 1_000

interface Stream {
  reader: Reader
  refresh(): void
  end(): void
}

/** The open streams of a process. */
export class LiveCounts {
  readonly #world: World
  readonly #streams = new Set<Stream>()
  #listener: pg.Client | null = null
  #connecting: Promise<void> | null = null
  #closed = false

  constructor(world: World) {
    this.#world = world
  }

  get size(): number {
    return this.#streams.size
  }

  /**
   * Writes events 'count' with {"unread": n} until the page closes, the server stops or time is up.
   * @throws platform.busy
   */
  async open(actor: Actor, begin: () => ServerResponse): Promise<void> {
    const reader = readerOf(actor)
    const mine = [...this.#streams].filter((stream) => stream.reader.id === reader.id).length
    if (this.#closed || this.#streams.size >= MOST_STREAMS || mine >= MOST_OF_ONE_READER) {
      throw problem('platform.busy')
    }
    // Listen before the first count, so that nothing falls between the two.
    await this.#listen()
    this.#stream(actor, reader, begin())
  }

  /** Ends all streams and stops listening. */
  async close(): Promise<void> {
    this.#closed = true
    for (const stream of [...this.#streams]) stream.end()
    await this.#connecting?.catch(() => {})
    await this.#listener?.end().catch(() => {})
  }

  #stream(actor: Actor, reader: Reader, response: ServerResponse): void {
    let busy = false
    let again = false
    const refresh = async () => {
      again = true
      if (busy) return
      busy = true
      try {
        while (again) {
          again = false
          const unread = await this.#world.read(actor, (ctx) => countUnread(ctx, reader))
          response.write(`event: count\ndata: ${JSON.stringify({ unread })}\n\n`)
        }
      } catch (error) {
        this.#world.log.warn({ err: error }, 'live count')
        stream.end()
      } finally {
        busy = false
      }
    }
    const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS).unref()
    const limit = setTimeout(() => stream.end(), LONGEST_MS).unref()
    const stream: Stream = {
      reader,
      refresh: () => void refresh(),
      end: () => {
        this.#streams.delete(stream)
        clearInterval(heartbeat)
        clearTimeout(limit)
        response.end()
      },
    }
    response.on('close', () => stream.end())
    response.on('error', () => stream.end())
    this.#streams.add(stream)
    stream.refresh()
  }

  async #listen(): Promise<void> {
    if (this.#listener) return
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null
    })
    await this.#connecting
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      ...(this.#world.connection as pg.ClientConfig),
      application_name: 'kapok-notices',
    })
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ payload }) => this.#wake(payload))
    await client.connect()
    await client.query(`listen ${CHANNEL}`)
    this.#listener = client
    if (this.#closed) await client.end()
  }

  #wake(recipient: string | undefined): void {
    for (const stream of this.#streams) {
      const { person, subject } = stream.reader
      if (recipient === person || recipient === subject) stream.refresh()
    }
  }

  /** Listens again soon, and counts afresh what may have been missed. */
  #lost(client: pg.Client): void {
    if (this.#listener !== client) return
    this.#listener = null
    const retry = async () => {
      if (this.#closed || this.#streams.size === 0) return
      try {
        await this.#listen()
        for (const stream of this.#streams) stream.refresh()
      } catch {
        setTimeout(retry, RECONNECT_MS).unref()
      }
    }
    setTimeout(retry, RECONNECT_MS).unref()
  }
}
