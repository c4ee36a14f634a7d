// Files of organisations and people: bounded, checked, counted, and kept apart from one another.
import type { Readable } from 'node:stream'
import type { Ctx, Json } from '#platform/context.ts'
import type { Serves, Service } from '#platform/service.ts'
import type { World } from '#platform/world.ts'
import { forgetAbandoned, removeDeleted, removeOrphans } from './clean-up.ts'
import type { FileView } from './contract.ts'
import { type Limits, readLimits } from './limits.ts'
import { erasePerson, exportPerson } from './personal-data.ts'
import type { BlobStore } from './ports.ts'
import { routesOf } from './routes.ts'
import { addUse, loadFile, removeUse, viewOf } from './store.ts'
import { ownerOf, UnderWay, type UploadParts } from './upload.ts'

const STALL_MS = 30_000

/** The draft orders no such service; what others serve with it is theirs to claim. */
export const serves: readonly Serves[] = []

export interface Files {
  service: Service
  /**
   * Relies on a file of the actor's owner, e.g. 'cases.case:0190…': until released, its owner
   * cannot delete it. @throws request.not-found
   */
  use(ctx: Ctx, id: string, usedBy: string): Promise<FileView>
  release(ctx: Ctx, id: string, usedBy: string): Promise<void>
  /** What is known of a stored file, whoever owns it: the caller has checked who may know. */
  describe(ctx: Ctx, id: string): Promise<FileView>
  /** The bytes of a stored file; null when they are gone. The caller has checked who may read. */
  open(id: string): Promise<Readable | null>
  /** For identity: what is held about a person. */
  personalData: {
    name: string
    export(ctx: Ctx, personId: string): Promise<Json>
    erase(ctx: Ctx, personId: string): Promise<void>
  }
}

/**
 * The file service.
 * @param parts.limits other limits than those of law/parameters, for tests
 */
export function files(
  world: World,
  parts: { blobs: BlobStore; limits?: (at: Date) => Limits; stallMs?: number },
): Files {
  const { blobs, limits = readLimits(), stallMs = STALL_MS } = parts
  const underWay = new UnderWay()
  const whole: UploadParts = { world, blobs, limits, stallMs }
  return {
    service: {
      name: 'files',
      serves,
      routes: routesOf(whole, underWay),
      jobs: [
        {
          name: 'files.remove-deleted',
          everySeconds: 60,
          run: async () => void (await removeDeleted(world, blobs)),
        },
        {
          name: 'files.clean-up',
          everySeconds: 3_600,
          run: async () => {
            await forgetAbandoned(world, blobs, underWay.ids)
            await removeOrphans(world, blobs)
          },
        },
      ],
    },
    async use(ctx, id, usedBy) {
      const row = await loadFile(ctx, id, { owner: ownerOf(ctx.actor), lock: true })
      await addUse(ctx, id, usedBy)
      return viewOf(row)
    },
    release: removeUse,
    describe: async (ctx, id) => viewOf(await loadFile(ctx, id)),
    open: (id) => blobs.read(id),
    personalData: { name: 'files', export: exportPerson, erase: erasePerson },
  }
}
