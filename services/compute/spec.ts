// Checks what is asked for against what there is: program, inputs, cards, times.

import { cardsOf, gangMilli, MILLI, milliOfCard } from '#engines/scheduling/types.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import type { Parts } from './parts.ts'
import type { Spec } from './shapes.ts'
import { store, subjectOf } from './store.ts'

export { cardsOf, gangMilli, MILLI, milliOfCard }

/** Cards that the whole gang asks for, as people count them. */
export const cardsAsked = (gang: { count: number; milli: number }): number =>
  gangMilli({ ...gang, cpuMilli: 0, memoryMib: 0 }) / MILLI

/**
 * Refuses what can never run, whoever has room.
 * @throws compute.milli, compute.deadline-past, compute.program, compute.input, compute.isolation
 */
export async function checkSpec(ctx: Ctx, parts: Parts, spec: Spec): Promise<void> {
  const { milli } = spec.gang
  if (milli > MILLI && milli % MILLI !== 0) throw problem('compute.milli', { milli })
  if (spec.deadline !== null && new Date(spec.deadline) <= ctx.now) {
    throw problem('compute.deadline-past')
  }
  const subject = subjectOf(ctx)
  const { program } = spec
  if ('bundled' in program) {
    const known = parts.programs.get(program.bundled)
    if (!known) throw problem('compute.program', { name: program.bundled })
    const given = new Set(spec.inputs.map(({ name }) => name))
    const missing = known.inputs.find(({ name, required }) => required && !given.has(name))
    if (missing) throw problem('compute.input-missing', { name: missing.name })
    // A command or an environment of one's own makes of any program one's own.
    const changed = spec.command.length > 0 || Object.keys(spec.environment).length > 0
    if (changed) requireIsolation(parts)
  } else {
    requireIsolation(parts)
    await datasetOf(ctx, subject, program.dataset, 'program')
  }
  const names = new Set<string>()
  for (const { name, from } of spec.inputs) {
    if (names.has(name)) throw problem('compute.input', { name })
    names.add(name)
    if ('dataset' in from) await datasetOf(ctx, subject, from.dataset, 'data', name)
    else await outputOf(ctx, subject, from.workload, name)
  }
}

/** @throws compute.isolation */
function requireIsolation({ machine }: Parts): void {
  if (machine.isolation.level === 'full') return
  throw problem('compute.isolation', { missing: machine.isolation.missing.join('、') })
}

/** A data set of the subject. @throws compute.input, compute.program */
export async function datasetOf(
  ctx: Pick<Ctx, 'tx'>,
  subject: string,
  id: string,
  kind: 'program' | 'data',
  name = id,
) {
  const row = await store(ctx)
    .selectFrom('compute.dataset')
    .selectAll()
    .where('id', '=', id)
    .where('subject', '=', subject)
    .where('kind', '=', kind)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (row) return row
  throw kind === 'program'
    ? problem('compute.program', { name })
    : problem('compute.input', { name })
}

/** The last attempt of an ended workload of the subject. @throws compute.input */
export async function outputOf(
  ctx: Pick<Ctx, 'tx'>,
  subject: string,
  workloadId: string,
  name: string,
) {
  const row = await store(ctx)
    .selectFrom('compute.workload as w')
    .innerJoin('compute.attempt as a', 'a.workload_id', 'w.id')
    .select(['a.id'])
    .where('w.id', '=', workloadId)
    .where('w.subject', '=', subject)
    .where('w.outcome', '=', 'succeeded')
    .whereRef('a.nth', '=', 'w.attempt')
    .executeTakeFirst()
  if (!row) throw problem('compute.input', { name })
  return row.id
}
