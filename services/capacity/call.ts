// Calls into the database functions of capacity: who, under which key; refusals become problems.
import { hash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import pg from 'pg'
import { FOREVER, type Ranges } from '#engines/intervals/types.ts'
import type { Ctx } from '#platform/context.ts'
import { type ProblemCode, problem, problems } from '#platform/errors.ts'
import { journalActor } from '#platform/journal.ts'
import { writeUnits } from './store.ts'

const REFUSED = 'KC001'
/** Of one call. */
export const MOST_CLAIMS = 4_096

export interface Outcome {
  holdId: string
  journalId: bigint
  /** True when this was already so: nothing was done again. */
  replayed: boolean
}

/** What a hold takes: units of an exact resource, or an amount of a pooled one, over [from, to). */
export interface ClaimInput {
  resourceId: string
  units?: Ranges
  amount?: number
  /** Milliseconds since 1970. */
  from: number
  to: number
}

/** The first argument of each function: capacity.call. */
export function callOf(
  ctx: Ctx,
  who?: { service: string; key: string },
  request?: unknown,
): RawBuilder<unknown> {
  if (who && (who.key.length < 1 || who.key.length > 200)) throw problem('capacity.key')
  const digest = request === undefined ? null : hash('sha256', JSON.stringify(request), 'buffer')
  return sql`row(${who?.service ?? null}::text, ${who?.key ?? null}::text, ${digest}::bytea,
    ${JSON.stringify(journalActor(ctx.actor))}::jsonb, ${ctx.now}::timestamptz)::capacity.call`
}

/** Refuses ranges that are empty, out of order, or touch each other. */
export function requireRanges(resource: string, units: Ranges): void {
  let last = -1
  for (const [from, to] of units) {
    if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && last < from && from < to)) {
      throw problem('capacity.claims', { resource })
    }
    last = to
  }
  if (units.length === 0 || last > 2 ** 31 - 1) throw problem('capacity.claims', { resource })
}

/** Refuses a quantity that is no positive integer. */
export function requireAmount(resource: string, amount: number): void {
  if (!Number.isSafeInteger(amount) || amount < 1) throw problem('capacity.claims', { resource })
}

/** Refuses a moment that is no integer of milliseconds. */
export function requireMoment(...moments: number[]): void {
  for (const at of moments) {
    if (!Number.isSafeInteger(at) || at < 0) throw problem('capacity.period', {})
  }
}

const first = ({ units }: ClaimInput) => units?.[0]?.[0] ?? -1

/** Claims in their one order: by resource, start and units. */
export function ordered(claims: readonly ClaimInput[]): ClaimInput[] {
  const byId = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return [...claims].sort(
    (a, b) => byId(a.resourceId, b.resourceId) || a.from - b.from || first(a) - first(b),
  )
}

/** The claims as the arrays that the functions take. @throws capacity.claims, capacity.period */
export function claimArrays(claims: readonly ClaimInput[]): RawBuilder<unknown> {
  if (claims.length === 0 || claims.length > MOST_CLAIMS) throw problem('capacity.claims', {})
  for (const { resourceId, units, amount, from, to } of claims) {
    requireMoment(from, to)
    if (from >= to || to > FOREVER) throw problem('capacity.period', { from, to })
    if ((units === undefined) === (amount === undefined)) {
      throw problem('capacity.claims', { resource: resourceId })
    }
    if (units) requireRanges(resourceId, units)
    if (amount !== undefined) requireAmount(resourceId, amount)
  }
  const all = ordered(claims)
  const units = all.map((claim) => (claim.units ? writeUnits(claim.units) : null))
  return sql`${all.map(({ resourceId }) => resourceId)}::uuid[], ${units}::text[],
    ${all.map(({ amount }) => amount ?? null)}::int8[], ${all.map(({ from }) => from)}::int8[],
    ${all.map(({ to }) => to)}::int8[]`
}

function translated(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error
  if (error.code === REFUSED && error.message in problems) {
    return problem(error.message as ProblemCode, JSON.parse(error.detail ?? '{}'))
  }
  return error
}

/** Runs one function for its only row. @throws Problem for every refusal */
export async function one<T>(ctx: Ctx, query: RawBuilder<unknown>): Promise<T> {
  try {
    return (await query.execute(ctx.tx)).rows[0] as T
  } catch (error) {
    throw translated(error)
  }
}

/** Runs one function that returns capacity.outcome. @throws Problem for every refusal */
export async function run(ctx: Ctx, call: RawBuilder<unknown>): Promise<Outcome> {
  const row = await one<{ hold_id: string; journal_id: bigint; replayed: boolean }>(
    ctx,
    sql`select hold_id, journal_id, replayed from ${call}`,
  )
  return { holdId: row.hold_id, journalId: row.journal_id, replayed: row.replayed }
}
