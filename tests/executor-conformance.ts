// What every executor must do, whatever it runs on: one suite for the local one and for clusters.
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, suite, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type Executor,
  ExecutorRefused,
  type Material,
  type Observation,
  type TaskSpec,
} from '#services/compute/ports.ts'
import { type TarPart, tarGz } from './tar-gz.ts'

export interface OpenedExecutor {
  executor: Executor
  /** Opens another one on the same place, as a server does that starts again. */
  reopen(): Promise<Executor>
  close(): Promise<void>
}

export type Ended = Extract<Observation, { state: 'ended' }>

const PATIENCE_MS = 30_000
const MIB = 1024 * 1024
let made = 0

/** A task with modest limits; what a test is about, it says. */
export function taskOf(script: string, other: Partial<TaskSpec> = {}): TaskSpec {
  const id = `t${process.pid}-${++made}`
  return {
    id,
    jobId: `job-${id}`,
    bundled: null,
    program: null,
    inputs: [],
    command: ['sh', '-c', script],
    environment: {},
    cards: { indices: [], simulated: 0 },
    cpuMilli: 1_000,
    memoryMib: 256,
    diskMib: 64,
    logMib: 1,
    limitMs: 60_000,
    graceMs: 5_000,
    ...other,
  }
}

/** Resolves when what is observed of a task satisfies; a listener that missed a change looks again. */
export async function until<T extends Observation>(
  executor: Executor,
  id: string,
  satisfies: (seen: Observation) => seen is T,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const changed = Promise.withResolvers<void>()
    const forget = executor.onChange((each) => each === id && changed.resolve())
    try {
      const seen = await executor.observe(id)
      if (satisfies(seen)) return seen
      if (performance.now() > deadline) assert.fail(`${id} is still ${seen.state}`)
      await Promise.race([changed.promise, wait(1_000)])
    } finally {
      forget()
    }
  }
}

export const isEnded = (seen: Observation): seen is Ended => seen.state === 'ended'
export const isRunning = (seen: Observation) => seen.state === 'running'

/** Starts a task and waits for its end. */
export async function run(executor: Executor, task: TaskSpec, patienceMs?: number): Promise<Ended> {
  await executor.start(task)
  return until(executor, task.id, isEnded, patienceMs)
}

export async function logOf(executor: Executor, id: string): Promise<string> {
  const { bytes } = await executor.readLog(id, 0, 16 * MIB)
  return Buffer.from(bytes).toString()
}

/** Waits until a task has printed something. */
export async function printed(executor: Executor, id: string, words: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await logOf(executor, id)).includes(words)) {
    if (performance.now() > deadline) assert.fail(`${id} never printed ${words}`)
    await wait(20)
  }
}

async function textOf(stream: Readable | null): Promise<string> {
  assert.ok(stream, 'no such output')
  return Buffer.concat(await stream.toArray()).toString()
}

export function archive(parts: readonly TarPart[], other: Partial<Material> = {}): Material {
  const bytes = tarGz(parts)
  return {
    id: `m${process.pid}-${++made}`,
    kind: 'tar.gz',
    name: '',
    limits: { entries: 100, bytes: MIB },
    open: async () => Readable.from([bytes]),
    ...other,
  }
}

const refusedWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof ExecutorRefused, String(error))
  assert.equal(error.code, code)
  return true
}

/**
 * Registers the suite.
 * @param skip a reason, where this machine cannot run it
 */
