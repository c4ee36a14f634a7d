// SQL of the file service: rows of files, room of owners, uses.
import type { Ctx } from '#platform/context.ts'
import { tables } from '#platform/database.ts'
import { problem } from '#platform/errors.ts'
import { idInCursor, page } from '#platform/routes.ts'
import type { FileView } from './contract.ts'
import { type Limits, sizeInWords } from './limits.ts'

export interface FileRow {
  id: string
  owner: string
  created_by: string | null
  purpose: string
  name: string
  media_type: string
  size_bytes: bigint
  sha256: Buffer | null
  state: 'receiving' | 'stored' | 'deleted'
  version: number
  created_at: Date
  deleted_at: Date | null
  bytes_removed: boolean
}

interface FileTables {
  'files.file': FileRow
  'files.quota': { owner: string; used_bytes: bigint; limit_bytes: bigint | null }
  'files.use': { file_id: string; used_by: string; since: Date }
}

const db = (ctx: Pick<Ctx, 'tx'>) => tables<FileTables>(ctx.tx)

export function viewOf(row: FileRow): FileView {
  return {
    id: row.id,
    name: row.name,
    purpose: row.purpose,
    mediaType: row.media_type,
    size: Number(row.size_bytes),
    sha256: row.sha256!.toString('hex'),
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    version: row.version,
  }
}

/** A stored file, of one owner when one is named. @throws request.not-found */
export async function loadFile(
  ctx: Pick<Ctx, 'tx'>,
  id: string,
  options: { owner?: string; lock?: boolean } = {},
): Promise<FileRow> {
  let query = db(ctx).selectFrom('files.file').selectAll().where('id', '=', id)
  if (options.owner) query = query.where('owner', '=', options.owner)
  if (options.lock) query = query.forUpdate()
  const row = await query.where('state', '=', 'stored').executeTakeFirst()
  if (!row) throw problem('request.not-found')
  return row
}

/** An owner's files, newest first. */
export async function listFiles(
  ctx: Pick<Ctx, 'tx'>,
  owner: string,
  query: { cursor?: string; limit: number; purpose?: string },
): Promise<{ items: FileView[]; next: string | null }> {
  let rows = db(ctx)
    .selectFrom('files.file')
    .selectAll()
    .where('owner', '=', owner)
    .where('state', '=', 'stored')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
  if (query.purpose) rows = rows.where('purpose', '=', query.purpose)
  if (query.cursor) rows = rows.where('id', '<', idInCursor(query.cursor))
  const found = page(await rows.execute(), query.limit, (last) => [last.id])
  return { items: found.items.map(viewOf), next: found.next }
}

/** How much an owner uses, and may. */
export async function readUsage(ctx: Pick<Ctx, 'tx'>, owner: string, limits: Limits) {
  const row = await db(ctx)
    .selectFrom('files.quota')
    .selectAll()
    .where('owner', '=', owner)
    .executeTakeFirst()
  const limit = Number(row?.limit_bytes ?? limits.owner)
  return { used: Number(row?.used_bytes ?? 0n), limit, largest: limits.file }
}

/**
 * Reserves room for an upload; the owner's row is locked, so that uploads together stay within it.
 * @param size bytes announced; null takes as much as one file may need and the owner has left
 * @returns bytes reserved @throws files.quota
 */
