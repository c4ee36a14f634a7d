// What an operator agrees on with an organisation, a city or the province: nominal, borrowing, lending.
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { requireVersion } from '#platform/routes.ts'
import { cityOf, findSubjects, province } from '#services/identity/index.ts'
import { clusterMilli, readCatalogue } from './catalogue.ts'
import { ownCluster } from './operate.ts'
import { agreedOn, applyQuotas } from './pools.ts'
import { quotasOf } from './quota.ts'
import { takeTurn } from './slots.ts'
import { MILLI } from './spec.ts'
import { store } from './store.ts'
import { type Agreed, conflictOf, sizesOf } from './tree.ts'
import { wake } from './wake.ts'

/** In cards. */
export interface QuotaTerms {
  /** Null (cohorts only): the sum of those below it. */
  nominal: number | null
  borrowing: number | null
  lending: number | null
}

const milliOf = (cards: number) => Math.round(cards * MILLI)
const orNull = (cards: number | null) => (cards === null ? null : BigInt(milliOf(cards)))
const columns = ({ borrowing, lending }: QuotaTerms) => ({
  borrowing_milli: orNull(borrowing),
  lending_milli: orNull(lending),
})

/**
 * Agrees on a quota with an organisation. What is booked stays; new bookings keep to it.
 * @throws compute.quota-nominal, compute.quota-lending
 */
export async function setQuota(
  ctx: Ctx,
  input: { clusterId: string; subjectId: string; ifMatch: string | null } & QuotaTerms,
): Promise<void> {
  const { clusterId, subjectId } = input
  await ownCluster(ctx, clusterId)
  const known = await findSubjects(ctx, [subjectId])
  if (!known.has(subjectId)) throw problem('request.not-found')
  await takeTurn(ctx, clusterId)
  const stored = await store(ctx)
    .selectFrom('compute.quota as u')
    .innerJoin('compute.queue as q', 'q.id', 'u.queue_id')
    .select('u.version')
    .where('q.subject', '=', subjectId)
    .where('u.cluster_id', '=', clusterId)
    .executeTakeFirst()
  requireVersion(input.ifMatch, stored?.version ?? 0)
  const { flavors } = await readCatalogue(ctx, clusterId)
  const quota = (await quotasOf(ctx, subjectId, flavors)).get(clusterId)
  if (!quota) throw problem('request.not-found')
  const nominal = input.nominal ?? 0
  const before = await agreedOn(ctx, clusterId)
  await store(ctx)
    .updateTable('compute.quota')
    .set({ nominal_milli: BigInt(milliOf(nominal)), ...columns(input) })
    .set(({ eb }) => ({ version: eb('version', '+', 1) }))
    .where('queue_id', '=', quota.queueId)
    .where('cluster_id', '=', clusterId)
    .execute()
  await agree(ctx, {
    clusterId,
    id: quota.queueId,
    before,
    capacity: clusterMilli(flavors, clusterId),
  })
  await say(ctx, { cluster: clusterId, subject: subjectId, cohort: null }, { ...input, nominal })
}

/**
 * Agrees on what a city, or the whole province, has together.
 * @throws compute.quota-nominal, compute.quota-below, compute.quota-lending, compute.quota-province
 */
export async function setCohortQuota(
  ctx: Ctx,
  input: { clusterId: string; cohort: string; ifMatch: string | null } & QuotaTerms,
): Promise<void> {
  const { clusterId, cohort } = input
  await ownCluster(ctx, clusterId)
  if (cohort !== province && cityOf(cohort) !== cohort) throw problem('request.not-found')
  if (cohort === province && input.lending !== null) throw problem('compute.quota-province')
  await takeTurn(ctx, clusterId)
  const stored = await store(ctx)
    .selectFrom('compute.cohort_quota')
    .select('version')
    .where('cohort', '=', cohort)
    .where('cluster_id', '=', clusterId)
    .executeTakeFirst()
  requireVersion(input.ifMatch, stored?.version ?? 0)
  const before = await agreedOn(ctx, clusterId)
  const values = { nominal_milli: orNull(input.nominal), ...columns(input) }
  await store(ctx)
    .insertInto('compute.cohort_quota')
    .values({ cohort, cluster_id: clusterId, ...values, version: 1 })
    .onConflict((conflict) =>
      conflict.columns(['cohort', 'cluster_id']).doUpdateSet(({ eb }) => ({
        ...values,
        version: eb('compute.cohort_quota.version', '+', 1),
      })),
    )
    .execute()
  const { flavors } = await readCatalogue(ctx, clusterId)
  await agree(ctx, { clusterId, id: cohort, before, capacity: clusterMilli(flavors, clusterId) })
  await say(ctx, { cluster: clusterId, subject: null, cohort }, input)
}

/** Refuses what cannot be kept; then brings the pools to what was written. */
async function agree(
  ctx: Ctx,
  of: { clusterId: string; id: string; before: readonly Agreed[]; capacity: number },
): Promise<void> {
  const { clusterId, id, before, capacity } = of
  const after = await agreedOn(ctx, clusterId)
  const { nominal } = sizesOf(after).get(id)!
  const { lending } = after.find((one) => one.id === id)!
  if (lending !== null && lending > nominal) {
    throw problem('compute.quota-lending', { nominal: nominal / MILLI })
  }
  const raised = nominal > (sizesOf(before).get(id)?.nominal ?? 0)
  const conflict = conflictOf(after, id, capacity)
  if (conflict?.code === 'below') {
    throw problem('compute.quota-below', { least: conflict.least / MILLI })
  }
  // What was agreed before, when there was more to agree on, may stay.
  if (conflict && raised) {
    throw problem('compute.quota-nominal', { largest: conflict.largest / MILLI })
  }
  await applyQuotas(ctx, clusterId)
}

async function say(
  ctx: Ctx,
  whose: { cluster: string; subject: string | null; cohort: string | null },
  { nominal, borrowing, lending }: QuotaTerms,
): Promise<void> {
  const milli = (cards: number | null) => (cards === null ? null : milliOf(cards))
  await ctx.append({
    kind: 'compute.quota-set',
    version: 2,
    subjectId: ctx.actor.subjectId,
    payload: {
      ...whose,
      nominal: milli(nominal),
      borrowing: milli(borrowing),
      lending: milli(lending),
    },
  })
  await wake(ctx, 'attempt')
}
