// The pooled resources of capacity on which promises draw: read in their order, and kept in size.
import type { Ctx } from '#platform/context.ts'
import { Problem } from '#platform/errors.ts'
import { Stale } from '#platform/world.ts'
import { addResource, peakOf, setUnits } from '#services/capacity/index.ts'
import { province } from '#services/identity/index.ts'
import { clusterMilli, readCatalogue } from './catalogue.ts'
import { takeTurn } from './slots.ts'
import { type PoolRow, store } from './store.ts'
import { type Agreed, type Drawn, sizesOf } from './tree.ts'

/** A limit that was taken away: the pool goes on counting. */
const UNLIMITED = Number.MAX_SAFE_INTEGER
const CLUSTER = 'cluster'

/** A pool as a job of one queue draws on it. */
export interface Draw extends Drawn {
  resourceId: string
  /** Has to stay free: the pool is larger than agreed only while more was booked before. */
  keep: number
  /** Made in this transaction: nothing of it is taken, and the calendar does not know it yet. */
  fresh: boolean
}

const placeOf = ({ queue_id: queue, cohort }: PoolRow): string => queue ?? cohort ?? CLUSTER
const keyOf = (cluster: string, place: string, part: PoolRow['part']): string =>
  `${cluster} ${place} ${part}`

/** Pools by cluster, place and part. */
export class Pools {
  readonly #rows = new Map<string, PoolRow>()
  readonly #fresh: ReadonlySet<string>

  constructor(rows: readonly PoolRow[], fresh: ReadonlySet<string> = new Set()) {
    for (const row of rows) this.#rows.set(keyOf(row.cluster_id, placeOf(row), row.part), row)
    this.#fresh = fresh
  }

  get(cluster: string, place: string, part: PoolRow['part']): PoolRow | undefined {
    return this.#rows.get(keyOf(cluster, place, part))
  }

  /** What a queue draws on, upwards: limit and own part of each level, then what is common. */
  drawsOf(queue: { id: string; cohort: string | null }, cluster: string): Draw[] {
    const path = new Set([queue.id, queue.cohort ?? province, province])
    const rows = [...path].flatMap((place) => [
      this.get(cluster, place, 'limit'),
      this.get(cluster, place, 'reserved'),
    ])
    return [...rows, this.get(cluster, CLUSTER, 'common')].flatMap((row) =>
      row
        ? [
            {
              resourceId: row.resource_id,
              first: row.part === 'reserved',
              units: Number(row.wanted),
              keep: Number(row.units - row.wanted),
              fresh: this.#fresh.has(row.resource_id),
            },
          ]
        : [],
    )
  }
}

/** Everything that is agreed on a cluster, cohorts that have something below them included. */
export async function agreedOn(ctx: Pick<Ctx, 'tx'>, clusterId: string): Promise<Agreed[]> {
  const [queues, cohorts] = await Promise.all([
    store(ctx)
      .selectFrom('compute.quota as u')
      .innerJoin('compute.queue as q', 'q.id', 'u.queue_id')
      .selectAll('u')
      .select('q.cohort')
      .where('u.cluster_id', '=', clusterId)
      .execute(),
    store(ctx)
      .selectFrom('compute.cohort_quota')
      .selectAll()
      .where('cluster_id', '=', clusterId)
      .execute(),
  ])
  const agreed = new Map<string, Agreed>()
  const empty = { nominal: null, borrowing: null, lending: null }
  const addCohort = (id: string, values: Omit<Agreed, 'id' | 'parent'> = empty) => {
    agreed.set(id, { id, parent: id === province ? null : province, ...values })
  }
  addCohort(province)
  for (const { cohort } of queues) addCohort(cohort ?? province)
  for (const row of cohorts) addCohort(row.cohort, quantities(row))
  for (const row of queues) {
    const parent = row.cohort ?? province
    agreed.set(row.queue_id, { id: row.queue_id, parent, ...quantities(row) })
  }
  return [...agreed.values()]
}

const number = (milli: bigint | null) => (milli === null ? null : Number(milli))
const quantities = (row: {
  nominal_milli: bigint | null
  borrowing_milli: bigint | null
  lending_milli: bigint | null
}) => ({
  nominal: number(row.nominal_milli),
  borrowing: number(row.borrowing_milli),
  lending: number(row.lending_milli),
})

type Key = Pick<PoolRow, 'cluster_id' | 'queue_id' | 'cohort' | 'part'>

