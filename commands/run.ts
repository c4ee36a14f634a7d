// Dispatches ./kapok SUB-COMMAND to commands/SUB-COMMAND.ts and sets the exit code.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '#platform/errors.ts'
import { StartError } from '#platform/start-error.ts'

export interface Command {
  /** One line for `./kapok help`. */
  summary: { zh: string; en: string }
  usage: string
  /** Returns the exit code. */
  run(args: string[]): Promise<number>
}

const LEFT_OVER_MS = 2_000

/** One sentence in each language for what was foreseen; everything of what was not. */
function sentence(error: unknown, usage = ''): unknown {
  if (error instanceof StartError) return error.message
  if (error instanceof Error && 'code' in error && /^ERR_PARSE_ARGS/.test(String(error.code))) {
    const given = args.join(' ')
    return `无法识别的参数：${given}。用法：./kapok ${usage}\nNot understood: ${given}. Usage: ./kapok ${usage}`
  }
  if (!(error instanceof Problem)) return error
  const { detail, next } = error.document() as Record<string, { zh: string; en: string }>
  return `${detail!.zh}。${next!.zh}\n${detail!.en}. ${next!.en}`
}

const [name = 'help', ...args] = process.argv.slice(2)
const path = join(import.meta.dirname, `${name}.ts`)

if (!/^[a-z-]+$/.test(name) || name === 'run' || !existsSync(path)) {
  console.error(
    `没有这个命令：${name}。请看 ./kapok help\nNo such command: ${name}. See ./kapok help`,
  )
  process.exitCode = 1
} else {
  const command = (await import(path)) as Command
  try {
    process.exitCode = await command.run(args)
  } catch (error) {
    console.error(sentence(error, command.usage))
    process.exitCode = 1
  }
  // Everything is closed by now; a library that still waits for a lost database must not keep us.
  setTimeout(() => process.exit(), LEFT_OVER_MS).unref()
}
