// Data sets and own programs: uploaded once, checked and staged once, read by any number of jobs.
import { createHash } from 'node:crypto'
import { type Actor, type Ctx, system } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { idInCursor, page } from '#platform/routes.ts'
import { numberOn } from './parameters.ts'
import type { Parts } from './parts.ts'
import { ExecutorRefused, type RefusalCode } from './ports.ts'
import { type DatasetRow, store, subjectOf } from './store.ts'

const words: Partial<Record<RefusalCode, string>> = {
  'archive-format': '不是 tar.gz，或已损坏',
  'archive-path': '含有越出目录的路径',
  'archive-link': '含有指向目录外的链接或特殊文件',
  'archive-entries': '文件数过多',
  'archive-bytes': '解包后过大',
}

/** A file appears under its name, so the same bytes under another name are another material. */
const hashOf = (name: string): string =>
  createHash('sha256').update(name).digest('hex').slice(0, 32)

const usedBy = (id: string): string => `compute.dataset:${id}`

const viewOf = (row: DatasetRow, sha256: string, uses: number) => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  fileId: row.file_id,
  bytes: Number(row.bytes),
  entries: row.entries,
  sha256,
  createdAt: row.created_at.toISOString(),
  uses,
})

/**
 * Takes a file of the owner in as a data set: unpacked within the limits, or refused with the reason.
 * The bytes are read outside any transaction.
 * @throws compute.archive, request.not-found, platform.busy
 */
export async function addDataset(
  parts: Parts,
  actor: Actor,
  input: { name: string; kind: 'program' | 'data'; fileId: string },
) {
  const { world, files, executor } = parts
  const id = await world.transact(actor, async (ctx) => {
    const made = ctx.newId()
    await files.use(ctx, input.fileId, usedBy(made))
    return made
  })
  const file = await world.read(actor, (ctx) => files.describe(ctx, input.fileId))
  const now = world.clock.now()
  const archive = /\.(tar\.gz|tgz)$/i.test(file.name)
  const forget = () =>
    world.transact(system('compute.datasets'), (ctx) =>
      files.release(ctx, input.fileId, usedBy(id)),
    )
  if (input.kind === 'program' && !archive) {
    await forget()
    throw problem('compute.archive', { reason: words['archive-format']! })
  }
  const material = `${file.sha256}.${archive ? 'tar' : hashOf(file.name)}`
  try {
    const staged = await executor.stage({
      id: material,
      kind: archive ? 'tar.gz' : 'file',
      name: file.name,
      limits: {
        entries: numberOn('material.entries', now),
        bytes: numberOn('material.bytes', now),
      },
      open: async () => {
        const bytes = await files.open(input.fileId)
        if (!bytes) throw problem('request.not-found')
        return bytes
      },
    })
    return await world.transact(actor, async (ctx) => {
      const row = await store(ctx)
        .insertInto('compute.dataset')
        .values({
          id,
          subject: subjectOf(ctx),
          name: input.name,
          kind: input.kind,
          file_id: input.fileId,
          material,
          bytes: BigInt(staged.bytes),
          entries: staged.entries,
          created_at: ctx.now,
          deleted_at: null,
          unstaged: false,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      await ctx.append({
        kind: 'compute.dataset-added',
        version: 1,
        subjectId: row.subject,
        payload: { dataset: id, file: row.file_id, bytes: staged.bytes, entries: staged.entries },
      })
      return viewOf(row, file.sha256 ?? '', 0)
    })
  } catch (error) {
    await forget()
    if (!(error instanceof ExecutorRefused)) throw error
    if (error.code === 'no-room') throw problem('platform.busy')
    throw problem('compute.archive', { reason: words[error.code] ?? error.code })
  }
}

/** Waiting and running workloads that read a data set. */
async function liveUses(ctx: Ctx, id: string): Promise<number> {
  const { n } = await store(ctx)
    .selectFrom('compute.workload')
    .select(({ fn }) => fn.countAll<bigint>().as('n'))
    .where('subject', '=', subjectOf(ctx))
    .where('state', 'in', ['queued', 'placed', 'running'])
    .where(({ eb, ref }) => eb(eb.cast(ref('spec'), 'text'), 'like', `%${id}%`))
    .executeTakeFirstOrThrow()
  return Number(n)
}

export async function listDatasets(
  ctx: Ctx,
  parts: Parts,
  query: { cursor?: string; limit: number },
) {
  let select = store(ctx)
    .selectFrom('compute.dataset')
    .selectAll()
    .where('subject', '=', subjectOf(ctx))
    .where('deleted_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
  if (query.cursor !== undefined) {
    const id = idInCursor(query.cursor)
    select = select.where('id', '<', id)
  }
  const rows = page(await select.execute(), query.limit, ({ id }) => [id])
  const items = []
  for (const row of rows.items) {
    const { sha256 } = await parts.files.describe(ctx, row.file_id)
    items.push(viewOf(row, sha256 ?? '', await liveUses(ctx, row.id)))
  }
  return { items, next: rows.next }
}

/** @throws request.not-found, compute.in-use */
export async function removeDataset(ctx: Ctx, parts: Parts, id: string): Promise<void> {
  const row = await store(ctx)
    .selectFrom('compute.dataset')
    .selectAll()
    .where('id', '=', id)
    .where('subject', '=', subjectOf(ctx))
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw problem('request.not-found')
  if ((await liveUses(ctx, id)) > 0) throw problem('compute.in-use')
  await store(ctx)
    .updateTable('compute.dataset')
    .set({ deleted_at: ctx.now })
    .where('id', '=', id)
    .execute()
  await parts.files.release(ctx, row.file_id, usedBy(id))
  await ctx.append({
    kind: 'compute.dataset-removed',
    version: 1,
    subjectId: row.subject,
    payload: { dataset: id },
  })
}
