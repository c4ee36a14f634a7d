// Examines a model of train-digits on images it never saw, under several conditions.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { CLASSES, type Images, InputError, imageAt, readImages } from './images.ts'
import { wilson } from './interval.ts'
import { digitOf, type Model, readModel } from './model.ts'
import { randomFrom } from './random.ts'
import { type Slice, slices } from './slices.ts'

const STOPPED = 128 + 15
const outputFolder = process.env.KAPOK_OUTPUT ?? '/output'
const dataFolder = process.env.KAPOK_DATA_DIR ?? '/data'

export interface Result {
  name: string
  images: number
  right: number
  accuracy: number
  interval: { low: number; high: number; level: number; method: 'wilson' }
  /** Row: the digit that was written; column: the digit that the model named. */
  confusion: number[][]
}

let stopAsked = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    stopAsked = true
  })
}

/** Shows every image once, distorted as the slice says; decided by the seed alone. */
function examine(model: Model, images: Images, slice: Slice, seed: number): Result {
  const confusion = Array.from({ length: CLASSES }, () => Array<number>(CLASSES).fill(0))
  const nth = slices.indexOf(slice)
  let right = 0
  for (let at = 0; at < images.count; at++) {
    const image = slice.distort(imageAt(images, at), randomFrom(seed, nth, at))
    const [written, named] = [images.labels[at]!, digitOf(model, image)]
    confusion[written]![named]!++
    if (written === named) right++
  }
  return {
    name: slice.name,
    images: images.count,
    right,
    accuracy: right / images.count,
    interval: { ...wilson(right, images.count), level: 0.95, method: 'wilson' },
    confusion,
  }
}

function say(slice: Slice, { accuracy, interval, right, images }: Result): void {
  const percent = (share: number) => (share * 100).toFixed(1)
  const range = `${percent(interval.low)}–${percent(interval.high)} %`
  console.log(
    `${slice.zh}：准确率 ${percent(accuracy)} %（95 % 区间 ${range}），${right}/${images} · ` +
      `${slice.en}: accuracy ${percent(accuracy)} % (95 % interval ${range})`,
  )
}

function readSeed(): number {
  try {
    const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } })
    if (/^\d{1,9}$/.test(values.seed)) return Number(values.seed)
  } catch {}
  throw new InputError('用法 · usage: node evaluate.ts [--seed 1]', 64)
}

async function main(): Promise<number> {
  const seed = readSeed()
  const model = readModel(join(dataFolder, 'model', 'model.json'))
  const own = join(dataFolder, 'digits')
  const given = existsSync(own)
  const images = readImages(given ? own : join(dataFolder, 'model', 'held-out.csv'))
  if (images.count === 0) throw new InputError('没有图像 · there are no images', 66)
  mkdirSync(outputFolder, { recursive: true })
  const results: Result[] = []
  for (const slice of slices) {
    // Signals are heard between two turns of the event loop.
    await turn()
    if (stopAsked) return STOPPED
    const result = examine(model, images, slice, seed)
    say(slice, result)
    results.push(result)
  }
  const evaluation = { seed, images: given ? 'digits' : 'held-out', slices: results }
  const file = join(outputFolder, 'evaluation.json')
  writeFileSync(`${file}.part`, `${JSON.stringify(evaluation)}\n`)
  renameSync(`${file}.part`, file)
  return 0
}

try {
  process.exitCode = await main()
} catch (error) {
  const { message, exitCode, code } = error as InputError & NodeJS.ErrnoException
  // A full disk or a folder that cannot be written needs no trace of calls.
  console.error(exitCode === undefined && code === undefined ? error : message)
  process.exitCode = exitCode ?? 1
}
