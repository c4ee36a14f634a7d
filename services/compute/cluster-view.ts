// Sites for everybody, and one cluster in detail: nodes, use by hour, prices.
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { utilisationOf } from '#services/capacity/index.ts'
import { findSubjects } from '#services/identity/index.ts'
import { type Catalogue, type FlavorEntry, readCatalogue } from './catalogue.ts'
import { HOUR_MS } from './parameters.ts'
import type { Parts } from './parts.ts'
import { operatesFor } from './policy.ts'
import { MILLI } from './spec.ts'
import { inYuan, named, type SiteRow, store, type TaskPlace } from './store.ts'

const HOURS = 24

interface Use {
  id: string
  number: string
  name: string
  subject: string
  placement: TaskPlace[]
}

/** Attempts that hold cards now. */
async function present(ctx: Ctx, clusterId?: string): Promise<Use[]> {
  let select = store(ctx)
    .selectFrom('compute.workload as w')
    .innerJoin('compute.attempt as a', (join) =>
      join.onRef('a.workload_id', '=', 'w.id').onRef('a.nth', '=', 'w.attempt'),
    )
    .select(['w.id', 'w.number', 'w.name', 'w.subject', 'a.placement'])
    .where('w.state', 'in', ['placed', 'running'])
  if (clusterId) select = select.where('w.cluster_id', '=', clusterId)
  return select.execute()
}

/** Thousandths in use of each card of a node. */
function usedMilli(nodeId: string, cards: number, uses: readonly Use[]): number[] {
  const used = new Array<number>(cards).fill(0)
  for (const { placement } of uses) {
    for (const place of placement) {
      if (place.nodeId !== nodeId) continue
      for (const [from, to] of place.units) {
        for (let card = Math.floor(from / MILLI); card * MILLI < to; card++) {
          const overlap = Math.min(to, (card + 1) * MILLI) - Math.max(from, card * MILLI)
          used[card] = (used[card] ?? 0) + overlap
        }
      }
    }
  }
  return used
}

function flavorView(entry: FlavorEntry, uses: readonly Use[]) {
  const { flavor, nodes, price, announced } = entry
  const ready = nodes.filter(({ state }) => state === 'ready')
  const free = ready.reduce((sum, { id, cards }) => {
    const used = usedMilli(id, cards, uses).reduce((total, milli) => total + milli, 0)
    return sum + cards - used / MILLI
  }, 0)
  return {
    id: flavor.id,
    name: named(flavor),
    chipClass: flavor.chip_class,
    accelerator: flavor.accelerator,
    memoryMib: flavor.memory_mib,
    precision: flavor.precision,
    interconnect: flavor.interconnect,
    shareable: flavor.shareable,
    wattsIdle: flavor.watts_idle,
    wattsBusy: flavor.watts_busy,
    cpuMilliPerCard: flavor.cpu_milli_per_card,
    memoryMibPerCard: flavor.memory_mib_per_card,
    price: inYuan(price),
    announced: announced.map(({ from, amount }) => ({
      from: from.toISOString(),
      amount: inYuan(amount),
    })),
    cards: nodes.reduce((sum, { cards }) => sum + cards, 0),
    freeCards: Math.round(free * MILLI) / MILLI,
  }
}

const clusterOf = (catalogue: Catalogue, id: string, uses: readonly Use[]) => {
  const row = catalogue.clusters.find((one) => one.id === id)!
  return {
    id: row.id,
    name: named(row),
    identifier: row.identifier,
    state: row.state,
    simulated: row.simulated,
    flavors: catalogue.flavors
      .filter(({ cluster }) => cluster.id === id)
      .map((entry) => flavorView(entry, uses)),
  }
}

function siteOf(
  site: SiteRow,
  names: Map<string, string>,
  catalogue: Catalogue,
  uses: readonly Use[],
) {
  return {
    id: site.id,
    name: named(site),
    kind: site.kind,
    area: site.area,
    operator: { id: site.operator, name: names.get(site.operator) ?? '—' },
    clusters: catalogue.clusters
      .filter(({ site_id: id }) => id === site.id)
      .map(({ id }) => clusterOf(catalogue, id, uses)),
  }
}

async function operatorNames(ctx: Ctx, sites: readonly SiteRow[]) {
  const found = await findSubjects(ctx, [...new Set(sites.map(({ operator }) => operator))])
  return new Map([...found].map(([id, { name }]) => [id, name]))
}

/** All sites with what is free at this moment. */
export async function listSites(ctx: Ctx) {
  const catalogue = await readCatalogue(ctx)
  const [uses, names] = await Promise.all([present(ctx), operatorNames(ctx, catalogue.sites)])
  return { items: catalogue.sites.map((site) => siteOf(site, names, catalogue, uses)) }
}

/** One cluster; whose the workloads are is for its operator and their owners only. */
export async function readCluster(ctx: Ctx, parts: Parts, id: string) {
  const catalogue = await readCatalogue(ctx, id)
  const cluster = catalogue.clusters[0]
  if (!cluster) throw problem('request.not-found')
  const site = catalogue.sites[0]!
  const uses = await present(ctx, id)
  const mayOperate = operatesFor(ctx.actor, site.operator)
  const nodes = catalogue.flavors.flatMap(({ nodes: all }) => all)
  const now = ctx.now.getTime()
  const until = Math.ceil(now / HOUR_MS) * HOUR_MS
  const buckets = await utilisationOf(ctx, {
    resourceIds: nodes.map(({ resource_id: one }) => one),
    from: until - HOURS * HOUR_MS,
    to: until,
    bucketMs: HOUR_MS,
  })
  const view = siteOf(site, await operatorNames(ctx, [site]), catalogue, uses)
  return {
    site: view,
    cluster: view.clusters[0]!,
    nodes: nodes.map((node) => ({
      id: node.id,
      name: node.name,
      flavorId: node.flavor_id,
      state: node.state,
      cards: node.cards,
      usedMilli: usedMilli(node.id, node.cards, uses),
      workloads: uses
        .filter(({ placement }) => placement.some(({ nodeId }) => nodeId === node.id))
        .map(({ id: workload, number, name, subject, placement }) => {
          if (!mayOperate && subject !== ctx.actor.subjectId) return null
          const own = placement.filter(({ nodeId }) => nodeId === node.id)
          const milli = own.flatMap(({ units }) => units).reduce((sum, [a, b]) => sum + b - a, 0)
          return { id: workload, number, name: mayOperate ? number : name, milli }
        }),
      version: Number(node.version),
    })),
    utilisation: buckets.map(({ from, taken, blocked, of }) => ({
      from: new Date(from).toISOString(),
      share: of === 0 ? 0 : Math.min(1, (taken - blocked) / of),
    })),
    isolation: {
      level: parts.machine.isolation.level,
      missing: [...parts.machine.isolation.missing],
    },
    mayOperate,
  }
}