export function executorConformance(
  name: string,
  open: () => Promise<OpenedExecutor>,
  skip: string | false = false,
): void {
  suite(`${name}: conformance of an executor`, { skip }, () => {
    let opened: OpenedExecutor
    let executor: Executor
    before(async () => {
      opened = await open()
      executor = opened.executor
    })
    after(() => opened?.close())

    test('what there is to run on is found', async () => {
      const found = await executor.discover()
      assert.ok(found.cpuMilli >= 1_000 && found.memoryMib > 256, JSON.stringify(found))
      assert.equal(found.isolation.level, 'full')
    })

    test('a task runs, prints, and its end is told in full', async () => {
      const before = Date.now()
      const task = taskOf('echo one; echo two >&2; echo three; sleep 0.3; exit 7')
      const end = await run(executor, task)
      assert.equal(end.exitCode, 7)
      assert.equal(end.cause, 'exit')
      assert.equal(end.signal, null)
      assert.ok(end.ranMs >= 290 && end.ranMs < 3_000, `ran ${end.ranMs} ms`)
      assert.ok(end.startedAt!.getTime() >= before - 1_000)
      assert.ok(end.endedAt.getTime() >= end.startedAt!.getTime() + 250)
      assert.equal(await logOf(executor, task.id), 'one\ntwo\nthree\n')
    })

    test('a task that is started again runs once', async () => {
      const task = taskOf('echo once >> $KAPOK_CHECKPOINT/runs; cat $KAPOK_CHECKPOINT/runs')
      await Promise.all([executor.start(task), executor.start(task)])
      await run(executor, task)
      await executor.start(task)
      assert.equal(await logOf(executor, task.id), 'once\n')
      assert.equal((await executor.observe(task.id)).state, 'ended')
    })

    test('changes are announced, and the list holds what was not forgotten', async () => {
      const heard: string[] = []
      const forget = executor.onChange((id) => heard.push(id))
      const task = taskOf('true')
      await run(executor, task)
      forget()
      assert.ok(heard.includes(task.id))
      assert.ok((await executor.list()).includes(task.id))
      await executor.forget(task.id, task.jobId)
      assert.ok(!(await executor.list()).includes(task.id))
      assert.deepEqual(await executor.observe(task.id), { state: 'unknown' })
      await executor.forget(task.id)
    })

    test('what nobody started is unknown, and stopping it does nothing', async () => {
      assert.deepEqual(await executor.observe('never'), { state: 'unknown' })
      await executor.stop('never')
      assert.deepEqual(await executor.listOutputs('never'), [])
      assert.equal((await executor.readLog('never', 0, 10)).size, 0)
    })

    test('a task that is stopped is asked first, and may still write', async () => {
      const script = `trap 'echo saved > $KAPOK_CHECKPOINT/step; exit 3' TERM
        echo ready; while :; do sleep 0.05; done`
      const task = taskOf(script)
      await executor.start(task)
      await printed(executor, task.id, 'ready')
      await executor.stop(task.id)
      await executor.stop(task.id)
      const end = await until(executor, task.id, isEnded)
      assert.equal(end.cause, 'stopped')
      assert.equal(end.exitCode, 3)
      const next = taskOf('cat $KAPOK_CHECKPOINT/step', { jobId: task.jobId })
      await run(executor, next)
      assert.equal(await logOf(executor, next.id), 'saved\n')
    })

    test('a task that does not listen is ended after its grace', async () => {
      const task = taskOf(`trap '' TERM; echo ready; while :; do sleep 0.05; done`, {
        graceMs: 500,
      })
      await executor.start(task)
      await printed(executor, task.id, 'ready')
      const asked = performance.now()
      await executor.stop(task.id)
      const end = await until(executor, task.id, isEnded)
      assert.ok(performance.now() - asked >= 450, 'the grace was not given')
      assert.equal(end.cause, 'stopped')
      assert.equal(end.signal, 'SIGKILL')
    })

    test('a task that is over stays as it ended', async () => {
      const task = taskOf('exit 4')
      const end = await run(executor, task)
      await executor.stop(task.id)
      assert.deepEqual(await executor.observe(task.id), end)
    })

    test('a task ends at its time limit', async () => {
      const task = taskOf('while :; do sleep 0.05; done', { limitMs: 700, graceMs: 500 })
      const end = await run(executor, task)
      assert.equal(end.cause, 'time-limit')
      assert.ok(end.ranMs >= 690 && end.ranMs < 3_000, `ran ${end.ranMs} ms`)
    })

    test('the signal that ended a task is told', async () => {
      const end = await run(executor, taskOf('kill -SEGV $$'))
      assert.equal(end.signal, 'SIGSEGV')
      assert.equal(end.cause, 'exit')
    })

    test('a command that is not there ends with 127 and says so', async () => {
      const task = taskOf('', { command: ['no-such-program'] })
      assert.equal((await run(executor, task)).exitCode, 127)
      assert.match(await logOf(executor, task.id), /no-such-program.*not found/)
    })

    test('words of the command arrive as they are', async () => {
      const odd = [
        `it's`,
        'two words',
        '$HOME',
        '`id`',
        'a\nb',
        '*',
        '\\',
        '木棉'.repeat(15_000),
        '',
      ]
      const task = taskOf('', { command: ['printf', '[%s]', ...odd] })
      await run(executor, task)
      assert.equal(await logOf(executor, task.id), odd.map((word) => `[${word}]`).join(''))
    })

    test('the environment is what was given and ours, and nothing of the platform', async () => {
      const environment = { EPOCHS: '3', NOTE: `it's $HOME`, KAPOK_OUTPUT: '/etc' }
      const cards = { indices: [], simulated: 2 }
      const task = taskOf('env', { environment, cards })
      process.env.SECRET_OF_THE_SERVER = 'not for tasks'
      await run(executor, task)
      const log = await logOf(executor, task.id)
      assert.match(log, /^EPOCHS=3$/m)
      assert.match(log, /^NOTE=it's \$HOME$/m)
      assert.match(log, /^KAPOK_SIMULATED_CARDS=2$/m)
      assert.match(log, /^CUDA_VISIBLE_DEVICES=$/m)
      assert.doesNotMatch(log, /^KAPOK_OUTPUT=\/etc$/m)
      assert.doesNotMatch(log, /SECRET_OF_THE_SERVER/)
      await assert.rejects(executor.start(taskOf('env', { environment: { 'A B': 'x' } })))
    })

    test('a card that is not there is refused', async () => {
      const task = taskOf('true', { cards: { indices: [999], simulated: 0 } })
      await assert.rejects(executor.start(task), refusedWith('card-missing'))
      assert.deepEqual(await executor.observe(task.id), { state: 'unknown' })
    })

    test('a program and data are staged once and read-only', async () => {
      let opens = 0
      const program = archive([
        { path: 'bin', type: '5' },
        { path: 'bin/hello.sh', content: 'echo hello $(cat /data/words/words.txt)', mode: 0o755 },
      ])
      const data: Material = {
        ...archive([]),
        kind: 'file',
        name: 'words.txt',
        open: async () => {
          opens++
          return Readable.from([Buffer.from('from data')])
        },
      }
      assert.deepEqual(await executor.stage(data), { bytes: 9, entries: 1 })
      assert.deepEqual(await executor.stage(data), { bytes: 9, entries: 1 })
      assert.equal(opens, 1)
      assert.equal((await executor.stage(program)).entries, 2)
      const inputs = [{ name: 'words', from: { material: data.id } }]
      const task = taskOf('sh bin/hello.sh; touch new; touch /data/words/new; rm bin/hello.sh', {
        program: program.id,
        inputs,
      })
      await run(executor, task)
      const log = await logOf(executor, task.id)
      assert.match(log, /^hello from data$/m)
      assert.equal(log.match(/Read-only|ermission denied/g)?.length, 3, log)
      await executor.unstage(data.id)
      await assert.rejects(executor.start(taskOf('', { inputs })), refusedWith('material-missing'))
    })

    test('what a task wrote is listed, read, and given to the next task', async () => {
      const task = taskOf(
        'mkdir $KAPOK_OUTPUT/deep; umask 077; echo x > $KAPOK_OUTPUT/deep/a; echo yy > $KAPOK_OUTPUT/b',
      )
      await run(executor, task)
      assert.deepEqual(await executor.listOutputs(task.id), [
        { path: 'b', bytes: 3 },
        { path: 'deep/a', bytes: 2 },
      ])
      assert.equal(await textOf(await executor.readOutput(task.id, 'deep/a')), 'x\n')
      for (const path of ['../plan', 'deep/../../plan', '/etc/passwd', 'deep', 'none', '', '.']) {
        assert.equal(await executor.readOutput(task.id, path), null, path)
      }
      const inputs = [{ name: 'before', from: { output: task.id } }]
      const next = taskOf('cat /data/before/deep/a /data/before/b', { inputs })
      await run(executor, next)
      assert.equal(await logOf(executor, next.id), 'x\nyy\n')
    })

    test('the output of a task that still runs is not given away', async () => {
      const first = taskOf('sleep 60')
      await executor.start(first)
      const inputs = [{ name: 'before', from: { output: first.id } }]
      await assert.rejects(executor.start(taskOf('', { inputs })), refusedWith('material-missing'))
      await assert.rejects(executor.forget(first.id))
      await executor.stop(first.id)
      await until(executor, first.id, isEnded)
    })

    test('the log can be read from anywhere while it grows', async () => {
      const task = taskOf('echo first; sleep 0.4; echo second; sleep 60')
      await executor.start(task)
      await printed(executor, task.id, 'first\n')
      assert.equal((await executor.observe(task.id)).state, 'running')
      await printed(executor, task.id, 'second\n')
      const { bytes, from, size, truncated } = await executor.readLog(task.id, 6, 3)
      assert.deepEqual([Buffer.from(bytes).toString(), from, size], ['sec', 6, 13])
      assert.equal(truncated, false)
      assert.equal((await executor.readLog(task.id, 99, 10)).bytes.length, 0)
      await executor.stop(task.id)
      await until(executor, task.id, isEnded)
    })

    test('bytes that are no text survive', async () => {
      const task = taskOf(`printf '\\000\\377\\033[31m\\r\\n' | tee $KAPOK_OUTPUT/raw`)
      await run(executor, task)
      const bytes = [0, 255, 27, 91, 51, 49, 109, 13, 10]
      assert.deepEqual([...(await executor.readLog(task.id, 0, 100)).bytes], bytes)
      const raw = await (await executor.readOutput(task.id, 'raw'))!.toArray()
      assert.deepEqual([...Buffer.concat(raw)], bytes)
    })

    test('an archive that is not honest is refused', async () => {
      const cases: [string, Material][] = [
        ['archive-path', archive([{ path: '../out', content: 'x' }])],
        ['archive-path', archive([{ path: '/etc/cron.d/x', content: 'x' }])],
        ['archive-link', archive([{ path: 'shadow', type: '2', link: '/etc/shadow' }])],
        ['archive-link', archive([{ path: 'hard', type: '1', link: '../../x' }])],
        ['archive-link', archive([{ path: 'device', type: '3' }])],
        ['archive-bytes', archive([{ path: 'big', stated: 2 * MIB }])],
        ['archive-entries', archive(Array.from({ length: 101 }, (_, n) => ({ path: `f${n}` })))],
        ['archive-format', archive([], { open: async () => Readable.from([Buffer.from('no')]) })],
      ]
      for (const [code, material] of cases) {
        await assert.rejects(executor.stage(material), refusedWith(code), code)
        const task = taskOf('true', { program: material.id })
        await assert.rejects(executor.start(task), refusedWith('material-missing'))
      }
    })

    test('a server that starts again finds its tasks as they are', async () => {
      const task = taskOf('echo before; sleep 1; echo after; exit 5')
      await executor.start(task)
      await printed(executor, task.id, 'before')
      const other = await opened.reopen()
      try {
        const end = await until(other, task.id, isEnded)
        assert.equal(end.exitCode, 5)
        assert.ok(end.ranMs >= 990 && end.ranMs < 2_000, `ran ${end.ranMs} ms`)
        assert.equal(await logOf(other, task.id), 'before\nafter\n')
      } finally {
        await other.close()
      }
    })
  })
}
