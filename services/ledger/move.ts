// Movements without a hold: transfers, what enters and leaves the ledger, reversals.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'
import { openAccount } from './accounts.ts'
import { callOf, type Occasion, type Outcome, requirePositive, run } from './call.ts'

type MoveKind = 'transferred' | 'issued' | 'retired'

interface Move extends Occasion {
  payer: string | null
  from: string
  to: string
  amount: bigint
}

async function move(ctx: Ctx, kind: MoveKind, input: Move): Promise<Outcome> {
  const { payer, from, to, amount } = input
  requirePositive(amount)
  const call = callOf(ctx, kind, input, [payer, from, to, amount])
  return run(
    ctx,
    sql`ledger.move(${call}, ${ctx.newId()}::uuid, ${kind}::text, ${payer}::uuid, ${from}::uuid,
      ${to}::uuid, ${amount}::int8)`,
  )
}

/** Moves an amount from one of the payer's accounts to another account of the same asset. */
export function transfer(
  ctx: Ctx,
  input: Occasion & { payer: string; from: string; to: string; amount: bigint },
): Promise<Outcome> {
  return move(ctx, 'transferred', input)
}

interface Crossing extends Occasion {
  accountId: string
  asset: string
  amount: bigint
  /** 'external': money that exists outside; 'issuance': assets that begin here. */
  source: 'external' | 'issuance'
}

/** Brings an amount into the ledger: money paid in, card time granted, energy metered. */
export async function issue(ctx: Ctx, input: Crossing): Promise<Outcome> {
  const from = await openAccount(ctx, { owner: null, asset: input.asset, kind: input.source })
  return move(ctx, 'issued', { ...input, payer: null, from, to: input.accountId })
}

/** Takes an amount out of the ledger: money paid out, card time used, energy accounted for. */
export async function retire(ctx: Ctx, input: Crossing & { owner: string }): Promise<Outcome> {
  const to = await openAccount(ctx, { owner: null, asset: input.asset, kind: input.source })
  return move(ctx, 'retired', { ...input, payer: input.owner, from: input.accountId, to })
}

/**
 * A new entry with the opposite legs, linked to the first; each entry is reversed once at most.
 * What was captured is held again.
 * @throws ledger.insufficient when the money has gone on
 */
export async function reverse(ctx: Ctx, input: Occasion & { entryId: string }): Promise<Outcome> {
  const call = callOf(ctx, 'reverse', input, [input.entryId])
  return run(ctx, sql`ledger.reverse(${call}, ${ctx.newId()}::uuid, ${input.entryId}::uuid)`)
}
