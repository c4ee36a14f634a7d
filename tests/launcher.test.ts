// The launcher: installs once, whole or not at all; arguments, signals and status pass through.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'

const root = join(import.meta.dirname, '..')

/** An npm that notes its calls and installs a Node; it fails when the file `broken` exists. */
const npm = (at: string) => `#!/bin/sh
echo "$@" >>${at}/calls
cp package-lock.json ${at}/seen.json
[ -e ${at}/broken ] && { echo 'no network'; mkdir node_modules; exit 1; }
mkdir -p node_modules/node-linux-test/bin
ln -s ${process.execPath} node_modules/node-linux-test/bin/node
`

interface Clone {
  repo: string
  at: string
  calls(): string[]
  launch(...args: string[]): Promise<{ code: number; out: string; err: string }>
}

/** A clone with the real launcher and lock, a command that prints its arguments, and that npm. */
function clone(t: TestContext): Clone {
  const at = mkdtempSync(join(tmpdir(), 'kapok launcher '))
  t.after(() => rmSync(at, { recursive: true, force: true }))
  const here = at.replaceAll(' ', '\\ ')
  const [repo, bin] = [join(at, 'clone'), join(at, 'bin')]
  mkdirSync(join(repo, 'commands'), { recursive: true })
  mkdirSync(bin)
  for (const file of ['kapok', 'package.json', 'package-lock.json', '.npmrc']) {
    cpSync(join(root, file), join(repo, file))
  }
  const command = `
    if (process.argv[2] === 'fail') process.exitCode = 3
    if (process.argv[2] === 'wait') {
      process.once('SIGTERM', () => process.exit(7))
      setInterval(() => {}, 1000)
    }
    console.log(JSON.stringify(process.argv.slice(2)))`
  writeFileSync(join(repo, 'commands/run.ts'), command)
  writeFileSync(join(bin, 'npm'), npm(here))
  chmodSync(join(bin, 'npm'), 0o755)
  symlinkSync(process.execPath, join(bin, 'node'))
  const path = join(at, 'calls')
  return {
    repo,
    at,
    calls: () => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []),
    async launch(...args) {
      const child = spawn(join(repo, 'kapok'), args, {
        cwd: tmpdir(),
        env: { PATH: `${bin}:/usr/bin:/bin`, TMPDIR: at },
      })
      const [out, err] = [child.stdout, child.stderr].map((stream) => stream.toArray())
      const [code] = await once(child, 'close')
      return { code, out: (await out!).join(''), err: (await err!).join('') }
    },
  }
}

test('it installs once, again for another lock, and passes arguments and status on', async (t) => {
  const { repo, at, calls, launch } = clone(t)
  const first = await launch('hello', 'two words', '')
  assert.deepEqual(JSON.parse(first.out), ['hello', 'two words', ''])
  assert.match(first.err, /^kapok: .*installing packages.*\n$/)
  assert.deepEqual(calls(), ['ci --ignore-scripts --no-audit --no-fund'])
  const seen = JSON.parse(readFileSync(join(at, 'seen.json'), 'utf8'))
  assert.ok(Object.values(seen.packages).every((one) => !(one as { engines?: unknown }).engines))

  assert.deepEqual(await launch('fail'), { code: 3, out: '["fail"]\n', err: '' })
  assert.equal(calls().length, 1)
  writeFileSync(
    join(repo, 'package-lock.json'),
    `${readFileSync(join(repo, 'package-lock.json'))} `,
  )
  await launch('again')
  assert.equal(calls().length, 2)
  const left = readdirSync(repo).filter((name) => name.startsWith('.kapok'))
  assert.deepEqual(left, [])
})

test('a failed install says so in one sentence and leaves what was there', async (t) => {
  const { repo, at, launch } = clone(t)
  await launch('hello')
  writeFileSync(
    join(repo, 'package-lock.json'),
    `${readFileSync(join(repo, 'package-lock.json'))} `,
  )
  writeFileSync(join(at, 'broken'), '')
  const { code, out, err } = await launch('hello')
  assert.deepEqual([code, out], [1, ''])
  const log = /the log is (.*\.log)/.exec(err)![1]!
  assert.match(readFileSync(log, 'utf8'), /no network/)
  assert.ok(existsSync(join(repo, 'node_modules/node-linux-test/bin/node')))
  rmSync(join(at, 'broken'))
  assert.equal((await launch('hello')).code, 0)
})

test('five launches at once install once', async (t) => {
  const { calls, launch } = clone(t)
  const all = await Promise.all([1, 2, 3, 4, 5].map((n) => launch(String(n))))
  assert.deepEqual(
    all.map(({ code, out }) => [code, JSON.parse(out)[0]]),
    ['1', '2', '3', '4', '5'].map((n) => [0, n]),
  )
  assert.equal(calls().length, 1)
})

test('the lock of a launch that was killed is taken over', async (t) => {
  const { repo, calls, launch } = clone(t)
  const dead = spawn('true')
  await once(dead, 'close')
  symlinkSync(String(dead.pid), join(repo, '.kapok-installing'))
  mkdirSync(join(repo, `.kapok-install-${dead.pid}`))
  assert.equal((await launch('hello')).code, 0)
  assert.equal(calls().length, 1)
  assert.ok(!existsSync(join(repo, `.kapok-install-${dead.pid}`)))
})

test('a signal reaches the command itself', async (t) => {
  const { repo, at, launch } = clone(t)
  await launch('hello')
  const child = spawn(join(repo, 'kapok'), ['wait'], {
    env: { PATH: `${at}/bin:/usr/bin:/bin` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'close'), [7, null])
})

test('it is found through a link, from any folder', async (t) => {
  const { repo, at, launch } = clone(t)
  await launch('hello')
  symlinkSync(join(repo, 'kapok'), join(at, 'bin/kapok'))
  const child = spawn(join(at, 'bin/kapok'), ['linked'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const out = child.stdout.toArray()
  await once(child, 'close')
  assert.equal((await out).join(''), '["linked"]\n')
})
