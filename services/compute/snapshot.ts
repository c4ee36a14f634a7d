// The picture that the scheduler decides on: nodes, queues, what waits and what runs, at one moment.
import { sql } from 'kysely'
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
import { type Promised, store, type TaskPlace, type WorkloadRow } from './store.ts'

/**
 * How many waiting workloads are looked at in one cycle: the first of every queue, then the second of
 * each, and so on, so that no flood hides another's job. Those beyond hold their room as others do.
 */
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
  /** What waits, or might, as the engine takes it. */
  pendingOf(asked: Asked): Pending
}

/** A workload that waits with a promised place, or one that somebody thinks of submitting. */
export interface Asked {
  id: string
  queueId: string
  clusterId: string
  flavorId: string
  priority: number
  preemptible: boolean
  tasks: number
  /** Of each task. */
  milli: number
  /** What is left of its limit and of its expected time. */
  limitMs: number
  expectedMs: number
  submittedAt: Date
  promise: Promised
}

type WaitingRow = Pick<
  WorkloadRow,
  'id' | 'queue_id' | 'cluster_id' | 'flavor_id' | 'priority' | 'preemptible' | 'tasks' | 'milli'
> &
  Pick<WorkloadRow, 'limit_ms' | 'ran_ms' | 'expected_ms' | 'submitted_at' | 'promise'>

export const policy = (at: Date): Policy => ({
  ...defaultPolicy,
  halfLifeMs: numberOn('fair-share.half-life', at) * DAY_MS,
  depth: DEPTH,
  // Every job holds a promised place already, so the head needs no other reservation.
  reservations: 0,
})

export async function somethingWaits(ctx: Ctx): Promise<boolean> {
  const first = store(ctx)
    .selectFrom('compute.workload')
    .select('id')
    .where('state', '=', 'queued')
    .limit(1)
  return (await first.executeTakeFirst()) !== undefined
}

/** Those that are looked at, and whoever's promised time has come, however far back. */
function waitingRows(ctx: Ctx, depth: number) {
  const db = store(ctx)
  const queued = db
    .selectFrom('compute.workload')
    .select(['id', 'starts_by'])
    .select(
      sql<bigint>`row_number() over (partition by queue_id order by priority desc, id)`.as('nth'),
    )
    .where('state', '=', 'queued')
  const first = db.selectFrom(queued.as('q')).select('q.id').orderBy('q.nth').orderBy('q.id')
  return db
    .selectFrom('compute.workload')
    .select(['id', 'queue_id', 'cluster_id', 'flavor_id', 'priority', 'preemptible'])
    .select(['tasks', 'milli', 'limit_ms', 'ran_ms', 'expected_ms', 'submitted_at'])
    .select(['promise', 'version'])
    .where('state', '=', 'queued')
    .where(({ eb, or }) => or([eb('id', 'in', first.limit(depth)), eb('starts_by', '<=', ctx.now)]))
    .orderBy('id')
}

/** Everything that a cycle needs, in one snapshot of the database. */
export async function readPicture(ctx: Ctx, depth = DEPTH): Promise<Picture> {
  const db = store(ctx)
  const now = ctx.now.getTime()
  const waits = waitingRows(ctx, depth)
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
  const beyond = waiting.length < depth ? [] : await promisesBeyond(ctx, waiting)
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
  const pendingOf = (asked: Asked): Pending => {
    const { queueId, clusterId, flavorId, tasks, milli, limitMs } = asked
    const entry = flavorOf.get(flavorId)!
    return {
      id: asked.id,
      queueId,
      priority: asked.priority,
      submittedAt: asked.submittedAt.getTime(),
      gang: gangOf(tasks, milli),
      options: [
        {
          clusterId,
          flavorId,
          cost: Number(entry.price),
          speed: 1,
          pools: poolsOf(queueId, clusterId, tasks * milli),
          refused: entry.cluster.state === 'closed' ? { code: 'cluster-closed', params: {} } : null,
        },
      ],
      estimateMs: Math.min(asked.expectedMs, limitMs),
      limitMs: limitMs + graceMs(ctx.now),
      deadline: null,
      preemptible: asked.preemptible,
      gate: null,
      // Budgets are charged at submission, together with the money.
      charge: null,
      promise: slotOf(asked.promise),
      displacedBy: [],
    }
  }
  return {
    pendingOf,
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
      budgets: [],
      blocks: beyond.flatMap(({ from, to, places }) =>
        places.map(({ nodeId, units }) => ({ nodeId, units, from, to })),
      ),
      pending: waiting.map((row) => pendingOf(askedOf(row))),
      running: running.map(
        (row): Running => ({
          id: row.id,
          queueId: row.queue_id,
          priority: row.priority,
          preemptible: row.preemptible,
          gang: gangOf(row.tasks, row.milli),
          slot: { from: row.promise.from, to: row.promise.to, claims: claims(row.placement) },
          pools: sharesOf(row.promise),
          charge: null,
          borrowed: false,
          leavingBy: row.stopping === null ? null : now + graceMs(ctx.now),
        }),
      ),
      typical: null,
    },
  }
}

/** A waiting workload as its row says. */
export const askedOf = (row: WaitingRow): Asked => ({
  id: row.id,
  queueId: row.queue_id,
  clusterId: row.cluster_id,
  flavorId: row.flavor_id,
  priority: row.priority,
  preemptible: row.preemptible,
  tasks: row.tasks,
  milli: row.milli,
  limitMs: Number(row.limit_ms - row.ran_ms),
  expectedMs: Number(row.expected_ms),
  submittedAt: row.submitted_at,
  promise: row.promise,
})

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
