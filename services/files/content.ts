// Whether bytes are what their name says: the kinds of file taken in, checked while they stream past.
import { createHash } from 'node:crypto'
import { fileTypeFromBuffer } from 'file-type'
import { problem } from '#platform/errors.ts'

interface FileKind {
  /** What it is served as. */
  mediaType: string
  /** Other names under which clients send it. */
  alsoSentAs?: readonly string[]
  /** What its first bytes must show; 'text' stands for well-formed UTF-8 without NUL. */
  shows: string
}

const office = 'application/vnd.openxmlformats-officedocument'
const binary = (mediaType: string, shows = mediaType, alsoSentAs: string[] = []): FileKind => ({
  mediaType,
  shows,
  alsoSentAs,
})
const text = (mediaType: string, ...alsoSentAs: string[]): FileKind => ({
  mediaType,
  shows: 'text',
  alsoSentAs: ['text/plain', ...alsoSentAs],
})

/** Extension -> kind. HTML and SVG are not here: a browser would run what they hold. */
const kinds: Record<string, FileKind> = {
  pdf: binary('application/pdf'),
  ofd: binary('application/ofd', 'application/zip', ['application/zip']),
  docx: binary(`${office}.wordprocessingml.document`),
  xlsx: binary(`${office}.spreadsheetml.sheet`),
  pptx: binary(`${office}.presentationml.presentation`),
  png: binary('image/png'),
  jpg: binary('image/jpeg'),
  jpeg: binary('image/jpeg'),
  webp: binary('image/webp'),
  gif: binary('image/gif'),
  zip: binary('application/zip', 'application/zip', ['application/x-zip-compressed']),
  gz: binary('application/gzip', 'application/gzip', ['application/x-gzip']),
  txt: text('text/plain'),
  md: text('text/markdown'),
  csv: text('text/csv', 'application/vnd.ms-excel'),
  json: text('application/json'),
  jsonl: text('application/x-ndjson', 'application/jsonl'),
  yaml: text('application/yaml', 'text/yaml', 'application/x-yaml'),
  yml: text('application/yaml', 'text/yaml', 'application/x-yaml'),
}

const detectable = new Set(Object.values(kinds).map((kind) => kind.shows))
const HEAD_BYTES = 262_144

/** The kind that a file's name promises. @throws files.type */
export function kindOf(name: string): FileKind & { extension: string } {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const kind = Object.hasOwn(kinds, extension) ? kinds[extension] : undefined
  if (!kind) {
    throw problem('files.type', {
      found: extension || '—',
      allowed: Object.keys(kinds).join(' '),
    })
  }
  return { ...kind, extension }
}

/** Refuses a declared type that does not go with the name; no declaration is no contradiction. */
export function checkDeclared(name: string, header: string | undefined): void {
  const kind = kindOf(name)
  const [declared] = (header ?? '').toLowerCase().split(/\s*;/, 1)
  if (!declared || declared === 'application/octet-stream') return
  if (declared === kind.mediaType || kind.alsoSentAs?.includes(declared)) return
  throw problem('files.mismatch', { expected: kind.extension, found: declared.slice(0, 100) })
}

/** Looks at bytes as they pass: counts, hashes, and refuses as soon as they cannot be that kind. */
export class ContentCheck {
  size = 0
  readonly #hash = createHash('sha256')
  readonly #kind: ReturnType<typeof kindOf>
  readonly #head: Buffer[] = []
  #headSize = 0
  #headChecked = false
  #decoder: InstanceType<typeof TextDecoder> | null

  constructor(name: string) {
    this.#kind = kindOf(name)
    this.#decoder = this.#kind.shows === 'text' ? new TextDecoder('utf-8', { fatal: true }) : null
  }

  /** @throws files.mismatch */
  async pass(chunk: Buffer): Promise<void> {
    this.size += chunk.length
    this.#hash.update(chunk)
    this.#decode(chunk)
    if (this.#headChecked) return
    const wanted = chunk.subarray(0, HEAD_BYTES - this.#headSize)
    this.#head.push(wanted)
    this.#headSize += wanted.length
    if (this.#headSize === HEAD_BYTES) await this.#checkHead(false)
  }

  /** After the last chunk; returns the SHA-256. @throws files.mismatch, files.empty */
  async finish(): Promise<Buffer> {
    if (this.size === 0) throw problem('files.empty')
    this.#decode(null)
    if (!this.#headChecked) await this.#checkHead(true)
    return this.#hash.digest()
  }

  #refuse(found: string): never {
    throw problem('files.mismatch', { expected: this.#kind.extension, found })
  }

  #decode(chunk: Buffer | null): void {
    if (!this.#decoder) return
    if (chunk?.includes(0)) this.#refuse('NUL')
    try {
      if (chunk) this.#decoder.decode(chunk, { stream: true })
      else this.#decoder.decode()
    } catch {
      this.#refuse('not UTF-8')
    }
  }

  async #checkHead(whole: boolean): Promise<void> {
    this.#headChecked = true
    const head = Buffer.concat(this.#head.splice(0))
    const found = (await fileTypeFromBuffer(head))?.mime
    if (this.#kind.shows !== 'text') {
      if (found !== this.#kind.shows) this.#refuse(found ?? 'unknown')
      return
    }
    // file-type takes some words for binary formats ("BM…"); only kinds taken in here count.
    if (found && detectable.has(found)) this.#refuse(found)
    if (this.#kind.extension === 'json') this.#checkJson(head, whole)
  }

  /** A short document is parsed; of a long one only the beginning is looked at. */
  #checkJson(head: Buffer, whole: boolean): void {
    const start = head.toString('utf8', 0, whole ? head.length : 1_000).replace(/^\ufeff/, '')
    try {
      if (whole) JSON.parse(start)
    } catch {
      this.#refuse('not JSON')
    }
    if (!/^\s*[[{"\d\-tfn]/.test(start)) this.#refuse('not JSON')
  }
}
