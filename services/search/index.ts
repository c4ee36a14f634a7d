// Search over everything that a visitor, a member or an official may find.
import type { Ctx, Json } from '#platform/context.ts'
import type { Service } from '#platform/service.ts'
import { find } from './find.ts'
import { erasePerson, type Item, putAll, remove, seed } from './put.ts'
import { routes } from './routes.ts'

export type { Audience } from './audience.ts'
export type { Item } from './put.ts'

export interface Search {
  service: Service
  /** Makes items findable, or replaces them, when the caller's transaction commits. */
  put(ctx: Ctx, ...items: Item[]): Promise<void>
  remove(ctx: Ctx, kind: string, id: string): Promise<void>
  /** Makes the items of a kind these and no others; what has not changed is not written. */
  seed(ctx: Ctx, kind: string, items: readonly Item[]): Promise<void>
  /** What the actor may find. */
  find: typeof find
  /** For identity: what is held about a person. */
  personalData: {
    name: string
    export(ctx: Ctx, personId: string): Promise<Json>
    erase(ctx: Ctx, personId: string): Promise<void>
  }
}

export function search(): Search {
  return {
    service: { name: 'search', serves: [], routes },
    put: (ctx, ...items) => putAll(ctx, items),
    remove,
    seed,
    find,
    // The index repeats what other services hold and export; only the erasure is its own.
    personalData: { name: 'search', export: async () => [], erase: erasePerson },
  }
}
