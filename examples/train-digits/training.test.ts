// The gradient is the slope, training learns, and an interruption leaves no trace.
import assert from 'node:assert/strict'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { baselineAccuracy } from './baseline.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { between, imageAt, parseImages, readImages } from './images.ts'
import { modelOf, networkFrom } from './model-file.ts'
import { addGradient, classOf, forward, networkOf, newNetwork, parameterCount } from './network.ts'
import { randomFrom } from './random.ts'
import {
  accuracy,
  newTraining,
  stepsPerEpoch,
  takeLoss,
  totalSteps,
  trainStep,
} from './training.ts'

const all = readImages(join(import.meta.dirname, 'digits.csv.gz'))
const images = between(all, 0, 320)
const heldOut = between(all, 1200, 1500)

/** Steps until `step`, or to the end of the plan. */
function trainTo(training: ReturnType<typeof newTraining>, step = Number.POSITIVE_INFINITY) {
  const last = Math.min(step, totalSteps(training.plan, images))
  while (training.step < last) trainStep(training, images)
  return training
}

test('the gradient is the slope of the loss, for every kind of parameter', () => {
  const sizes = [64, 5, 4, 10]
  const network = newNetwork(sizes, randomFrom(1))
  network.values.forEach((value, at) => {
    network.values[at] = value + 0.01
  })
  const gradient = networkOf(sizes, new Float64Array(parameterCount(sizes)))
  const image = imageAt(images, 3)
  addGradient(network, gradient, image, 7)
  const lossAt = (at: number, value: number) => {
    const values = new Float64Array(network.values)
    values[at] = value
    return -Math.log(forward(networkOf(sizes, values), image).at(-1)![7]!)
  }
  let steep = 0
  network.values.forEach((value, at) => {
    const slope = (lossAt(at, value + 1e-5) - lossAt(at, value - 1e-5)) / 2e-5
    assert.ok(Math.abs(slope - gradient.values[at]!) < 1e-6, `${at}: ${gradient.values[at]}`)
    if (Math.abs(slope) > 1e-3) steep++
  })
  assert.ok(steep > 50, `only ${steep} parameters matter`)
})

test('probabilities are shares, also of scores that would overflow', () => {
  const network = newNetwork([64, 10], randomFrom(1))
  network.layers[0]!.biases[4] = 5_000
  const probabilities = forward(network, imageAt(images, 0)).at(-1)!
  assert.ok(Math.abs(probabilities.reduce((sum, share) => sum + share) - 1) < 1e-12)
  assert.equal(classOf(network, imageAt(images, 0)), 4)
})

test('it learns: the loss falls and images it never saw are read better than by the baseline', () => {
  const training = newTraining({ seed: 3, hidden: [64], epochs: 120 })
  const last = totalSteps(training.plan, images)
  trainTo(training, stepsPerEpoch(images))
  const before = { loss: takeLoss(training)!, accuracy: accuracy(training.network, heldOut) }
  trainTo(training, last - stepsPerEpoch(images))
  takeLoss(training)
  trainTo(training)
  assert.ok(takeLoss(training)! < before.loss / 3)
  const reached = accuracy(training.network, heldOut)
  const baseline = baselineAccuracy(images, heldOut)
  assert.ok(reached > before.accuracy + 0.2, `${before.accuracy} to ${reached}`)
  assert.ok(reached > baseline + 0.01, `${reached} against ${baseline}`)
})

test('the baseline is the nearest mean, and never a digit without images', () => {
  const page = (ink: number, label: number) => `${`${ink},`.repeat(64)}${label}\n`
  const learned = parseImages(page(0, 1) + page(4, 1) + page(16, 2))
  const asked = parseImages(page(8, 1) + page(10, 2) + page(9, 1) + page(2, 5))
  assert.equal(baselineAccuracy(learned, asked), 3 / 4)
})

test('the seed decides everything, and every part of the plan matters', () => {
  const values = (seed: number, hidden: number[]) =>
    trainTo(newTraining({ seed, hidden, epochs: 2 })).network.values
  assert.deepEqual(values(1, [8]), values(1, [8]))
  assert.notDeepEqual(values(1, [8]), values(2, [8]))
  assert.notEqual(values(1, [8]).length, values(1, [8, 8]).length)
})

test('stopped at any step and taken up again, it ends exactly the same', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kapok-checkpoint-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const plan = { seed: 5, hidden: [12, 6], epochs: 3 }
  const whole = trainTo(newTraining(plan))
  let training = newTraining(plan)
  for (const step of [1, 7, 10, 23, 29]) {
    trainTo(training, step)
    const rest = { dataSha256: 'a', workedMs: step, resumedAt: [] }
    writeCheckpoint(folder, { training, ...rest })
    const found = readCheckpoint(folder)
    assert.ok(found !== null && found !== 'damaged')
    const { training: again, ...kept } = found
    assert.deepEqual(kept, rest)
    assert.equal(again.step, step)
    training = again
  }
  trainTo(training)
  assert.deepEqual(training.network.values, whole.network.values)
  assert.deepEqual([training.mean, training.square], [whole.mean, whole.square])
  assert.equal(takeLoss(training), takeLoss(whole))
})

test('a checkpoint is whole or damaged, never half believed', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kapok-checkpoint-'))
  t.after(() => rmSync(folder, { recursive: true }))
  assert.equal(readCheckpoint(folder), null)
  const training = newTraining({ seed: 1, hidden: [4], epochs: 1 })
  writeCheckpoint(folder, { training, dataSha256: 'a', workedMs: 0, resumedAt: [] })
  assert.deepEqual(readdirSync(folder), ['training.checkpoint'])
  const file = join(folder, 'training.checkpoint')
  const text = readFileSync(file, 'utf8')
  for (const bad of [
    '',
    text.slice(0, 60),
    text.slice(0, -20),
    text.replace('"step":0', '"step":9'),
  ]) {
    writeFileSync(file, bad)
    assert.equal(readCheckpoint(folder), 'damaged')
  }
  writeFileSync(file, text)
  // What an interrupted write leaves beside it changes nothing.
  appendFileSync(`${file}.part`, 'half')
  assert.notEqual(readCheckpoint(folder), 'damaged')
})

test('the model file gives the same answers as the network', () => {
  const { network } = trainTo(newTraining({ seed: 1, hidden: [16], epochs: 5 }))
  const again = networkFrom(JSON.parse(JSON.stringify(modelOf(network))))
  again.values.forEach((value, at) => {
    assert.ok(Math.abs(value - network.values[at]!) <= Math.abs(value) * 1e-5)
  })
  assert.equal(accuracy(again, heldOut), accuracy(network, heldOut))
})
