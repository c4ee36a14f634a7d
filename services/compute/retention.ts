// What jobs left behind is kept for a while, then forgotten: logs, outputs, checkpoints, materials.
import { system } from '#platform/context.ts'
import { attemptOf } from './attempt.ts'
import { DAY_MS, numberOn } from './parameters.ts'
import type { Parts } from './parts.ts'
import { store } from './store.ts'

const AT_ONCE = 1_000

/** Forgets tasks whose job was settled long ago; those of jobs that still go on are never touched. */
export async function forgetOld(parts: Parts): Promise<number> {
  const { world, executor } = parts
  const now = world.clock.now()
  const before = new Date(now.getTime() - numberOn('output.retention', now) * DAY_MS)
  const tasks = await executor.list()
  let forgotten = 0
  for (let from = 0; from < tasks.length; from += AT_ONCE) {
    const part = tasks.slice(from, from + AT_ONCE)
    const old = await world.read(system('compute.forget-old'), (ctx) =>
      store(ctx)
        .selectFrom('compute.attempt as a')
        .innerJoin('compute.workload as w', 'w.id', 'a.workload_id')
        .select(['a.id', 'w.id as job'])
        .where('a.id', 'in', [...new Set(part.map(attemptOf))])
        .where('w.state', '=', 'settled')
        .where('w.ended_at', '<', before)
        .execute(),
    )
    const jobs = new Map(old.map(({ id, job }) => [id, job]))
    for (const task of part) {
      const job = jobs.get(attemptOf(task))
      if (job === undefined) continue
      await executor.forget(task, job)
      forgotten++
    }
  }
  return forgotten
}

/** Lets go of the bytes of removed data sets, unless another data set has the same bytes. */
export async function unstageRemoved(parts: Parts): Promise<number> {
  const { world, executor } = parts
  const actor = system('compute.unstage')
  const removed = await world.read(actor, (ctx) =>
    store(ctx)
      .selectFrom('compute.dataset as d')
      .select('d.material')
      .distinct()
      .where('d.deleted_at', 'is not', null)
      .where('d.unstaged', '=', false)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('compute.dataset as other')
              .select('other.id')
              .whereRef('other.material', '=', 'd.material')
              .where('other.deleted_at', 'is', null),
          ),
        ),
      )
      .limit(AT_ONCE)
      .execute(),
  )
  for (const { material } of removed) {
    await executor.unstage(material)
    await world.transact(actor, (ctx) =>
      store(ctx)
        .updateTable('compute.dataset')
        .set({ unstaged: true })
        .where('material', '=', material)
        .where('deleted_at', 'is not', null)
        .execute(),
    )
  }
  return removed.length
}
