// The two figures that decide whether such a platform lives, as the journal shows them.
import { sql } from 'kysely'
import type { Ctx } from '#platform/context.ts'
import { store } from './store.ts'

async function firstRuns(ctx: Ctx, simulated: boolean) {
  const { rows } = await sql<{ seconds: number | null; organisations: bigint }>`
    select percentile_cont(0.5) within group (
        order by extract(epoch from started_at - submitted_at)::float8) as seconds,
      count(*) as organisations
    from compute.first_run where simulated = ${simulated} and started_at is not null`.execute(
    ctx.tx,
  )
  const { seconds, organisations } = rows[0]!
  return {
    seconds: seconds === null ? null : Math.max(0, Math.round(seconds * 10) / 10),
    organisations: Number(organisations),
  }
}

/** Simulated cards count in neither figure; they are shown apart. */
export async function readFigures(ctx: Ctx) {
  const fleet = await store(ctx)
    .selectFrom('compute.fleet')
    .selectAll()
    .where('accelerator', '=', true)
    .execute()
  const cards = (of: typeof fleet) => of.reduce((sum, node) => sum + node.cards, 0)
  const real = fleet.filter(({ simulated }) => !simulated)
  const ready = real.filter(({ state }) => state === 'ready')
  const tallies = await store(ctx).selectFrom('compute.tally').selectAll().execute()
  const live = await store(ctx)
    .selectFrom('compute.workload')
    .select(['state'])
    .select(({ fn }) => fn.countAll<bigint>().as('n'))
    .where('state', 'in', ['queued', 'placed', 'running'])
    .groupBy('state')
    .execute()
  const at = await sql<{ position: bigint }>`
    select position from platform.reaction where name = 'compute.figures'`.execute(ctx.tx)
  const count = (states: string[]) =>
    live.reduce((sum, { state, n }) => (states.includes(state) ? sum + Number(n) : sum), 0)
  const simulated = await firstRuns(ctx, true)
  return {
    firstAccelerator: await firstRuns(ctx, false),
    dispatchable: {
      cards: cards(ready),
      of: cards(real),
      share: real.length === 0 ? null : cards(ready) / cards(real),
    },
    simulated: { ...simulated, cards: cards(fleet.filter((node) => node.simulated)) },
    jobs: {
      running: count(['placed', 'running']),
      waiting: count(['queued']),
      settled: Number(tallies.find(({ kind }) => kind === 'settled')?.number ?? 0n),
    },
    position: String(at.rows[0]?.position ?? 0n),
  }
}
