// The program as a job runs it: folders, signals, taking up again, clear refusals.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'

const program = join(import.meta.dirname, 'train.ts')
const QUICK = ['--epochs', '12', '--hidden', '32']

function place(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'kapok-train-'))
  t.after(() => rmSync(root, { recursive: true }))
  const folders = { KAPOK_OUTPUT: 'output', KAPOK_CHECKPOINT: 'checkpoint', KAPOK_DATA_DIR: 'data' }
  const set = Object.entries(folders).map(([name, folder]) => [name, join(root, folder)])
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const metrics = () =>
    read('output/metrics.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  return { root, read, metrics, env: { PATH: '/usr/bin:/bin', ...Object.fromEntries(set) } }
}

function start(t: TestContext, args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [program, ...args], { env, cwd: tmpdir() })
  t.after(() => child.kill('SIGKILL'))
  const said = { out: '', error: '' }
  child.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    said.error += chunk
  })
  return { child, said }
}

const ended = async (child: ChildProcess): Promise<[number | null, string | null]> =>
  (await once(child, 'close')) as [number | null, string | null]

async function run(t: TestContext, args: string[], env: NodeJS.ProcessEnv) {
  const { child, said } = start(t, args, env)
  const [code] = await ended(child)
  return { code, ...said }
}

/** Resolves once the program has trained for a moment. */
async function heard(child: ChildProcess, words: RegExp): Promise<void> {
  for await (const [chunk] of on(child)) if (words.test(String(chunk))) return
}
async function* on(child: ChildProcess) {
  while (child.exitCode === null) yield await once(child.stdout!, 'data')
}

test('a run learns, says so in files and words, and can be repeated to the byte', async (t) => {
  const args = ['--epochs', '30']
  const [one, other] = [place(t), place(t)]
  const { code, out, error } = await run(t, args, one.env)
  assert.deepEqual([code, error], [0, ''])
  const report = JSON.parse(one.read('output/report.json'))
  assert.ok(report.accuracy.heldOut > report.accuracy.baseline + 0.02, JSON.stringify(report))
  assert.equal(report.data.licence, 'CC BY 4.0')
  assert.deepEqual(report.data.images, { training: 1198, heldOut: 599 })
  assert.deepEqual([report.plan.epochs, report.steps, report.parameters], [30, 1140, 17226])
  const metrics = one.metrics()
  assert.deepEqual(
    metrics.map(({ step }) => step),
    Array.from({ length: 30 }, (_, nth) => (nth + 1) * 38),
  )
  assert.deepEqual(Object.keys(metrics[0]), ['step', 'epoch', 'loss', 'accuracy', 'at'])
  assert.ok(metrics.at(-1).loss < metrics[0].loss / 3)
  assert.ok(Date.parse(metrics[0].at) <= Date.parse(metrics.at(-1).at))
  assert.match(out, /第 30\/30 轮.* · epoch 30\/30/)
  assert.equal(one.read('output/held-out.csv').trim().split('\n').length, 599)
  assert.equal((await run(t, args, other.env)).code, 0)
  assert.equal(other.read('output/model.json'), one.read('output/model.json'))
})

test('stopped, stopped and killed, it still ends as if nothing had been', async (t) => {
  const args = ['--epochs', '80', '--hidden', '32']
  const [broken, whole] = [place(t), place(t)]
  let step = 0
  for (const [nth, signal] of (['SIGTERM', 'SIGTERM', 'SIGKILL'] as const).entries()) {
    const env = { ...broken.env, KAPOK_OUTPUT: join(broken.root, `output${nth}`) }
    const { child, said } = start(t, args, env)
    await heard(child, / · epoch/)
    const asked = performance.now()
    child.kill(signal)
    const [code] = await ended(child)
    assert.ok(!existsSync(join(env.KAPOK_OUTPUT, 'model.json')))
    if (signal === 'SIGKILL') continue
    assert.equal(code, 143)
    assert.ok(performance.now() - asked < 1_000, 'within a second')
    const [, at] = said.out.match(/checkpoint at step (\d+)/)!
    assert.ok(Number(at) > step && Number(at) < 80 * 38, said.out)
    step = Number(at)
  }
  assert.equal((await run(t, args, broken.env)).code, 0)
  const [first, second] = broken.metrics()
  assert.equal(first.resumed, true)
  assert.ok(first.step >= step && second.step > first.step)
  const { resumedAt } = JSON.parse(broken.read('output/report.json'))
  assert.ok(resumedAt.length >= 2 && resumedAt.at(-1) === first.step, `${resumedAt}`)
  assert.equal((await run(t, args, whole.env)).code, 0)
  assert.equal(broken.read('output/model.json'), whole.read('output/model.json'))
})

