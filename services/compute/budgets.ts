// Budgets of an organisation's projects: a limit over a period, held and spent by its workloads.
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { requireVersion } from '#platform/routes.ts'
import { type BudgetRow, inYuan, store, subjectOf, yuanFrom } from './store.ts'

async function lock(ctx: Ctx, id: string) {
  const row = await store(ctx)
    .selectFrom('compute.budget')
    .selectAll()
    .where('id', '=', id)
    .where('subject', '=', subjectOf(ctx))
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw problem('request.not-found')
  return row
}

/**
 * Holds an amount of a budget of the actor's subject.
 * @throws compute.budget, compute.budget-closed
 */
export async function chargeBudget(ctx: Ctx, id: string, { held }: { held: bigint }) {
  const row = await lock(ctx, id)
  if (row.closed || ctx.now < row.valid_from || ctx.now >= row.valid_to) {
    throw problem('compute.budget-closed')
  }
  const left = row.limit - row.held - row.spent
  if (held > left) {
    const params = { left: inYuan(left > 0n ? left : 0n) }
    throw problem('compute.budget', { ...params, needed: inYuan(held) })
  }
  await store(ctx)
    .updateTable('compute.budget')
    .set({ held: row.held + held })
    .where('id', '=', id)
    .execute()
}

/** Gives back what was held and books what was spent; the period's end destroys nothing. */
export async function settleBudget(
  ctx: Ctx,
  id: string,
  { held, spent }: { held: bigint; spent: bigint },
) {
  await store(ctx)
    .updateTable('compute.budget')
    .set(({ eb }) => ({ held: eb('held', '-', held), spent: eb('spent', '+', spent) }))
    .where('id', '=', id)
    .execute()
}

const viewOf = (row: BudgetRow) => ({
  id: row.id,
  name: row.name,
  limit: inYuan(row.limit),
  held: inYuan(row.held),
  spent: inYuan(row.spent),
  from: row.valid_from.toISOString(),
  to: row.valid_to.toISOString(),
  closed: row.closed,
  version: row.version,
})

export async function listBudgets(ctx: Ctx) {
  const rows = await store(ctx)
    .selectFrom('compute.budget')
    .selectAll()
    .where('subject', '=', subjectOf(ctx))
    .orderBy('id', 'desc')
    .execute()
  return { items: rows.map(viewOf) }
}

export async function addBudget(
  ctx: Ctx,
  input: { name: string; limit: string; from: string; to: string },
) {
  const [from, to] = [new Date(input.from), new Date(input.to)]
  if (to <= from) throw problem('request.invalid', { fields: [{ path: 'to' }] })
  const row = await store(ctx)
    .insertInto('compute.budget')
    .values({
      id: ctx.newId(),
      subject: subjectOf(ctx),
      name: input.name,
      limit: yuanFrom(input.limit),
      valid_from: from,
      valid_to: to,
      held: 0n,
      spent: 0n,
      closed: false,
      version: 1,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await ctx.append({
    kind: 'compute.budget-set',
    version: 1,
    subjectId: row.subject,
    payload: { budget: row.id, limit: row.limit.toString() },
  })
  return viewOf(row)
}

export async function changeBudget(
  ctx: Ctx,
  id: string,
  change: { name?: string; limit?: string; to?: string; closed?: boolean },
  ifMatch: string | null,
) {
  const row = await lock(ctx, id)
  requireVersion(ifMatch, row.version)
  const limit = change.limit === undefined ? row.limit : yuanFrom(change.limit)
  const used = row.held + row.spent
  if (limit < used) throw problem('compute.budget-below', { used: inYuan(used) })
  const to = change.to === undefined ? row.valid_to : new Date(change.to)
  if (to <= row.valid_from) throw problem('request.invalid', { fields: [{ path: 'to' }] })
  const changed = await store(ctx)
    .updateTable('compute.budget')
    .set({
      name: change.name ?? row.name,
      limit,
      valid_to: to,
      closed: change.closed ?? row.closed,
      version: row.version + 1,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await ctx.append({
    kind: 'compute.budget-set',
    version: 1,
    subjectId: row.subject,
    payload: { budget: id, limit: limit.toString(), closed: changed.closed },
  })
  return viewOf(changed)
}
