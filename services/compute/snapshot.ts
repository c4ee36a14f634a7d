// The picture that the scheduler decides on: nodes, queues, what waits and what runs, at one moment.
import {
  type Claim,
  defaultPolicy,
  type Pending,
  type Policy,
  type PoolNeed,
  type Queue,
  type Running,
  type Share,
  type Snapshot,
} from '#engines/scheduling/types.ts'
import type { Ctx } from '#platform/context.ts'
import { province } from '#services/identity/index.ts'
import { type Catalogue, readCatalogue } from './catalogue.ts'
import { DAY_MS, numberOn } from './parameters.ts'
import { Pools } from './pools.ts'
import { graceMs } from './quote.ts'
import { type Promised, store, type TaskPlace } from './store.ts'

/** How many waiting workloads are looked at in one cycle; those beyond hold their room as others do. */
const DEPTH = 1_000

const claims = (places: readonly TaskPlace[]): Claim[] =>
  places.map(({ nodeId, units }) => ({ nodeId, units }))
const sharesOf = ({ pools }: Promised): Share[] =>
  pools.map(({ resourceId, amount }) => ({ poolId: resourceId, units: amount }))
const slotOf = (promise: Promised): Pending['promise'] => {
  const { from, to, places } = promise
  return { from, to, claims: claims(places), pools: sharesOf(promise) }
}

export interface Picture {
  snapshot: Snapshot
  catalogue: Catalogue
  /** Version of each waiting workload that the decision rests on. */
  versions: ReadonlyMap<string, number>
}

export const policy = (at: Date): Policy => ({
  ...defaultPolicy,
  halfLifeMs: numberOn('fair-share.half-life', at) * DAY_MS,
  depth: DEPTH,
  // Every job holds a promised place already, so the head needs no other reservation.
  reservations: 0,
})

/** Everything that a cycle needs, in one snapshot of the database; null when nothing waits. */
export async function readPicture(ctx: Ctx): Promise<Picture | null> {
  const db = store(ctx)
  const first = db
    .selectFrom('compute.workload')
    .select('id')
    .where('state', '=', 'queued')
    .limit(1)
  if (!(await first.executeTakeFirst())) return null
  const now = ctx.now.getTime()
  const waits = db
    .selectFrom('compute.workload')
    .select(['id', 'queue_id', 'cluster_id', 'flavor_id', 'priority', 'preemptible'])
    .select(['tasks', 'milli', 'limit_ms', 'ran_ms', 'expected_ms', 'submitted_at'])
    .select(['promise', 'version'])
    .where('state', '=', 'queued')
    .orderBy('priority', 'desc')
    .orderBy('id')
    .limit(DEPTH)
  const runs = db
    .selectFrom('compute.workload as w')
    .innerJoin('compute.attempt as a', (join) =>
      join.onRef('a.workload_id', '=', 'w.id').onRef('a.nth', '=', 'w.attempt'),
    )
    .select(['w.id', 'w.queue_id', 'w.cluster_id', 'w.priority', 'w.preemptible', 'w.tasks'])
    .select(['w.milli', 'w.promise', 'a.placement', 'a.placed_at', 'a.stopping', 'a.nth'])
    .where('w.state', 'in', ['placed', 'running'])
  const [catalogue, waiting, running, poolRows, queueRows, used] = await Promise.all([
    readCatalogue(ctx),
    waits.execute(),
    runs.execute(),
    db.selectFrom('compute.pool').selectAll().execute(),
    db.selectFrom('compute.queue').selectAll().execute(),
    db.selectFrom('compute.used').selectAll().execute(),
  ])
  const beyond = waiting.length < DEPTH ? [] : await promisesBeyond(ctx, waiting)
  const flavorOf = new Map(catalogue.flavors.map((entry) => [entry.flavor.id, entry]))
  const pools = new Pools(poolRows)
  const queueOf = new Map(queueRows.map((row) => [row.id, row]))
  const chipsOf = (clusterId: string) =>
    catalogue.flavors.filter(({ cluster }) => cluster.id === clusterId)
  const halfLife = numberOn('fair-share.half-life', ctx.now) * DAY_MS
  const queues = queueRows.map(
    ({ id, weight, cohort }): Queue => ({
      id,
      parentId: cohort ?? province,
      weight,
      // Quotas are pools of capacity, which the promises of waiting jobs hold too.
      quotas: [],
      used: used
        .filter(({ queue_id }) => queue_id === id)
        .map(({ cluster_id, amount, at }) => ({
          chipClass: chipsOf(cluster_id)[0]?.flavor.chip_class ?? 'none',
          milliMs: amount * 0.5 ** (Math.max(0, now - at.getTime()) / halfLife),
        })),
    }),
  )
  const poolsOf = (queueId: string, clusterId: string, milli: number): PoolNeed[] =>
    pools
      .drawsOf(queueOf.get(queueId)!, clusterId)
      .map(({ resourceId, first }) => ({ poolId: resourceId, units: milli, first }))
  const gangOf = (tasks: number, milli: number) => ({
    count: tasks,
    milli,
    cpuMilli: 0,
    memoryMib: 0,
  })
  const pending = waiting.map((row): Pending => {
    const entry = flavorOf.get(row.flavor_id)!
    const left = Number(row.limit_ms - row.ran_ms)
    return {
      id: row.id,
      queueId: row.queue_id,
      priority: row.priority,
      submittedAt: row.submitted_at.getTime(),
      gang: gangOf(row.tasks, row.milli),
      options: [
        {
          clusterId: row.cluster_id,
          flavorId: row.flavor_id,
          cost: Number(entry.price),
          speed: 1,
          pools: poolsOf(row.queue_id, row.cluster_id, row.tasks * row.milli),
          refused: entry.cluster.state === 'closed' ? { code: 'cluster-closed', params: {} } : null,
        },
      ],
      estimateMs: Math.min(Number(row.expected_ms), left),
      limitMs: left + graceMs(ctx.now),
      deadline: null,
      preemptible: row.preemptible,
      gate: null,
      promise: slotOf(row.promise),
      displacedBy: [],
    }
  })
  return {
    catalogue,
    versions: new Map(waiting.map(({ id, version }) => [id, version])),
    snapshot: {
      now,
      seed: 1,
      flavors: catalogue.flavors.map(({ flavor }) => ({
        id: flavor.id,
        chipClass: flavor.chip_class,
      })),
      nodes: catalogue.flavors.flatMap(({ flavor, nodes }) =>
        nodes.map((node) => ({
          id: node.id,
          clusterId: node.cluster_id,
          flavorId: node.flavor_id,
          state: node.state,
          cards: node.cards,
          cpuMilli: node.cards * flavor.cpu_milli_per_card,
          memoryMib: node.cards * flavor.memory_mib_per_card,
        })),
      ),
      queues: [...cohortsOf(queueRows), ...queues],
      // New starts keep to what is agreed; what was booked before it may be more.
      pools: poolRows.map((row) => ({ id: row.resource_id, units: Number(row.wanted) })),
      blocks: beyond.flatMap(({ from, to, places }) =>
        places.map(({ nodeId, units }) => ({ nodeId, units, from, to })),
      ),
      pending,
      running: running.map(
        (row): Running => ({
          id: row.id,
          queueId: row.queue_id,
          priority: row.priority,
          preemptible: row.preemptible,
          gang: gangOf(row.tasks, row.milli),
          slot: { from: row.promise.from, to: row.promise.to, claims: claims(row.placement) },
          pools: sharesOf(row.promise),
          borrowed: false,
          leavingBy: row.stopping === null ? null : now + graceMs(ctx.now),
        }),
      ),
      typical: null,
    },
  }
}

/**
 * The cohorts of queues. One weighs what its queues weigh together, so that an organisation counts
 * the same wherever it lies.
 */
function cohortsOf(rows: readonly { weight: number; cohort: string | null }[]): Queue[] {
  const weights = new Map<string, number>([[province, 0]])
  for (const { weight, cohort } of rows) {
    for (const id of new Set([cohort ?? province, province])) {
      weights.set(id, (weights.get(id) ?? 0) + weight)
    }
  }
  return [...weights].map(([id, weight]) => ({
    id,
    parentId: id === province ? null : province,
    weight: Math.max(1, weight),
    quotas: [],
    used: [],
  }))
}

/**
 * Room promised to those that are too far back to be looked at: nobody may start into it. A job that
 * starts now ends within the longest limit of those looked at, so what begins later is no matter.
 */
async function promisesBeyond(
  ctx: Ctx,
  waiting: readonly { id: string; limit_ms: bigint }[],
): Promise<Promised[]> {
  const longest = Math.max(...waiting.map(({ limit_ms: ms }) => Number(ms)))
  const horizon = new Date(ctx.now.getTime() + longest + graceMs(ctx.now))
  const rows = await store(ctx)
    .selectFrom('compute.workload')
    .select('promise')
    .where('state', '=', 'queued')
    .where('starts_by', '<', horizon)
    .where(
      'id',
      'not in',
      waiting.map(({ id }) => id),
    )
    .execute()
  return rows.map(({ promise }) => promise)
}
