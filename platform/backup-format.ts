// The backup file: one header, parts of any size each with its SHA-256, and a trailer over it all.
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, constants, type FileHandle } from 'node:fs/promises'
import { z } from 'zod'
import { StartError } from './start-error.ts'

const MAGIC = 'kapok-backup 1\n'
const LONGEST_LINE_BYTES = 4 * 2 ** 20
const FRAME_BYTES = 2 ** 20

const header = z.strictObject({
  part: z.literal('header'),
  createdAt: z.string(),
  postgres: z.string(),
  /** Migrations in the order in which this version applies them. */
  migrations: z.array(z.strictObject({ service: z.string(), name: z.string(), hash: z.string() })),
  /** Tells whether given keys belong to this backup. */
  keyCheck: z.string(),
  withKeys: z.boolean(),
})
const file = z.strictObject({
  part: z.enum(['key', 'file']),
  /** Below the folder; never absolute, never upwards. */
  path: z.string().refine((path) => !/^\/|(^|\/)\.\.?(\/|$)|\0/.test(path), 'path'),
})
const table = z.strictObject({
  part: z.literal('table'),
  schema: z.string(),
  table: z.string(),
  columns: z.array(z.string()),
  /** Partitions come and go with time: one that is missing is made again. */
  partition: z
    .strictObject({
      of: z.string().regex(/^[a-z_]+\.[a-z_]+$/),
      bound: z.string().regex(/^(DEFAULT|FOR VALUES [^;]+)$/),
    })
    .nullable(),
})
const sequences = z.strictObject({
  part: z.literal('sequences'),
  values: z.array(z.strictObject({ name: z.string(), value: z.string(), called: z.boolean() })),
})
const meta = z.discriminatedUnion('part', [header, file, table, sequences])
const closing = z.strictObject({ sha256: z.string(), rows: z.int().optional() })
const trailer = z.strictObject({ part: z.literal('end'), parts: z.int(), sha256: z.string() })

export type BackupHeader = z.infer<typeof header>
export type Meta = z.infer<typeof meta>
export type Closing = z.infer<typeof closing>

/** Writes parts one after the other; nothing larger than a frame is held in memory. */
export class BackupWriter {
  readonly #handle: FileHandle
  readonly #whole: Hash = createHash('sha256')
  #parts = 0

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#whole.update(bytes)
    await this.#handle.writeFile(bytes)
  }

  /**
   * @param body the part's bytes, if it has any
   * @param rows read when the body has ended: how many rows it held
   */
  async part(about: Meta, body?: AsyncIterable<Buffer>, rows?: () => number): Promise<void> {
    if (this.#parts++ === 0) await this.#write(Buffer.from(MAGIC))
    await this.#write(line(about))
    const hash = createHash('sha256')
    for await (const chunk of body ?? []) {
      for (let at = 0; at < chunk.length; at += FRAME_BYTES) {
        const frame = chunk.subarray(at, at + FRAME_BYTES)
        hash.update(frame)
        await this.#write(Buffer.concat([lengthOf(frame), frame]))
      }
    }
    await this.#write(lengthOf(Buffer.alloc(0)))
    await this.#write(line({ sha256: hash.digest('hex'), ...(rows ? { rows: rows() } : {}) }))
  }

  async end(): Promise<void> {
    const sha256 = this.#whole.copy().digest('hex')
    await this.#write(line({ part: 'end', parts: this.#parts, sha256 }))
    await this.#handle.sync()
  }
}

const line = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)

function lengthOf(frame: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(frame.length)
  return length
}

/** Bytes of a file in the sizes that are asked for, hashed as they pass. */
class Source {
  readonly #chunks: AsyncIterator<Buffer>
  readonly hash: Hash = createHash('sha256')
  /** The part being read, for whoever reads of damage. */
  part = 0
  #left: Buffer = Buffer.alloc(0)

  constructor(path: string) {
    this.#chunks = createReadStream(path, { highWaterMark: FRAME_BYTES })[Symbol.asyncIterator]()
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next()
    if (!done) this.#left = this.#left.length ? Buffer.concat([this.#left, value]) : value
    return !done
  }

  async take(length: number): Promise<Buffer> {
    while (this.#left.length < length) if (!(await this.#more())) throw damaged(this.part)
    const taken = this.#left.subarray(0, length)
    this.#left = this.#left.subarray(length)
    this.hash.update(taken)
    return taken
  }

  async takeLine(): Promise<Buffer> {
    while (!this.#left.includes(10)) {
      if (this.#left.length > LONGEST_LINE_BYTES) throw damaged(this.part)
      if (!(await this.#more())) throw damaged(this.part)
    }
    return this.take(this.#left.indexOf(10) + 1)
  }

  async atEnd(): Promise<boolean> {
    return this.#left.length === 0 && !(await this.#more())
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }
}

const damaged = (part: number, cause?: unknown) =>
  new StartError('backup-damaged', { part: part + 1 }, cause)

function parse<T>(schema: z.ZodType<T>, bytes: Buffer, part: number): T {
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (cause) {
    throw damaged(part, cause)
  }
}

export interface Part {
  about: Meta
  /** To be read to its end before the next part. */
  body: AsyncIterable<Buffer>
  /** The closing line; known when the body has been read. */
  closing(): Closing
}

/**
 * Reads a backup part by part and checks every hash on the way.
 * @throws StartError 'backup-damaged' at the first thing that is not as it was written
 */
export async function* readBackup(path: string): AsyncGenerator<Part> {
  await access(path, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    throw new StartError('file-unreadable', { path, reason: cause.code ?? '' }, cause)
  })
  const source = new Source(path)
  try {
    const magic = await source.take(MAGIC.length)
    if (magic.toString('latin1') !== MAGIC) throw damaged(0)
    for (let parts = 0; ; parts++) {
      source.part = parts
      const sofar = source.hash.copy().digest('hex')
      const first = await source.takeLine()
      if (first.subarray(0, 13).toString('latin1') === '{"part":"end"') {
        const end = parse(trailer, first, parts)
        if (end.parts !== parts || end.sha256 !== sofar) throw damaged(parts)
        if (!(await source.atEnd())) throw damaged(parts)
        return
      }
      const about = parse(meta, first, parts)
      if ((about.part === 'header') !== (parts === 0)) throw damaged(parts)
      let end: Closing | null = null
      const body = bodyOf(source, (closed) => {
        end = closed
      })
      yield { about, body, closing: () => end! }
      for await (const _ of body);
    }
  } finally {
    await source.close()
  }
}

async function* bodyOf(source: Source, closed: (closing: Closing) => void): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for (;;) {
    const length = (await source.take(4)).readUInt32BE()
    if (length > FRAME_BYTES) throw damaged(source.part)
    if (length === 0) break
    const frame = await source.take(length)
    hash.update(frame)
    yield frame
  }
  const end = parse(closing, await source.takeLine(), source.part)
  if (end.sha256 !== hash.digest('hex')) throw damaged(source.part)
  closed(end)
}
