// What if: when a job would start and why, and what asking for it differently would change.
import type { Outlook } from '#engines/scheduling/outlook.ts'
import type { Pending } from '#engines/scheduling/types.ts'
import type { Actor, Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { type FlavorEntry, readCatalogue } from './catalogue.ts'
import { changesFor } from './changes.ts'
import { lookAhead, type RecentShares, recentShares } from './outlook.ts'
import type { Parts } from './parts.ts'
import { type Quota, quotasOf } from './quota.ts'
import { compare, fitOn, needs } from './quote.ts'
import type { Change, Option, Spec } from './shapes.ts'
import { promiseOf } from './slots.ts'
import { askedOf, type Picture, readPicture } from './snapshot.ts'
import { checkSpec } from './spec.ts'
import { subjectOf } from './store.ts'
import { expectedSeconds, PRIORITIES } from './submit.ts'
import { ownWorkload } from './views.ts'

/** Of how many changes the real start is worked out, beside the promised one. */
const LOOKED_AT = 3
/** A longer calculation is given up: the promise stands, and nobody waits for a guess. */
const PATIENCE_MS = { job: 6_000, changes: 3_000 }
/** Any id that no workload has. */
const THOUGHT_OF = 'what-if'

/** One way to ask: everything that is needed to put it into the picture. */
interface Way {
  id: string
  spec: Spec
  option: Option
  submittedAt: Date
  without?: string
}

/** The way as a workload that waits, its promise being the room that is free for it at this moment. */
async function pendingFor(
  ctx: Ctx,
  parts: Parts,
  picture: Picture,
  { id, spec, option, submittedAt, without }: Way,
  places: { flavors: readonly FlavorEntry[]; quotas: ReadonlyMap<string, Quota> },
): Promise<Pending | null> {
  const entry = places.flavors.find(({ flavor }) => flavor.id === option.flavorId)!
  const quota = places.quotas.get(option.clusterId)
  const found = await fitOn(ctx, parts, spec, entry, quota, without)
  if (!('fit' in found) || !quota) return null
  const { duration, units, milli } = needs(spec, ctx.now)
  const { nodes } = entry
  return picture.pendingOf({
    id,
    queueId: quota.queueId,
    clusterId: option.clusterId,
    flavorId: option.flavorId,
    priority: PRIORITIES[spec.priority],
    preemptible: spec.preemptible,
    tasks: spec.gang.count,
    milli: units,
    limitMs: spec.limitSeconds * 1000,
    expectedMs: expectedSeconds(spec) * 1000,
    submittedAt,
    promise: promiseOf(found.fit, { duration, milli, nodes, draws: quota.draws }),
  })
}

/** Quotas that a first look at a cluster makes are there, and known to capacity, before it is searched. */
async function openQuotas({ world }: Parts, actor: Actor): Promise<void> {
  await world.transact(actor, async (ctx) => {
    await quotasOf(ctx, subjectOf(ctx), (await readCatalogue(ctx)).flavors)
  })
}

interface Prepared {
  picture: Picture
  /** The job as it is asked; null: it fits nowhere. */
  base: Pending | null
  changes: Change[]
  /** As many of the changes, in their order, as are looked at. */
  changed: (Pending | null)[]
  shares: RecentShares
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const outlookView = (outlook: Outlook) => ({
  startsNow: outlook.startsNow,
  position: outlook.position,
  reasons: outlook.reasons.map(({ code, params }) => ({ code, params: { ...params } })),
  earliest: iso(outlook.earliest),
  median: iso(outlook.median),
  latest: iso(outlook.latest),
})

/** Runs the scheduler forward for the job and for the changes, outside any transaction. */
async function withOutlooks(parts: Parts, prepared: Prepared) {
  const { picture, base, changes, changed, shares } = prepared
  const look = async (asked: readonly Pending[], patienceMs: number) => {
    if (asked.length === 0) return []
    return ((await lookAhead(parts, picture, asked, shares, patienceMs)) ?? []).map(outlookView)
  }
  // The job itself first: in a long queue there may be no time left for what might be changed.
  const [outlook] = await look(base ? [base] : [], PATIENCE_MS.job)
  const asked = changed.filter((one) => one !== null)
  const views = await look(asked, PATIENCE_MS.changes)
  const viewOf = (pending: Pending | null) =>
    pending === null ? null : (views[asked.indexOf(pending)] ?? null)
  return {
    outlook: outlook ?? null,
    changes: changes.map((change, nth) => ({ ...change, outlook: viewOf(changed[nth] ?? null) })),
  }
}

/**
 * When a job that nobody has submitted would start, why, and what would change that. Holds nothing.
 * @throws what `checkSpec` throws
 */
export async function whatIf(parts: Parts, actor: Actor, spec: Spec) {
  await openQuotas(parts, actor)
  const prepared = await parts.world.transact(actor, async (ctx) => {
    await checkSpec(ctx, parts, spec)
    const { options, refused } = await compare(ctx, parts, spec)
    const current = options.find(({ chosen }) => chosen) ?? null
    const changes = await changesFor(ctx, parts, { spec, current, options })
    const picture = await readPicture(ctx)
    const { flavors } = await readCatalogue(ctx)
    const places = { flavors, quotas: await quotasOf(ctx, subjectOf(ctx), flavors) }
    const pending = (changed: Partial<Spec>, option: Option) => {
      const way = { id: THOUGHT_OF, spec: { ...spec, ...changed }, option, submittedAt: ctx.now }
      return pendingFor(ctx, parts, picture, way, places)
    }
    const base = current ? await pending({}, current) : null
    const changed: (Pending | null)[] = []
    for (const { change, option } of changes.slice(0, LOOKED_AT)) {
      changed.push(await pending(change, option))
    }
    const shares = await recentShares(ctx)
    return { picture, base, changes, changed, shares, options, refused }
  })
  const { options, refused } = prepared
  const at = new Date(prepared.picture.snapshot.now).toISOString()
  return { at, options, refused, ...(await withOutlooks(parts, prepared)) }
}

/**
 * Why a job of the actor's own waits, when it will start, and what would change that.
 * @throws request.not-found, compute.not-waiting
 */
export async function explainWait(parts: Parts, actor: Actor, id: string) {
  await openQuotas(parts, actor)
  const prepared = await parts.world.transact(actor, async (ctx) => {
    const row = await ownWorkload(ctx, id)
    if (row.state !== 'queued') throw problem('compute.not-waiting')
    const { spec, options: kept, capacity_hold: without } = row
    const picture = await readPicture(ctx)
    const base = picture.pendingOf(askedOf(row))
    const shares = await recentShares(ctx)
    const answer = { picture, base, shares, row }
    // What has run already would begin anew: such a job is not asked differently.
    if (row.attempt > 0) return { ...answer, changes: [], changed: [] }
    const taken = kept.find(({ chosen }) => chosen)!
    const current = { ...taken, startsBy: row.starts_by.toISOString() }
    const { options } = await compare(ctx, parts, spec, without)
    const changes = await changesFor(ctx, parts, { spec, current, options, without })
    const { flavors } = await readCatalogue(ctx)
    const places = { flavors, quotas: await quotasOf(ctx, row.subject, flavors) }
    const changed: (Pending | null)[] = []
    for (const { change, option } of changes.slice(0, LOOKED_AT)) {
      const way = { id, spec: { ...spec, ...change }, option, submittedAt: ctx.now, without }
      changed.push(await pendingFor(ctx, parts, picture, way, places))
    }
    return { ...answer, changes, changed }
  })
  const { row, picture } = prepared
  return {
    at: new Date(picture.snapshot.now).toISOString(),
    version: row.version,
    startsBy: row.starts_by.toISOString(),
    ...(await withOutlooks(parts, prepared)),
  }
}
