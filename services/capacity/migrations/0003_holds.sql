-- Holds: each operation is one call and one round trip. Locks: the hold, then resources by id.

-- Locks resources in one order and returns their owners.
create function capacity.lock(resources uuid[], ends int8[]) returns uuid[]
language plpgsql as $$
declare
  seen record;
begin
  with locked as materialized (
    select r.id, r.owner, r.open_until from capacity.resource r where r.id = any (resources)
    order by r.id for no key update
  ), asked as (
    select t.id, max(t.until) as until from unnest(resources, ends) as t (id, until) group by t.id
  )
  select count(*) filter (where l.id is null) as unknown,
      array_agg(l.owner) filter (where l.owner is not null) as owners,
      min(l.id::text) filter (where asked.until > l.open_until) as closed,
      min(l.open_until) filter (where asked.until > l.open_until) as closed_from
    into seen from asked left join locked l on l.id = asked.id;
  if seen.unknown > 0 then perform capacity.refuse('request.not-found', '{}'); end if;
  if seen.closed is not null then
    perform capacity.refuse('capacity.closed',
      jsonb_build_object('resource', seen.closed, 'until', seen.closed_from));
  end if;
  return (select array_agg(distinct owner) from unnest(seen.owners) owner);
end $$;

-- Says which of the wanted claims is taken, from when and until when.
create function capacity.refuse_taken(
  own uuid, resources uuid[], units text[], starts int8[], ends int8[]
) returns void
language plpgsql as $$
declare
  found_one record;
begin
  select t.resource, t.units, t.starts, t.ends, min(lower(c.period)) as taken_from,
      max(upper(c.period)) as taken_until, range_agg(u.taken) as taken
    into found_one
    from unnest(resources, units, starts, ends) as t (resource, units, starts, ends)
    join capacity.claim c on c.resource = t.resource and c.hold <> own and not isempty(c.period)
      and c.period && int8range(t.starts, t.ends) and c.units && t.units::int4multirange
    cross join lateral unnest(c.units) as u (taken)
    group by 1, 2, 3, 4 order by 1, 3 limit 1;
  -- Taken by nobody else: the claims of the request overlap each other.
  if not found then
    perform capacity.refuse('capacity.claims', jsonb_build_object('resource', resources[1]));
  end if;
  perform capacity.refuse('capacity.taken', jsonb_build_object('resource', found_one.resource,
    'needed', found_one.units, 'taken', found_one.taken::text, 'from', found_one.taken_from,
    'to', found_one.taken_until, 'free', found_one.taken_until));
end $$;

-- Writes claims. @raises capacity.taken
create function capacity.claim(
  hold uuid, resources uuid[], units text[], amounts int8[], starts int8[], ends int8[]
) returns void
language plpgsql as $$
begin
  insert into capacity.claim (hold, resource, units, amount, period, asked)
    select hold, t.resource, t.units::int4multirange, t.amount, int8range(t.starts, t.ends),
      int8range(t.starts, t.ends)
    from unnest(resources, units, amounts, starts, ends) with ordinality
      as t (resource, units, amount, starts, ends, nth)
    order by t.nth;
exception when exclusion_violation then
  perform capacity.refuse_taken(hold, resources, units, starts, ends);
end $$;

-- The fact: what the hold is now, with all of its claims.
create function capacity.fact(h capacity.hold, owners uuid[]) returns jsonb
language sql as $$
  select jsonb_build_object('hold', h.id, 'service', h.service, 'holder', h.holder,
      'kind', h.kind, 'state', h.state, 'parties', array_remove(h.subject || owners, null))
    || coalesce((
      select jsonb_build_object('resources', array_agg(c.resource order by c.id),
        'units', array_agg(c.units::text order by c.id),
        'amounts', array_agg(c.amount order by c.id),
        'from', array_agg(lower(c.period) order by c.id),
        'to', array_agg(upper(c.period) order by c.id))
      from capacity.claim c where c.hold = h.id), '{}')
$$;

-- Appends the fact and points the hold to it.
create function capacity.record(c capacity.call, kind text, h capacity.hold, owners uuid[])
returns capacity.outcome
language plpgsql as $$
declare
  fact bigint := capacity.say(c, kind, h.subject, capacity.fact(h, owners));
begin
  update capacity.hold t set holder = h.holder, subject = h.subject, state = h.state,
    expires_at = h.expires_at, journal_id = fact where t.id = h.id;
  return (h.id, fact, false)::capacity.outcome;
end $$;

