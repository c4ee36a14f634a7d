// Brings bytes and rows into line: what was deleted, abandoned or left without a row is removed.
import { system } from '#platform/context.ts'
import type { World } from '#platform/world.ts'
import type { BlobStore } from './ports.ts'
import {
  deletedWithBytes,
  forgetReceiving,
  markBytesRemoved,
  receivingBefore,
  withRow,
} from './store.ts'

const ABANDONED_AFTER_MS = 3_600_000
const BATCH = 500

/** Removes the bytes of deleted files; returns how many. */
export async function removeDeleted(world: World, blobs: BlobStore): Promise<number> {
  const actor = system('files.remove-deleted')
  const ids = await world.read(actor, deletedWithBytes)
  for (const id of ids) await blobs.remove(id)
  if (ids.length > 0) await world.transact(actor, (ctx) => markBytesRemoved(ctx, ids))
  return ids.length
}

/** Gives back the room of uploads that a stopped process left; `underWay` are this process's own. */
export async function forgetAbandoned(
  world: World,
  blobs: BlobStore,
  underWay: ReadonlySet<string>,
): Promise<number> {
  const actor = system('files.forget-abandoned')
  const ids = await world.read(actor, (ctx) =>
    receivingBefore(ctx, new Date(ctx.now.getTime() - ABANDONED_AFTER_MS)),
  )
  const abandoned = ids.filter((id) => !underWay.has(id))
  for (const id of abandoned) {
    await world.transact(actor, (ctx) => forgetReceiving(ctx, id))
    await blobs.remove(id)
  }
  return abandoned.length
}

/** Removes bytes that no row speaks of and that have lain for an hour; returns how many. */
export async function removeOrphans(
  world: World,
  blobs: BlobStore,
  machineNow: Date = new Date(),
): Promise<number> {
  const actor = system('files.remove-orphans')
  const before = new Date(machineNow.getTime() - ABANDONED_AFTER_MS)
  let removed = await blobs.sweep(before)
  let batch: string[] = []
  const settle = async () => {
    const ids = batch
    batch = []
    if (ids.length === 0) return
    const known = await world.read(actor, (ctx) => withRow(ctx, ids))
    for (const id of ids) {
      if (known.has(id)) continue
      await blobs.remove(id)
      removed++
    }
  }
  for await (const blob of blobs.list()) {
    if (blob.modifiedAt >= before) continue
    if (batch.push(blob.id) === BATCH) await settle()
  }
  await settle()
  return removed
}
