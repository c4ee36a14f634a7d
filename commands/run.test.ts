// What every command says to a flag that it does not know.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const commands = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
  .filter((file) => readFileSync(join(import.meta.dirname, file), 'utf8').includes('const usage'))
  .map((file) => file.slice(0, -3))
  .filter((name) => !['test', 'help', 'run'].includes(name))

test('an unknown flag gets one clear error and the usage, whatever the command', () => {
  assert.ok(commands.length > 6)
  for (const name of commands) {
    const runner = join(import.meta.dirname, 'run.ts')
    const { status, stderr } = spawnSync(process.execPath, [runner, name, '--nonsense'], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    assert.equal(status, 1, name)
    assert.match(stderr, new RegExp(`Usage: ./kapok ${name}`), name)
    assert.doesNotMatch(stderr, /\n {4}at /, `${name} prints a stack`)
  }
})
