// ./kapok test: every test beside the code it tests, each file on a copy of one cluster.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { StartError } from '#platform/start-error.ts'
import { startTestServer } from '#platform/test-server.ts'
import { ensureTemplate, migratedTemplate } from '#platform/test-template.ts'

export const summary = { zh: '运行全部测试', en: 'Run the tests' }
export const usage = 'test [PATTERN]'

const root = join(import.meta.dirname, '..')
const FILES_AT_ONCE = 2
const LONGEST_TEST_MS = 600_000

/** Test files whose path holds the words, or matches the glob; all of them without a pattern. */
export function findTests(pattern?: string): string[] {
  const skipped = (path: string) => /(^|\/)(node_modules|dist|\.[^/]+)$/.test(path)
  const files = globSync('**/*.test.{ts,tsx}', { cwd: root, exclude: skipped }).sort()
  if (!pattern) return files
  const wanted = pattern.replace(/^\.\//, '')
  return files.filter((file) => file.includes(wanted) || matchesGlob(file, wanted))
}

/** Runs node's test runner; the exit code is its own. */
export async function run(args: string[]): Promise<number> {
  const [pattern] = args
  const files = findTests(pattern)
  if (files.length === 0) throw new StartError('no-tests', { pattern: pattern ?? '' })
  const cluster = await startTestServer()
  // Ctrl-C reaches the runner too; what follows it still has to happen.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
  try {
    await ensureTemplate(cluster.connection, migratedTemplate())
    await cluster.stop()
    const flags = ['--disable-warning=ExperimentalWarning', '--test', '--test-reporter=spec']
    const limits = [`--test-concurrency=${FILES_AT_ONCE}`, `--test-timeout=${LONGEST_TEST_MS}`]
    const child = spawn(process.execPath, [...flags, ...limits, ...files], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, KAPOK_TEST_CLUSTER: cluster.dataDir },
    })
    const [code] = await once(child, 'exit')
    return code ?? 1
  } finally {
    await cluster.remove()
  }
}
