// What there is to run on at a moment: sites, clusters, flavors, nodes and the prices in force.
import type { Ctx } from '#platform/context.ts'
import { MILLI } from './spec.ts'
import { type ClusterRow, type FlavorRow, type NodeRow, type SiteRow, store } from './store.ts'

export interface FlavorEntry {
  flavor: FlavorRow
  cluster: ClusterRow
  site: SiteRow
  nodes: NodeRow[]
  /** Yuan at 10^-4 per card-hour now. */
  price: bigint
  /** Prices that begin later, soonest first. */
  announced: { from: Date; amount: bigint }[]
}

export interface Catalogue {
  sites: SiteRow[]
  clusters: ClusterRow[]
  /** By site, cluster and name, so that the order never changes by itself. */
  flavors: FlavorEntry[]
}

/** Reads the whole catalogue, or one cluster's part of it; it is small (nodes, not jobs). */
export async function readCatalogue(
  ctx: Pick<Ctx, 'tx' | 'now'>,
  clusterId?: string,
): Promise<Catalogue> {
  const db = store(ctx)
  const all = db.selectFrom('compute.cluster').selectAll().orderBy('id')
  const wanted = clusterId ? all.where('id', '=', clusterId) : all
  const flavored = db.selectFrom('compute.flavor').selectAll().orderBy('cluster_id').orderBy('id')
  const noded = db.selectFrom('compute.node').selectAll().orderBy('name')
  const priced = db
    .selectFrom('compute.price as p')
    .innerJoin('compute.flavor as f', 'f.id', 'p.flavor_id')
    .selectAll('p')
    .orderBy('p.valid_from')
  // Sent together: one way there and back.
  const [clusters, sites, flavors, nodes, prices] = await Promise.all([
    wanted.execute(),
    db.selectFrom('compute.site').selectAll().orderBy('id').execute(),
    (clusterId ? flavored.where('cluster_id', '=', clusterId) : flavored).execute(),
    (clusterId ? noded.where('cluster_id', '=', clusterId) : noded).execute(),
    (clusterId ? priced.where('f.cluster_id', '=', clusterId) : priced).execute(),
  ])
  const clusterOf = new Map(clusters.map((one) => [one.id, one]))
  const siteOf = new Map(sites.map((one) => [one.id, one]))
  const entries = flavors.map((flavor): FlavorEntry => {
    const cluster = clusterOf.get(flavor.cluster_id)!
    const own = prices.filter(({ flavor_id: id }) => id === flavor.id)
    const now = own.filter(({ valid_from: from }) => from <= ctx.now)
    const later = own.filter(({ valid_from: from }) => from > ctx.now)
    return {
      flavor,
      cluster,
      site: siteOf.get(cluster.site_id)!,
      nodes: nodes.filter(({ flavor_id: id }) => id === flavor.id),
      price: now.at(-1)?.amount ?? later[0]?.amount ?? 0n,
      announced: later.map(({ valid_from: from, amount }) => ({ from, amount })),
    }
  })
  return {
    sites: sites.filter(({ id }) => clusters.some(({ site_id: site }) => site === id)),
    clusters,
    flavors: entries,
  }
}

/** Everything that a cluster has, in thousandths of cards. */
export const clusterMilli = (flavors: readonly FlavorEntry[], clusterId: string): number =>
  flavors
    .filter(({ cluster }) => cluster.id === clusterId)
    .flatMap(({ nodes }) => nodes)
    .reduce((sum, { cards }) => sum + cards * MILLI, 0)
