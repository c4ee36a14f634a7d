// The local executor: what every executor must do, and what hostile tasks must not be able to do.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type LocalExecutor, localExecutor } from '#adapters/local-executor/executor.ts'
import { processesOf, usersOf } from '#adapters/local-executor/processes.ts'
import { missingRoot } from '#platform/test-needs.ts'
import type { TaskSpec } from '#services/compute/ports.ts'
import {
  executorConformance,
  isEnded,
  logOf,
  printed,
  run,
  taskOf,
  until,
} from './executor-conformance.ts'

const examples = join(import.meta.dirname, '../examples')
const MIB = 1024 * 1024
/** Some attacks keep the machine busy for a while. */
const LONG_PATIENCE_MS = 180_000

async function openLocal() {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'kapok-executor-')))
  // Spaces, other scripts, longer than a socket's path may be, and a umask that shows nobody anything.
  const folder = join(place, `a folder's 数据`, 'deep'.repeat(30))
  process.umask(0o077)
  const options = { folder, examples, log: (line: string) => console.error(line) }
  const executor = await localExecutor(options)
  return {
    folder,
    executor,
    reopen: () => localExecutor(options),
    async close() {
      await executor.endAll()
      rmSync(place, { recursive: true, force: true })
    },
  }
}

executorConformance('local', openLocal, missingRoot)

