// The front door of capacity: resources, holds, and when something is free.
import type { Calendar } from '#engines/intervals/calendar.ts'
import type { Fit, FitRequest, NoFit } from '#engines/intervals/types.ts'
import type { Actor, Ctx, Json } from '#platform/context.ts'
import { Problem } from '#platform/errors.ts'
import type { Serves, Service } from '#platform/service.ts'
import type { World } from '#platform/world.ts'
import { Mirror } from './calendar.ts'
import { releaseDueHolds } from './due.ts'
import { refusalOf } from './no-fit.ts'
import { routes } from './routes.ts'
import { claimsOf, listHolds } from './views.ts'

export type { ClaimInput, Outcome } from './call.ts'
export { checkCapacity } from './check.ts'
export {
  block,
  commit,
  extend,
  type Holder,
  type HoldInput,
  hold,
  type MoveInput,
  move,
  moveAll,
  release,
  type Share,
  type SplitInput,
  split,
  transfer,
} from './hold.ts'
export { addResource, close, drain, type NewResource, reopen, setUnits } from './resources.ts'
export { type UtilisationQuery, utilisationOf } from './utilisation.ts'
export { claimsOf, peakOf, type TakenClaim, takenOf } from './views.ts'

const TRIES = 5

export const serves: readonly Serves[] = []

export interface Capacity {
  service: Service
  /** For identity: what is held about a person. */
  personalData: {
    name: string
    export(ctx: Ctx, personId: string): Promise<Json>
    erase(ctx: Ctx, personId: string): Promise<void>
  }
  /**
   * This process's calendar, brought up to date with what is committed (not with what `ctx` itself
   * has done). To be read only, and at once: the next refresh changes it.
   */
  calendar(ctx: Pick<Ctx, 'tx' | 'now'>): Promise<Calendar>
  /**
   * The earliest time at which all of a request fits, on the calendar as it is now.
   * @param without a hold that is to move: what it takes counts as free
   */
  earliestFit(
    ctx: Pick<Ctx, 'tx' | 'now'>,
    request: FitRequest,
    without?: string,
  ): Promise<Fit | NoFit>
  /**
   * Searches outside and works inside a transaction (the search may take too long for one): `work`
   * holds what was found. Found taken after all, it is searched and tried again.
   * @throws capacity.too-large, capacity.none; capacity.taken when others were faster every time
   */
  holdEarliest<T>(
    actor: Actor,
    request: FitRequest,
    work: (ctx: Ctx, fit: Fit) => Promise<T>,
  ): Promise<T>
}

/** Opens capacity on a world. Resources and holds are plain functions; searching needs the mirror. */
export function capacity(world: World): Capacity {
  const mirror = new Mirror()
  // Those that were too slow try again one after the other: together they would find the same place.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(attempt: () => Promise<T>): Promise<T> => {
    const mine = last.then(attempt)
    last = mine.catch(() => {})
    return mine
  }
  const earliestFit: Capacity['earliestFit'] = async (ctx, request, without) => {
    const own = without === undefined ? [] : await claimsOf(ctx, [without])
    const calendar = await mirror.refreshed(ctx)
    const aside = own.flatMap(({ id }) => calendar.claim(id) ?? [])
    for (const { id } of aside) calendar.remove(id)
    try {
      return calendar.earliestFit(request)
    } finally {
      for (const claim of aside) calendar.add(claim)
    }
  }
  return {
    service: {
      name: 'capacity',
      serves,
      routes,
      jobs: [
        {
          name: 'capacity.release-expired',
          everySeconds: 15,
          run: async () => void (await releaseDueHolds(world)),
        },
      ],
    },
    personalData: {
      name: 'capacity',
      export: async (ctx, personId): Promise<Json> => {
        const { items } = await listHolds(ctx, personId, { limit: 200 })
        const ids = items.map(({ id }) => id)
        const claims = await claimsOf(ctx, ids)
        const holds = items.map(({ id, service, holder, state }) => ({
          id,
          service,
          holder,
          state,
        }))
        return JSON.parse(JSON.stringify({ holds, claims }))
      },
      // Ids and times only; whom an id meant is erased where names are kept.
      erase: async () => {},
    },
    calendar: (ctx) => mirror.refreshed(ctx),
    earliestFit,
    async holdEarliest(actor, request, work) {
      const attempt = async () => {
        const fit = await earliestFit({ tx: world.db, now: world.clock.now() }, request)
        if ('none' in fit) throw refusalOf(fit)
        return world.transact(actor, (ctx) => work(ctx, fit))
      }
      for (let nth = 1; ; nth++) {
        try {
          return await (nth === 1 ? attempt() : inTurn(attempt))
        } catch (error) {
          const taken = error instanceof Problem && error.code === 'capacity.taken'
          if (!taken || nth === TRIES) throw error
        }
      }
    },
  }
}
