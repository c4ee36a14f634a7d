// The local executor: the conformance suite, attacks as root, refusal without, kill -9.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localExecutor } from '#adapters/local-executor/executor.ts'
import { missingRoot } from '#platform/test-needs.ts'
import { executorConformance } from './executor-conformance.ts'

const examples = join(import.meta.dirname, '../examples')

async function openLocal() {
  const folder = mkdtempSync(join(tmpdir(), 'kapok-executor-'))
  const options = { folder, examples, log: (line: string) => console.error(line) }
  const executor = await localExecutor(options)
  return {
    folder,
    executor,
    reopen: () => localExecutor(options),
    async close() {
      await executor.endAll()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

executorConformance('local', openLocal, missingRoot)
