// The integrity of capacity, for `./kapok check`: nothing taken twice, and the journal says the same.
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
    code: 'capacity.overlap',
    text: { zh: '同一单位在同一时间被占用两次', en: 'The same unit is taken twice at one time' },
    broken: sql`select distinct a.resource::text as place
      from capacity.claim a join capacity.claim b on b.resource = a.resource and b.id > a.id
        and b.period && a.period and b.units && a.units
        and b.units is not null and not isempty(b.period)
      where a.units is not null and not isempty(a.period)`,
  },
  {
    code: 'capacity.sum',
    text: { zh: '占用合计超过该资源的总量', en: 'More of this resource is taken than there is' },
    broken: sql`select resource::text as place from (
        select c.resource, e.at, r.units, r.changed_at,
          sum(sum(e.delta)) over (partition by c.resource order by e.at) as total
        from capacity.claim c join capacity.resource r on r.id = c.resource
        cross join lateral (values (greatest(lower(c.period), r.changed_at), c.amount),
          (greatest(upper(c.period), r.changed_at), -c.amount)) as e (at, delta)
        where c.units is null and not isempty(c.period)
        group by c.resource, e.at, r.units, r.changed_at
      ) s where total > units group by resource`,
  },
  {
    code: 'capacity.bounds',
    text: { zh: '占用超出该资源的范围', en: 'A claim lies outside of its resource' },
    broken: sql`select distinct c.resource::text as place
      from capacity.claim c left join capacity.resource r on r.id = c.resource
      where r.id is null or (r.mode = 'exact') <> (c.units is not null)
        or c.units is not null and not isempty(c.period) and upper(c.period) > r.changed_at
          and (lower(c.units) < 0 or upper(c.units) > r.units)`,
  },
  {
    code: 'capacity.use',
    text: { zh: '实际占用超出原定时段', en: 'A claim is longer than what was asked for' },
    broken: sql`select distinct hold::text as place from capacity.claim
      where not period <@ asked`,
  },
  {
    code: 'capacity.journal',
    text: {
      zh: '该项占用与日志所载不一致',
      en: 'This hold and its last fact in the journal say different things',
    },
    broken: sql`select h.id::text as place
      from capacity.hold h
      left join journal.entry j on j.id = h.journal_id
      left join lateral (
        select array_agg(concat_ws(' ', c.resource, c.units, c.amount, lower(c.period),
          upper(c.period)) order by c.id) as claims
        from capacity.claim c where c.hold = h.id
      ) here on true
      left join lateral (
        select array_agg(concat_ws(' ', resource, units, amount, starts, ends) order by nth)
          as claims
        from rows from (
          jsonb_array_elements_text(j.payload -> 'resources'),
          jsonb_array_elements_text(j.payload -> 'units'),
          jsonb_array_elements_text(j.payload -> 'amounts'),
          jsonb_array_elements_text(j.payload -> 'from'),
          jsonb_array_elements_text(j.payload -> 'to')
        ) with ordinality as l (resource, units, amount, starts, ends, nth)
      ) there on true
      where j.id is null or j.payload ->> 'hold' <> h.id::text
        or j.payload ->> 'state' <> h.state or j.payload ->> 'holder' <> h.holder
        or here.claims is distinct from there.claims`,
  },
]

/** Every place at which a law of capacity is broken; none is the rule. */
export async function checkCapacity(ctx: Pick<Ctx, 'tx'>): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { code, text, broken } of laws) {
    const { rows } = await broken.execute(ctx.tx)
    findings.push(...rows.map(({ place }) => ({ code, severity: 'error' as const, place, text })))
  }
  return findings
}
