// Command-line flags on top of the environment, for every command that opens a data folder.
import { parseArgs } from 'node:util'
import { parseSettings, type Settings } from '#platform/settings.ts'

const flags = {
  port: { type: 'string' },
  data: { type: 'string' },
  host: { type: 'string' },
  empty: { type: 'boolean' },
} as const

/**
 * Settings from KAPOK_... variables, overridden by --port, --data, --host and --empty.
 * @returns also the words that are not flags
 * @throws for an unknown flag (run.ts says it) and StartError for a wrong value
 */
export function readFlags(args: string[]): { settings: Settings; words: string[] } {
  const parsed = parseArgs({ args, options: flags, allowPositionals: true })
  const { port, data, host, empty } = parsed.values
  const given = {
    ...(port === undefined ? {} : { KAPOK_PORT: String(port) }),
    ...(data === undefined ? {} : { KAPOK_DATA: String(data) }),
    ...(host === undefined ? {} : { KAPOK_HOST: String(host) }),
    ...(empty ? { KAPOK_EMPTY: 'true' } : {}),
  }
  return { settings: parseSettings({ ...process.env, ...given }), words: parsed.positionals }
}
