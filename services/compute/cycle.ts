// One turn of the scheduler: picture, decision, and each decision applied against what it rested on.
import { sql } from 'kysely'
import { schedule } from '#engines/scheduling/schedule.ts'
import type { Explanation, Placement } from '#engines/scheduling/types.ts'
import { type Ctx, system } from '#platform/context.ts'
import { moveAll } from '#services/capacity/index.ts'
import type { Parts, Transact } from './parts.ts'
import type { Reason } from './shapes.ts'
import { claimsOf } from './slots.ts'
import { type Picture, policy, readPicture, somethingWaits } from './snapshot.ts'
import { recordAll } from './steps.ts'
import {
  lockWorkloads,
  type NodeRow,
  type Promised,
  type TaskPlace,
  type WorkloadRow,
} from './store.ts'

export const scheduler = system('compute.scheduler')

/** Whoever waits further back is told when it comes nearer. */
const MOST_EXPLAINED = 200
/** Placements that are written down together, and how many tasks they have at most. */
const BATCH = { placements: 50, tasks: 1_000 }

export interface Turn {
  placed: string[]
  /** Decided, but no longer true when it was to be written down. */
  dropped: number
  waiting: number
}

/** Decides and applies; what is found stale is dropped and comes again with the next picture. */
export async function turn(
  parts: Parts,
  transact: Transact,
  explained = new Explained(),
): Promise<Turn> {
  const { world } = parts
  const picture = await world.read(scheduler, async (ctx) =>
    (await somethingWaits(ctx)) ? readPicture(ctx) : null,
  )
  if (!picture) return { placed: [], dropped: 0, waiting: 0 }
  const decision = schedule(picture.snapshot, policy(world.clock.now()))
  const basis = basisOf(picture, decision.reasons)
  const placed: string[] = []
  let dropped = 0
  for (const batch of batchesOf(decision.placements)) {
    const done = await applied(parts, transact, basis, batch)
    placed.push(...done)
    dropped += batch.length - done.length
  }
  await explained.write(transact, decision.reasons)
  const waiting = picture.snapshot.pending.length - placed.length
  return { placed, dropped, waiting }
}

/** Placements in their order, in batches that are neither too many nor too large. */
function batchesOf(placements: readonly Placement[]): Placement[][] {
  const batches: Placement[][] = []
  let tasks = 0
  for (const placement of placements) {
    const more = placement.slot.claims.length
    const last = batches.at(-1)
    if (last && last.length < BATCH.placements && tasks + more <= BATCH.tasks) {
      last.push(placement)
      tasks += more
    } else {
      batches.push([placement])
      tasks = more
    }
  }
  return batches
}

const reasonsOf = (explanation: Explanation | undefined): Reason[] =>
  (explanation?.reasons ?? []).map(({ code, params }) => ({ code, params: { ...params } }))

interface Basis {
  picture: Picture
  nodes: ReadonlyMap<string, NodeRow>
  why: ReadonlyMap<string, Explanation>
}

function basisOf(picture: Picture, reasons: readonly Explanation[]): Basis {
  const nodes = picture.catalogue.flavors.flatMap(({ nodes: all }) => all)
  return {
    picture,
    nodes: new Map(nodes.map((node) => [node.id, node])),
    why: new Map(reasons.map((one) => [one.workloadId, one])),
  }
}

/** Attempts that were begun, all in one transaction, or one by one where not all of them can be. */
async function applied(
  parts: Parts,
  transact: Transact,
  basis: Basis,
  batch: readonly Placement[],
): Promise<string[]> {
  try {
    return await transact((ctx) => apply(ctx, basis, batch))
  } catch (error) {
    if (batch.length > 1) {
      const done: string[] = []
      for (const one of batch) done.push(...(await applied(parts, transact, basis, [one])))
      return done
    }
    parts.world.log.warn({ err: error, workload: batch[0]!.workloadId }, 'placement dropped')
    return []
  }
}

/** Moves the workloads' room to now and begins attempts; none of one that has changed meanwhile. */
async function apply(ctx: Ctx, basis: Basis, batch: readonly Placement[]): Promise<string[]> {
  const rows = await lockWorkloads(
    ctx,
    batch.map(({ workloadId }) => workloadId),
  )
  const begun: Begun[] = []
  for (const placement of batch) {
    const workload = rows.get(placement.workloadId)
    if (workload?.state !== 'queued') continue
    if (workload.version !== basis.picture.versions.get(workload.id)) continue
    begun.push(begunOf(ctx, basis, workload, placement))
  }
  if (begun.length === 0) return []
  const moves = begun.map(({ workload, promise }) => {
    return { holdId: workload.capacity_hold, claims: claimsOf(promise) }
  })
  await moveAll(ctx, moves)
  await write(ctx, begun)
  return begun.map(({ attemptId }) => attemptId)
}

