// What each organisation is entitled to by what the platform holds about it (免申即享): no decision.
import { Evaluation } from '#engines/rules/evaluation.ts'
import { type Standing, standingOf } from '#engines/rules/standing.ts'
import { dateInChina } from '#law/schema.ts'
import { type Ctx, type JsonObject, system } from '#platform/context.ts'
import type { World } from '#platform/world.ts'
import { organisationsAfter } from '#services/identity/index.ts'
import { factsThatFit, type Held, heldFacts } from './held.ts'
import type { Parts } from './parts.ts'
import { json, store, type VersionRow } from './store.ts'
import { ruleSetOf, versionsOn } from './versions.ts'

const PAGE = 200

export interface Entitlement {
  version: VersionRow
  on: string
  standing: Standing
  /** The facts that were held and used. */
  held: Held
}

/** Every set in force that grants something, for one organisation, with further facts it tells. */
export function entitlementsOf(
  parts: Parts,
  versions: readonly VersionRow[],
  held: Held,
  on: string,
): Entitlement[] {
  return versions.flatMap((version) => {
    if (!version.definition.benefit) return []
    const set = ruleSetOf(version)
    const facts = factsThatFit(set, held)
    const evaluation = new Evaluation(set, { facts, on, workdays: parts.workdays })
    const used = Object.fromEntries(Object.entries(held).filter(([name]) => facts.has(name)))
    return [{ version, on, standing: standingOf(evaluation), held: used }]
  })
}

/** Computes organisations anew and keeps where they stand; who newly gets something is told. */
async function keepFor(
  ctx: Ctx,
  parts: Parts,
  versions: readonly VersionRow[],
  ids: readonly string[],
): Promise<void> {
  const on = dateInChina(ctx.now)
  const held = await heldFacts(ctx, ids)
  const db = store(ctx)
  const kept = await db
    .selectFrom('rulebook.standing')
    .select(['subject', 'set_id', 'state'])
    .where('subject', 'in', [...ids])
    .execute()
  const before = new Map(kept.map((one) => [`${one.subject} ${one.set_id}`, one.state]))
  const granting = versions.flatMap(({ set_id: set, definition }) =>
    definition.benefit ? set : [],
  )
  // What a set granted before is gone where it grants nothing any more.
  const gone = kept.filter(({ set_id: set }) => !granting.includes(set))
  for (const { subject, set_id: set } of gone) {
    await db
      .deleteFrom('rulebook.standing')
      .where('subject', '=', subject)
      .where('set_id', '=', set)
      .execute()
  }
  for (const [subject, facts] of held) {
    for (const { version, standing } of entitlementsOf(parts, versions, facts, on)) {
      const { state, ...detail } = standing
      const row = {
        subject,
        set_id: version.set_id,
        version: version.id,
        on_date: on,
        state,
        detail: json(JSON.parse(JSON.stringify(detail)) as JsonObject),
        computed_at: ctx.now,
      }
      await db
        .insertInto('rulebook.standing')
        .values(row)
        .onConflict((conflict) => conflict.columns(['subject', 'set_id']).doUpdateSet(row))
        .execute()
      if (state !== 'entitled' || before.get(`${subject} ${version.set_id}`) === 'entitled')
        continue
      await parts.notify(ctx, {
        to: { subject },
        kind: 'rulebook.entitled',
        params: { set: version.definition.title },
        link: '/benefits',
      })
    }
  }
}

/** The same when something about an organisation changed. */
export async function keepOne(ctx: Ctx, parts: Parts, subject: string): Promise<void> {
  await keepFor(ctx, parts, await versionsOn(ctx, dateInChina(ctx.now)), [subject])
}

/**
 * Goes over all organisations whose standing is of another day or version: each night, and whenever
 * another version comes into force.
 * @returns how many were computed
 */
export async function keepAll(world: Pick<World, 'transact'>, parts: Parts): Promise<number> {
  let [after, done]: [string | null, number] = [null, 0]
  for (;;) {
    const ids: string[] = await world.transact(system('rulebook.keep-standings'), async (ctx) => {
      const on = dateInChina(ctx.now)
      const page = await organisationsAfter(ctx, after, PAGE)
      if (page.length === 0) return page
      const versions = (await versionsOn(ctx, on)).filter(({ definition }) => definition.benefit)
      if (versions.length === 0) return []
      const fresh = await store(ctx)
        .selectFrom('rulebook.standing')
        .select(({ fn }) => ['subject', fn.countAll().as('count')])
        .where('subject', 'in', page)
        .where('on_date', '=', on)
        .where(
          'version',
          'in',
          versions.map(({ id }) => id),
        )
        .groupBy('subject')
        .execute()
      const settled = new Set(
        fresh
          .filter(({ count }) => Number(count) === versions.length)
          .map(({ subject }) => subject),
      )
      const stale = page.filter((id) => !settled.has(id))
      if (stale.length > 0) await keepFor(ctx, parts, versions, stale)
      done += stale.length
      return page
    })
    if (ids.length < PAGE) return done
    after = ids.at(-1)!
  }
}
