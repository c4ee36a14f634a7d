// What an operator does: announce a price, drain a node and bring it back.
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { requireVersion } from '#platform/routes.ts'
import { drain, reopen } from '#services/capacity/index.ts'
import { operatesFor } from './policy.ts'
import { askToLeave } from './stop.ts'
import { type ClusterRow, type NodeRow, store, yuanFrom } from './store.ts'
import { wake } from './wake.ts'

/** A cluster of the actor's own. @throws request.not-found */
export async function ownCluster(ctx: Ctx, id: string): Promise<ClusterRow> {
  const found = await store(ctx)
    .selectFrom('compute.cluster as c')
    .innerJoin('compute.site as s', 's.id', 'c.site_id')
    .selectAll('c')
    .select('s.operator')
    .where('c.id', '=', id)
    .executeTakeFirst()
  if (!found || !operatesFor(ctx.actor, found.operator)) throw problem('request.not-found')
  return found
}

/** Announces a price from a moment to come; quotes made before keep theirs. */
export async function setPrice(
  ctx: Ctx,
  clusterId: string,
  input: { flavorId: string; amount: string; from: string },
): Promise<void> {
  await ownCluster(ctx, clusterId)
  const from = new Date(input.from)
  if (from <= ctx.now) throw problem('compute.price-past')
  const amount = yuanFrom(input.amount)
  const flavor = await store(ctx)
    .selectFrom('compute.flavor')
    .select('id')
    .where('id', '=', input.flavorId)
    .where('cluster_id', '=', clusterId)
    .executeTakeFirst()
  if (!flavor) throw problem('request.not-found')
  const made = await store(ctx)
    .insertInto('compute.price')
    .values({ flavor_id: flavor.id, valid_from: from, amount })
    .onConflict((conflict) => conflict.doNothing())
    .returning('amount')
    .executeTakeFirst()
  if (!made) throw problem('compute.price-past')
  await ctx.append({
    kind: 'compute.price-set',
    version: 1,
    subjectId: ctx.actor.subjectId,
    payload: { flavor: flavor.id, amount: amount.toString(), from: from.toISOString() },
  })
}

async function lockNode(ctx: Ctx, id: string, ifMatch: string | null): Promise<NodeRow> {
  const row = await store(ctx)
    .selectFrom('compute.node')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw problem('request.not-found')
  await ownCluster(ctx, row.cluster_id)
  requireVersion(ifMatch, row.version)
  return row
}

async function setNode(
  ctx: Ctx,
  node: { id: string; version: number },
  state: NodeRow['state'],
  basis: string,
) {
  await store(ctx)
    .updateTable('compute.node')
    .set({ state, version: node.version + 1 })
    .where('id', '=', node.id)
    .execute()
  await ctx.append({
    kind: 'compute.node-changed',
    version: 1,
    subjectId: ctx.actor.subjectId,
    payload: { node: node.id, state, basis },
  })
}

const uses = (places: readonly { nodeId: string }[], node: string) =>
  places.some(({ nodeId }) => nodeId === node)

/**
 * Takes a node out of use: nothing new comes, what waits for it is promised another place (by the
 * dispatcher, one after the other), and what runs there and may be interrupted is asked to leave,
 * with notice; the rest runs to its end.
 */
export async function drainNode(
  ctx: Ctx,
  input: { nodeId: string; basis: string; ifMatch: string | null },
): Promise<{ asked: number; moved: number }> {
  const node = await lockNode(ctx, input.nodeId, input.ifMatch)
  if (node.state !== 'ready') throw problem('compute.node-state', { state: node.state })
  await setNode(ctx, node, 'draining', input.basis)
  await drain(ctx, { resourceId: node.resource_id })
  const live = await store(ctx)
    .selectFrom('compute.workload')
    .select(['id', 'state', 'promise', 'preemptible'])
    .where('cluster_id', '=', node.cluster_id)
    .where('state', 'in', ['queued', 'placed', 'running'])
    .orderBy('id')
    .execute()
  const here = live.filter(({ promise }) => uses(promise.places, node.id))
  let asked = 0
  for (const { id: workloadId, state, preemptible } of here) {
    if (state === 'queued' || !preemptible) continue
    if (await askToLeave(ctx, { workloadId, basis: input.basis })) asked++
  }
  await wake(ctx, 'attempt')
  return { asked, moved: here.filter(({ state }) => state === 'queued').length }
}

/** Brings a drained node back into use. */
export async function resumeNode(
  ctx: Ctx,
  input: { nodeId: string; basis: string; ifMatch: string | null },
): Promise<void> {
  const node = await lockNode(ctx, input.nodeId, input.ifMatch)
  if (node.state === 'ready') throw problem('compute.node-state', { state: node.state })
  await setNode(ctx, node, 'ready', input.basis)
  await reopen(ctx, { resourceId: node.resource_id })
  await wake(ctx, 'attempt')
}
