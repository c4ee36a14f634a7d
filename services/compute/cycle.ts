// One turn of the scheduler: picture, decision, and each decision applied against what it rested on.
import { sql } from 'kysely'
import { schedule } from '#engines/scheduling/schedule.ts'
import type { Explanation, Placement } from '#engines/scheduling/types.ts'
import { type Ctx, system } from '#platform/context.ts'
import { move } from '#services/capacity/index.ts'
import type { Parts, Transact } from './parts.ts'
import type { Reason } from './shapes.ts'
import { claimsOf, unlessTaken } from './slots.ts'
import { type Picture, policy, readPicture, somethingWaits } from './snapshot.ts'
import { record } from './steps.ts'
import { json, lockWorkload, type Promised, store, type TaskPlace } from './store.ts'

export const scheduler = system('compute.scheduler')

/** Whoever waits further back is told when it comes nearer. */
const MOST_EXPLAINED = 200

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
  const why = new Map(decision.reasons.map((one) => [one.workloadId, one]))
  const placed: string[] = []
  let dropped = 0
  for (const placement of decision.placements) {
    const explanation = why.get(placement.workloadId)
    try {
      const done = await transact((ctx) => apply(ctx, picture, placement, explanation))
      if (done) placed.push(done)
      else dropped++
    } catch (error) {
      dropped++
      world.log.warn({ err: error, workload: placement.workloadId }, 'placement dropped')
    }
  }
  await explained.write(transact, decision.reasons)
  const waiting = picture.snapshot.pending.length - placed.length
  return { placed, dropped, waiting }
}

const reasonsOf = (explanation: Explanation | undefined): Reason[] =>
  (explanation?.reasons ?? []).map(({ code, params }) => ({ code, params: { ...params } }))

/** Moves the workload's room to now and begins an attempt; null when it has changed meanwhile. */
async function apply(
  ctx: Ctx,
  picture: Picture,
  placement: Placement,
  explanation: Explanation | undefined,
): Promise<string | null> {
  const workload = await lockWorkload(ctx, placement.workloadId)
  if (workload.state !== 'queued' || workload.version !== picture.versions.get(workload.id)) {
    return null
  }
  const nodes = new Map(
    picture.catalogue.flavors.flatMap(({ nodes: all }) => all.map((node) => [node.id, node])),
  )
  const places = placement.slot.claims.map(({ nodeId, units }): TaskPlace => {
    const node = nodes.get(nodeId)!
    return {
      nodeId,
      node: node.name,
      resourceId: node.resource_id,
      units: units.map(([from, to]) => [from, to]),
    }
  })
  const { from, to } = placement.slot
  const pools = placement.pools.map(({ poolId, units }) => ({ resourceId: poolId, amount: units }))
  const promise: Promised = { from, to, places, pools }
  await unlessTaken(move(ctx, { holdId: workload.capacity_hold, claims: claimsOf(promise) }))
  const attemptId = ctx.newId()
  const nth = workload.attempt + 1
  const reasons = reasonsOf(explanation)
  const earlier = Math.floor((workload.promise.from - from) / 60_000)
  if (earlier > 0) reasons.push({ code: 'placed-earlier', params: { minutes: earlier } })
  await store(ctx)
    .insertInto('compute.attempt')
    .values({
      id: attemptId,
      workload_id: workload.id,
      nth,
      placement: json(places),
      placed_at: ctx.now,
      stopping: null,
      stopping_basis: null,
      started_at: null,
      ended_at: null,
      ran_ms: 0n,
      exit_code: null,
      signal: null,
      cause: null,
      detail: null,
      isolation: null,
    })
    .execute()
  await store(ctx)
    .updateTable('compute.workload')
    .set({
      state: 'placed',
      attempt: nth,
      promise: json(promise),
      reasons: json(reasons),
      version: workload.version + 1,
    })
    .where('id', '=', workload.id)
    .execute()
  await record(ctx, workload, 'placed', {
    attempt: nth,
    nodes: [...new Set(places.map(({ node }) => node))].join(' '),
    reason: reasons[0]?.code ?? null,
  })
  return attemptId
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
