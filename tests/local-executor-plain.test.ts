// The local executor where isolation is refused: only what ships with Kapok runs, and it says so.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { promisify } from 'node:util'
import { missingRoot } from '#platform/test-needs.ts'
import type { Discovery, Observation, TaskSpec } from '#services/compute/ports.ts'
import { taskOf } from './executor-conformance.ts'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '..')
const NOBODY = 65_534

interface Outcome {
  discovered: Discovery
  results: { refused?: string; seen?: Observation; log?: string; outputs?: string[] }[]
}

/** Runs tasks one after the other in a process of its own, which some command makes lesser. */
const runner = `
import { localExecutor } from '${root}/adapters/local-executor/executor.ts'
const { folder, examples, tasks } = JSON.parse(process.argv[1])
const executor = await localExecutor({ folder, examples })
const discovered = await executor.discover()
const results = []
for (const task of tasks) {
  let changed = Promise.withResolvers()
  executor.onChange(() => { changed.resolve(); changed = Promise.withResolvers() })
  try { await executor.start(task) } catch (error) { results.push({ refused: error.code ?? String(error) }); continue }
  let seen = await executor.observe(task.id)
  while (seen.state !== 'ended') {
    await Promise.race([changed.promise, new Promise((done) => setTimeout(done, 500))])
    seen = await executor.observe(task.id)
  }
  const log = Buffer.from((await executor.readLog(task.id, 0, 10000)).bytes).toString()
  const outputs = (await executor.listOutputs(task.id)).map(({ path }) => path)
  results.push({ seen, log, outputs })
}
await executor.endAll()
console.log(JSON.stringify({ discovered, results }))
`

const program = `
import { writeFileSync } from 'node:fs'
const { KAPOK_OUTPUT, KAPOK_DATA_DIR, KAPOK_SIMULATED_CARDS } = process.env
console.log(process.argv[2], KAPOK_SIMULATED_CARDS, typeof KAPOK_DATA_DIR)
writeFileSync(KAPOK_OUTPUT + '/result', 'x')
if (process.argv[2] === 'eat') { const all = []; for (;;) all.push(Buffer.alloc(8 << 20, 1)) }
if (process.argv[2] === 'wait') setInterval(() => {}, 1000)
if (process.argv[2] === 'fill') for (let n = 0; ; n++) writeFileSync(KAPOK_OUTPUT + '/' + n, Buffer.alloc(1 << 20))
`

async function runAs(lesser: string[], tasks: TaskSpec[]): Promise<Outcome> {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'kapok-plain-')))
  try {
    const [folder, examples] = [join(place, 'data'), join(place, 'examples')]
    mkdirSync(join(examples, 'probe'), { recursive: true })
    mkdirSync(folder, { mode: 0o700 })
    writeFileSync(join(examples, 'probe/main.ts'), program)
    chmodSync(place, 0o755)
    if (process.geteuid?.() === 0 && lesser.includes(`--reuid=${NOBODY}`)) {
      chownSync(folder, NOBODY, NOBODY)
    }
    const what = JSON.stringify({ folder, examples, tasks })
    const node = [process.execPath, '--input-type=module', '-e', runner, what]
    const [file, ...args] = [...lesser, ...node] as [string, ...string[]]
    return JSON.parse((await execute(file, args, { timeout: 60_000, cwd: '/' })).stdout) as Outcome
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

const asNobody =
  process.geteuid?.() === 0
    ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
    : []
const bundled = (argument: string, other: Partial<TaskSpec> = {}) =>
  taskOf('', { bundled: 'probe', command: ['node', 'main.ts', argument], ...other })

suite('without isolation', () => {
  test('an ordinary user runs what ships with Kapok and nothing else', async () => {
    const tasks = [
      bundled('hello', { cards: { indices: [], simulated: 3 }, environment: { KAPOK_RANK: '0' } }),
      taskOf('id'),
      taskOf('id', { bundled: 'probe' }),
      bundled('x', { command: ['node', '-e', 'process.exit(0)'] }),
      bundled('x', { command: ['node', '../../etc/x.ts'] }),
      bundled('x', { command: ['node', '--import=data:text/javascript,', 'main.ts'] }),
      bundled('x', { environment: { NODE_OPTIONS: '--import=/tmp/x.mjs' } }),
      bundled('x', { environment: { LD_PRELOAD: '/tmp/x.so' } }),
      bundled('x', { bundled: '..' }),
      bundled('x', { bundled: 'none' }),
    ]
    const { discovered, results } = await runAs(asNobody, tasks)
    assert.deepEqual(discovered.isolation, {
      level: 'none',
      memory: 'watch',
      missing: ['root', 'cgroup'],
    })
    const [ran, ...refused] = results
    assert.equal(ran!.log, 'hello 3 string\n')
    assert.deepEqual(ran!.outputs, ['result'])
    assert.equal(ran!.seen?.state === 'ended' && ran!.seen.exitCode, 0)
    assert.deepEqual(
      refused.map((result) => result.refused),
      refused.map(() => 'isolation'),
    )
  })

  test('limits hold there too', async () => {
    const tasks = [
      bundled('eat', { memoryMib: 200 }),
      bundled('wait', { limitMs: 700, graceMs: 200 }),
      bundled('fill', { diskMib: 8 }),
    ]
    const { results } = await runAs(asNobody, tasks)
    const causes = results.map(({ seen }) => seen?.state === 'ended' && seen.cause)
    assert.deepEqual(causes, ['memory-limit', 'time-limit', 'disk-limit'])
  })

  test('root without the right to make namespaces says so', { skip: missingRoot }, async () => {
    const lesser = ['setpriv', '--bounding-set=-sys_admin']
    const { discovered, results } = await runAs(lesser, [bundled('hello'), taskOf('id')])
    assert.equal(discovered.isolation.level, 'none')
    assert.deepEqual(discovered.isolation.missing, ['namespaces', 'cgroup'])
    assert.equal(results[0]!.log, 'hello 0 string\n')
    assert.equal(results[1]!.refused, 'isolation')
  })

  test('without control groups memory is watched', { skip: missingRoot }, async () => {
    const hide = 'mount -t tmpfs -o ro tmpfs /sys/fs/cgroup && exec "$@"'
    const lesser = ['unshare', '--mount', 'sh', '-c', hide, 'sh']
    // Half in one process and half in another: together they are too much.
    const eat = `const all = []; while (all.length < 12) all.push(Buffer.alloc(8 << 20, 1))
      setTimeout(() => {}, 60_000)`
    const both = 'node -e "$1" & node -e "$1" & wait'
    const tasks = [taskOf('', { command: ['sh', '-c', both, 'sh', eat], memoryMib: 200 })]
    const { discovered, results } = await runAs(lesser, tasks)
    const { level, memory, missing } = discovered.isolation
    assert.deepEqual([level, memory, missing], ['full', 'watch', ['cgroup']])
    assert.equal(results[0]!.seen?.state === 'ended' && results[0]!.seen.cause, 'memory-limit')
  })
})
