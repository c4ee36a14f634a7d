// The tree of a cluster as people see it: cohorts with the sums below them, and queues, page by page.
import type { Actor, Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { idInCursor, page } from '#platform/routes.ts'
import { areaName, findSubjects, province, reaches } from '#services/identity/index.ts'
import { clusterMilli, readCatalogue } from './catalogue.ts'
import { DAY_MS, numberOn } from './parameters.ts'
import { mayReadAll, operatesFor, overseenAreas } from './policy.ts'
import { agreedOn } from './pools.ts'
import { MILLI } from './spec.ts'
import { named, store, subjectOf } from './store.ts'
import { type Agreed, lentOf, type Size, sizesOf } from './tree.ts'

interface Figures {
  used: number
  waiting: number
  waitingMilli: number
  late: number
}
const none = (): Figures => ({ used: 0, waiting: 0, waitingMilli: 0, late: 0 })

interface QueueRow {
  id: string
  subject: string
  cohort: string
}

/** Everything that is known of a cluster's tree, in thousandths of cards. */
interface Tree {
  agreed: Map<string, Agreed>
  sizes: Map<string, Size>
  queues: QueueRow[]
  /** Of queues and of the cohorts above them. */
  figures: Map<string, Figures>
  lent: Map<string, number>
  lowering: Set<string>
  versions: Map<string, number>
  milli: number
  used: number
  reservedIdle: number
  late: number
}

async function figuresOf(ctx: Ctx, clusterId: string): Promise<Map<string, Figures>> {
  const db = store(ctx)
  const [live, late] = await Promise.all([
    db
      .selectFrom('compute.workload')
      .select(['queue_id', 'state'])
      .select(({ fn, eb, ref }) => [
        fn.countAll<bigint>().as('n'),
        fn.sum<bigint>(eb(ref('tasks'), '*', ref('milli'))).as('milli'),
      ])
      .where('cluster_id', '=', clusterId)
      .where('state', 'in', ['queued', 'placed', 'running'])
      .groupBy(['queue_id', 'state'])
      .execute(),
    db.selectFrom('compute.used').selectAll().where('cluster_id', '=', clusterId).execute(),
  ])
  const found = new Map<string, Figures>()
  const of = (queue: string) => {
    const known = found.get(queue) ?? none()
    found.set(queue, known)
    return known
  }
  for (const { queue_id: queue, state, n, milli } of live) {
    const figures = of(queue)
    if (state === 'queued') {
      figures.waiting += Number(n)
      figures.waitingMilli += Number(milli)
    } else figures.used += Number(milli)
  }
  const halfLife = numberOn('fair-share.half-life', ctx.now) * DAY_MS
  for (const { queue_id: queue, amount, at } of late) {
    const age = Math.max(0, ctx.now.getTime() - at.getTime())
    of(queue).late += amount * 0.5 ** (age / halfLife)
  }
  return found
}

async function readTree(ctx: Ctx, clusterId: string, milli: number): Promise<Tree> {
  const db = store(ctx)
  const [agreed, own, rows, pools, quotas, cohortQuotas] = await Promise.all([
    agreedOn(ctx, clusterId),
    figuresOf(ctx, clusterId),
    db
      .selectFrom('compute.quota as u')
      .innerJoin('compute.queue as q', 'q.id', 'u.queue_id')
      .select(['q.id', 'q.subject', 'q.cohort'])
      .where('u.cluster_id', '=', clusterId)
      .execute(),
    db
      .selectFrom('compute.pool')
      .select(['queue_id', 'cohort'])
      .where('cluster_id', '=', clusterId)
      .whereRef('units', '>', 'wanted')
      .where('units', '>', 1n)
      .execute(),
    db
      .selectFrom('compute.quota')
      .select(['queue_id as id', 'version'])
      .where('cluster_id', '=', clusterId)
      .execute(),
    db
      .selectFrom('compute.cohort_quota')
      .select(['cohort as id', 'version'])
      .where('cluster_id', '=', clusterId)
      .execute(),
  ])
  const queues = rows.map((row) => ({ ...row, cohort: row.cohort ?? province }))
  const figures = new Map<string, Figures>([[province, none()]])
  for (const { id, cohort } of queues) {
    const mine = own.get(id) ?? none()
    for (const place of new Set([id, cohort, province])) {
      const sum = figures.get(place) ?? none()
      for (const key of ['used', 'waiting', 'waitingMilli', 'late'] as const) sum[key] += mine[key]
      figures.set(place, sum)
    }
  }
  const sizes = sizesOf(agreed)
  const kept = keptBelow(agreed, sizes)
  const total = figures.get(province)!
  const free = Math.max(0, milli - total.used)
  const idleKept = (id: string) => Math.max(0, kept.get(id)! - (figures.get(id)?.used ?? 0))
  const lent = new Map<string, number>()
  let reservedIdle = 0
  // Side by side: all queues; all cities, with the queues that are in none.
  const below = agreed.filter(({ parent }) => parent === province).map(({ id }) => id)
  for (const level of [queues.map(({ id }) => id), below]) {
    const idle = level.map((id) =>
      Math.max(0, sizes.get(id)!.nominal - Math.max(kept.get(id)!, figures.get(id)?.used ?? 0)),
    )
    reservedIdle = level.reduce((sum, id) => sum + idleKept(id), 0)
    const parts = lentOf(idle, Math.max(0, free - reservedIdle))
    for (const [nth, id] of level.entries()) if (!lent.has(id)) lent.set(id, parts[nth]!)
  }
  return {
    agreed: new Map(agreed.map((one) => [one.id, one])),
    sizes,
    queues,
    figures,
    lent,
    lowering: new Set(pools.flatMap(({ queue_id: queue, cohort }) => queue ?? cohort ?? [])),
    versions: new Map([...quotas, ...cohortQuotas].map(({ id, version }) => [id, version])),
    milli,
    used: total.used,
    reservedIdle,
    late: total.late,
  }
}

const citiesOf = (agreed: readonly Agreed[]): string[] =>
  agreed.filter(({ id, parent }) => parent === province && /^44\d{4}$/.test(id)).map(({ id }) => id)

/** What is kept for a place and those below it together. */
function keptBelow(agreed: readonly Agreed[], sizes: Map<string, Size>): Map<string, number> {
  const parentOf = new Map(agreed.map(({ id, parent }) => [id, parent]))
  const kept = new Map(agreed.map(({ id }) => [id, 0]))
  for (const { id } of agreed) {
    const { reserved } = sizes.get(id)!
    for (let at: string | null = id; at !== null; at = parentOf.get(at) ?? null) {
      kept.set(at, kept.get(at)! + reserved)
    }
  }
  return kept
}

function placeView(tree: Tree, id: string) {
  const { borrowing, lending } = tree.agreed.get(id)!
  const { nominal } = tree.sizes.get(id)!
  const { used, waiting, waitingMilli, late } = tree.figures.get(id) ?? none()
  return {
    nominal: nominal / MILLI,
    borrowing: borrowing === null ? null : borrowing / MILLI,
    lending: lending === null ? null : lending / MILLI,
    used: used / MILLI,
    borrowed: Math.max(0, used - nominal) / MILLI,
    lent: (tree.lent.get(id) ?? 0) / MILLI,
    waiting,
    waitingCards: waitingMilli / MILLI,
    share: tree.late === 0 ? 0 : late / tree.late,
    lowering: tree.lowering.has(id),
    version: tree.versions.get(id) ?? 0,
  }
}

/** Which cohorts a reader sees with the queues in them. */
function sightOf(actor: Actor, operator: string): (cohort: string) => boolean {
  if (operatesFor(actor, operator) || mayReadAll(actor)) return () => true
  const areas = overseenAreas(actor)
  return (cohort) => areas.some((area) => reaches(area, cohort))
}

async function open(ctx: Ctx, clusterId: string) {
  const { clusters, sites, flavors } = await readCatalogue(ctx, clusterId)
  const cluster = clusters[0]
  if (!cluster) throw problem('request.not-found')
  const site = sites[0]!
  const tree = await readTree(ctx, clusterId, clusterMilli(flavors, clusterId))
  const mine = tree.queues.find(({ subject }) => subject === subjectOf(ctx))
  return { cluster, site, tree, mine, sees: sightOf(ctx.actor, site.operator) }
}

/** The province and its cities, as far as the reader sees them. */
export async function readCohorts(ctx: Ctx, clusterId: string) {
  const { cluster, site, tree, mine, sees } = await open(ctx, clusterId)
  const count = (id: string) =>
    tree.queues.filter(({ cohort }) => cohort === id || id === province).length
  const visible = [province, ...citiesOf([...tree.agreed.values()]).sort()].filter(
    (id) => id === province || sees(id) || id === mine?.cohort,
  )
  return {
    cluster: {
      id: cluster.id,
      name: named(cluster),
      site: named(site),
      simulated: cluster.simulated,
    },
    cards: tree.milli / MILLI,
    used: tree.used / MILLI,
    reservedIdle: tree.reservedIdle / MILLI,
    mayOperate: operatesFor(ctx.actor, site.operator),
    whole: sees(province),
    cohorts: visible.map((id) => ({
      ...placeView(tree, id),
      area: id,
      parent: id === province ? null : province,
      name: areaName(id),
      own: mine !== undefined && (id === province || id === mine.cohort),
      nominalAgreed: tree.agreed.get(id)!.nominal !== null,
      queues: count(id),
    })),
  }
}

/** Queues that the reader sees, by id; of one cohort where one is named. */
export async function listQueues(
  ctx: Ctx,
  clusterId: string,
  query: { cohort?: string; cursor?: string; limit: number },
) {
  const { tree, mine, sees } = await open(ctx, clusterId)
  const after = query.cursor === undefined ? '' : idInCursor(query.cursor)
  const visible = tree.queues
    .filter(({ id, cohort }) => sees(cohort) || id === mine?.id)
    .filter(({ id, cohort }) => id > after && cohort === (query.cohort ?? cohort))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, query.limit + 1)
  const subjects = await findSubjects(
    ctx,
    visible.map(({ subject }) => subject),
  )
  const { items, next } = page(visible, query.limit, ({ id }) => [id])
  return {
    next,
    items: items.map(({ id, subject, cohort }) => {
      const found = subjects.get(subject)
      // Names of people are personal; their own is no news to them.
      const shown = found && (found.kind !== 'person' || subject === mine?.subject)
      return {
        ...placeView(tree, id),
        id,
        subjectId: subject,
        cohort,
        name: shown ? { zh: found.name, en: found.name } : null,
        own: id === mine?.id,
      }
    }),
  }
}
