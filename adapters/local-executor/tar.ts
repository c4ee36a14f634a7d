// Reads a tar archive (ustar, pax, GNU long names) strictly: what is odd is refused, never guessed.
import { ExecutorRefused } from '#services/compute/ports.ts'

const BLOCK_BYTES = 512
/** Long names and pax records are read into memory, so they are short. */
const LONGEST_EXTENSION_BYTES = 65_536

export interface TarEntry {
  path: string
  /** The type byte of the header: '0' a file, '5' a directory, '1' and '2' links, and so on. */
  type: string
  mode: number
  bytes: number
  /** Must be read to its end before the next entry. */
  content: AsyncIterable<Buffer>
}

const refuse = (reason: string) => new ExecutorRefused('archive-format', { reason })

/** Bytes of a stream, taken as they are needed. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]()
  }

  async #more(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next()
      if (done) return false
      this.#rest = value
    }
    return true
  }

  /** The next `count` bytes, as they come. */
  async *pieces(count: number): AsyncGenerator<Buffer> {
    let left = count
    while (left > 0) {
      if (!(await this.#more())) throw refuse('short')
      const piece = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }

  /** @returns null at the end of the stream */
  async take(count: number): Promise<Buffer | null> {
    if (!(await this.#more())) return null
    if (this.#rest.length >= count) {
      const whole = this.#rest.subarray(0, count)
      this.#rest = this.#rest.subarray(count)
      return whole
    }
    const pieces: Buffer[] = []
    for await (const piece of this.pieces(count)) pieces.push(piece)
    return Buffer.concat(pieces)
  }

  async skip(count: number): Promise<void> {
    for await (const _ of this.pieces(count));
  }
}

function textAt(block: Buffer, from: number, length: number): string {
  const field = block.subarray(from, from + length)
  const end = field.indexOf(0)
  return field.subarray(0, end === -1 ? length : end).toString('utf8')
}

/** Octal text, or base 256 where the first bit is set. */
function numberAt(block: Buffer, from: number, length: number): number {
  if (block[from]! & 0x80) {
    if (block[from] !== 0x80) throw refuse('number')
    const value = block.subarray(from + 1, from + length).reduce((sum, byte) => sum * 256 + byte, 0)
    if (!Number.isSafeInteger(value)) throw refuse('number')
    return value
  }
  const text = textAt(block, from, length).trim()
  if (!/^[0-7]*$/.test(text)) throw refuse('number')
  return text === '' ? 0 : Number.parseInt(text, 8)
}

function checkSum(block: Buffer): void {
  let sum = 0
  for (const [nth, byte] of block.entries()) sum += nth >= 148 && nth < 156 ? 32 : byte
  if (sum !== numberAt(block, 148, 8)) throw refuse('checksum')
}

/** Records of the form 'length key=value\n'; only what matters here is kept. */
function readPax(bytes: Buffer): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {}
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at)
    const length = Number(bytes.subarray(at, space).toString('latin1'))
    if (space === -1 || !Number.isInteger(length) || length < 5) throw refuse('pax')
    const end = at + length
    if (end > bytes.length || bytes[end - 1] !== 10) throw refuse('pax')
    const record = bytes.subarray(space + 1, end - 1).toString('utf8')
    const [key, value] = [record.split('=', 1)[0]!, record.slice(record.indexOf('=') + 1)]
    if (key === 'path') found.path = value
    if (key === 'size') found.size = Number(value)
    // Files with holes are written in several ways that nobody needs here.
    if (key.startsWith('GNU.sparse')) throw refuse('sparse')
    at = end
  }
  if (found.size !== undefined && !(Number.isSafeInteger(found.size) && found.size >= 0)) {
    throw refuse('pax')
  }
  return found
}

function nameOf(block: Buffer): string {
  const name = textAt(block, 0, 100)
  const prefix = textAt(block, 257, 6) === 'ustar' ? textAt(block, 345, 155) : ''
  return prefix ? `${prefix}/${name}` : name
}

/**
 * The entries of an archive in their order.
 * @throws ExecutorRefused archive-format
 */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = new Bytes(source)
  let extension: { path?: string; size?: number } = {}
  for (;;) {
    const block = await bytes.take(BLOCK_BYTES)
    if (!block) throw refuse('short')
    // The end of an archive is marked by a block of zeros.
    if (block.every((byte) => byte === 0)) return
    checkSum(block)
    const type = textAt(block, 156, 1) || '0'
    const stated = numberAt(block, 124, 12)
    if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
      if (stated > LONGEST_EXTENSION_BYTES) throw refuse('extension')
      const text = (stated > 0 ? await bytes.take(stated) : null) ?? Buffer.alloc(0)
      await bytes.skip(padding(stated))
      if (type === 'x') extension = { ...extension, ...readPax(text) }
      if (type === 'L') extension.path = textAt(text, 0, text.length)
      continue
    }
    const size = extension.size ?? stated
    const path = extension.path ?? nameOf(block)
    extension = {}
    yield { path, type, mode: numberAt(block, 100, 8), bytes: size, content: bytes.pieces(size) }
    await bytes.skip(padding(size))
  }
}

const padding = (size: number) => (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES
