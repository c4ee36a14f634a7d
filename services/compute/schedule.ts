// The schedule of a site over time: past and running attempts, promises, and what is out of use.
import { sql } from 'kysely'
import type { z } from 'zod'
import { union } from '#engines/scheduling/units.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { takenOf } from '#services/capacity/index.ts'
import { type Catalogue, readCatalogue } from './catalogue.ts'
import type * as contract from './contract.ts'
import { HOUR_MS } from './parameters.ts'
import { operatesFor } from './policy.ts'
import { named, store, type TaskPlace } from './store.ts'

/** Bars of one kind: beyond these a shorter window is asked for. */
const MOST = 1_000
/** How much of a window lies in the past, where nobody chose its beginning. */
const PAST_SHARE = 1 / 4

type Bar = z.output<typeof contract.schedule>['bars'][number]
interface Window {
  from: number
  to: number
}

const date = (ms: number) => new Date(ms)
/** The places of all tasks of a job node by node, cards side by side as one range. */
const placesOf = (places: readonly TaskPlace[]): Bar['places'] =>
  [...Map.groupBy(places, ({ nodeId }) => nodeId)].map(([nodeId, tasks]) => ({
    nodeId,
    units: union(tasks),
  }))

/** Attempts that held cards in the window, and their jobs. */
function attemptsIn(ctx: Ctx, clusters: readonly string[], { from, to }: Window) {
  return store(ctx)
    .selectFrom('compute.attempt as a')
    .innerJoin('compute.workload as w', 'w.id', 'a.workload_id')
    .select(['w.id', 'w.number', 'w.name', 'w.subject', 'w.promise'])
    .select(['a.nth', 'a.placement', 'a.placed_at', 'a.started_at', 'a.ended_at', 'a.stopping'])
    .where('w.cluster_id', 'in', clusters)
    .where('a.placed_at', '<', date(to))
    .where((eb) => eb.or([eb('a.ended_at', 'is', null), eb('a.ended_at', '>', date(from))]))
    .orderBy(sql`a.ended_at nulls first`)
    .orderBy('a.id')
    .limit(MOST + 1)
    .execute()
}

/** What waits and will have started in the window at the latest. */
function promisesIn(ctx: Ctx, clusters: readonly string[], { from, to }: Window) {
  return store(ctx)
    .selectFrom('compute.workload as w')
    .select(['w.id', 'w.number', 'w.name', 'w.subject', 'w.promise'])
    .where('w.state', '=', 'queued')
    .where('w.cluster_id', 'in', clusters)
    .where(sql<boolean>`(w.promise ->> 'from')::int8 < ${to}`)
    .where(sql<boolean>`(w.promise ->> 'to')::int8 > ${from}`)
    .orderBy('w.starts_by')
    .orderBy('w.id')
    .limit(MOST + 1)
    .execute()
}

type Attempts = Awaited<ReturnType<typeof attemptsIn>>
type Owned = Pick<Attempts[number], 'id' | 'number' | 'name' | 'subject'>

function attemptBar(row: Attempts[number], job: Bar['job'], now: number): Bar {
  const live = row.ended_at === null
  const to = live ? Math.max(row.promise.to, now) : row.ended_at!.getTime()
  const gaveWay = !live && row.stopping === 'preempt'
  return {
    kind: live ? 'running' : gaveWay ? 'gave-way' : 'ran',
    from: (row.started_at ?? row.placed_at).toISOString(),
    to: date(to).toISOString(),
    places: placesOf(row.placement),
    attempt: row.nth,
    job,
  }
}

/** What is out of use, such as for maintenance. */
async function blocksIn(ctx: Ctx, nodes: ReturnType<typeof nodesOf>, window: Window) {
  const byResource = new Map(nodes.map((node) => [node.resource_id, node]))
  const only = 'block'
  const taken = await takenOf(ctx, [...byResource.keys()], { ...window, most: MOST + 1, only })
  return taken.map(
    (claim): Bar => ({
      kind: 'blocked',
      from: date(claim.from).toISOString(),
      to: date(Math.min(claim.to, window.to)).toISOString(),
      places: [
        {
          nodeId: byResource.get(claim.resource)!.id,
          units: 'units' in claim ? claim.units.map(([a, b]): [number, number] => [a, b]) : [],
        },
      ],
      attempt: 0,
      job: null,
    }),
  )
}

const nodesOf = ({ flavors }: Catalogue, clusters: readonly string[]) =>
  flavors
    .filter(({ cluster }) => clusters.includes(cluster.id))
    .flatMap(({ cluster, flavor, nodes }) => nodes.map((node) => ({ ...node, cluster, flavor })))

/**
 * A window on a site, past and future. Whose jobs they are is for its operator and their owners.
 * @param ask.from the beginning of the window, and its length in hours
 * @throws request.not-found
 */
export async function readSchedule(
  ctx: Ctx,
  id: string,
  ask: { from?: string | undefined; hours: number },
): Promise<z.output<typeof contract.schedule>> {
  const catalogue = await readCatalogue(ctx)
  const site = catalogue.sites.find((one) => one.id === id)
  if (!site) throw problem('request.not-found')
  const now = ctx.now.getTime()
  const length = ask.hours * HOUR_MS
  const from = ask.from ? Date.parse(ask.from) : now - length * PAST_SHARE
  const window = { from, to: from + length }
  const clusters = catalogue.clusters.filter(({ site_id: of }) => of === id)
  const ids = clusters.map((cluster) => cluster.id)
  const nodes = nodesOf(catalogue, ids)
  const mayOperate = operatesFor(ctx.actor, site.operator)
  const jobOf = ({ id: job, number, name, subject }: Owned): Bar['job'] =>
    mayOperate || subject === ctx.actor.subjectId
      ? { id: job, number, name: mayOperate ? number : name }
      : null
  const empty = ids.length === 0
  const attempts = empty ? [] : await attemptsIn(ctx, ids, window)
  const promises = empty ? [] : await promisesIn(ctx, ids, window)
  const blocks = await blocksIn(ctx, nodes, window)
  const kinds: Bar[][] = [
    blocks,
    attempts
      .map((row) => attemptBar(row, jobOf(row), now))
      // What runs has no end yet: by its limit it will be over before a later window.
      .filter((bar) => Date.parse(bar.to) > window.from),
    promises.map((row) => ({
      kind: 'promised' as const,
      from: date(row.promise.from).toISOString(),
      to: date(row.promise.to).toISOString(),
      places: placesOf(row.promise.places),
      attempt: 0,
      job: jobOf(row),
    })),
  ]
  return {
    site: { id, name: named(site) },
    now: ctx.now.toISOString(),
    from: date(window.from).toISOString(),
    to: date(window.to).toISOString(),
    nodes: nodes.map((node) => ({
      id: node.id,
      name: node.name,
      clusterId: node.cluster.id,
      cluster: named(node.cluster),
      flavor: named(node.flavor),
      state: node.state,
      cards: node.cards,
    })),
    bars: kinds.flatMap((bars) => bars.slice(0, MOST)),
    more: kinds.some((bars) => bars.length > MOST),
  }
}
