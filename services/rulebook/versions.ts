// Which version of a set is in force on a day, as far as was known at a time; each is linked once.

import type { RuleSetDefinition } from '#engines/rules/definitions.ts'
import { link, type RuleSet } from '#engines/rules/link.ts'
import { rulesHash } from '#engines/rules/receipt.ts'
import { type Ctx, system } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { sm3 } from '#platform/seal-key.ts'
import type { World } from '#platform/world.ts'
import { readSets } from './law-sets.ts'
import { json, store, type VersionRow } from './store.ts'

/** Of a set whose numbers have no dates. */
const FIRST_DAY = '2026-01-01'

/** A set of the law is the rulebook's from the first day that it has a number for. */
function firstDayOf({ nodes }: RuleSetDefinition): string {
  const days = nodes.flatMap((node) =>
    node.kind === 'parameter' ? node.values.map(({ from }) => from) : [],
  )
  return days.sort()[0] ?? FIRST_DAY
}

// Versions never change: a linked one is kept for as long as the process lives.
const linked = new Map<string, RuleSet>()

export function ruleSetOf({ id, definition }: Pick<VersionRow, 'id' | 'definition'>): RuleSet {
  const known = linked.get(id)
  if (known) return known
  const set = link(definition)
  linked.set(id, set)
  return set
}

/** Not withdrawn as far as was known then; a later first day counts before a later number. */
const standing = (ctx: Ctx, on: string, known: Date) =>
  store(ctx)
    .selectFrom('rulebook.version')
    .selectAll()
    .where('valid_from', '<=', on)
    .where('published_at', '<=', known)
    .where((where) =>
      where.or([where('withdrawn_at', 'is', null), where('withdrawn_at', '>', known)]),
    )

/**
 * The version of a set that is in force.
 * @param on YYYY-MM-DD
 * @param known as far as was known then; now unless it is given
 */
export async function versionOn(
  ctx: Ctx,
  set: string,
  on: string,
  known: Date = ctx.now,
): Promise<VersionRow | null> {
  const found = await standing(ctx, on, known)
    .where('set_id', '=', set)
    .orderBy('valid_from', 'desc')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return found ?? null
}

/** The same of all sets, by id. */
export async function versionsOn(ctx: Ctx, on: string): Promise<VersionRow[]> {
  return standing(ctx, on, ctx.now)
    .distinctOn('set_id')
    .orderBy('set_id')
    .orderBy('valid_from', 'desc')
    .orderBy('number', 'desc')
    .execute()
}

/** @throws rules.not-in-force */
export async function requireVersion(ctx: Ctx, set: string, on: string): Promise<VersionRow> {
  const found = await versionOn(ctx, set, on)
  if (!found) throw problem('rules.not-in-force', { set, on })
  return found
}

/** @throws request.not-found */
export async function readVersion(ctx: Ctx, id: string): Promise<VersionRow> {
  const found = await store(ctx)
    .selectFrom('rulebook.version')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!found) throw problem('request.not-found')
  return found
}

export type NewVersion = Pick<
  VersionRow,
  'set_id' | 'definition' | 'cases' | 'valid_from' | 'origin' | 'base' | 'author' | 'reader'
> &
  Pick<VersionRow, 'reason' | 'impact'>

/** Publishes; the number is the next of its set. */
export async function insertVersion(ctx: Ctx, version: NewVersion): Promise<string> {
  const id = ctx.newId()
  const db = store(ctx)
  const { last } = await db
    .selectFrom('rulebook.version')
    .select(({ fn }) => fn.max('number').as('last'))
    .where('set_id', '=', version.set_id)
    .executeTakeFirstOrThrow()
  const number = Number(last ?? 0) + 1
  const hash = rulesHash(sm3, version.definition)
  await db
    .insertInto('rulebook.version')
    .values({
      ...version,
      id,
      number,
      definition: json(version.definition),
      cases: json(version.cases),
      impact: version.impact && json(version.impact),
      rules_hash: hash,
      published_at: ctx.now,
      withdrawn_at: null,
      withdrawn_by: null,
      withdrawal: null,
    })
    .execute()
  await ctx.append({
    kind: 'rulebook.published',
    version: 1,
    subjectId: ctx.actor.subjectId,
    payload: {
      version: id,
      set: version.set_id,
      number,
      rules: hash,
      from: version.valid_from,
      origin: version.origin,
    },
  })
  return id
}

/**
 * Publishes what law/rules holds and the rulebook does not: a set's first version, and a changed text
 * of one that nobody has changed here. Twice adds nothing.
 */
export async function loadLawSets(world: Pick<World, 'transact'>, today: string): Promise<void> {
  await world.transact(system('rulebook.load'), async (ctx) => {
    const known = await store(ctx)
      .selectFrom('rulebook.version')
      .select(['set_id', 'origin', 'rules_hash'])
      .execute()
    for (const { definition, cases } of readSets()) {
      const versions = known.filter((one) => one.set_id === definition.id)
      const hash = rulesHash(sm3, definition)
      const same = versions.some(({ rules_hash: one }) => one === hash)
      if (same || versions.some(({ origin }) => origin === 'draft')) continue
      await insertVersion(ctx, {
        set_id: definition.id,
        definition,
        cases: [...cases],
        valid_from: versions.length === 0 ? firstDayOf(definition) : today,
        origin: 'law',
        base: null,
        author: null,
        reader: null,
        reason: 'law/rules',
        impact: null,
      })
    }
  })
}
