// What happened to a workload, in order: each step is a fact of the journal and a line of its story.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'
import type { StepKind } from './shapes.ts'
import type { WorkloadRow } from './store.ts'

export type Detail = Record<string, string | number | boolean | null>

type Whose = Pick<WorkloadRow, 'id' | 'subject' | 'operator'>

export interface NewStep {
  workload: Whose
  detail: Detail
}

/**
 * Appends the fact `compute.<kind>` and the same as a step. Ids, numbers and codes only.
 * @param at when it really happened, if not now
 */
export async function record(
  ctx: Ctx,
  workload: Whose,
  kind: StepKind,
  detail: Detail,
  at: Date = ctx.now,
): Promise<bigint> {
  const [journalId] = await recordAll(ctx, kind, [{ workload, detail }], at)
  return journalId!
}

/** The same of several workloads, each of which the caller has locked; ids in the same order. */
export async function recordAll(
  ctx: Ctx,
  kind: StepKind,
  steps: readonly NewStep[],
  at: Date = ctx.now,
): Promise<bigint[]> {
  const journalIds = await ctx.appendAll(
    steps.map(({ workload, detail }) => ({
      kind: `compute.${kind}`,
      version: 1,
      subjectId: workload.subject,
      payload: {
        workload: workload.id,
        ...detail,
        parties: [workload.subject, workload.operator],
      },
      validAt: at,
    })),
  )
  // The workload's row is locked, so nobody else counts at this moment.
  await sql`insert into compute.step (workload_id, nth, kind, at, detail, journal_id)
    select s.workload, (select count(*) from compute.step t where t.workload_id = s.workload),
      ${kind}, ${at}, s.detail::jsonb, s.journal
    from unnest(${steps.map(({ workload }) => workload.id)}::uuid[],
      ${steps.map(({ detail }) => JSON.stringify(detail))}::text[],
      ${journalIds}::int8[]) as s (workload, detail, journal)`.execute(ctx.tx)
  return journalIds
}
