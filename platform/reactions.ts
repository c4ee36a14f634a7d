// Down by call, up by fact: runs each reaction over the journal, every position once, in order.
import { type Kysely, sql } from 'kysely'
import { system } from './context.ts'
import { tables } from './database.ts'
import { lastPosition, readEntries } from './journal.ts'
import type { Reaction } from './service.ts'
import type { World } from './world.ts'

const BATCH = 200
const LONGEST_WAIT_MS = 60_000

export interface ReactionTables {
  'platform.reaction': {
    name: string
    position: bigint
    failures: number
    failed_with: string | null
    retry_at: Date | null
  }
}

/** Makes a row for each reaction; one that is new starts at the journal's beginning. */
export async function registerReactions(
  db: Kysely<unknown>,
  reactions: readonly Reaction[],
): Promise<void> {
  if (reactions.length === 0) return
  await tables<ReactionTables>(db)
    .insertInto('platform.reaction')
    .values(
      reactions.map(({ name }) => ({
        name,
        position: 0n,
        failures: 0,
        failed_with: null,
        retry_at: null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** The names of reactions that the journal is ahead of: the others have nothing to do. */
export async function laggingBehind(db: Kysely<unknown>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    select name from platform.reaction
    where position < (select position from journal.cursor)`.execute(db)
  return new Set(rows.map(({ name }) => name))
}

/**
 * Handles the next batch of one reaction in one transaction: its effects and its position together.
 * @returns how many entries it handled; 0 when there is nothing to do or another process has it
 */
export async function runReaction(world: World, reaction: Reaction, most = BATCH): Promise<number> {
  return world.transact(system(`reaction:${reaction.name}`), async (ctx) => {
    const db = tables<ReactionTables>(ctx.tx)
    const own = await db
      .selectFrom('platform.reaction')
      .selectAll()
      .where('name', '=', reaction.name)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (!own || (own.retry_at && own.retry_at > ctx.now)) return 0
    const end = await lastPosition(ctx.tx)
    if (end === own.position) return 0
    const entries = await readEntries(ctx.tx, {
      after: own.position,
      before: end + 1n,
      kinds: reaction.kinds,
      limit: most,
    })
    for (const entry of entries) await reaction.handle(ctx, entry)
    // Entries of other kinds count as handled, so that the lag is what it says.
    const position = entries.length === most ? entries.at(-1)!.position : end
    await db
      .updateTable('platform.reaction')
      .set({ position, failures: 0, failed_with: null, retry_at: null })
      .where('name', '=', reaction.name)
      .execute()
    return entries.length
  })
}

/** Records a failure and when to try again; nothing is skipped, the lag shows in the metrics. */
async function recordFailure(world: World, reaction: Reaction, error: unknown): Promise<void> {
  world.log.error({ reaction: reaction.name, err: error }, 'reaction failed')
  await world.transact(system(`reaction:${reaction.name}`), async (ctx) => {
    const db = tables<ReactionTables>(ctx.tx)
    const own = await db
      .selectFrom('platform.reaction')
      .selectAll()
      .where('name', '=', reaction.name)
      .executeTakeFirst()
    const failures = (own?.failures ?? 0) + 1
    const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(failures, 10))
    await db
      .updateTable('platform.reaction')
      .set({
        failures,
        failed_with: String(error).slice(0, 500),
        retry_at: new Date(ctx.now.getTime() + wait),
      })
      .where('name', '=', reaction.name)
      .execute()
  })
}

/** Runs a reaction until it has caught up; a poisoned batch is retried one entry at a time. */
export async function catchUp(world: World, reaction: Reaction): Promise<number> {
  let total = 0
  let most = BATCH
  for (;;) {
    try {
      const handled = await runReaction(world, reaction, most)
      total += handled
      if (handled < most) return total
    } catch (error) {
      if (most > 1) {
        most = 1
        continue
      }
      await recordFailure(world, reaction, error)
      return total
    }
  }
}
