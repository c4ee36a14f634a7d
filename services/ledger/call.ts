// Calls into the ledger's database functions: who, which key, for what; refusals become problems.
import { hash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import pg from 'pg'
import { formatAmount, MOST } from '#engines/ledger/amount.ts'
import type { Ctx, JsonObject } from '#platform/context.ts'
import { type ProblemCode, problem, problems } from '#platform/errors.ts'
import { journalActor } from '#platform/journal.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'
const REFUSED = 'KL001'
const UNIQUE_VIOLATION = '23505'

export interface Outcome {
  entryId: string
  journalId: bigint
  /** True when this key had already done it: nothing was done again. */
  replayed: boolean
  /** Of captures: what each part of the hold gave, in funding order. */
  amounts: bigint[] | null
}

/** Every operation may say under which key, when it really happened and why. */
export interface Occasion {
  /** Idempotency key, unique per acting subject. */
  key: string
  /** When it happened, if not now. */
  at?: Date
  /** A code such as 'job.settled'; never personal text. */
  memo?: string
}

/** The first argument of each function: ledger.call. */
export function callOf(
  ctx: Ctx,
  operation: string,
  { key, at, memo }: Occasion,
  request: unknown[],
): RawBuilder<unknown> {
  if (key.length < 1 || key.length > 200) throw problem('ledger.key')
  if (memo !== undefined && !/^[a-z][a-z0-9.-]{0,63}$/.test(memo)) throw problem('ledger.key')
  const scope = ctx.actor.subjectId ?? ctx.actor.personId ?? NOBODY
  const text = JSON.stringify([operation, memo, at, ...request], (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  const actor = JSON.stringify(journalActor(ctx.actor))
  return sql`row(${scope}::uuid, ${key}::text, ${hash('sha256', text, 'buffer')}::bytea,
    ${actor}::jsonb, ${at ?? ctx.now}::timestamptz, ${ctx.now}::timestamptz,
    ${memo ?? null}::text)::ledger.call`
}

/** Amounts of a refusal leave the database in smallest units; people read decimals. */
function readable(detail: JsonObject): JsonObject {
  const { scale, ...params } = detail
  if (typeof scale !== 'number') return params
  for (const name of ['available', 'needed', 'cap']) {
    const amount = params[name]
    if (typeof amount === 'string') params[name] = formatAmount(BigInt(amount), scale)
  }
  return params
}

function translated(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error
  if (error.code === REFUSED && error.message in problems) {
    return problem(error.message as ProblemCode, readable(JSON.parse(error.detail ?? '{}')))
  }
  if (error.code === UNIQUE_VIOLATION && error.constraint === 'voucher_use_invoice') {
    return problem('ledger.invoice-used')
  }
  return error
}

interface OutcomeRow {
  entry_id: string
  journal_id: bigint
  replayed: boolean
  amounts: bigint[] | null
}

/** Runs one function that returns ledger.outcome. @throws Problem for every refusal */
export async function run(ctx: Ctx, call: RawBuilder<unknown>): Promise<Outcome> {
  const row = await one<OutcomeRow>(
    ctx,
    sql`select entry_id, journal_id, replayed, amounts::text[] from ${call}`,
  )
  const { entry_id: entryId, journal_id: journalId, replayed, amounts } = row
  return { entryId, journalId, replayed, amounts: amounts?.map(BigInt) ?? null }
}

/** Runs one function for its only row. @throws Problem for every refusal */
export async function one<T>(ctx: Ctx, query: RawBuilder<unknown>): Promise<T> {
  try {
    return (await query.execute(ctx.tx)).rows[0] as T
  } catch (error) {
    throw translated(error)
  }
}

/** Refuses amounts that are not positive or cannot be stored. */
export function requirePositive(...amounts: readonly bigint[]): void {
  for (const amount of amounts) {
    const reason = amount <= 0n ? '须大于零' : amount > MOST ? '数额过大' : null
    if (reason) throw problem('ledger.amount', { reason, scale: 4 })
  }
}
