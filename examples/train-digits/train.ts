// Trains a network to read handwritten digits; can be stopped at any moment and goes on from there.
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { type Arguments, readArguments, USAGE, UsageError } from './arguments.ts'
import { baselineAccuracy } from './baseline.ts'
import { type Progress, readCheckpoint, replaceFile, writeCheckpoint } from './checkpoint.ts'
import { between, formatImages, type Images, InputError, readImages } from './images.ts'
import { modelOf, networkFrom } from './model-file.ts'
import { parameterCount } from './network.ts'
import {
  accuracy,
  newTraining,
  type Plan,
  stepsPerEpoch,
  takeLoss,
  totalSteps,
  trainStep,
} from './training.ts'

const CHECKPOINT_EVERY_MS = 1_000
const SPEAK_EVERY_MS = 1_000
const REPORTS = 60
const CALIBRATION_MS = 400
const STOPPED = 128 + 15

const outputFolder = process.env.KAPOK_OUTPUT ?? '/output'
const checkpointFolder = process.env.KAPOK_CHECKPOINT ?? '/checkpoint'
const dataFolder = process.env.KAPOK_DATA_DIR ?? '/data'
const metricsFile = join(outputFolder, 'metrics.jsonl')

interface Data {
  training: Images
  /** Never trained on: the last third in the order of the file. */
  heldOut: Images
  sha256: string
  given: boolean
}

let stopAsked = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    stopAsked = true
  })
}

const say = (zh: string, en: string) => console.log(`${zh} · ${en}`)
const percent = (share: number) => `${(share * 100).toFixed(1)} %`
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

function readData(): Data {
  const given = existsSync(join(dataFolder, 'digits'))
  const path = given ? join(dataFolder, 'digits') : join(import.meta.dirname, 'digits.csv.gz')
  const all = readImages(path)
  if (all.count < 30) {
    throw new InputError(`${path}: 至少需要 30 幅图像 · at least 30 images are needed`)
  }
  const cut = Math.floor((all.count * 2) / 3)
  const sha256 = createHash('sha256').update(all.pixels).update(all.labels).digest('hex')
  return {
    training: between(all, 0, cut),
    heldOut: between(all, cut, all.count),
    sha256,
    given,
  }
}

/** How many epochs take about that long here, by trying for a moment on a copy. */
function epochsIn(wanted: number, plan: Omit<Plan, 'epochs'>, images: Images): number {
  const trial = newTraining({ ...plan, epochs: 1_000 })
  const begun = performance.now()
  let [warmStep, warmAt] = [0, begun]
  while (performance.now() - begun < CALIBRATION_MS) {
    trainStep(trial, images)
    if (warmStep === 0 && performance.now() - begun > CALIBRATION_MS / 2) {
      ;[warmStep, warmAt] = [trial.step, performance.now()]
    }
  }
  const msPerStep = (performance.now() - warmAt) / Math.max(1, trial.step - warmStep)
  return Math.max(1, Math.round((wanted * 1_000) / msPerStep / stepsPerEpoch(images)))
}

/** Where the last attempt stopped, or the beginning. */
function begin(given: Arguments, data: Data): { progress: Progress; resumed: boolean } {
  const found = readCheckpoint(checkpointFolder)
  if (found === 'damaged') {
    say('检查点已损坏，从头开始', 'the checkpoint is damaged; starting from the beginning')
  } else if (found !== null) {
    const { seed, hidden, epochs } = found.training.plan
    const same =
      found.dataSha256 === data.sha256 &&
      seed === given.seed &&
      `${hidden}` === `${given.hidden}` &&
      (given.epochs === null || given.epochs === epochs)
    if (!same) {
      throw new UsageError(
        '检查点属于另一组参数或数据，未改动；请另选检查点文件夹 · the checkpoint belongs to other ' +
          'arguments or data and was left alone; choose another checkpoint folder',
      )
    }
    return { progress: found, resumed: true }
  }
  const { seed, hidden } = given
  const epochs = given.epochs ?? epochsIn(given.seconds!, { seed, hidden }, data.training)
  const training = newTraining({ seed, hidden, epochs })
  const progress = { training, dataSha256: data.sha256, workedMs: 0, resumedAt: [] }
  return { progress, resumed: false }
}

const record = (line: Record<string, unknown>) =>
  appendFileSync(metricsFile, `${JSON.stringify({ ...line, at: new Date().toISOString() })}\n`)

