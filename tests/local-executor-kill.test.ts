// kill -9 of the supervisor, of keepers, of the server: tasks run on and are told truly.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type LocalExecutor, localExecutor } from '#adapters/local-executor/executor.ts'
import { childrenOf, isAlive, processesOf, usersOf } from '#adapters/local-executor/processes.ts'
import { supervisorOf } from '#adapters/local-executor/task-folder.ts'
import { missingRoot } from '#platform/test-needs.ts'
import { isEnded, isRunning, logOf, printed, taskOf, until } from './executor-conformance.ts'

const examples = join(import.meta.dirname, '../examples')

/** The supervisor that lives now. */
function supervisors(folder: string): number[] {
  const found = supervisorOf(folder)
  return found && isAlive(found) ? [found.pid] : []
}

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await wait(20)
  }
}

const keeperOf = (folder: string, id: string) =>
  Number(/^pid (\d+)$/m.exec(readFileSync(join(folder, 'tasks', id, 'keeper'), 'utf8'))![1])

suite('kill -9', { skip: missingRoot }, () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kapok-executor-')))
  const open = () => localExecutor({ folder, examples })
  let executor: LocalExecutor
  before(async () => {
    executor = await open()
  })
  after(async () => {
    await executor.endAll()
    rmSync(folder, { recursive: true, force: true })
  })
  const nothingIsLeft = () => assert.deepEqual(processesOf(usersOf(folder)), [])

  async function killSupervisor(): Promise<void> {
    const [pid] = supervisors(folder)
    assert.ok(pid, 'no supervisor')
    process.kill(pid, 'SIGKILL')
    await gone(pid)
  }

  test('the supervisor: tasks are adopted, end as they end, and can be stopped', async () => {
    const ends = taskOf('echo go; sleep 1.5; exit 9')
    const stops = taskOf('echo go; sleep 600')
    const fills = taskOf(
      'echo go; sleep 1; for n in $(seq 50); do head -c 1M /dev/zero > $n; done; sleep 600',
      { diskMib: 8 },
    )
    const all = [ends, stops, fills]
    await Promise.all(all.map((task) => executor.start(task)))
    await Promise.all(all.map(({ id }) => printed(executor, id, 'go')))
    await killSupervisor()
    await executor.stop(stops.id)
    const end = await until(executor, ends.id, isEnded)
    assert.deepEqual([end.exitCode, end.cause], [9, 'exit'])
    assert.ok(end.ranMs >= 1_490 && end.ranMs < 2_500, `ran ${end.ranMs} ms`)
    assert.equal((await until(executor, stops.id, isEnded)).cause, 'stopped')
    assert.equal((await until(executor, fills.id, isEnded)).cause, 'disk-limit')
    assert.equal(supervisors(folder).length, 1)
    nothingIsLeft()
  })

  test('supervisor and server: what ended meanwhile is told truly, limits included', async () => {
    const ends = taskOf('sleep 0.8; echo done; exit 2')
    const over = taskOf(`trap '' TERM; while :; do sleep 0.1; done`, { limitMs: 700, graceMs: 300 })
    await executor.start(ends)
    await executor.start(over)
    await Promise.all([ends, over].map(({ id }) => until(executor, id, isRunning)))
    await executor.close()
    await killSupervisor()
    // Nobody is there: the records come all the same.
    const deadline = performance.now() + 20_000
    while (processesOf(usersOf(folder)).length > 0 && performance.now() < deadline) await wait(50)
    assert.equal(supervisors(folder).length, 0)
    executor = await open()
    const end = await until(executor, ends.id, isEnded)
    assert.deepEqual([end.exitCode, end.cause], [2, 'exit'])
    assert.ok(end.ranMs >= 790 && end.ranMs < 1_800, `ran ${end.ranMs} ms`)
    assert.equal(await logOf(executor, ends.id), 'done\n')
    const limited = await until(executor, over.id, isEnded)
    assert.equal(limited.cause, 'time-limit')
    assert.ok(limited.ranMs >= 990 && limited.ranMs < 2_000, `ran ${limited.ranMs} ms`)
    nothingIsLeft()
  })

  test('a keeper: its task is lost, honestly, and leaves no process', async () => {
    const task = taskOf('echo go; sleep 600 & sleep 600')
    await executor.start(task)
    await printed(executor, task.id, 'go')
    const began = performance.now()
    await wait(600)
    process.kill(keeperOf(folder, task.id), 'SIGKILL')
    const end = await until(executor, task.id, isEnded)
    const lived = performance.now() - began
    assert.deepEqual([end.cause, end.exitCode, end.signal], ['lost', null, null])
    assert.ok(end.ranMs <= lived + 100 && end.ranMs >= lived - 1_700, `${end.ranMs} of ${lived} ms`)
    nothingIsLeft()
  })

  test('at random moments, while tasks start and end: each ends once and truly', async () => {
    const tasks = Array.from({ length: 24 }, (_, n) => taskOf(`sleep 0.${n % 10}; exit ${n}`))
    const killing = (async () => {
      for (let n = 0; n < 6; n++) {
        await wait(Math.random() * 400)
        const [supervisor] = supervisors(folder)
        if (!supervisor) continue
        // The launcher, which is its only child, or itself.
        const [launcher] = n % 2 ? childrenOf(supervisor) : []
        process.kill(launcher?.pid ?? supervisor, 'SIGKILL')
      }
    })()
    await Promise.all(tasks.map((task) => executor.start(task)))
    await killing
    const ends = await Promise.all(tasks.map(({ id }) => until(executor, id, isEnded)))
    assert.deepEqual(
      ends.map(({ exitCode }) => exitCode),
      tasks.map((_, n) => n),
    )
    for (const [n, { ranMs }] of ends.entries()) {
      const wanted = (n % 10) * 100
      assert.ok(ranMs >= wanted - 20 && ranMs < wanted + 1_000, `${ranMs} for ${wanted} ms`)
    }
    nothingIsLeft()
  })

  test('endAll leaves neither task nor supervisor', async () => {
    const task = taskOf('echo go; sleep 600')
    await executor.start(task)
    await printed(executor, task.id, 'go')
    const [supervisor] = supervisors(folder)
    await executor.endAll()
    await gone(supervisor!)
    nothingIsLeft()
    executor = await open()
    assert.equal((await executor.observe(task.id)).state, 'ended')
  })

  test('a supervisor without task and server ends by itself', async () => {
    await executor.close()
    const [supervisor] = supervisors(folder)
    assert.ok(supervisor)
    await gone(supervisor)
    executor = await open()
  })

  test('a folder that is removed takes its tasks and its supervisor along', async () => {
    const place = realpathSync(mkdtempSync(join(tmpdir(), 'kapok-executor-')))
    const other = await localExecutor({ folder: place, examples })
    const task = taskOf('echo go; sleep 600 & sleep 600')
    await other.start(task)
    await printed(other, task.id, 'go')
    const [supervisor] = supervisors(place)
    await other.close()
    rmSync(place, { recursive: true, force: true })
    await gone(supervisor!)
    const deadline = performance.now() + 5_000
    while (processesOf(usersOf(place)).length > 0 && performance.now() < deadline) await wait(20)
    assert.deepEqual(processesOf(usersOf(place)), [])
  })
})
