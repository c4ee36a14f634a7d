// One entry with its legs, and the way from it to the journal and its proof.
import { formatAmount } from '#engines/ledger/amount.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { positionOf } from '#platform/proof.ts'
import { findSubjects } from '#services/identity/index.ts'
import { mayReadAll } from './policy.ts'
import { store } from './store.ts'

/**
 * An entry as the actor may see it: all legs, but balances of own accounts only. People are not
 * named to others.
 * @throws request.not-found for an unknown entry, and for one that concerns none of the actor's
 */
export async function readEntry(ctx: Ctx, id: string) {
  const entry = await store(ctx)
    .selectFrom('ledger.entry')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  const legs = await store(ctx)
    .selectFrom('ledger.posting as p')
    .innerJoin('ledger.account as a', 'a.id', 'p.account_id')
    .innerJoin('ledger.asset as s', 's.code', 'a.asset')
    .select(['p.account_id', 'p.available', 'p.held', 'p.available_after', 'p.held_after'])
    .select(['a.owner', 'a.kind', 'a.asset', 's.scale', 's.unit_zh', 's.unit_en'])
    .where('p.entry_id', '=', id)
    .orderBy('p.account_id')
    .execute()
  const all = mayReadAll(ctx.actor)
  const own = (owner: string | null) => owner !== null && owner === ctx.actor.subjectId
  if (!entry || !(all || legs.some(({ owner }) => own(owner)))) throw problem('request.not-found')
  const reversedBy = await store(ctx)
    .selectFrom('ledger.entry')
    .select('id')
    .where('reversal_of', '=', id)
    .executeTakeFirst()
  const owners = await findSubjects(
    ctx,
    legs.flatMap(({ owner }) => owner ?? []),
  )
  const nameOf = (owner: string | null) => {
    const subject = owner === null ? undefined : owners.get(owner)
    return subject && subject.kind !== 'person' ? subject.name : null
  }
  return {
    id: entry.id,
    kind: entry.kind,
    at: entry.at.toISOString(),
    knownAt: entry.known_at.toISOString(),
    memo: entry.memo,
    holdId: entry.hold_id,
    reversalOf: entry.reversal_of,
    reversedBy: reversedBy?.id ?? null,
    journalId: entry.journal_id.toString(),
    position: await positionOf(ctx.tx, entry.journal_id),
    legs: legs.map((leg) => {
      const mine = all || own(leg.owner)
      return {
        accountId: mine ? leg.account_id : null,
        accountKind: leg.kind,
        owner: leg.owner,
        ownerName: nameOf(leg.owner),
        asset: leg.asset,
        unit: { zh: leg.unit_zh, en: leg.unit_en },
        available: formatAmount(leg.available, leg.scale),
        held: formatAmount(leg.held, leg.scale),
        availableAfter: mine ? formatAmount(leg.available_after, leg.scale) : null,
        heldAfter: mine ? formatAmount(leg.held_after, leg.scale) : null,
      }
    }),
  }
}
