// Search over everything that a visitor, a member or an official may find.
import { availableParallelism } from 'node:os'
import type { Actor, Ctx, Json } from '#platform/context.ts'
import type { Serves, Service } from '#platform/service.ts'
import type { World } from '#platform/world.ts'
import type { SearchResult } from './contract.ts'
import { find, type Typed } from './find.ts'
import { Gate } from './gate.ts'
import { pages } from './pages.ts'
import { erasePerson, type Item, putAll, remove, seed } from './put.ts'
import { organisations } from './reactions.ts'
import { routesOf } from './routes.ts'

export type { Audience } from './audience.ts'
export type { Item } from './put.ts'

const FEWEST_AT_ONCE = 3
const LONGEST_QUEUE = 200

/** The draft orders no such service; what others serve with it is theirs to claim. */
export const serves: readonly Serves[] = []

export interface Search {
  service: Service
  /** Makes items findable, or replaces them, when the caller's transaction commits. */
  put(ctx: Ctx, ...items: Item[]): Promise<void>
  remove(ctx: Ctx, kind: string, id: string): Promise<void>
  /** Makes the items of a kind these and no others; what has not changed is not written. */
  seed(ctx: Ctx, kind: string, items: readonly Item[]): Promise<void>
  /** Makes the portal's own pages findable. */
  prepare(ctx: Ctx): Promise<void>
  /** What the actor may find. @throws platform.busy, request.cursor */
  find(actor: Actor, typed: Typed): Promise<SearchResult>
  /** For identity: what is held about a person. */
  personalData: {
    name: string
    export(ctx: Ctx, personId: string): Promise<Json>
    erase(ctx: Ctx, personId: string): Promise<void>
  }
}

export function search(world: World): Search {
  const gate = new Gate(Math.max(FEWEST_AT_ONCE, availableParallelism() + 1), LONGEST_QUEUE)
  const gatedFind: Search['find'] = (actor, typed) =>
    gate.pass(() => world.read(actor, (ctx) => find(ctx, typed)))
  return {
    service: {
      name: 'search',
      serves,
      routes: routesOf(gatedFind),
      reactions: [organisations],
    },
    put: (ctx, ...items) => putAll(ctx, items),
    remove,
    seed,
    prepare: (ctx) => seed(ctx, 'page', pages),
    find: gatedFind,
    // The index repeats what other services hold and export; only the erasure is its own.
    personalData: { name: 'search', export: async () => [], erase: erasePerson },
  }
}
