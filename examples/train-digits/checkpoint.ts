// Keeps training so that it goes on after an interruption exactly as if there had been none.
import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { newTraining, type Plan, type Training } from './training.ts'

const NAME = 'training.checkpoint'

export interface Progress {
  training: Training
  /** Of the images it learns from; another set cannot continue it. */
  dataSha256: string
  /** Time spent so far, all attempts together. */
  workedMs: number
  /** Steps at which earlier attempts were taken up. */
  resumedAt: readonly number[]
}

interface Saved extends Omit<Progress, 'training'> {
  plan: Plan
  step: number
  loss: Training['loss']
  values: string
  mean: string
  square: string
}

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')
const pack = (numbers: Float64Array) =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64')

/** Replaces a file in one step: a reader sees the old one or the new one, whole. */
export function replaceFile(path: string, text: string): void {
  const file = openSync(`${path}.part`, 'w')
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(`${path}.part`, path)
}

/** Writes the checkpoint; the one before stays until the new one is on the disk. */
export function writeCheckpoint(folder: string, { training, ...rest }: Progress): void {
  const { plan, network, mean, square, step, loss } = training
  const vectors = { values: pack(network.values), mean: pack(mean), square: pack(square) }
  const body = JSON.stringify({ ...rest, plan, step, loss, ...vectors } satisfies Saved)
  mkdirSync(folder, { recursive: true })
  replaceFile(join(folder, NAME), `${sha256(body)}\n${body}\n`)
}

/** @returns null when there is none; 'damaged' when it is not as it was written */
export function readCheckpoint(folder: string): Progress | null | 'damaged' {
  let text: string
  try {
    text = readFileSync(join(folder, NAME), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const [hash, body] = text.split('\n')
  if (body === undefined || sha256(body) !== hash) return 'damaged'
  const { plan, step, loss, values, mean, square, ...rest } = JSON.parse(body) as Saved
  const training = newTraining(plan)
  unpack(values, training.network.values)
  unpack(mean, training.mean)
  unpack(square, training.square)
  return { ...rest, training: { ...training, step, loss } }
}

function unpack(text: string, into: Float64Array): void {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'))
  into.set(new Float64Array(bytes.buffer, 0, into.length))
}
