// Runs a command on a data folder: joins the running server's database, or opens it meanwhile.
import { openAnyDatabase } from '#platform/data-folder.ts'
import { Problem } from '#platform/errors.ts'
import { type Kapok, openKapok } from '../main.ts'
import { readFlags } from './flags.ts'

/** Opens everything but the port, runs `work`, closes; a refusal is printed and gives exit code 1. */
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
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { detail, next } = error.document() as Record<string, { zh: string; en: string }>
    console.error(`${detail!.zh}。${next!.zh}\n${detail!.en}. ${next!.en}`)
    return 1
  } finally {
    await database.close()
  }
}
