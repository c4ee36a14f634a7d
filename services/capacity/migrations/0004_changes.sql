-- What happens to an open hold: longer, elsewhere, in two, somebody else's.

-- Extends the claims that end last to a later end.
create function capacity.extend(c capacity.call, hold uuid, ending int8) returns capacity.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  h capacity.hold := capacity.lock_open(hold);
  before int8;
  owners uuid[];
  resources uuid[];
  units text[];
begin
  select max(upper(t.period)) into before from capacity.claim t
    where t.hold = extend.hold and not isempty(t.period);
  if before is null or ending < before then
    perform capacity.refuse('capacity.period', jsonb_build_object('to', before));
  end if;
  if ending = before then return (h.id, h.journal_id, true)::capacity.outcome; end if;
  select array_agg(t.resource), array_agg(t.units::text) into resources, units
    from capacity.claim t
    where t.hold = extend.hold and not isempty(t.period) and upper(t.period) = before;
  owners := capacity.lock(resources, array_fill(ending, array[cardinality(resources)]));
  begin
    update capacity.claim t
      set period = int8range(lower(t.period), ending), asked = int8range(lower(t.asked), ending)
      where t.hold = extend.hold and not isempty(t.period) and upper(t.period) = before;
  exception when exclusion_violation then
    perform capacity.refuse_taken(hold, resources, units,
      array_fill(before, array[cardinality(resources)]),
      array_fill(ending, array[cardinality(resources)]));
  end;
  return capacity.record(c, 'extended', h, capacity.owners(hold));
end $$;

-- Replaces all claims by others in one step. What was used of the old ones ends at `ended`
-- (null: nothing was used).
create function capacity.move(
  c capacity.call, hold uuid, ended int8,
  resources uuid[], units text[], amounts int8[], starts int8[], ends int8[]
) returns capacity.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  h capacity.hold := capacity.lock_open(hold);
begin
  perform capacity.lock(resources, ends);
  update capacity.claim t
    set period = case when ended is null then 'empty' else t.period * int8range(0, ended) end
    where t.hold = move.hold and not isempty(t.period)
      and (ended is null or upper(t.period) > ended);
  perform capacity.claim(hold, resources, units, amounts, starts, ends);
  return capacity.record(c, 'moved', h, capacity.owners(hold));
end $$;

-- Moves part of a hold into a new one: the named units or amounts, over the whole time.
create function capacity.split_units(
  c capacity.call, hold uuid, part uuid, holder text, subject uuid,
  resources uuid[], units text[], amounts int8[]
) returns capacity.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  h capacity.hold;
  p capacity.hold;
  done capacity.outcome := capacity.earlier(c);
  missing uuid;
begin
  if done.hold_id is not null then return done; end if;
  h := capacity.lock_open(hold);
  perform capacity.lock(resources, array_fill(0::int8, array[cardinality(resources)]));
  p := capacity.open(c, part, holder, subject, h.kind, h.expires_at, 0);
  select w.resource into missing
    from unnest(resources, units, amounts) as w (resource, units, amount)
    where not exists (select from capacity.claim t
        where t.hold = split_units.hold and t.resource = w.resource and not isempty(t.period))
      or w.units is not null and not w.units::int4multirange <@ (
        select range_agg(u) from capacity.claim t cross join lateral unnest(t.units) u
        where t.hold = split_units.hold and t.resource = w.resource and not isempty(t.period))
      or w.amount > (select min(t.amount) from capacity.claim t
        where t.hold = split_units.hold and t.resource = w.resource and not isempty(t.period))
    limit 1;
  if missing is not null then
    perform capacity.refuse('capacity.claims', jsonb_build_object('resource', missing));
  end if;
  with wanted as materialized (
    select t.id, t.resource, t.period, t.asked,
      t.units * w.units::int4multirange as units, w.amount,
      coalesce(t.units <@ w.units::int4multirange, t.amount = w.amount) as whole
    from unnest(resources, units, amounts) as w (resource, units, amount)
    join capacity.claim t on t.resource = w.resource
    where t.hold = split_units.hold and not isempty(t.period)
      and (w.units is null or t.units && w.units::int4multirange)
  ), cut as (
    update capacity.claim t set
        hold = case when w.whole then part else t.hold end,
        units = case when w.whole then t.units else t.units - w.units end,
        amount = case when w.whole then t.amount else t.amount - w.amount end
      from wanted w where t.id = w.id returning t.id
  )
  -- Reads `cut`, so that the units are free before they are claimed again.
  insert into capacity.claim (hold, resource, units, amount, period, asked)
    select part, w.resource, w.units, w.amount, w.period, w.asked
    from wanted w join cut on cut.id = w.id where not w.whole;
  -- All of it is no part: that is a transfer.
  if not exists (select from capacity.claim t
      where t.hold = split_units.hold and not isempty(t.period)) then
    perform capacity.refuse('capacity.claims', '{}');
  end if;
  perform capacity.record(c, 'split', h, capacity.owners(hold));
  return capacity.record(c, 'split', p, capacity.owners(part));
end $$;

-- Moves what lies after a moment into a new hold.
create function capacity.split_time(
  c capacity.call, hold uuid, part uuid, holder text, subject uuid, moment int8
) returns capacity.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  h capacity.hold;
  p capacity.hold;
  done capacity.outcome := capacity.earlier(c);
begin
  if done.hold_id is not null then return done; end if;
  h := capacity.lock_open(hold);
  if not exists (select from capacity.claim t where t.hold = split_time.hold
      and not isempty(t.period) and upper(t.period) > moment)
    or not exists (select from capacity.claim t where t.hold = split_time.hold
      and not isempty(t.period) and lower(t.period) < moment) then
    perform capacity.refuse('capacity.period', '{}');
  end if;
  p := capacity.open(c, part, holder, subject, h.kind, h.expires_at, 0);
  with cut as (
    update capacity.claim t set
        hold = case when lower(t.period) >= moment then part else t.hold end,
        period = case when lower(t.period) >= moment then t.period
          else t.period * int8range(0, moment) end,
        asked = case when lower(t.period) >= moment then t.asked
          else t.asked * int8range(0, moment) end
      where t.hold = split_time.hold and not isempty(t.period) and upper(t.period) > moment
      returning t.*, lower(t.period) < moment as straddles
  )
  insert into capacity.claim (hold, resource, units, amount, period, asked)
    select part, cut.resource, cut.units, cut.amount, o.period * int8range(moment, null),
      o.asked * int8range(moment, null)
    from cut join capacity.claim o on o.id = cut.id where cut.straddles;
  perform capacity.record(c, 'split', h, capacity.owners(hold));
  return capacity.record(c, 'split', p, capacity.owners(part));
end $$;

-- The same claims for another holder or subject.
create function capacity.transfer(c capacity.call, hold uuid, holder text, subject uuid)
returns capacity.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  h capacity.hold := capacity.lock_open(hold);
  before uuid := h.subject;
begin
  h.holder := holder;
  h.subject := subject;
  return capacity.record(c, 'transferred', h, capacity.owners(hold) || before);
end $$;

revoke execute on all functions in schema capacity from public;
grant execute on function capacity.extend, capacity.move, capacity.split_units,
  capacity.split_time, capacity.transfer to kapok_app;
