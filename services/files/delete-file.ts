// The owner deletes a file: its name goes at once, its bytes with the next clean-up.
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { requireVersion } from '#platform/routes.ts'
import { isUsed, loadFile, markDeleted } from './store.ts'
import { ownerOf } from './upload.ts'

/** @throws request.not-found, request.version, files.in-use */
export async function deleteFile(ctx: Ctx, id: string, ifMatch: string | null): Promise<void> {
  const row = await loadFile(ctx, id, { owner: ownerOf(ctx.actor), lock: true })
  requireVersion(ifMatch, row.version)
  if (await isUsed(ctx, id)) throw problem('files.in-use')
  await markDeleted(ctx, row)
  await ctx.append({
    kind: 'files.deleted',
    version: 1,
    subjectId: row.owner,
    payload: { file: id, size: Number(row.size_bytes), sha256: row.sha256!.toString('hex') },
  })
}
