// Takes a file in: room first, then the bytes (counted, hashed, checked), then the fact.
import type { Readable } from 'node:stream'
import { type Actor, type Ctx, system } from '#platform/context.ts'
import { Problem, problem } from '#platform/errors.ts'
import { remembered } from '#platform/idempotency.ts'
import type { World } from '#platform/world.ts'
import { ContentCheck, checkDeclared, kindOf } from './content.ts'
import type { FileView } from './contract.ts'
import { type Limits, sizeInWords } from './limits.ts'
import { type BlobStore, StorageFull } from './ports.ts'
import {
  forgetReceiving,
  insertReceiving,
  markStored,
  overQuota,
  readUsage,
  reserve,
  viewOf,
} from './store.ts'

const MOST_AT_ONCE = 32
const MOST_OF_ONE_OWNER = 4

export interface UploadParts {
  world: World
  blobs: BlobStore
  limits(at: Date): Limits
  /** Longest pause between two chunks. */
  stallMs: number
}

export interface Incoming {
  name: string
  purpose: string
  /** Headers of the request, as far as they were sent. */
  declaredType: string | undefined
  announcedBytes: number | null
  idempotencyKey: string | undefined
  bytes: Readable
}

/** Uploads of this process that are under way; the clean-up leaves them alone. */
export class UnderWay {
  readonly ids = new Set<string>()
  readonly #owners = new Map<string, number>()
  #count = 0
  /** @throws platform.busy */
  enter(owner: string): void {
    const mine = this.#owners.get(owner) ?? 0
    if (this.#count >= MOST_AT_ONCE || mine >= MOST_OF_ONE_OWNER) throw problem('platform.busy')
    this.#count++
    this.#owners.set(owner, mine + 1)
  }
  leave(owner: string): void {
    this.#count--
    const rest = this.#owners.get(owner)! - 1
    if (rest > 0) this.#owners.set(owner, rest)
    else this.#owners.delete(owner)
  }
}

/** For whom a file is kept: the organisation acted for, or the person. */
export function ownerOf(actor: Actor): string {
  const owner = actor.subjectId ?? actor.personId
  if (!owner) throw problem('access.sign-in')
  return owner
}

/** The chunks of a stream, which stays open for the answer; a longer pause than `stallMs` ends it. */
async function* steady(bytes: Readable, stallMs: number): AsyncGenerator<Buffer> {
  const chunks = bytes.iterator({ destroyOnReturn: false })
  for (;;) {
    const stalled = Promise.withResolvers<never>()
    const refuse = () => stalled.reject(problem('files.stalled', { seconds: stallMs / 1000 }))
    const timer = setTimeout(refuse, stallMs)
    let next: IteratorResult<Buffer>
    try {
      next = await Promise.race([chunks.next(), stalled.promise])
    } catch (error) {
      throw error instanceof Problem ? error : problem('files.interrupted')
    } finally {
      clearTimeout(timer)
    }
    if (next.done) return
    yield next.value
  }
}

/**
 * Receives one file for the actor's owner.
 * @throws files.type, files.mismatch, files.empty, files.quota, files.stalled, files.interrupted,
 *   files.storage, request.too-large; nothing then stays behind
 */
export async function upload(
  parts: UploadParts,
  underWay: UnderWay,
  actor: Actor,
  incoming: Incoming,
): Promise<FileView> {
  const owner = ownerOf(actor)
  checkDeclared(incoming.name, incoming.declaredType)
  const limits = parts.limits(parts.world.clock.now())
  if ((incoming.announcedBytes ?? 0) > limits.file) throw tooLarge(limits)
  if (incoming.announcedBytes === 0) throw problem('files.empty')
  underWay.enter(owner)
  try {
    const place = await announce(parts, actor, incoming, limits)
    underWay.ids.add(place.id)
    try {
      return await receive(parts, actor, incoming, place)
    } catch (error) {
      await discard(parts, place.id)
      throw error instanceof StorageFull ? problem('files.storage') : error
    } finally {
      underWay.ids.delete(place.id)
    }
  } finally {
    underWay.leave(owner)
  }
}

interface Place {
  id: string
  owner: string
  reserved: number
  limits: Limits
}

/** Commits the intent: a row, and room for what is to come. */
function announce(
  { world }: UploadParts,
  actor: Actor,
  { name, purpose, announcedBytes }: Incoming,
  limits: Limits,
): Promise<Place> {
  const owner = ownerOf(actor)
  const { mediaType } = kindOf(name)
  return world.transact(actor, async (ctx) => {
    const id = ctx.newId()
    const reserved = await reserve(ctx, owner, announcedBytes, limits)
    await insertReceiving(ctx, { id, owner, purpose, name, media_type: mediaType, reserved })
    return { id, owner, reserved, limits }
  })
}

/** Writes the bytes, checking them on the way, and commits what was observed. */
async function receive(
  parts: UploadParts,
  actor: Actor,
  incoming: Incoming,
  { id, owner, reserved, limits }: Place,
): Promise<FileView> {
  const { world, blobs, stallMs } = parts
  const check = new ContentCheck(incoming.name)
  let sha256: Buffer = Buffer.alloc(0)
  const checked = async function* () {
    for await (const chunk of steady(incoming.bytes, stallMs)) {
      if (check.size + chunk.length > reserved) {
        if (reserved >= limits.file) throw tooLarge(limits)
        const usage = await world.read(actor, (ctx) => readUsage(ctx, owner, limits))
        throw overQuota(usage.limit, reserved)
      }
      await check.pass(chunk)
      yield chunk
    }
    sha256 = await check.finish()
  }
  await blobs.write(id, checked())
  const seen = { size: check.size, sha256 }
  const stored = await world.transact(actor, (ctx) => record(ctx, id, seen, incoming))
  if (stored.id !== id) await discard(parts, id)
  return stored
}

const tooLarge = (limits: Limits) =>
  problem('request.too-large', { limit: sizeInWords(limits.file) })

/** Commits what was observed; a repeated Idempotency-Key with the same bytes gives the first file. */
async function record(
  ctx: Ctx,
  id: string,
  seen: { size: number; sha256: Buffer },
  { name, purpose, idempotencyKey: key }: Incoming,
): Promise<FileView> {
  const sha256 = seen.sha256.toString('hex')
  const work = async () => {
    const row = await markStored(ctx, id, seen)
    await ctx.append({
      kind: 'files.stored',
      version: 1,
      subjectId: row.owner,
      payload: { file: id, purpose, mediaType: row.media_type, size: seen.size, sha256 },
    })
    return viewOf(row)
  }
  if (key === undefined) return work()
  return remembered(ctx, { key, route: 'files.upload', request: { name, purpose, sha256 } }, work)
}

/** Removes bytes and row of an upload that became no file; what fails here the clean-up repeats. */
async function discard({ world, blobs }: UploadParts, id: string): Promise<void> {
  try {
    await blobs.remove(id)
    await world.transact(system('files.upload'), (ctx) => forgetReceiving(ctx, id))
  } catch (error) {
    world.log.warn({ err: error, file: id }, 'an abandoned upload is left to the clean-up')
  }
}
