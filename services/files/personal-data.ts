// What files say about a person: for their export, and for erasure.
import type { Ctx, Json } from '#platform/context.ts'
import { kindOf } from './content.ts'
import { filesOfPerson, isUsed, markDeleted, rename, viewOf } from './store.ts'

/** The files that a person owns or has uploaded, without their bytes. */
export async function exportPerson(ctx: Ctx, personId: string): Promise<Json> {
  return (await filesOfPerson(ctx, personId)).map(viewOf)
}

/**
 * Deletes the person's own files. One that a matter relies on stays as its evidence and loses its
 * name; files of organisations belong to them.
 */
export async function erasePerson(ctx: Ctx, personId: string): Promise<void> {
  for (const row of await filesOfPerson(ctx, personId)) {
    if (row.owner !== personId) continue
    const used = await isUsed(ctx, row.id)
    if (used) await rename(ctx, row.id, `file.${kindOf(row.name).extension}`)
    else await markDeleted(ctx, row)
    await ctx.append({
      kind: used ? 'files.renamed' : 'files.deleted',
      version: 1,
      subjectId: row.owner,
      payload: used
        ? { file: row.id, version: row.version + 1 }
        : { file: row.id, size: Number(row.size_bytes), sha256: row.sha256!.toString('hex') },
    })
  }
}