suite('attacks are contained', { skip: missingRoot }, () => {
  let opened: Awaited<ReturnType<typeof openLocal>>
  let executor: LocalExecutor
  before(async () => {
    opened = await openLocal()
    executor = opened.executor
  })
  after(() => opened?.close())

  const processes = () => processesOf(usersOf(opened.folder))
  const nothingIsLeft = () => assert.deepEqual(processes(), [])
  const attack = (name: string, work: () => Promise<void>) =>
    test(name, async () => {
      await work()
      nothingIsLeft()
    })

  /** Runs a task and returns what it printed. */
  async function said(script: string, other: Partial<TaskSpec> = {}) {
    const task = taskOf(script, other)
    const end = await run(executor, task, LONG_PATIENCE_MS)
    return { ...end, log: await logOf(executor, task.id), id: task.id }
  }

  attack('it has no privileges, and gains none', async () => {
    const { log } = await said('cat /proc/self/status; unshare -U true; unshare -n true; id -u')
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
      assert.match(log, new RegExp(`Cap${set}:\\s0+\\n`))
    assert.match(log, /NoNewPrivs:\s1/)
    assert.equal(log.match(/not permitted/g)?.length, 2, log)
    assert.ok(Number(log.trim().split('\n').at(-1)) >= 600_000)
  })

  attack('it sees nothing of the machine but programs', async () => {
    const script = `ls /; ls '${dirname(opened.folder).replaceAll(`'`, `'\\''`)}'; cat /etc/shadow; cat /proc/1/environ
      ls /proc | grep -c '^[0-9]'; touch /x /usr/x /etc/x /dev/x /proc/x; ls /sys; ls /home /root`
    const { log } = await said(script)
    assert.doesNotMatch(log, /root:[^x]|KAPOK|x\n.*created/)
    assert.equal(log.match(/No such file/g)?.length, 6, log)
    assert.equal(log.match(/touch: cannot touch/g)?.length, 5, log)
    // Itself, and the three programs of its pipe.
    const visible = Number(/^\d+$/m.exec(log)?.[0])
    assert.ok(visible <= 4, `${visible} processes are visible`)
  })

  attack('it does not reach the environment of the server', async () => {
    process.env.SECRET_OF_THE_SERVER = 'not for tasks'
    const { log } = await said(`cat /proc/*/environ /proc/${process.pid}/environ | tr '\\0' '\\n'`)
    assert.match(log, /KAPOK_OUTPUT/, 'it should have read its own')
    assert.doesNotMatch(log, /not for tasks/)
  })

  attack('it has no network, not even loopback', async () => {
    let visits = 0
    const servers = [createServer(() => visits++), createServer(() => visits++)]
    const abstract = `\0kapok-test-${process.pid}`
    servers[0]!.listen(0, '127.0.0.1')
    servers[1]!.listen(abstract)
    await Promise.all(servers.map((server) => once(server, 'listening')))
    const { port } = servers[0]!.address() as { port: number }
    const script = `const net = require('node:net')
      const targets = [{ host: '127.0.0.1', port: ${port} }, { path: ${JSON.stringify(abstract)} }]
      for (const target of targets) {
        net.connect(target, () => console.log('reached')).on('error', (e) => console.log(e.code))
      }
      console.log(Object.keys(require('node:os').networkInterfaces()).length)`
    const { log } = await said('', { command: ['node', '-e', script] })
    for (const server of servers) server.close()
    assert.deepEqual(log.trim().split('\n').sort(), ['0', 'ECONNREFUSED', 'ENETUNREACH'])
    assert.equal(visits, 0)
  })

  attack('a command that forks without end', async () => {
    const script = `const { spawn } = require('node:child_process')
      console.log('go')
      setInterval(() => {
        for (let n = 0; n < 50; n++) spawn('sh', ['-c', 'sleep 600 & sleep 600']).on('error', () => {})
      }, 1)`
    const task = taskOf('', { command: ['node', '-e', script], graceMs: 200 })
    await executor.start(task)
    await printed(executor, task.id, 'go')
    await wait(1_500)
    const most = processes().length
    assert.ok(most > 100 && most <= 512, `${most} processes`)
    await executor.stop(task.id)
    assert.equal((await until(executor, task.id, isEnded)).cause, 'stopped')
  })

  attack('a child that forks twice and leaves the session dies with the task', async () => {
    const { exitCode } = await said(
      `setsid sh -c 'setsid sleep 600 & setsid sleep 600 &' & sleep 0.2`,
    )
    assert.equal(exitCode, 0)
  })

  attack('it may kill all that it can, which is itself', async () => {
    const { log, exitCode, cause } = await said('sleep 600 & kill -KILL -1; wait; echo left')
    assert.deepEqual([log, exitCode, cause], ['left\n', 0, 'exit'])
  })

  attack('a task that stops itself is ended all the same', async () => {
    const task = taskOf('echo go; kill -STOP $$', { graceMs: 300 })
    await executor.start(task)
    await printed(executor, task.id, 'go')
    await executor.stop(task.id)
    assert.equal((await until(executor, task.id, isEnded)).cause, 'stopped')
  })

  attack('one file that fills the disk', async () => {
    const { cause } = await said('dd if=/dev/zero of=$KAPOK_OUTPUT/big bs=1M', { diskMib: 8 })
    assert.equal(cause, 'disk-limit')
  })

  attack('many files that fill the disk', async () => {
    const script = 'while n=$((n + 1)); do dd if=/dev/zero of=/tmp/$n bs=1M count=6; done'
    const { cause } = await said(script, { diskMib: 8 })
    assert.equal(cause, 'disk-limit')
  })

  attack('more files than anybody can look through, and folders without end', async () => {
    const script = `mkdir many; cd many; seq 110000 | xargs touch; sleep 160`
    const many = await said(script, { diskMib: 8, limitMs: 170_000 })
    assert.equal(many.cause, 'disk-limit')
    await executor.forget(many.id)
    const deep = `cd $KAPOK_OUTPUT; for n in $(seq 3000); do mkdir aaaaaaaa; cd aaaaaaaa; done; echo x > file`
    const { id } = await said(deep)
    assert.ok((await executor.listOutputs(id)).length <= 1)
    await executor.forget(id)
    assert.ok(!(await executor.list()).includes(id))
  })

  attack('more memory than was granted', async () => {
    const script = 'const all = []; for (;;) all.push(Buffer.alloc(16 * 1024 * 1024, 1))'
    const { cause } = await said('', { command: ['node', '-e', script], memoryMib: 128 })
    assert.equal(cause, 'memory-limit')
  })

  attack('10 GB of log, none of it text', async () => {
    const { exitCode, id } = await said('head -c 10G /dev/zero', { limitMs: 170_000 })
    assert.equal(exitCode, 0)
    const { size, truncated } = await executor.readLog(id, 0, 1)
    assert.deepEqual([size, truncated], [MIB, true])
  })

  attack('links and pipes in the output lead nowhere', async () => {
    const script = `cd $KAPOK_OUTPUT; ln -s /etc/shadow file; ln -s / root; ln -s ../plan plan
      mkfifo pipe; mkdir real; ln -s real again; echo x > real/x; ln /etc/passwd hard`
    const { id } = await said(script)
    assert.deepEqual(await executor.listOutputs(id), [{ path: 'real/x', bytes: 2 }])
    for (const path of ['file', 'root/etc/shadow', 'plan', 'pipe', 'again/x', 'hard']) {
      assert.equal(await executor.readOutput(id, path), null, path)
    }
    // The next task that reads this output is led to its own files, not to the machine's.
    const inputs = [{ name: 'bad', from: { output: id } }]
    const { log } = await said('cat /data/bad/file', { inputs })
    assert.match(log, /No such file/)
  })

  attack('its environment changes nothing before it has lost its rights', async () => {
    const environment = {
      LD_PRELOAD: '/work/none.so',
      BASH_ENV: '/work/x',
      ENV: '/work/x',
      IFS: 'a',
    }
    const { log, exitCode } = await said('echo fine', { environment })
    assert.equal(exitCode, 0)
    assert.match(log, /^fine$/m)
  })

  attack('two tasks at once are two users, and do not see each other', async () => {
    const tasks = [1, 2].map(() => taskOf('id -u; cat /proc/[0-9]*/cmdline; sleep 600'))
    await Promise.all(tasks.map((task) => executor.start(task)))
    await Promise.all(tasks.map((task) => printed(executor, task.id, 'cmdline')))
    const users = new Set(processes().map(({ uid }) => uid))
    await Promise.all(tasks.map((task) => executor.stop(task.id)))
    await Promise.all(tasks.map((task) => until(executor, task.id, isEnded)))
    const logs = await Promise.all(tasks.map((task) => logOf(executor, task.id)))
    assert.equal(users.size, 2)
    assert.deepEqual(new Set(logs.map((log) => Number(log.split('\n')[0]))), users)
    for (const log of logs) assert.equal(log.match(/id -u/g)?.length, 1, log)
  })

  attack('more processor time than was granted', async () => {
    if ((await executor.discover()).isolation.missing.includes('cgroup')) return
    const script = `for n in 1 2 3; do timeout 1.5 sh -c 'while :; do :; done' & done; wait; times`
    const { log } = await said(script, { cpuMilli: 200 })
    const seconds = [
      ...log
        .trim()
        .split('\n')
        .at(-1)!
        .matchAll(/(\d+)m([\d.]+)s/g),
    ].reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0)
    assert.ok(
      seconds > 0.05 && seconds < 0.7,
      `${seconds} s of processor in 1.5 s at 0.2 processors`,
    )
  })

  attack('what a task ran is measured by a clock that nobody can set', async () => {
    const uptime = () => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 100
    const before = uptime()
    const task = taskOf('sleep 0.3')
    await run(executor, task)
    const record = readFileSync(join(opened.folder, 'tasks', task.id, 'started'), 'utf8')
    const began = Number(/^began (\d+)$/m.exec(record)![1])
    assert.ok(began >= before - 1 && began <= uptime(), `${before} ${began} ${uptime()}`)
  })
})
