// The integrity of the ledger, for `./kapok check`: sums, chains, holds, and the journal beside.
import { sql } from 'kysely'
import type { Ctx, Text } from '#platform/context.ts'
import type { Finding } from '#platform/finding.ts'

interface Law {
  code: string
  text: Text
  /** Selects the places at which the law is broken. */
  broken: ReturnType<typeof sql<{ place: string }>>
}

const laws: Law[] = [
  {
    code: 'ledger.sum',
    text: { zh: '该资产的余额合计不为零', en: 'The balances of this asset do not sum to zero' },
    broken: sql`select asset as place from ledger.balance
      group by asset having sum(available + held) <> 0`,
  },
  {
    code: 'ledger.entry',
    text: {
      zh: '该记录借贷不平，或流水没有对应的记录',
      en: 'This entry does not balance, or is missing for its postings',
    },
    broken: sql`select distinct p.entry_id::text as place
      from ledger.posting p join ledger.balance b on b.account_id = p.account_id
      left join ledger.entry e on e.id = p.entry_id
      group by p.entry_id, b.asset
      having sum(p.available + p.held) <> 0 or bool_or(e.id is null)`,
  },
  {
    code: 'ledger.chain',
    text: {
      zh: '该账户的流水不连续，或与余额不符',
      en: 'The postings of this account are broken or do not lead to its balance',
    },
    broken: sql`select coalesce(l.account_id, b.account_id)::text as place
      from ledger.balance b
      full join (
        select account_id, count(*) as version, sum(available) as available, sum(held) as held,
          bool_and(right_before and not_negative) as whole
        from (
          select p.*,
            version = row_number() over w
              and available_after = sum(available) over w
              and held_after = sum(held) over w
              and at >= coalesce(lag(at) over w, at) as right_before,
            held_after >= 0 as not_negative
          from ledger.posting p window w as (partition by account_id order by version)
        ) p group by account_id
      ) l on l.account_id = b.account_id
      where b.account_id is null
        or (b.version, b.available::numeric, b.held::numeric)
          is distinct from (coalesce(l.version, 0), coalesce(l.available, 0), coalesce(l.held, 0))
        or not coalesce(l.whole, true)
        or (b.available < 0 and not b.source)`,
  },
  {
    code: 'ledger.hold',
    text: {
      zh: '该笔冻结的各部分与余额不符',
      en: 'The parts of this hold do not fit what it has left',
    },
    broken: sql`select h.id::text as place
      from ledger.hold h cross join lateral (
        select sum(amount - captured - released) as remaining,
          bool_and(captured >= 0 and released >= 0 and captured + released <= amount) as whole
        from unnest(h.amounts, h.captured, h.released) as p (amount, captured, released)
      ) p
      where h.remaining <> p.remaining or not p.whole`,
  },
  {
    code: 'ledger.held',
    text: {
      zh: '该账户的冻结额与未结清的冻结不符',
      en: 'What this account holds differs from its open holds',
    },
    broken: sql`select b.account_id::text as place
      from ledger.balance b
      left join (
        select p.account_id, sum(p.amount - p.captured - p.released) as held
        from ledger.hold h cross join lateral
          unnest(h.accounts, h.amounts, h.captured, h.released)
            as p (account_id, amount, captured, released)
        where h.remaining > 0 group by p.account_id
      ) o on o.account_id = b.account_id
      where b.held <> coalesce(o.held, 0)`,
  },
  {
    code: 'ledger.journal',
    text: {
      zh: '该记录与日志所载不一致',
      en: 'This entry and its fact in the journal say different things',
    },
    broken: sql`select e.id::text as place
      from ledger.entry e
      left join journal.entry j on j.id = e.journal_id
      left join lateral (
        select array_agg(p.account_id::text || ' ' || p.available || ' ' || p.held
          order by p.account_id) as legs
        from ledger.posting p where p.entry_id = e.id
      ) here on true
      left join lateral (
        select array_agg(account || ' ' || available || ' ' || held
          order by account::uuid) as legs
        from rows from (
          jsonb_array_elements_text(j.payload -> 'accounts'),
          jsonb_array_elements_text(j.payload -> 'available'),
          jsonb_array_elements_text(j.payload -> 'held')
        ) as l (account, available, held)
      ) there on true
      where j.id is null or j.kind <> 'ledger.' || e.kind or j.payload ->> 'entry' <> e.id::text
        or here.legs is distinct from there.legs`,
  },
]

/** Every place at which a law of the ledger is broken; none is the rule. */
export async function checkLedger(ctx: Pick<Ctx, 'tx'>): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { code, text, broken } of laws) {
    const { rows } = await broken.execute(ctx.tx)
    findings.push(...rows.map(({ place }) => ({ code, severity: 'error' as const, place, text })))
  }
  return findings
}
