// What server and supervisor say to each other: one JSON object a line, over a socket of the folder.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { JsonObject } from '#platform/context.ts'
import type { Isolation, RefusalCode, TaskSpec } from '#services/compute/ports.ts'
import type { CardAccess } from './cards.ts'

const sources = readdirSync(import.meta.dirname)
  .filter((name) => /\.(ts|sh)$/.test(name) && !name.includes('.test.'))
  .sort()
  .map((name) => readFileSync(join(import.meta.dirname, name)))

/** A supervisor of other code is asked to retire; its tasks run on and are adopted. */
export const VERSION = createHash('sha256').update(Buffer.concat(sources)).digest('hex')

export type Request =
  | { id: number; verb: 'start'; task: TaskSpec; cards: CardAccess }
  | { id: number; verb: 'stop'; task: string }
  | { id: number; verb: 'end-all' }
  | { id: number; verb: 'retire' }

/** A request without its number. */
export type Ask = Request extends infer R
  ? R extends { id: number }
    ? Omit<R, 'id'>
    : never
  : never

export type Message =
  | { hello: string; pid: number; isolation: Isolation }
  | { id: number; refused?: { code: RefusalCode; params: JsonObject }; failed?: string }
  | { changed: string }

/** Hands over each line that a socket or pipe brings. */
export function receiveLines(socket: Socket, receive: (line: string) => void): void {
  let rest = ''
  // A character may come in two chunks.
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    for (const line of lines) receive(line)
  })
}