interface Begun {
  workload: WorkloadRow
  attemptId: string
  promise: Promised
  reasons: Reason[]
}

function begunOf(
  ctx: Ctx,
  { nodes, why }: Basis,
  workload: WorkloadRow,
  { slot, pools }: Placement,
): Begun {
  const places = slot.claims.map(({ nodeId, units }): TaskPlace => {
    const node = nodes.get(nodeId)!
    return {
      nodeId,
      node: node.name,
      resourceId: node.resource_id,
      units: units.map(([from, to]) => [from, to]),
    }
  })
  const { from, to } = slot
  const drawn = pools.map(({ poolId, units }) => ({ resourceId: poolId, amount: units }))
  const reasons = reasonsOf(why.get(workload.id))
  const minutes = Math.floor((workload.promise.from - from) / 60_000)
  if (minutes > 0) reasons.push({ code: 'placed-earlier', params: { minutes } })
  const promise = { from, to, places, pools: drawn }
  return { workload, attemptId: ctx.newId(), promise, reasons }
}

/** Attempts, workloads and their story: a statement each for all of them. */
async function write(ctx: Ctx, begun: readonly Begun[]): Promise<void> {
  const ids = begun.map(({ workload }) => workload.id)
  const nths = begun.map(({ workload }) => workload.attempt + 1)
  await sql`insert into compute.attempt (id, workload_id, nth, placement, placed_at)
    select b.id, b.workload, b.nth, b.placement::jsonb, ${ctx.now}
    from unnest(${begun.map(({ attemptId }) => attemptId)}::uuid[], ${ids}::uuid[], ${nths}::int[],
      ${begun.map(({ promise }) => JSON.stringify(promise.places))}::text[])
      as b (id, workload, nth, placement)`.execute(ctx.tx)
  await sql`update compute.workload w set state = 'placed', attempt = b.nth,
      promise = b.promise::jsonb, reasons = b.reasons::jsonb, version = w.version + 1
    from unnest(${ids}::uuid[], ${nths}::int[],
      ${begun.map(({ promise }) => JSON.stringify(promise))}::text[],
      ${begun.map(({ reasons }) => JSON.stringify(reasons))}::text[])
      as b (workload, nth, promise, reasons)
    where w.id = b.workload`.execute(ctx.tx)
  await recordAll(
    ctx,
    'placed',
    begun.map(({ workload, promise, reasons }) => ({
      workload,
      detail: {
        attempt: workload.attempt + 1,
        nodes: [...new Set(promise.places.map(({ node }) => node))].join(' '),
        reason: reasons[0]?.code ?? null,
      },
    })),
  )
}

/** Keeps the newest reasons of those that wait; they are no facts, so nothing is appended. */
export class Explained {
  readonly #last = new Map<string, string>()

  /** One statement for all whose reasons have changed since this process last wrote them. */
  async write(transact: Transact, all: readonly Explanation[]): Promise<void> {
    const ids: string[] = []
    const texts: string[] = []
    const waiting = all.filter(({ outcome }) => outcome === 'waiting').slice(0, MOST_EXPLAINED)
    const still = new Set(waiting.map(({ workloadId }) => workloadId))
    // What was placed has other reasons by now, should it ever wait again.
    for (const id of this.#last.keys()) if (!still.has(id)) this.#last.delete(id)
    for (const one of waiting) {
      const text = JSON.stringify(reasonsOf(one))
      if (this.#last.get(one.workloadId) === text) continue
      ids.push(one.workloadId)
      texts.push(text)
    }
    if (ids.length === 0) return
    await transact((ctx) =>
      sql`update compute.workload w set reasons = t.reasons::jsonb
        from unnest(${ids}::uuid[], ${texts}::text[]) as t (id, reasons)
        where w.id = t.id and w.state = 'queued'`.execute(ctx.tx),
    )
    for (const [nth, id] of ids.entries()) this.#last.set(id, texts[nth]!)
  }
}