/** Makes a pool, unless somebody else does so at this moment. */
export async function addPool(
  ctx: Ctx,
  key: Key,
  owner: string | null,
  milli: number,
): Promise<PoolRow | null> {
  const wanted = BigInt(milli)
  const row: PoolRow = {
    ...key,
    resource_id: ctx.newId(),
    wanted,
    units: wanted > 0n ? wanted : 1n,
  }
  const made = await store(ctx)
    .insertInto('compute.pool')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['cluster_id', 'queue_id', 'cohort', 'part']).doNothing(),
    )
    .returning('resource_id')
    .executeTakeFirst()
  if (!made) return null
  await addResource(ctx, {
    id: row.resource_id,
    kind: 'compute.quota',
    owner,
    mode: 'pooled',
    units: Number(row.units),
  })
  return row
}

/** Gives a pool the size that is wanted, or the nearest to it that breaks nothing that is booked. */
async function resize(ctx: Ctx, row: PoolRow, milli: number): Promise<PoolRow> {
  const wanted = BigInt(milli)
  const least = wanted > 0n ? wanted : 1n
  if (row.wanted === wanted && row.units === least) return row
  const peak = least < row.units ? BigInt(await peakOf(ctx, row.resource_id)) : 0n
  const units = peak > least ? peak : least
  if (units !== row.units) {
    try {
      await setUnits(ctx, { resourceId: row.resource_id, units: Number(units) })
    } catch (error) {
      // Booked since the peak was read: look again.
      if (error instanceof Problem && error.code === 'capacity.in-use') throw new Stale(error)
      throw error
    }
  }
  await store(ctx)
    .updateTable('compute.pool')
    .set({ wanted, units })
    .where('resource_id', '=', row.resource_id)
    .execute()
  return { ...row, wanted, units }
}

/**
 * Brings the pools of a cluster to what is agreed. What is booked stays: a pool that would be too
 * small for it keeps the size that it needs, and new bookings keep out of the difference.
 */
export async function applyQuotas(ctx: Ctx, clusterId: string): Promise<void> {
  await takeTurn(ctx, clusterId)
  const [agreed, { flavors }, rows, owners] = await Promise.all([
    agreedOn(ctx, clusterId),
    readCatalogue(ctx, clusterId),
    store(ctx).selectFrom('compute.pool').selectAll().where('cluster_id', '=', clusterId).execute(),
    store(ctx).selectFrom('compute.queue').select(['id', 'subject']).execute(),
  ])
  const pools = new Pools(rows)
  const ownerOf = new Map(owners.map(({ id, subject }) => [id, subject]))
  const sizes = sizesOf(agreed)
  const bring = async (place: string, part: PoolRow['part'], milli: number) => {
    const row = pools.get(clusterId, place, part)
    if (row) return resize(ctx, row, milli)
    const queue = ownerOf.has(place)
    const key = {
      cluster_id: clusterId,
      queue_id: queue ? place : null,
      cohort: queue || place === CLUSTER ? null : place,
      part,
    }
    const made = await addPool(ctx, key, ownerOf.get(place) ?? null, milli)
    if (!made) throw new Stale(new Error('a pool was made at this moment'))
    return made
  }
  let kept = 0n
  let anyKept = false
  for (const { id } of agreed) {
    const { limit, reserved } = sizes.get(id)!
    if (limit !== null || pools.get(clusterId, id, 'limit')) {
      await bring(id, 'limit', limit ?? UNLIMITED)
    }
    if (reserved === 0 && !pools.get(clusterId, id, 'reserved')) continue
    const { wanted, units } = await bring(id, 'reserved', reserved)
    // What is still booked of a part that was given up is not common yet.
    kept += wanted === 0n && units === 1n ? 0n : units
    anyKept = true
  }
  if (!anyKept) return
  const common = BigInt(clusterMilli(flavors, clusterId)) - kept
  await bring(CLUSTER, 'common', common > 0n ? Number(common) : 0)
}

/** Where more was booked than is agreed: as much less as has ended since. */
export async function lowerPools(ctx: Ctx): Promise<void> {
  const due = await store(ctx)
    .selectFrom('compute.pool')
    .select('cluster_id')
    .distinct()
    .whereRef('units', '>', 'wanted')
    .where('units', '>', 1n)
    .orderBy('cluster_id')
    .execute()
  for (const { cluster_id: id } of due) await applyQuotas(ctx, id)
}
