// Intervals against published values, the model file, and the program over a model that was trained.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { imageAt, readImages } from './images.ts'
import { wilson } from './interval.ts'
import { digitOf, modelFrom } from './model.ts'
import { randomFrom } from './random.ts'
import { slices } from './slices.ts'

const here = import.meta.dirname
const trainer = join(here, '../train-digits')

interface Result {
  name: string
  images: number
  right: number
  accuracy: number
  interval: { low: number; high: number }
  confusion: number[][]
}

function run(file: string, args: string[], folder: string) {
  const env = {
    PATH: '/usr/bin:/bin',
    KAPOK_DATA_DIR: join(folder, 'data'),
    KAPOK_CHECKPOINT: join(folder, 'checkpoint'),
    KAPOK_OUTPUT: join(folder, file.endsWith('train.ts') ? 'data/model' : 'output'),
  }
  return new Promise<{ code: number; out: string; error: string }>((resolve) => {
    const child = execFile(process.execPath, [file, ...args], { env }, (_, out, error) =>
      resolve({ code: child.exitCode ?? -1, out, error }),
    )
  })
}

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'kapok-evaluate-'))
  t.after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'data/model'), { recursive: true })
  return folder
}

test('intervals are Wilson’s', () => {
  // Newcombe (1998), Statistics in Medicine 17, table I, method 3; and 8 of 10.
  const known = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [8, 10, 0.4902, 0.9433],
  ] as const
  for (const [right, all, low, high] of known) {
    const found = wilson(right, all)
    assert.equal(found.low.toFixed(4), low.toFixed(4), `${right} of ${all}`)
    assert.equal(found.high.toFixed(4), high.toFixed(4), `${right} of ${all}`)
    const mirror = wilson(all - right, all)
    assert.ok(Math.abs(mirror.low + found.high - 1) < 1e-12)
  }
  assert.deepEqual(wilson(0, 0), { low: 0, high: 1 })
  assert.equal(wilson(20, 20).high, 1)
})

test('a model is read layer by layer, and one that does not fit is refused', () => {
  const rows = (count: number, length: number) =>
    Array.from({ length: count }, (_, row) => Array<number>(length).fill(row))
  const layers = [
    { activation: 'relu', weights: rows(3, 64), biases: [0, 0, 0] },
    { activation: 'softmax', weights: rows(10, 3), biases: Array<number>(10).fill(0) },
  ] as const
  const file = { format: 'digits-perceptron', version: 1, layers }
  const ink = new Float64Array(64).fill(0.5)
  assert.equal(digitOf(modelFrom(file), ink), 9)
  const negative = layers[0].weights.map((row) => row.map((weight) => -weight))
  const mute = { ...file, layers: [{ ...layers[0], weights: negative }, layers[1]] }
  assert.equal(digitOf(modelFrom(mute), ink), 0, 'a ReLU lets nothing negative through')
  const wrong: unknown[] = [
    null,
    {},
    { ...file, version: 2 },
    { ...file, layers: [] },
    { ...file, layers: [layers[1]] },
    { ...file, layers: [layers[0]] },
    { ...file, layers: [{ ...layers[0], biases: [0, 0] }, layers[1]] },
    { ...file, layers: [{ ...layers[0], biases: [0, 0, 'x'] }, layers[1]] },
    { ...file, layers: [layers[0], { ...layers[1], weights: rows(10, 4) }] },
    { ...file, layers: [layers[0], 7] },
  ]
  for (const bad of wrong) assert.throws(() => modelFrom(bad), { exitCode: 65 })
})

test('over a trained model: the same accuracy as in training, sums that agree, the same again', async (t) => {
  const folder = place(t)
  const trained = await run(join(trainer, 'train.ts'), ['--epochs', '30'], folder)
  assert.equal(trained.code, 0, trained.error)
  const { code, out, error } = await run(join(here, 'evaluate.ts'), [], folder)
  assert.deepEqual([code, error], [0, ''])
  const text = readFileSync(join(folder, 'output/evaluation.json'), 'utf8')
  const results: Result[] = JSON.parse(text).slices
  assert.deepEqual(
    results.map(({ name }) => name),
    slices.map(({ name }) => name),
  )
  const report = JSON.parse(readFileSync(join(folder, 'data/model/report.json'), 'utf8'))
  assert.equal(results[0]!.accuracy, report.accuracy.heldOut)
  const written = Array<number>(10).fill(0)
  for (const label of readImages(join(folder, 'data/model/held-out.csv')).labels) written[label]!++
  for (const { images, right, accuracy, interval, confusion, name } of results) {
    assert.equal(images, 599)
    assert.deepEqual(
      confusion.map((row) => row.reduce((sum, count) => sum + count)),
      written,
    )
    assert.equal(
      confusion.reduce((sum, row, digit) => sum + row[digit]!, 0),
      right,
    )
    assert.ok(accuracy === right / 599 && interval.low < accuracy && accuracy < interval.high)
    assert.ok(name === 'clean' || accuracy < results[0]!.accuracy + 0.02, name)
  }
  const accuracyOf = (name: string) => results.find((one) => one.name === name)!.accuracy
  assert.ok(accuracyOf('rotated-20') < accuracyOf('rotated-10'))
  assert.ok(accuracyOf('very-noisy') < accuracyOf('noisy'))
  assert.equal(out.trim().split('\n').length, slices.length)
  await run(join(here, 'evaluate.ts'), [], folder)
  assert.equal(readFileSync(join(folder, 'output/evaluation.json'), 'utf8'), text)
  await run(join(here, 'evaluate.ts'), ['--seed', '2'], folder)
  assert.notEqual(readFileSync(join(folder, 'output/evaluation.json'), 'utf8'), text)
})

test('every condition but the first changes images, and none changes the original', () => {
  const images = readImages(join(trainer, 'digits.csv.gz'))
  for (const { name, distort } of slices) {
    const image = imageAt(images, 5)
    const before = new Float64Array(image)
    const after = distort(image, randomFrom(1))
    assert.deepEqual(new Float64Array(image), before, name)
    if (name === 'clean') assert.deepEqual(new Float64Array(after), before)
    else assert.notDeepEqual(new Float64Array(after), before, name)
  }
})

test('what is missing or wrong is said in one line', async (t) => {
  const folder = place(t)
  const evaluate = (...args: string[]) => run(join(here, 'evaluate.ts'), args, folder)
  const none = await evaluate()
  assert.deepEqual([none.code, none.error.trim().split('\n').length], [66, 1])
  writeFileSync(join(folder, 'data/model/model.json'), '{"format":')
  assert.equal((await evaluate()).code, 65)
  assert.equal((await evaluate('--seed', 'x')).code, 64)
  assert.equal((await evaluate('extra')).code, 64)
})

test('what both programs need is the same in both', () => {
  for (const name of ['images.ts', 'random.ts', 'distort.ts', 'package.json']) {
    const [one, other] = [here, trainer].map((folder) => readFileSync(join(folder, name), 'utf8'))
    assert.equal(one, other, name)
  }
})