export async function reserve(
  ctx: Pick<Ctx, 'tx'>,
  owner: string,
  size: number | null,
  limits: Limits,
): Promise<number> {
  await db(ctx)
    .insertInto('files.quota')
    .values({ owner, used_bytes: 0n, limit_bytes: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db(ctx)
    .selectFrom('files.quota')
    .selectAll()
    .where('owner', '=', owner)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const limit = Number(row.limit_bytes ?? limits.owner)
  const free = Math.max(0, limit - Number(row.used_bytes))
  const wanted = size ?? Math.min(limits.file, free)
  if (wanted > free || wanted === 0) throw overQuota(limit, free)
  await changeUsed(ctx, owner, BigInt(wanted))
  return wanted
}

export function overQuota(limit: number, free: number) {
  return problem('files.quota', { limit: sizeInWords(limit), free: sizeInWords(free) })
}

export async function changeUsed(
  ctx: Pick<Ctx, 'tx'>,
  owner: string,
  bytes: bigint,
): Promise<void> {
  await db(ctx)
    .updateTable('files.quota')
    .set((eb) => ({ used_bytes: eb('used_bytes', '+', bytes) }))
    .where('owner', '=', owner)
    .execute()
}

export async function insertReceiving(
  ctx: Ctx,
  row: Pick<FileRow, 'id' | 'owner' | 'purpose' | 'name' | 'media_type'> & { reserved: number },
): Promise<void> {
  const { reserved, ...rest } = row
  await db(ctx)
    .insertInto('files.file')
    .values({
      ...rest,
      created_by: ctx.actor.personId,
      size_bytes: BigInt(reserved),
      sha256: null,
      state: 'receiving',
      version: 1,
      created_at: ctx.now,
      deleted_at: null,
      bytes_removed: false,
    })
    .execute()
}

/** Turns a row from receiving to stored and gives back the room that was not needed. */
export async function markStored(
  ctx: Ctx,
  id: string,
  seen: { size: number; sha256: Buffer },
): Promise<FileRow> {
  const receiving = await db(ctx)
    .selectFrom('files.file')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'receiving')
    .forUpdate()
    .executeTakeFirst()
  // A clean-up took it for abandoned.
  if (!receiving) throw problem('files.interrupted')
  await changeUsed(ctx, receiving.owner, BigInt(seen.size) - receiving.size_bytes)
  return db(ctx)
    .updateTable('files.file')
    .set({ state: 'stored', size_bytes: BigInt(seen.size), sha256: seen.sha256 })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Forgets an upload that did not end well; returns whether it was still there. */
export async function forgetReceiving(ctx: Pick<Ctx, 'tx'>, id: string): Promise<boolean> {
  const row = await db(ctx)
    .deleteFrom('files.file')
    .where('id', '=', id)
    .where('state', '=', 'receiving')
    .returning(['owner', 'size_bytes'])
    .executeTakeFirst()
  if (row) await changeUsed(ctx, row.owner, -row.size_bytes)
  return row !== undefined
}

export async function rename(ctx: Ctx, id: string, name: string): Promise<FileRow> {
  return db(ctx)
    .updateTable('files.file')
    .set((eb) => ({ name, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The row stays without its name; the bytes go with the next clean-up. */
export async function markDeleted(ctx: Ctx, row: FileRow): Promise<void> {
  await db(ctx)
    .updateTable('files.file')
    .set({ state: 'deleted', name: '', deleted_at: ctx.now, version: row.version + 1 })
    .where('id', '=', row.id)
    .execute()
  await changeUsed(ctx, row.owner, -row.size_bytes)
}

export async function addUse(ctx: Ctx, id: string, usedBy: string): Promise<void> {
  await db(ctx)
    .insertInto('files.use')
    .values({ file_id: id, used_by: usedBy, since: ctx.now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function removeUse(ctx: Ctx, id: string, usedBy: string): Promise<void> {
  await db(ctx)
    .deleteFrom('files.use')
    .where('file_id', '=', id)
    .where('used_by', '=', usedBy)
    .execute()
}

export async function isUsed(ctx: Ctx, id: string): Promise<boolean> {
  const row = await db(ctx)
    .selectFrom('files.use')
    .select('file_id')
    .where('file_id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}

/** Uploads that nobody finishes any more. */
export async function receivingBefore(ctx: Ctx, before: Date): Promise<string[]> {
  const rows = await db(ctx)
    .selectFrom('files.file')
    .select('id')
    .where('state', '=', 'receiving')
    .where('created_at', '<', before)
    .limit(1_000)
    .execute()
  return rows.map((row) => row.id)
}

export async function deletedWithBytes(ctx: Ctx): Promise<string[]> {
  const rows = await db(ctx)
    .selectFrom('files.file')
    .select('id')
    .where('state', '=', 'deleted')
    .where('bytes_removed', '=', false)
    .limit(1_000)
    .execute()
  return rows.map((row) => row.id)
}

export async function markBytesRemoved(ctx: Ctx, ids: readonly string[]): Promise<void> {
  await db(ctx)
    .updateTable('files.file')
    .set({ bytes_removed: true })
    .where('id', 'in', [...ids])
    .execute()
}

/** Which of these ids have a row that still needs its bytes. */
export async function withRow(ctx: Ctx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db(ctx)
    .selectFrom('files.file')
    .select('id')
    .where('id', 'in', [...ids])
    .where('state', '<>', 'deleted')
    .execute()
  return new Set(rows.map((row) => row.id))
}

/** Files that a person owns or has put there for an organisation. */
export async function filesOfPerson(ctx: Pick<Ctx, 'tx'>, person: string): Promise<FileRow[]> {
  return db(ctx)
    .selectFrom('files.file')
    .selectAll()
    .where('state', '=', 'stored')
    .where((eb) => eb.or([eb('owner', '=', person), eb('created_by', '=', person)]))
    .orderBy('id')
    .execute()
}
