// What happened to a workload, in order: each step is a fact of the journal and a line of its story.
import { sql } from 'kysely'
import type { Ctx, JsonObject } from '#platform/context.ts'
import type { StepKind } from './shapes.ts'
import { json, store, type WorkloadRow } from './store.ts'

export type Detail = Record<string, string | number | boolean | null>

/**
 * Appends the fact `compute.<kind>` and the same as a step. Ids, numbers and codes only.
 * @param at when it really happened, if not now
 */
export async function record(
  ctx: Ctx,
  workload: Pick<WorkloadRow, 'id' | 'subject' | 'operator'>,
  kind: StepKind,
  detail: Detail,
  at: Date = ctx.now,
): Promise<bigint> {
  const parties = [workload.subject, workload.operator]
  const payload: JsonObject = { workload: workload.id, ...detail, parties }
  const journalId = await ctx.append({
    kind: `compute.${kind}`,
    version: 1,
    subjectId: workload.subject,
    payload,
    validAt: at,
  })
  await store(ctx)
    .insertInto('compute.step')
    .values({
      workload_id: workload.id,
      // The workload's row is locked, so nobody else counts at this moment.
      nth: sql<number>`(select count(*) from compute.step where workload_id = ${workload.id}::uuid)`,
      kind,
      at,
      detail: json(detail),
      journal_id: journalId,
    })
    .execute()
  return journalId
}
