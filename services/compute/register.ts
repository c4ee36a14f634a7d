// What an operator brings: sites, clusters, flavors with their first price, nodes with their cards.
import type { Ctx } from '#platform/context.ts'
import { sqlState } from '#platform/database.ts'
import { Problem, problem } from '#platform/errors.ts'
import { addResource } from '#services/capacity/index.ts'
import { applyQuotas } from './pools.ts'
import { MILLI } from './spec.ts'
import { type ClusterRow, type FlavorRow, type SiteRow, store } from './store.ts'

const UNIQUE_VIOLATION = '23505'

const insertedOnce = (error: unknown, identifier: string): unknown =>
  sqlState(error) === UNIQUE_VIOLATION ? problem('compute.identifier', { identifier }) : error

export async function addSite(ctx: Ctx, site: SiteRow): Promise<void> {
  await store(ctx).insertInto('compute.site').values(site).execute()
  await appendFor(ctx, site.operator, 'site-added', { site: site.id, area: site.area })
}

/** @throws compute.identifier */
export async function addCluster(ctx: Ctx, operator: string, cluster: ClusterRow): Promise<void> {
  try {
    await store(ctx).insertInto('compute.cluster').values(cluster).execute()
  } catch (error) {
    throw insertedOnce(error, cluster.identifier)
  }
  await appendFor(ctx, operator, 'cluster-added', {
    cluster: cluster.id,
    identifier: cluster.identifier,
    simulated: cluster.simulated,
  })
}

export async function addFlavor(
  ctx: Ctx,
  operator: string,
  flavor: FlavorRow,
  price: bigint,
): Promise<void> {
  await store(ctx).insertInto('compute.flavor').values(flavor).execute()
  await store(ctx)
    .insertInto('compute.price')
    .values({ flavor_id: flavor.id, valid_from: ctx.now, amount: price })
    .execute()
  await appendFor(ctx, operator, 'price-set', {
    flavor: flavor.id,
    amount: price.toString(),
    from: ctx.now.toISOString(),
  })
}

export interface NewNode {
  id: string
  clusterId: string
  flavorId: string
  name: string
  cards: number
  /** Real cards by index; null for simulated ones and processor slots. */
  cardIndices: number[] | null
}

/** Adds a node and its cards as a bookable resource. @throws compute.identifier */
export async function addNode(ctx: Ctx, operator: string, node: NewNode): Promise<void> {
  const { id, clusterId, flavorId, name, cards, cardIndices } = node
  const kind = await store(ctx)
    .selectFrom('compute.flavor as f')
    .innerJoin('compute.cluster as c', 'c.id', 'f.cluster_id')
    .select(['f.accelerator', 'c.simulated'])
    .where('f.id', '=', flavorId)
    .where('c.id', '=', clusterId)
    .executeTakeFirst()
  if (!kind) throw problem('request.not-found')
  try {
    await store(ctx)
      .insertInto('compute.node')
      .values({
        id,
        cluster_id: clusterId,
        flavor_id: flavorId,
        name,
        cards,
        card_indices: cardIndices,
        resource_id: id,
        state: 'ready',
        version: 1,
      })
      .execute()
  } catch (error) {
    throw error instanceof Problem ? error : insertedOnce(error, name)
  }
  await addResource(ctx, {
    id,
    kind: 'compute.node',
    owner: operator,
    mode: 'exact',
    units: cards * MILLI,
    grain: MILLI,
    public: true,
  })
  await applyQuotas(ctx, clusterId)
  await appendFor(ctx, operator, 'node-added', {
    node: id,
    cluster: clusterId,
    cards,
    simulated: kind.simulated,
    accelerator: kind.accelerator,
  })
}

function appendFor(
  ctx: Ctx,
  operator: string,
  kind: string,
  payload: Record<string, string | number | boolean>,
) {
  return ctx.append({ kind: `compute.${kind}`, version: 1, subjectId: operator, payload })
}