test('a finished run that is started again gives the same files at once', async (t) => {
  const { env, read, metrics } = place(t)
  await run(t, QUICK, env)
  const model = read('output/model.json')
  const { code, out } = await run(t, QUICK, env)
  assert.equal(code, 0)
  assert.match(out, /going on from step 456/)
  assert.equal(read('output/model.json'), model)
  assert.deepEqual([metrics().length, metrics().at(-1).resumed], [13, true])
})

test('a damaged checkpoint is said and left behind; one of another plan is refused and kept', async (t) => {
  const { root, env, read } = place(t)
  await run(t, QUICK, env)
  const kept = read('checkpoint/training.checkpoint')
  for (const other of [
    ['--seed', '2'],
    ['--epochs', '13'],
    ['--hidden', '31'],
  ]) {
    const refused = await run(t, [...QUICK, ...other], env)
    assert.equal(refused.code, 64)
    assert.match(refused.error, /belongs to other/)
  }
  assert.equal(read('checkpoint/training.checkpoint'), kept)
  writeFileSync(join(root, 'checkpoint/training.checkpoint'), kept.slice(0, 1_000))
  const { code, out } = await run(t, QUICK, env)
  assert.equal(code, 0)
  assert.match(out, /checkpoint is damaged; starting from the beginning/)
})

test('images of one’s own are used instead, and a wrong line is named', async (t) => {
  const { root, env, read } = place(t)
  mkdirSync(join(root, 'data/digits'), { recursive: true })
  const file = join(root, 'data/digits/mine.csv')
  const line = (nth: number) => `${`${(nth % 2) * 16},`.repeat(64)}${nth % 2}\n`
  writeFileSync(file, Array.from({ length: 90 }, (_, nth) => line(nth)).join(''))
  assert.equal((await run(t, QUICK, env)).code, 0)
  const report = JSON.parse(read('output/report.json'))
  assert.deepEqual(report.data.images, { training: 60, heldOut: 30 })
  assert.deepEqual([report.data.licence, report.accuracy.heldOut], [null, 1])
  writeFileSync(file, Array.from({ length: 90 }, (_, nth) => line(nth + 1)).join(''))
  const other = await run(t, QUICK, env)
  assert.equal(other.code, 64, 'a checkpoint goes on with its own data only')
  writeFileSync(file, `${line(0)}1,2,3\n`)
  const wrong = await run(t, QUICK, env)
  assert.equal(wrong.code, 65)
  assert.match(wrong.error, /mine\.csv: .*line 2 should be/)
  writeFileSync(file, line(0))
  assert.equal((await run(t, QUICK, env)).code, 65)
})

test('--seconds chooses the epochs and keeps to them', async (t) => {
  const { env, read } = place(t)
  assert.equal((await run(t, ['--seconds', '1', '--hidden', '16'], env)).code, 0)
  const report = JSON.parse(read('output/report.json'))
  assert.ok(report.seconds > 0.2 && report.seconds < 8, `${report.seconds} s`)
  assert.equal(report.steps, report.plan.epochs * 38)
  const again = await run(t, ['--seconds', '1', '--hidden', '16'], env)
  assert.match(again.out, /going on from step/)
})

test('arguments that cannot be meant end it in one sentence with the usage', async (t) => {
  const { root, env } = place(t)
  const wrong = [
    ['--epochs', '0'],
    ['--epochs', '1e9'],
    ['--epochs', '3', '--seconds', '3'],
    ['--hidden', '128,,64'],
    ['--hidden', '1,1,1,1,1'],
    ['--seed', '-1'],
    ['--speed', '3'],
    ['extra'],
  ]
  for (const args of wrong) {
    const { code, error } = await run(t, args, env)
    assert.equal(code, 64, args.join(' '))
    assert.match(error, /node train\.ts \[--epochs/)
    assert.doesNotMatch(error, /at file:|at process/)
  }
  assert.ok(!existsSync(join(root, 'output')))
})

test('a folder that cannot be written is said in one line', async (t) => {
  const { root, env } = place(t)
  writeFileSync(join(root, 'file'), '')
  for (const name of ['KAPOK_OUTPUT', 'KAPOK_CHECKPOINT']) {
    const { code, error } = await run(t, QUICK, { ...env, [name]: join(root, 'file/below') })
    assert.deepEqual([code, error.trim().split('\n').length], [1, 1], error)
    assert.match(error, /ENOTDIR/)
  }
})
