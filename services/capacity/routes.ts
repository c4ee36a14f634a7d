// Capacity over HTTP: one's resources, one's holds, and when a resource is free.
import { z } from 'zod'
import { Calendar } from '#engines/intervals/calendar.ts'
import { FOREVER } from '#engines/intervals/types.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { paging, type Route, route } from '#platform/routes.ts'
import * as contract from './contract.ts'
import { mayReadAll, readsOwn } from './policy.ts'
import { asResource } from './resources.ts'
import { type ResourceRow, store } from './store.ts'
import { claimsOf, listHolds, listResources, type TakenClaim, takenOf } from './views.ts'

const LONGEST_MS = 366 * 86_400_000
const MOST_CLAIMS = 5_000

/** The subject that the actor acts for. */
function subjectOf({ actor }: Ctx): string {
  const subject = actor.subjectId ?? actor.personId
  if (subject === null) throw problem('request.not-found')
  return subject
}

/** The last moment that a date of JavaScript can tell. */
const LAST_DATE = 8.64e15
const instant = (at: number) => new Date(at).toISOString()
const instantOrNone = (at: number) => (at > LAST_DATE || at === FOREVER ? null : instant(at))

const resourceView = (row: ResourceRow): z.input<typeof contract.resource> => ({
  id: row.id,
  kind: row.kind,
  mode: row.mode,
  units: Number(row.units),
  grain: Number(row.grain),
  public: row.public,
  openUntil: instantOrNone(Number(row.open_until)),
})

const takingView = (claim: TakenClaim) => ({
  units: 'units' in claim ? claim.units.map(([from, to]): [number, number] => [from, to]) : null,
  amount: 'amount' in claim ? claim.amount : null,
  from: instant(claim.from),
  to: instantOrNone(claim.to),
})

const resources = route({
  method: 'GET',
  path: '/api/capacity/resources',
  name: 'capacity.resources',
  title: { zh: '列出可预订的资源', en: 'List resources' },
  policy: readsOwn,
  query: z.strictObject(paging),
  reply: contract.resourceList,
  handle: async (ctx, { query }) => {
    const { items, next } = await listResources(ctx, subjectOf(ctx), query)
    return { items: items.map(resourceView), next }
  },
})

const calendar = route({
  method: 'GET',
  path: '/api/capacity/resources/{id}/calendar',
  name: 'capacity.calendar',
  title: { zh: '查看资源的忙闲', en: 'Read when a resource is free' },
  policy: readsOwn,
  params: contract.byId,
  query: contract.period,
  reply: contract.calendar,
  handle: async (ctx, { params, query }) => {
    const row = await store(ctx)
      .selectFrom('capacity.resource')
      .selectAll()
      .where('id', '=', params.id)
      .executeTakeFirst()
    const isOwn = mayReadAll(ctx.actor) || row?.owner === subjectOf(ctx)
    if (!row || !(isOwn || row.public)) throw problem('request.not-found')
    const [from, to] = [Date.parse(query.from), Date.parse(query.to)]
    if (from < 0 || from >= to || to - from > LONGEST_MS) throw problem('capacity.period')
    const taken = await takenOf(ctx, [row.id], { from, to, most: MOST_CLAIMS + 1 })
    if (taken.length > MOST_CLAIMS) throw problem('capacity.period')
    const profile = Calendar.from([asResource(row)], taken).freeProfile(row.id, from, to)
    return {
      resource: resourceView(row),
      steps: profile.map((step) => ({
        from: instant(step.from),
        to: instant(step.to),
        free: Math.max(0, step.free),
      })),
      taken: isOwn
        ? taken.map((claim) => ({
            holdId: claim.holdId,
            subjectId: claim.subjectId,
            service: claim.service,
            holder: claim.holder,
            kind: claim.kind,
            state: claim.state,
            ...takingView(claim),
          }))
        : null,
    }
  },
})

const holds = route({
  method: 'GET',
  path: '/api/capacity/holds',
  name: 'capacity.holds',
  title: { zh: '列出占用', en: 'List holds' },
  policy: readsOwn,
  query: z.strictObject(paging),
  reply: contract.holdList,
  handle: async (ctx, { query }) => {
    const { items, next } = await listHolds(ctx, subjectOf(ctx), query)
    const all = Map.groupBy(
      await claimsOf(
        ctx,
        items.map(({ id }) => id),
      ),
      ({ holdId }) => holdId,
    )
    return {
      items: items.map((row) => ({
        id: row.id,
        service: row.service,
        holder: row.holder,
        kind: row.kind,
        state: row.state,
        expiresAt: row.expires_at?.toISOString() ?? null,
        madeAt: row.made_at.toISOString(),
        claims: (all.get(row.id) ?? []).map((claim) => ({
          resourceId: claim.resource,
          ...takingView(claim),
        })),
      })),
      next,
    }
  },
})

export const routes: readonly Route[] = [resources, calendar, holds]
