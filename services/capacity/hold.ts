// Holds: claims on any number of resources, all or none, from the first moment to the release.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import {
  type ClaimInput,
  callOf,
  claimArrays,
  type Outcome,
  one,
  ordered,
  requireAmount,
  requireMoment,
  requireRanges,
  run,
} from './call.ts'
import { type HoldKind, writeUnits } from './store.ts'

export interface Holder {
  /** The service whose hold it is, such as 'compute'. */
  service: string
  /** What it is for in that service, such as a workload's id; never personal text. */
  holder: string
  /** For whom; null: the platform. */
  subjectId: string | null
}

export interface HoldInput extends Holder {
  /** Idempotency key, unique per service; a repeat is the same request to the letter. */
  key: string
  claims: readonly ClaimInput[]
  /** When it lapses unless committed; null: committed at once. */
  expiresAt: Date | null
}

/** Takes all claims or none. @throws capacity.taken, capacity.closed, capacity.claims */
export function hold(ctx: Ctx, input: HoldInput): Promise<Outcome> {
  return take(ctx, 'hold', input)
}

/** Takes resources out of use for a time, such as maintenance. @throws as `hold` */
export function block(ctx: Ctx, input: Omit<HoldInput, 'expiresAt'>): Promise<Outcome> {
  return take(ctx, 'block', { ...input, expiresAt: null })
}

function take(ctx: Ctx, kind: HoldKind, input: HoldInput): Promise<Outcome> {
  const { service, key, expiresAt, claims } = input
  const { holder, subjectId } = requireHolder(input)
  const call = callOf(ctx, { service, key }, [kind, holder, subjectId, expiresAt, claims])
  return run(
    ctx,
    sql`capacity.hold(${call}, ${ctx.newId()}::uuid, ${holder}::text, ${subjectId}::uuid,
      ${kind}::text, ${expiresAt}::timestamptz, ${claimArrays(claims)})`,
  )
}

/** Makes a hold last; also after its expiry, as long as it was not yet given back. */
export function commit(ctx: Ctx, { holdId }: { holdId: string }): Promise<Outcome> {
  return run(ctx, sql`capacity.commit(${callOf(ctx)}, ${holdId}::uuid)`)
}

/**
 * Gives back what was not used: committed claims end at `at` (now when missing), what was never
 * committed was never used. Again: nothing happens.
 */
export function release(ctx: Ctx, input: { holdId: string; at?: number }): Promise<Outcome> {
  return giveBack(ctx, 'released', input.holdId, input.at ?? ctx.now.getTime())
}

/** Gives back a hold whose time to commit is over. @throws capacity.hold-not-expired */
export function releaseExpired(ctx: Ctx, holdId: string): Promise<Outcome> {
  return giveBack(ctx, 'expired', holdId, 0)
}

function giveBack(ctx: Ctx, kind: string, holdId: string, at: number): Promise<Outcome> {
  requireMoment(at)
  return run(
    ctx,
    sql`capacity.release(${callOf(ctx)}, ${kind}::text, ${holdId}::uuid, ${at}::int8)`,
  )
}

/** Lets the claims that end last end later. @throws capacity.taken, capacity.closed */
export function extend(ctx: Ctx, { holdId, to }: { holdId: string; to: number }): Promise<Outcome> {
  requireMoment(to)
  return run(ctx, sql`capacity.extend(${callOf(ctx)}, ${holdId}::uuid, ${to}::int8)`)
}

export interface MoveInput {
  holdId: string
  claims: readonly ClaimInput[]
  /** Until when the former claims were really used; missing: they never were. */
  usedUntil?: number
}

/** Replaces all claims of a hold in one step. @throws as `hold`; then nothing has changed */
export function move(ctx: Ctx, { holdId, claims, usedUntil }: MoveInput): Promise<Outcome> {
  if (usedUntil !== undefined) requireMoment(usedUntil)
  return run(
    ctx,
    sql`capacity.move(${callOf(ctx)}, ${holdId}::uuid, ${usedUntil ?? null}::int8,
      ${claimArrays(claims)})`,
  )
}

/**
 * Replaces all claims of several holds in one step: one may take what another gives up. Facts in the
 * order of the holds. @throws as `hold`; then nothing has changed
 */
export async function moveAll(
  ctx: Ctx,
  moves: readonly Pick<MoveInput, 'holdId' | 'claims'>[],
): Promise<bigint[]> {
  const holdOf = new Map(
    moves.flatMap(({ holdId, claims }) => claims.map((claim) => [claim, holdId] as const)),
  )
  const all = ordered([...holdOf.keys()])
  const { facts } = await one<{ facts: bigint[] }>(
    ctx,
    sql`select capacity.move_all(${callOf(ctx)}, ${moves.map(({ holdId }) => holdId)}::uuid[],
      ${all.map((claim) => holdOf.get(claim)!)}::uuid[], ${claimArrays(all)}) as facts`,
  )
  return facts
}

/** What goes into the new hold: units or amounts of resources, or everything after a moment. */
export type Share =
  | { of: readonly { resourceId: string; units?: ClaimInput['units']; amount?: number }[] }
  | { after: number }

export interface SplitInput extends Omit<Holder, 'service'> {
  holdId: string
  /** Service and idempotency key of the new hold. */
  service: string
  key: string
  share: Share
}

/** Splits a hold in two of the same state; the outcome is the new one. @throws capacity.claims */
export function split(ctx: Ctx, input: SplitInput): Promise<Outcome> {
  const { holdId, service, key, share } = input
  const { holder, subjectId } = requireHolder(input)
  const call = callOf(ctx, { service, key }, ['split', holdId, holder, subjectId, share])
  const parties = sql`${call}, ${holdId}::uuid, ${ctx.newId()}::uuid, ${holder}::text,
    ${subjectId}::uuid`
  if ('after' in share) {
    requireMoment(share.after)
    return run(ctx, sql`capacity.split_time(${parties}, ${share.after}::int8)`)
  }
  const ids = share.of.map(({ resourceId }) => resourceId)
  for (const { resourceId, units, amount } of share.of) {
    if (units) requireRanges(resourceId, units)
    else requireAmount(resourceId, amount ?? 0)
  }
  if (ids.length === 0 || new Set(ids).size < ids.length) throw problem('capacity.claims', {})
  const units = share.of.map((one) => (one.units ? writeUnits(one.units) : null))
  const amounts = share.of.map((one) => one.amount ?? null)
  return run(
    ctx,
    sql`capacity.split_units(${parties}, ${ids}::uuid[], ${units}::text[], ${amounts}::int8[])`,
  )
}

/** Gives a hold to another holder or subject. */
export function transfer(
  ctx: Ctx,
  input: Omit<Holder, 'service'> & { holdId: string },
): Promise<Outcome> {
  const { holder, subjectId } = requireHolder(input)
  return run(
    ctx,
    sql`capacity.transfer(${callOf(ctx)}, ${input.holdId}::uuid, ${holder}::text,
      ${subjectId}::uuid)`,
  )
}

function requireHolder<T extends { holder: string }>(input: T): T {
  if (!/^[A-Za-z0-9._:-]{1,100}$/.test(input.holder)) throw problem('capacity.key')
  return input
}
