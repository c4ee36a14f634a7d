// ./kapok restore FILE: a backup into an empty data folder and database.
import { join } from 'node:path'
import { openOwnDatabase } from '#platform/data-folder.ts'
import { inspectBackup, restore } from '#platform/restore.ts'
import { StartError } from '#platform/start-error.ts'
import { readFlags } from './flags.ts'

export const summary = {
  zh: '把备份恢复到空的数据目录',
  en: 'Restore a backup into an empty data folder',
}
export const usage = 'restore FILE [--data .kapok]'

export async function run(args: string[]): Promise<number> {
  const { settings, words } = readFlags(args)
  const [file] = words
  if (!file || words.length > 1) throw new StartError('usage', { usage })
  // A damaged backup must not even make a data folder.
  await inspectBackup(file)
  const database = await openOwnDatabase(settings)
  try {
    const target = {
      admin: database.admin,
      filesDir: join(settings.KAPOK_DATA, 'files'),
      keysDir: join(settings.KAPOK_DATA, 'keys'),
    }
    const { createdAt, tables, rows, files } = await restore(target, file, { now: new Date() })
    console.log(`已恢复 ${createdAt} 的备份：${tables} 张表、${rows} 行、${files} 个文件`)
    console.log(
      `Restored the backup of ${createdAt}: ${tables} tables, ${rows} rows, ${files} files`,
    )
    return 0
  } finally {
    await database.close()
  }
}
