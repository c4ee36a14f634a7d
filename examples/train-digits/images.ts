// Reads labelled images of digits: CSV, 64 grey values from 0 to 16 and then the digit, one a line.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

export const SIDE = 8
export const PIXELS = SIDE * SIDE
export const CLASSES = 10
const DARKEST = 16
const MOST_BYTES = 256 * 2 ** 20

export interface Images {
  count: number
  /** Image after image, row by row; 0 is paper, 1 is the darkest ink. */
  pixels: Float64Array
  labels: Uint8Array
}

/** The input is missing or is not what it should be; the message is for the reader of the log. */
export class InputError extends Error {
  /** 65: content, 66: missing, as in sysexits.h. */
  readonly exitCode: number
  constructor(message: string, exitCode = 65) {
    super(message)
    this.exitCode = exitCode
  }
}

/** @throws InputError naming the first line that is not an image */
export function parseImages(text: string): Images {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const pixels = new Float64Array(lines.length * PIXELS)
  const labels = new Uint8Array(lines.length)
  const within = (value: number, most: number) =>
    Number.isInteger(value) && value >= 0 && value <= most
  lines.forEach((line, nth) => {
    const values = line.split(',').map((field) => (field.trim() === '' ? Number.NaN : +field))
    const label = values.pop() ?? Number.NaN
    const good =
      values.length === PIXELS &&
      values.every((value) => within(value, DARKEST)) &&
      within(label, CLASSES - 1)
    if (!good) {
      throw new InputError(
        `第 ${nth + 1} 行应为 64 个 0–16 的灰度值和一个数字 · ` +
          `line ${nth + 1} should be 64 grey values of 0 to 16 and a digit`,
      )
    }
    values.forEach((value, at) => {
      pixels[nth * PIXELS + at] = value / DARKEST
    })
    labels[nth] = label
  })
  return { count: lines.length, pixels, labels }
}

/** The same images as `parseImages` reads. */
export function formatImages(images: Images): string {
  const line = (nth: number) =>
    [...imageAt(images, nth)].map((value) => value * DARKEST).concat(images.labels[nth]!)
  return Array.from({ length: images.count }, (_, nth) => `${line(nth).join(',')}\n`).join('')
}

/**
 * Reads a .csv or .csv.gz file, or the only one in a folder.
 * @throws InputError when there is none, several, or it is not such a file
 */
export function readImages(path: string): Images {
  const file = onlyTable(path)
  const bytes = readFileSync(file)
  try {
    const plain = file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes
    return parseImages(plain.toString('utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new InputError(`${file}: ${why}`)
  }
}

function onlyTable(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile()) return path
  const tables = found ? readdirSync(path).filter((name) => /\.csv(\.gz)?$/.test(name)) : []
  if (tables.length === 1) return join(path, tables[0]!)
  const [zh, en] = tables.length === 0 ? ['没有', 'no'] : ['不止一个', 'more than one']
  throw new InputError(`${path}: ${zh} CSV 文件 · ${en} CSV file`, 66)
}

/** Pixels of one image, as a view. */
export function imageAt(images: Images, nth: number): Float64Array {
  return images.pixels.subarray(nth * PIXELS, (nth + 1) * PIXELS)
}

/** Images [from, to), as a view. */
export function between(images: Images, from: number, to: number): Images {
  return {
    count: to - from,
    pixels: images.pixels.subarray(from * PIXELS, to * PIXELS),
    labels: images.labels.subarray(from, to),
  }
}
