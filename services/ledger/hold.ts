// Holds: money is set aside for a payment, then paid out in full or in part, or given back.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { callOf, type Occasion, type Outcome, requirePositive, run } from './call.ts'
import { store } from './store.ts'

export interface HoldInput extends Occasion {
  payer: string
  /** Whose accounts may be used besides the payer's; the caller has checked that it may. */
  sponsor?: string
  /** Null: decided at capture. */
  payee?: string | null
  /** What it is for, such as 'compute'; earmarked money serves its purposes only. */
  purpose: string
  expiresAt: Date
  /** In funding order; a share (basis points) limits a part to that much of what is captured. */
  parts: readonly { accountId: string; amount: bigint; share?: number | null }[]
}

const MOST_PARTS = 16

/**
 * Sets amounts aside, all parts or nothing; the outcome's entryId is the id of the hold.
 * A hold that expires stays until `releaseExpired`: a capture that comes first is good.
 */
export async function hold(ctx: Ctx, input: HoldInput): Promise<Outcome> {
  const { payer, sponsor = null, payee = null, purpose, expiresAt, parts } = input
  const ids = parts.map(({ accountId }) => accountId)
  const amounts = parts.map(({ amount }) => amount)
  const shares = parts.map(({ share }) => share ?? null)
  if (parts.length === 0 || parts.length > MOST_PARTS || new Set(ids).size < ids.length) {
    throw problem('ledger.not-spendable')
  }
  requirePositive(...amounts)
  const request = [payer, sponsor, payee, purpose, expiresAt, ids, amounts, shares]
  return run(
    ctx,
    sql`ledger.hold(${callOf(ctx, 'hold', input, request)}, ${ctx.newId()}::uuid, ${payer}::uuid,
      ${sponsor}::uuid, ${payee}::uuid, ${purpose}::text, ${expiresAt}::timestamptz,
      ${ids}::uuid[], ${amounts}::int8[], ${shares}::int[])`,
  )
}

export interface CaptureInput extends Occasion {
  holdId: string
  /** Everything that is left of the hold when missing. */
  amount?: bigint
  /** Needed only where the hold names nobody. */
  payee?: string
  /** Whether the rest is released in the same entry; otherwise it stays held. */
  close?: boolean
}

/** Pays from a hold, in funding order, into the payee's ordinary accounts. */
export async function capture(ctx: Ctx, input: CaptureInput): Promise<Outcome> {
  const { holdId, amount = null, payee = null, close = false } = input
  if (amount !== null) requirePositive(amount)
  const call = callOf(ctx, 'capture', input, [holdId, amount, payee, close])
  return run(
    ctx,
    sql`ledger.capture(${call}, ${ctx.newId()}::uuid, ${holdId}::uuid, ${amount}::int8,
      ${payee}::uuid, ${close}::boolean)`,
  )
}

/** Gives back all that is left of a hold. */
export async function release(ctx: Ctx, input: Occasion & { holdId: string }): Promise<Outcome> {
  return giveBack(ctx, 'released', input)
}

/** What is left of a hold; 0n when it was paid out, given back, or has expired and was given back. */
export async function remainingOf(ctx: Pick<Ctx, 'tx'>, holdId: string): Promise<bigint> {
  const row = await store(ctx)
    .selectFrom('ledger.hold')
    .select('remaining')
    .where('id', '=', holdId)
    .executeTakeFirst()
  return row?.remaining ?? 0n
}

/** Gives back a hold whose time is over. @throws ledger.hold-not-expired */
export async function releaseExpired(ctx: Ctx, holdId: string): Promise<Outcome> {
  return giveBack(ctx, 'expired', { holdId, key: `expired:${holdId}` })
}

function giveBack(ctx: Ctx, kind: string, input: Occasion & { holdId: string }): Promise<Outcome> {
  const call = callOf(ctx, kind, input, [input.holdId])
  return run(
    ctx,
    sql`ledger.release(${call}, ${ctx.newId()}::uuid, ${kind}::text, ${input.holdId}::uuid)`,
  )
}
