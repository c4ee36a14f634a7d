// ./kapok help: every sub-command with one line in each language.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './run.ts'

export const summary = { zh: '列出全部命令', en: 'List the commands' }
export const usage = 'help'

export async function run(): Promise<number> {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file))
  console.log('用法 Usage: ./kapok COMMAND\n')
  for (const file of files.sort()) {
    if (file === 'run.ts') continue
    const command: Partial<Command> = await import(join(import.meta.dirname, file))
    if (!command.summary || !command.usage) continue
    console.log(`  ${command.usage}\n      ${command.summary.zh}\n      ${command.summary.en}`)
  }
  console.log('\n设置 Settings: docs/operations.md')
  return 0
}
