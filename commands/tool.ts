// Runs a command on a data folder: joins the running server's database, or opens it meanwhile.
import { openAnyDatabase } from '#platform/data-folder.ts'
import { type Kapok, openKapok } from '../main.ts'
import { readFlags } from './flags.ts'

/** Opens everything but the port, runs `work`, closes. */
export async function openTool(
  args: string[],
  work: (kapok: Kapok, words: string[]) => Promise<number>,
): Promise<number> {
  const { settings, words } = readFlags(args)
  const database = await openAnyDatabase(settings)
  try {
    const admin = database.admin
    const kapok = await openKapok({ settings, admin, empty: false, onlyCheck: database.shared })
    try {
      return await work(kapok, words)
    } finally {
      await kapok.close()
    }
  } finally {
    await database.close()
  }
}
