// What a job wrote: its log, its metrics, its files; read from the executor, never kept twice.
import type { Readable } from 'node:stream'
import type { Actor } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { Download } from '#platform/routes.ts'
import { taskId } from './attempt.ts'
import type { Parts } from './parts.ts'
import { lastAttempt } from './store.ts'
import { ownWorkload } from './views.ts'

const CHUNK_BYTES = 64 * 1024
const MOST_METRICS_BYTES = 4 * 1024 * 1024
const MOST_METRICS = 2_000

/** The first task of the last attempt of the actor's own workload; null before one was placed. */
async function taskOf(parts: Parts, actor: Actor, id: string) {
  return parts.world.read(actor, async (ctx) => {
    const { outcome } = await ownWorkload(ctx, id)
    const attempt = await lastAttempt(ctx, id)
    return { task: attempt ? taskId(attempt.id, 0) : null, ended: outcome !== null }
  })
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decoded(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0')

/** Characters that move or colour things in place of showing something; tabs and line ends stay. */
const visible = (text: string): string =>
  text.replaceAll(/(?![\n\r\t])\p{Cc}/gu, (one) => `\\x${hex(one.charCodeAt(0), 2)}`)

/** How long the character is that begins with this byte; 1 where none does. */
const lengthFrom = (byte: number): number =>
  byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1

/** Bytes that are no text are shown as \xNN, so that nothing is hidden and nothing breaks. */
export function readable(bytes: Uint8Array): string {
  const whole = decoded(bytes)
  if (whole !== null) return visible(whole)
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const part = bytes.subarray(at, at + lengthFrom(bytes[at]!))
    const character = decoded(part)
    text += character ?? `\\x${hex(bytes[at]!, 2)}`
    at += character === null ? 1 : part.length
  }
  return visible(text)
}

/** How many bytes at the end are the beginning of a character that is not whole yet. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) {
      return lengthFrom(byte) > back ? back : 0
    }
  }
  return 0
}

/** The next part of the log from a position in bytes. */
export async function readLog(parts: Parts, actor: Actor, id: string, from: number) {
  const { task, ended } = await taskOf(parts, actor, id)
  const nothing = { from: 0, next: 0, size: 0, text: '', truncated: false, ended }
  if (task === null) return nothing
  const part = await parts.executor.readLog(task, from, CHUNK_BYTES)
  const last = ended && part.from + part.bytes.length >= part.size
  // Half a character waits for its other half, unless there will be none.
  const bytes = part.bytes.subarray(0, part.bytes.length - (last ? 0 : unfinished(part.bytes)))
  return {
    from: part.from,
    next: part.from + bytes.length,
    size: Math.max(part.size, part.from + bytes.length),
    text: readable(bytes),
    truncated: part.truncated,
    ended,
  }
}

async function readAll(stream: Readable, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    size += (chunk as Buffer).length
    if (size > most) {
      stream.destroy()
      break
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

type Scalar = number | string | boolean | null

/** The lines of metrics.jsonl: flat objects only; anything else in it is left out. */
export async function readMetrics(parts: Parts, actor: Actor, id: string) {
  const { task } = await taskOf(parts, actor, id)
  const stream = task === null ? null : await parts.executor.readOutput(task, 'metrics.jsonl')
  if (!stream) return { items: [] }
  const lines = (await readAll(stream, MOST_METRICS_BYTES)).toString('utf8').split('\n')
  const items: Record<string, Scalar>[] = []
  for (const line of lines) {
    try {
      const value: unknown = JSON.parse(line)
      if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
      const scalars = Object.entries(value).filter(
        (pair): pair is [string, Scalar] => pair[1] === null || typeof pair[1] !== 'object',
      )
      items.push(Object.fromEntries(scalars.slice(0, 20)))
    } catch {
      // A line that is being written, or that is no JSON.
    }
  }
  const every = Math.max(1, Math.ceil(items.length / MOST_METRICS))
  return { items: items.filter((_, nth) => nth % every === 0 || nth === items.length - 1) }
}

export async function listOutputs(parts: Parts, actor: Actor, id: string) {
  const { task } = await taskOf(parts, actor, id)
  return { items: task === null ? [] : [...(await parts.executor.listOutputs(task))] }
}

/** @throws request.not-found */
export async function readOutput(parts: Parts, actor: Actor, id: string, path: string) {
  const { task } = await taskOf(parts, actor, id)
  const stream = task === null ? null : await parts.executor.readOutput(task, path)
  if (!stream) throw problem('request.not-found')
  return new Download('application/octet-stream', path.split('/').at(-1)!, stream)
}
