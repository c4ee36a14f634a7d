// ./kapok backup FILE: everything of this platform in one file, also while it runs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { backup } from '#platform/backup.ts'
import { openAnyDatabase } from '#platform/data-folder.ts'
import { openSecrets } from '#platform/secrets.ts'
import { StartError } from '#platform/start-error.ts'
import { readFlags } from './flags.ts'

export const summary = {
  zh: '备份到一个文件（运行中也可）；文件含主密钥，请妥善保管',
  en: 'Back up into one file, also while running; it holds the master key, so guard it',
}
export const usage = 'backup FILE [--data .kapok] [--without-keys]'

export async function run(args: string[]): Promise<number> {
  const withKeys = !args.includes('--without-keys')
  const { settings, words } = readFlags(args.filter((arg) => arg !== '--without-keys'))
  const [file] = words
  if (!file || words.length > 1) throw new StartError('usage', { usage })
  const keysDir = join(settings.KAPOK_DATA, 'keys')
  if (!existsSync(keysDir)) throw new StartError('backup-nothing')
  const database = await openAnyDatabase(settings)
  try {
    const source = {
      admin: database.admin,
      filesDir: join(settings.KAPOK_DATA, 'files'),
      keysDir,
      secrets: openSecrets(keysDir),
    }
    const made = await backup(source, file, { now: new Date(), withKeys })
    const { tables, rows, files } = made
    console.log(`已备份 ${tables} 张表、${rows} 行、${files} 个文件到 ${file}`)
    console.log(`Backed up ${tables} tables, ${rows} rows and ${files} files to ${file}`)
    if (withKeys) {
      console.log('该文件含主密钥，得到它就能读取全部内容。')
      console.log('It holds the master key: whoever has the file can read everything.')
    }
    return 0
  } finally {
    await database.close()
  }
}
