// Settles what ended but could not be settled at once, and warns whose time limit is near.
import { Problem } from '#platform/errors.ts'
import { numberOn } from './parameters.ts'
import type { Parts, Transact } from './parts.ts'
import { promiseKeeper } from './requeue.ts'
import { settle } from './settle.ts'
import { lockWorkload, NIL, store } from './store.ts'

const RETRY_MS = 60_000
const AT_ONCE = 100

/** What the dispatcher does besides: keeps promises and warns; settles what is left once a minute. */
export function upkeep(parts: Parts, transact: Transact): () => Promise<void> {
  let last = 0
  let after = NIL
  const keepPromises = promiseKeeper(parts, transact)
  return async () => {
    await keepPromises()
    await warn(parts, transact)
    if (Date.now() - last < RETRY_MS) return
    last = Date.now()
    after = await settleRest(parts, transact, after)
  }
}

/**
 * A refusal leaves the workload as it ended; the next call goes on after it, so that those that
 * nobody can settle yet hold no other one up. @returns where to go on
 */
async function settleRest(parts: Parts, transact: Transact, after: string): Promise<string> {
  const due = await transact((ctx) =>
    store(ctx)
      .selectFrom('compute.workload')
      .select('id')
      .where('state', 'in', ['succeeded', 'failed', 'cancelled'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(AT_ONCE)
      .execute(),
  )
  for (const { id } of due) {
    try {
      await transact(async (ctx) => {
        const workload = await lockWorkload(ctx, id)
        if (['succeeded', 'failed', 'cancelled'].includes(workload.state)) {
          await settle(ctx, parts, workload)
        }
      })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      parts.world.log.warn({ workload: id, code: error.code }, 'settlement refused again')
    }
  }
  return due.length < AT_ONCE ? NIL : due.at(-1)!.id
}

/** Tells the owner once when most of the time limit is used. */
async function warn(parts: Parts, transact: Transact): Promise<void> {
  const now = parts.world.clock.now()
  const share = numberOn('warning', now) / 10_000
  await transact(async (ctx) => {
    const running = await store(ctx)
      .selectFrom('compute.workload as w')
      .innerJoin('compute.attempt as a', (join) =>
        join.onRef('a.workload_id', '=', 'w.id').onRef('a.nth', '=', 'w.attempt'),
      )
      .select(['w.id', 'w.subject', 'w.name', 'w.number', 'w.limit_ms', 'w.ran_ms', 'a.started_at'])
      .where('w.state', '=', 'running')
      .where('w.warned', '=', false)
      .where('a.started_at', 'is not', null)
      .execute()
    for (const row of running) {
      const ran = Number(row.ran_ms) + now.getTime() - row.started_at!.getTime()
      if (ran < share * Number(row.limit_ms)) continue
      await store(ctx)
        .updateTable('compute.workload')
        .set({ warned: true })
        .where('id', '=', row.id)
        .execute()
      await parts.notify(ctx, {
        to: { subject: row.subject },
        kind: 'compute.limit-near',
        params: {
          number: row.number,
          percent: String(Math.floor((ran * 100) / Number(row.limit_ms))),
        },
        link: `/compute/jobs/${row.id}`,
      })
    }
  })
}
