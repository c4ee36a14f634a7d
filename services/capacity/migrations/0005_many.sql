-- Many claims at once: the law is looked at once for each resource of a statement, not for each row.

create function capacity.check_claims() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  r record;
  bad record;
  most numeric;
begin
  for r in
    select t.id, t.mode, t.units, t.grain from capacity.resource t
    where t.id in (select a.resource from added a where not isempty(a.period))
    order by t.id for no key update
  loop
    if exists (select from added a where a.resource = r.id and not isempty(a.period)
        and ((r.mode = 'exact') <> (a.units is not null)
          or a.units is not null and (lower(a.units) < 0 or upper(a.units) > r.units
            or lower(a.units) / r.grain <> (upper(a.units) - 1) / r.grain and exists (
              select from unnest(a.units) u
              where lower(u) % r.grain <> 0 or upper(u) % r.grain <> 0)))) then
      perform capacity.refuse('capacity.claims', jsonb_build_object('resource', r.id));
    end if;
    continue when r.mode = 'exact';
    -- All that overlaps them, as if at one moment: mostly that fits already.
    select sum(c.amount) into most from capacity.claim c
      where c.resource = r.id and c.units is null and not isempty(c.period)
        and c.period && (select int8range(min(lower(a.period)), max(upper(a.period)))
          from added a where a.resource = r.id and not isempty(a.period));
    continue when most <= r.units;
    for bad in select a.amount, a.period from added a
      where a.resource = r.id and not isempty(a.period) order by a.id
    loop
      most := capacity.peak(r.id, bad.period);
      if most > r.units then
        perform capacity.refuse('capacity.taken', jsonb_build_object('resource', r.id,
          'needed', bad.amount, 'available', greatest(r.units - (most - bad.amount), 0),
          'from', lower(bad.period), 'to', upper(bad.period)));
      end if;
    end loop;
  end loop;
  if exists (select from added a where not isempty(a.period)
      and not exists (select from capacity.resource t where t.id = a.resource)) then
    perform capacity.refuse('request.not-found', '{}');
  end if;
  return null;
end $$;

drop trigger lawful on capacity.claim;
create trigger lawful after insert on capacity.claim
  referencing new table as added for each statement execute function capacity.check_claims();

-- Replaces all claims of several holds in one step: what one gives up another may take.
create function capacity.move_all(
  c capacity.call, moved uuid[],
  holds uuid[], resources uuid[], units text[], amounts int8[], starts int8[], ends int8[]
) returns int8[]
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  of_hold uuid;
  facts int8[] := '{}';
begin
  for of_hold in select m from unnest(moved) m order by m loop
    perform capacity.lock_open(of_hold);
  end loop;
  perform capacity.lock(resources, ends);
  update capacity.claim t set period = 'empty'
    where t.hold = any (moved) and not isempty(t.period);
  begin
    insert into capacity.claim (hold, resource, units, amount, period, asked)
      select t.hold, t.resource, t.units::int4multirange, t.amount, int8range(t.starts, t.ends),
        int8range(t.starts, t.ends)
      from unnest(holds, resources, units, amounts, starts, ends) with ordinality
        as t (hold, resource, units, amount, starts, ends, nth)
      order by t.nth;
  exception when exclusion_violation then
    perform capacity.refuse_taken(moved[1], resources, units, starts, ends);
  end;
  foreach of_hold in array moved loop
    facts := facts || (capacity.record(c, 'moved', capacity.lock_open(of_hold),
      capacity.owners(of_hold))).journal_id;
  end loop;
  return facts;
end $$;

revoke execute on all functions in schema capacity from public;
grant execute on function capacity.move_all to kapok_app;
