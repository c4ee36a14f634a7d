// The laws that hold between compute, capacity and the ledger whatever has happened.
import { sql } from 'kysely'
import { system } from '#platform/context.ts'
import type { World } from '#platform/world.ts'
import { checkCapacity } from '#services/capacity/index.ts'
import { checkLedger } from '#services/ledger/index.ts'

export interface Books {
  live: number
  unsettled: number
  settled: number
  /** Money and vouchers held for workloads, in 1/10,000 yuan. */
  held: bigint
}

const laws: Record<string, ReturnType<typeof sql<{ place: string }>>> = {
  'a live workload has one open hold of capacity, an ended one none': sql`
    select w.number || ' ' || w.state || ' ' || coalesce(h.state, 'none') as place
    from compute.workload w left join capacity.hold h on h.id = w.capacity_hold
    where (w.state in ('queued', 'placed', 'running')) <> coalesce(h.state = 'committed', false)`,
  'no hold of capacity but those of workloads': sql`
    select h.id::text as place from capacity.hold h
    where h.service = 'compute' and h.state <> 'released' and not exists (
      select from compute.workload w where w.capacity_hold = h.id)`,
  'a waiting or running workload has room on its nodes and in its queue': sql`
    select w.number as place from compute.workload w
    cross join lateral (
      select sum(c.amount) filter (where p.queue_id = w.queue_id and p.part = 'limit') as queue,
        count(*) filter (where c.units is not null) as nodes
      from capacity.claim c left join compute.pool p on p.resource_id = c.resource
      where c.hold = w.capacity_hold and not isempty(c.period)
        and upper(c.period) = (w.promise ->> 'to')::int8) c
    where w.state in ('queued', 'placed', 'running')
      and (c.nodes = 0 or c.queue is distinct from w.tasks * w.milli)`,
  'a promise says what is drawn from pools, and nothing is drawn twice': sql`
    select w.number as place from compute.workload w
    where w.state in ('queued', 'placed', 'running') and exists (
      select from jsonb_array_elements(w.promise -> 'pools') p
      full join (select c.resource, c.amount from capacity.claim c
        where c.hold = w.capacity_hold and c.units is null and not isempty(c.period)
          and upper(c.period) = (w.promise ->> 'to')::int8) c
        on c.resource = (p ->> 'resourceId')::uuid
      where c.amount is distinct from (p ->> 'amount')::int8)`,
  'what is drawn first and what is common are the whole, where there is a common pool': sql`
    select w.number as place from compute.workload w
    cross join lateral (
      select sum((s ->> 'amount')::int8) filter (where p.part <> 'limit') as drawn,
        bool_or(p.part <> 'limit') as any
      from jsonb_array_elements(w.promise -> 'pools') s
      join compute.pool p on p.resource_id = (s ->> 'resourceId')::uuid) d
    where w.state in ('queued', 'placed', 'running') and d.any and d.drawn <> w.tasks * w.milli`,
  'a pool is what is agreed, or as much larger as is still booked': sql`
    select p.resource_id::text as place from compute.pool p
    join capacity.resource r on r.id = p.resource_id
    where r.units <> p.units`,
  'what is not settled holds its most, what is settled holds nothing': sql`
    select w.number as place from compute.workload w join ledger.hold h on h.id = w.money_hold
    where w.state <> 'settled' and h.remaining not in (0, w.most)
      or w.state = 'settled' and h.remaining <> 0`,
  'no money is held for compute but for workloads': sql`
    select h.id::text as place from ledger.hold h
    left join compute.workload w on w.money_hold = h.id
    where h.remaining > 0 and h.purpose like 'compute%' and w.id is null`,
  'a live attempt belongs to a placed or running workload, one at most': sql`
    select a.workload_id::text as place from compute.attempt a
    join compute.workload w on w.id = a.workload_id
    where a.ended_at is null
    group by a.workload_id having count(*) > 1
      or bool_or(w.state not in ('placed', 'running')) or max(a.nth) <> max(w.attempt)`,
  'no more is metered than attempts ran': sql`
    select w.number as place from compute.workload w
    where w.metered > w.tasks * w.milli * (
      select coalesce(sum(a.ran_ms), 0) from compute.attempt a where a.workload_id = w.id)`,
  'an amount is the price of what was metered, to the fen, never more than the most': sql`
    select w.number as place from compute.workload w where w.state = 'settled'
      and w.money_hold is not null
      and w.amount <> least(w.most, div(w.metered::numeric * w.price, 360000000000) * 100)`,
  'an amount has an invoice of the same total, and its tax': sql`
    select w.number as place from compute.workload w
    left join compute.invoice i on i.workload_id = w.id
    where w.state = 'settled' and (w.amount > 0) <> (i.total is not null)
      or i.total <> w.amount
      or i.tax <> round(i.total * i.tax_rate / (10000.0 + i.tax_rate) / 100) * 100`,
  'a budget holds the most of its live workloads and has spent their amounts': sql`
    select b.name as place from compute.budget b
    where b.held <> (select coalesce(sum(w.most), 0) from compute.workload w
        where w.budget_id = b.id and w.state <> 'settled')
      or b.spent <> (select coalesce(sum(w.amount), 0) from compute.workload w
        where w.budget_id = b.id and w.state = 'settled')`,
  'each step is a fact of the journal': sql`
    select s.workload_id::text as place from compute.step s
    left join journal.entry j on j.id = s.journal_id
    where j.kind is distinct from 'compute.' || s.kind`,
}

/** What is broken, and the sums. */
export async function faultsOf(world: World): Promise<{ faults: string[]; books: Books }> {
  return world.read(system('test'), async (ctx) => {
    const faults = [...(await checkLedger(ctx)), ...(await checkCapacity(ctx))].map(
      ({ code, place }) => `${code}: ${place}`,
    )
    for (const [law, broken] of Object.entries(laws)) {
      const { rows } = await broken.execute(ctx.tx)
      faults.push(...rows.map(({ place }) => `${law}: ${place}`))
    }
    const { rows } = await sql<Books>`
      select count(*) filter (where w.state in ('queued', 'placed', 'running'))::float8 as live,
        count(*) filter (where w.state in ('succeeded', 'failed', 'cancelled'))::float8 as unsettled,
        count(*) filter (where w.state = 'settled')::float8 as settled,
        coalesce(sum(h.remaining), 0)::int8 as held
      from compute.workload w left join ledger.hold h on h.id = w.money_hold`.execute(ctx.tx)
    return { faults, books: rows[0]! }
  })
}