/** Trains to the end or until asked to stop; true when the end was reached. */
async function train(progress: Progress, data: Data): Promise<boolean> {
  const { training } = progress
  const { plan } = training
  const perEpoch = stepsPerEpoch(data.training)
  const reportEvery = perEpoch * Math.max(1, Math.round(plan.epochs / REPORTS))
  const [last, before, begun] = [
    totalSteps(plan, data.training),
    progress.workedMs,
    performance.now(),
  ]
  let [spokenAt, savedAt] = [Number.NEGATIVE_INFINITY, begun]
  const save = () => {
    progress.workedMs = Math.round(before + performance.now() - begun)
    writeCheckpoint(checkpointFolder, progress)
    savedAt = performance.now()
  }
  while (training.step < last && !stopAsked) {
    trainStep(training, data.training)
    const now = performance.now()
    if (training.step % reportEvery === 0 || training.step === last) {
      const [epoch, loss] = [training.step / perEpoch, takeLoss(training)!]
      const share = accuracy(training.network, data.heldOut)
      record({ step: training.step, epoch, loss: +loss.toFixed(6), accuracy: +share.toFixed(6) })
      if (now - spokenAt >= SPEAK_EVERY_MS || training.step === last) {
        spokenAt = now
        const [of, took] = [`${epoch}/${plan.epochs}`, seconds(before + now - begun)]
        say(
          `第 ${of} 轮，损失 ${loss.toFixed(4)}，留出集准确率 ${percent(share)}，已用 ${took}`,
          `epoch ${of}, loss ${loss.toFixed(4)}, held-out accuracy ${percent(share)}, ${took}`,
        )
      }
    }
    if (now - savedAt >= CHECKPOINT_EVERY_MS) save()
    // Signals are heard between two turns of the event loop.
    await turn()
  }
  save()
  return training.step === last
}

/** Writes the model, the images it never saw, and the report. */
function finish(progress: Progress, data: Data): void {
  const { training, workedMs, resumedAt } = progress
  const model = modelOf(training.network)
  const network = networkFrom(model)
  const result = {
    heldOut: accuracy(network, data.heldOut),
    training: accuracy(network, data.training),
    baseline: baselineAccuracy(data.training, data.heldOut),
  }
  const source = data.given
    ? { source: 'data/digits', licence: null }
    : {
        source: 'E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI',
        licence: 'CC BY 4.0',
      }
  const counts = { training: data.training.count, heldOut: data.heldOut.count }
  const report = {
    model: 'model.json',
    plan: training.plan,
    parameters: parameterCount(network.sizes),
    steps: training.step,
    accuracy: result,
    data: { ...source, images: counts, sha256: data.sha256 },
    seconds: workedMs / 1_000,
    resumedAt,
    node: process.version,
  }
  replaceFile(join(outputFolder, 'model.json'), `${JSON.stringify(model)}\n`)
  replaceFile(join(outputFolder, 'held-out.csv'), formatImages(data.heldOut))
  replaceFile(join(outputFolder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  say(
    `完成：留出集准确率 ${percent(result.heldOut)}，最近均值基线 ${percent(result.baseline)}`,
    `done: held-out accuracy ${percent(result.heldOut)}, nearest centroid ${percent(result.baseline)}`,
  )
}

async function main(): Promise<number> {
  const given = readArguments(process.argv.slice(2))
  const data = readData()
  mkdirSync(outputFolder, { recursive: true })
  const { progress, resumed } = begin(given, data)
  const { step, plan } = progress.training
  const epoch = +(step / stepsPerEpoch(data.training)).toFixed(3)
  if (resumed) {
    say(`从第 ${step} 步继续`, `going on from step ${step}`)
    progress.resumedAt = [...progress.resumedAt, step]
    record({ resumed: true, step, epoch })
  } else {
    writeFileSync(metricsFile, '')
    const [all, kept] = [data.training.count, data.heldOut.count]
    say(
      `${all} 幅图像用于训练，${kept} 幅留出；${plan.epochs} 轮`,
      `${all} images to learn from, ${kept} held out; ${plan.epochs} epochs`,
    )
  }
  if (await train(progress, data)) {
    finish(progress, data)
    return 0
  }
  const reached = progress.training.step
  say(`收到停止信号，已在第 ${reached} 步存档`, `asked to stop; checkpoint at step ${reached}`)
  return STOPPED
}

try {
  process.exitCode = await main()
} catch (error) {
  const { message, exitCode, code } = error as InputError & NodeJS.ErrnoException
  // A full disk or a folder that cannot be written needs no trace of calls.
  console.error(exitCode === undefined && code === undefined ? error : message)
  if (error instanceof UsageError) console.error(USAGE)
  process.exitCode = exitCode ?? 1
}
