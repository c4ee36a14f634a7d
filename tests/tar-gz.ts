// Makes tar.gz archives for tests, the bad ones included.
import { gzipSync } from 'node:zlib'

export interface TarPart {
  path: string
  /** The type byte of the header; '0', a file, where it is left out. */
  type?: string
  content?: string | Buffer
  link?: string
  mode?: number
  /** A size that is stated but not true. */
  stated?: number
}

const BLOCK_BYTES = 512

/** One entry, padded to whole blocks. */
export function tarBlocks({ path, type = '0', content = '', link = '', mode, stated }: TarPart) {
  const body = Buffer.from(content)
  const header = Buffer.alloc(BLOCK_BYTES)
  const octal = (value: number, at: number, length: number) =>
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  header.write(path, 0, 100)
  octal(mode ?? (type === '5' ? 0o755 : 0o644), 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(stated ?? body.length, 124, 12)
  octal(0, 136, 12)
  header.write('        ', 148, 'latin1')
  header.write(type, 156, 'latin1')
  header.write(link, 157, 100)
  header.write('ustar\x0000', 257, 'latin1')
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  const padding = Buffer.alloc((BLOCK_BYTES - (body.length % BLOCK_BYTES)) % BLOCK_BYTES)
  return Buffer.concat([header, body, padding])
}

/** A whole archive, with the two empty blocks at its end. */
export function tarGz(parts: readonly TarPart[]): Buffer {
  return gzipSync(Buffer.concat([...parts.map(tarBlocks), Buffer.alloc(2 * BLOCK_BYTES)]))
}
