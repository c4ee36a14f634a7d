// The owner renames a file; what it holds stays, so the new name must promise the same.
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { requireVersion } from '#platform/routes.ts'
import { kindOf } from './content.ts'
import type { FileView } from './contract.ts'
import { loadFile, rename, viewOf } from './store.ts'
import { ownerOf } from './upload.ts'

/** @throws request.not-found, request.version, files.type, files.mismatch */
export async function renameFile(
  ctx: Ctx,
  id: string,
  name: string,
  ifMatch: string | null,
): Promise<FileView> {
  const row = await loadFile(ctx, id, { owner: ownerOf(ctx.actor), lock: true })
  requireVersion(ifMatch, row.version)
  const { mediaType, extension } = kindOf(name)
  if (mediaType !== row.media_type) {
    throw problem('files.mismatch', { expected: extension, found: row.media_type })
  }
  const renamed = await rename(ctx, id, name)
  await ctx.append({
    kind: 'files.renamed',
    version: 1,
    subjectId: row.owner,
    payload: { file: id, version: renamed.version },
  })
  return viewOf(renamed)
}
