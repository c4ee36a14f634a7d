// Resources: what can be booked, how much of it there is, and until when.
import { sql } from 'kysely'
import { FOREVER, type Mode, type Resource } from '#engines/intervals/types.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { callOf, one, requireAmount, requireMoment } from './call.ts'
import { type ResourceRow, store } from './store.ts'

export interface NewResource {
  id: string
  /** What it is, such as 'compute.node' or 'compute.quota'. */
  kind: string
  /** The subject whose it is; null: the platform's. */
  owner: string | null
  mode: Mode
  /** A node of 8 cards has 8000 (thousandths of a card). */
  units: number
  /** Of exact resources: units are asked for within a grain or in whole ones; 1000: one card. */
  grain?: number
  /** Whether anybody may see when it is free. */
  public?: boolean
}

/** Adds a resource. The same one again changes nothing, not even its units. */
export async function addResource(ctx: Ctx, resource: NewResource): Promise<void> {
  const { id, kind, owner, mode, units, grain = 1 } = resource
  requireAmount(id, units)
  requireAmount(id, grain)
  const fits = mode === 'pooled' ? grain === 1 : units % grain === 0 && units < 2 ** 31
  if (!fits || !/^[a-z][a-z0-9.-]{0,63}$/.test(kind)) {
    throw problem('capacity.claims', { resource: id })
  }
  await one(
    ctx,
    sql`select capacity.add_resource(${callOf(ctx)}, ${id}::uuid, ${kind}::text, ${owner}::uuid,
      ${mode}::text, ${units}::int8, ${grain}::int8, ${resource.public ?? false}::boolean)`,
  )
}

/** How many units there are from now on. @throws capacity.in-use when more is booked than that */
export async function setUnits(
  ctx: Ctx,
  { resourceId, units }: { resourceId: string; units: number },
): Promise<void> {
  requireAmount(resourceId, units)
  await one(
    ctx,
    sql`select capacity.set_units(${callOf(ctx)}, ${resourceId}::uuid, ${units}::int8)`,
  )
}

/** Nothing new ends after `at` (now when missing); what is booked already stays. */
export function drain(ctx: Ctx, input: { resourceId: string; at?: number }): Promise<void> {
  return setEnd(ctx, 'resource-drained', input.resourceId, input.at ?? ctx.now.getTime())
}

/** Ends a resource at `at` (now when missing). @throws capacity.in-use when booked beyond it */
export function close(ctx: Ctx, input: { resourceId: string; at?: number }): Promise<void> {
  return setEnd(ctx, 'resource-closed', input.resourceId, input.at ?? ctx.now.getTime())
}

/** Takes back `drain` or `close`. */
export function reopen(ctx: Ctx, { resourceId }: { resourceId: string }): Promise<void> {
  return setEnd(ctx, 'resource-reopened', resourceId, FOREVER)
}

async function setEnd(ctx: Ctx, kind: string, resourceId: string, at: number): Promise<void> {
  requireMoment(at)
  await one(
    ctx,
    sql`select capacity.set_end(${callOf(ctx)}, ${kind}::text, ${resourceId}::uuid, ${at}::int8)`,
  )
}

/** A row as the engine sees it. */
export const asResource = (
  row: Pick<ResourceRow, 'id' | 'mode' | 'units' | 'grain' | 'open_until'>,
): Resource => ({
  id: row.id,
  mode: row.mode,
  units: Number(row.units),
  grain: Number(row.grain),
  openUntil: Number(row.open_until),
})

/** Resources by id; unknown ids are left out. */
export async function findResources(
  ctx: Pick<Ctx, 'tx'>,
  ids: readonly string[],
): Promise<Map<string, Resource>> {
  const rows = await store(ctx)
    .selectFrom('capacity.resource')
    .select(['id', 'mode', 'units', 'grain', 'open_until'])
    .where(sql<boolean>`id = any (${ids}::uuid[])`)
    .execute()
  return new Map(rows.map((row) => [row.id, asResource(row)]))
}