create function capacity.owners(of_hold uuid) returns uuid[]
language sql stable as $$
  select array_agg(distinct r.owner) filter (where r.owner is not null)
  from capacity.claim c join capacity.resource r on r.id = c.resource where c.hold = of_hold
$$;

-- Locks a hold for a change. What is released cannot change any more.
create function capacity.lock_hold(of_hold uuid) returns capacity.hold
language plpgsql as $$
declare
  h capacity.hold;
begin
  select * into h from capacity.hold t where t.id = of_hold for no key update;
  if not found then perform capacity.refuse('request.not-found', '{}'); end if;
  return h;
end $$;

create function capacity.lock_open(of_hold uuid) returns capacity.hold
language plpgsql as $$
declare
  h capacity.hold := capacity.lock_hold(of_hold);
begin
  if h.state = 'released' then
    perform capacity.refuse('capacity.hold-over', jsonb_build_object('hold', of_hold));
  end if;
  return h;
end $$;

-- The hold that already carries this key, if any; refuses a key that carried another request.
create function capacity.earlier(c capacity.call) returns capacity.outcome
language plpgsql as $$
declare
  h record;
begin
  select t.id, t.journal_id, t.request into h from capacity.hold t
    where t.service = c.service and t.key = c.key;
  if not found then return null; end if;
  if h.request <> c.request then perform capacity.refuse('request.key-reused', '{}'); end if;
  return (h.id, h.journal_id, true)::capacity.outcome;
end $$;

-- Opens a hold row; the same key at the same moment is tried again and then finds it.
create function capacity.open(
  c capacity.call, hold uuid, holder text, subject uuid, kind text, expires timestamptz,
  fact bigint
) returns capacity.hold
language plpgsql as $$
declare
  h capacity.hold;
begin
  insert into capacity.hold values (hold, c.service, c.key, c.request, holder, subject, kind,
      case when expires is null then 'committed' else 'held' end, expires, c.known_at, fact)
    on conflict on constraint hold_key do nothing returning * into h;
  if not found then
    raise exception 'idempotency key in use' using errcode = 'serialization_failure';
  end if;
  return h;
end $$;

-- Takes claims on any number of resources, all or none. Without `expires` it is committed at once.
create function capacity.hold(
  c capacity.call, hold uuid, holder text, subject uuid, kind text, expires timestamptz,
  resources uuid[], units text[], amounts int8[], starts int8[], ends int8[]
) returns capacity.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  done capacity.outcome := capacity.earlier(c);
begin
  if done.hold_id is not null then return done; end if;
  -- Written from the arguments: what capacity.fact would read again.
  done.journal_id := capacity.say(c, case kind when 'block' then 'blocked' else 'held' end, subject,
    jsonb_build_object('hold', hold, 'service', c.service, 'holder', holder, 'kind', kind,
      'state', case when expires is null then 'committed' else 'held' end,
      'parties', array_remove(subject || capacity.lock(resources, ends), null),
      'resources', resources, 'units', units, 'amounts', amounts, 'from', starts, 'to', ends));
  perform capacity.open(c, hold, holder, subject, kind, expires, done.journal_id);
  perform capacity.claim(hold, resources, units, amounts, starts, ends);
  done.hold_id := hold;
  done.replayed := false;
  return done;
end $$;

-- Makes a hold last: it no longer expires.
create function capacity.commit(c capacity.call, hold uuid) returns capacity.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  h capacity.hold := capacity.lock_open(hold);
begin
  if h.state = 'committed' then return (h.id, h.journal_id, true)::capacity.outcome; end if;
  h.state := 'committed';
  h.expires_at := null;
  return capacity.record(c, 'committed', h, capacity.owners(hold));
end $$;

-- Gives back what was not used. What was never committed was never used.
create function capacity.release(c capacity.call, kind text, hold uuid, ended int8)
returns capacity.outcome
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  h capacity.hold := capacity.lock_hold(hold);
begin
  if h.state = 'released' then return (h.id, h.journal_id, true)::capacity.outcome; end if;
  if kind = 'expired' and (h.state <> 'held' or h.expires_at > c.known_at) then
    perform capacity.refuse('capacity.hold-not-expired',
      jsonb_build_object('until', h.expires_at));
  end if;
  update capacity.claim t set
      period = case h.state when 'held' then 'empty' else t.period * int8range(0, ended) end
    where t.hold = release.hold and not isempty(t.period)
      and (h.state = 'held' or upper(t.period) > ended);
  h.state := 'released';
  h.expires_at := null;
  return capacity.record(c, kind, h, capacity.owners(hold));
end $$;

revoke execute on all functions in schema capacity from public;
grant execute on function capacity.hold, capacity.commit, capacity.release to kapok_app;
