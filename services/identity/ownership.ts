// Who stands above organisations today: the graph on which related parties are found.
import { sql } from 'kysely'
import { readCreditCode } from '#engines/credit-code/credit-code.ts'
import type { OwnershipGraph } from '#engines/shareholding/related.ts'
import { dateInChina } from '#law/schema.ts'
import type { Ctx } from '#platform/context.ts'
import { heldOn } from './shareholders.ts'
import { store } from './store.ts'

/** Companies and cooperatives have shares; bodies of other registries and 92 (个体户) have none. */
function hasShares(creditCode: string): boolean {
  const { registry, class: kind } = readCreditCode(creditCode)
  return registry === '9' && kind !== '2'
}

/**
 * Everything known of the subjects and of all above them, through holders, controllers and
 * representatives: organisations with their holdings as of today; people are ids only.
 */
export async function ownership(ctx: Ctx, subjectIds: readonly string[]): Promise<OwnershipGraph> {
  const day = dateInChina(ctx.now)
  const { rows: found } = await sql<{ id: string }>`
    with recursive above (id) as (
      select unnest(${[...subjectIds]}::uuid[])
      union
      select up.id from above a cross join lateral (
        select holder as id from identity.shareholding
          where organisation = a.id and ${heldOn(day)}
        union all select controller from identity.organisation where id = a.id
        union all select legal_representative from identity.organisation where id = a.id
      ) up where up.id is not null
    ) select id from above`.execute(ctx.tx)
  if (found.length === 0) return { organisations: [], holdings: [] }
  const ids = found.map(({ id }) => id)
  const db = store(ctx.tx)
  const organisations = await db
    .selectFrom('identity.organisation')
    .select(['id', 'credit_code', 'legal_representative', 'controller'])
    .where('id', 'in', ids)
    .orderBy('id')
    .execute()
  const holdings = await db
    .selectFrom('identity.shareholding')
    .select(['holder', 'organisation', 'basis_points as basisPoints'])
    .where('organisation', 'in', ids)
    .where(heldOn(day))
    .orderBy('organisation')
    .orderBy('holder')
    .execute()
  return {
    organisations: organisations.map((one) => ({
      id: one.id,
      representative: one.legal_representative,
      controller: one.controller,
      hasShares: hasShares(one.credit_code),
    })),
    holdings,
  }
}
