-- Adding, resizing, closing and draining resources; each one call, one fact.

-- Who asks and when; key and request are for holds: an idempotency key and a digest of the request.
create type capacity.call as (
  service text, key text, request bytea, actor jsonb, known_at timestamptz
);
create type capacity.outcome as (hold_id uuid, journal_id bigint, replayed boolean);

create function capacity.ms(moment timestamptz) returns int8
language sql immutable as $$ select (extract(epoch from moment) * 1000)::int8 $$;

create function capacity.say(c capacity.call, kind text, subject uuid, payload jsonb)
returns bigint
language sql as $$
  select journal.append('capacity.' || kind, 1, c.actor, subject, c.known_at, c.known_at, payload)
$$;

-- Adds a resource; the same one again changes nothing.
create function capacity.add_resource(
  c capacity.call, resource uuid, kind text, owner uuid, mode text, units int8, grain int8,
  public boolean
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
begin
  insert into capacity.resource (id, kind, owner, mode, units, grain, public, open_until, changed_at)
    values (resource, kind, owner, mode, units, grain, public, 9007199254740991,
      capacity.ms(c.known_at))
    on conflict do nothing;
  if found then
    perform capacity.say(c, 'resource-added', owner, jsonb_build_object('resource', resource,
      'kind', kind, 'mode', mode, 'units', units, 'grain', grain));
  elsif not exists (select from capacity.resource r where r.id = resource and r.kind = kind
      and r.owner is not distinct from owner and r.mode = mode and r.grain = grain) then
    perform capacity.refuse('request.key-reused', '{}');
  end if;
end $$;

create function capacity.lock_resource(resource uuid) returns capacity.resource
language plpgsql as $$
declare
  r capacity.resource;
begin
  select * into r from capacity.resource t where t.id = resource for no key update;
  if not found then perform capacity.refuse('request.not-found', '{}'); end if;
  return r;
end $$;

-- How many units there are from now on.
create function capacity.set_units(c capacity.call, resource uuid, units int8) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  r capacity.resource := capacity.lock_resource(resource);
begin
  if r.units = units then return; end if;
  if units % r.grain <> 0 or units < 1 then
    perform capacity.refuse('capacity.claims', jsonb_build_object('resource', resource));
  end if;
  update capacity.resource t set units = units, changed_at = capacity.ms(c.known_at)
    where t.id = resource;
  perform capacity.say(c, 'resource-resized', r.owner,
    jsonb_build_object('resource', resource, 'units', units, 'before', r.units));
end $$;

-- Until when there is any of it. Drained: what is already booked beyond stays; closed: it is refused.
create function capacity.set_end(
  c capacity.call, kind text, resource uuid, open_until int8
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  r capacity.resource := capacity.lock_resource(resource);
  until int8;
begin
  if kind = 'resource-closed' then
    select max(upper(t.period)) into until from capacity.claim t
      where t.resource = resource and not isempty(t.period) and upper(t.period) > open_until;
    if until is not null then
      perform capacity.refuse('capacity.in-use',
        jsonb_build_object('resource', resource, 'until', until));
    end if;
  end if;
  if r.open_until = open_until then return; end if;
  update capacity.resource t set open_until = open_until where t.id = resource;
  perform capacity.say(c, kind, r.owner,
    jsonb_build_object('resource', resource, 'until', open_until));
end $$;

revoke execute on all functions in schema capacity from public;
grant execute on function capacity.add_resource, capacity.set_units, capacity.set_end to kapok_app;
