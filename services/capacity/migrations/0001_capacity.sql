-- Resources, holds and claims: the one table of what can be booked, and the laws the database keeps.

-- Equality of ids inside a GiST index, for the law that nothing is taken twice.
create schema if not exists extensions;
create extension if not exists btree_gist with schema extensions;

-- Times are milliseconds since 1970; 9007199254740991 (the largest safe integer) stands for no end.
create table capacity.resource (
  id uuid primary key,
  kind text not null check (kind ~ '^[a-z][a-z0-9.-]{0,63}$'),
  owner uuid,
  -- exact: a claim names its units; pooled: only the sum counts.
  mode text not null check (mode in ('exact', 'pooled')),
  units int8 not null check (units between 1 and 9007199254740991),
  grain int8 not null check (grain > 0),
  public boolean not null,
  -- Nothing new ends after it.
  open_until int8 not null check (open_until between 0 and 9007199254740991),
  -- As of when the present units and end hold; what is older may lie outside of them.
  changed_at int8 not null,
  version int8 not null default 1,
  xid xid8 not null default pg_current_xact_id(),
  check (case mode when 'pooled' then grain = 1 else units % grain = 0 and units <= 2147483647 end)
);
create index resource_owner on capacity.resource (owner, id);
create index resource_changed on capacity.resource (xid);

-- One booking over any number of resources: all of its claims or none.
create table capacity.hold (
  id uuid primary key,
  service varchar(40) not null check (service ~ '^[a-z][a-z-]*$'),
  key varchar(200) not null,
  request bytea not null,
  -- What it is for in that service, such as a workload's id; never personal text.
  holder varchar(100) not null check (holder ~ '^[A-Za-z0-9._:-]+$'),
  subject uuid,
  kind text not null check (kind in ('hold', 'block')),
  state text not null check (state in ('held', 'committed', 'released')),
  expires_at timestamptz,
  made_at timestamptz not null,
  -- The last fact about it, which tells all of its claims.
  journal_id bigint not null,
  constraint hold_key unique (service, key),
  check ((state = 'held') = (expires_at is not null))
);
create index hold_subject on capacity.hold (subject, id);
create index hold_due on capacity.hold (expires_at) where state = 'held';

-- What is taken, of which resource, over which period. Released early, the period is cut to what was
-- really used (empty: never used); `asked` keeps what it was. Rows are never deleted.
create table capacity.claim (
  id int8 generated always as identity primary key,
  hold uuid not null references capacity.hold,
  resource uuid not null,
  units int4multirange check (not isempty(units)),
  amount int8 check (amount > 0),
  period int8range not null,
  asked int8range not null,
  version int4 not null default 1,
  xid xid8 not null default pg_current_xact_id(),
  check ((units is null) <> (amount is null)),
  check (isempty(period)
    or coalesce(lower(period) >= 0 and upper(period) <= 9007199254740991, false)),
  -- The law: the same unit at the same time is taken once.
  constraint claim_taken_once exclude using gist
    (resource with =, period with &&, units with &&)
    where (units is not null and not isempty(period))
);
create index claim_hold on capacity.claim (hold);
create index claim_pooled on capacity.claim using gist (resource, period)
  where (units is null and not isempty(period));
create index claim_end on capacity.claim (upper(period)) where (not isempty(period));
-- A mirror reads what changed since the oldest transaction that it could not see.
create index claim_changed on capacity.claim (xid);

comment on column capacity.resource.xid is 'kapok:not-in-backup; transaction ids mean nothing in another cluster';
comment on column capacity.claim.xid is 'kapok:not-in-backup; transaction ids mean nothing in another cluster';

-- Refusals carry SQLSTATE KC001, the problem's code as message and its parameters as JSON detail.
create function capacity.refuse(code text, params jsonb) returns void
language plpgsql as $$
begin
  raise exception using errcode = 'KC001', message = code, detail = params::text;
end $$;

-- The most that is taken of a pooled resource at one moment of a period.
create function capacity.peak(of_resource uuid, within int8range) returns numeric
language sql stable as $$
  select coalesce(max(total), 0) from (
    select sum(sum(e.delta)) over (order by e.at) as total
    from capacity.claim c cross join lateral (values
      (greatest(lower(c.period), lower(within)), c.amount), (upper(c.period), -c.amount)
    ) as e (at, delta)
    where c.resource = of_resource and c.units is null and not isempty(c.period)
      and c.period && within
    group by e.at
  ) s
$$;

-- The law of claims, on every path: within the resource, in grains, and never a sum above its units.
create function capacity.check_claim() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  r capacity.resource;
  most numeric;
begin
  select * into r from capacity.resource t where t.id = new.resource for no key update;
  if not found then perform capacity.refuse('request.not-found', '{}'); end if;
  if (r.mode = 'exact') <> (new.units is not null) then
    perform capacity.refuse('capacity.claims', jsonb_build_object('resource', r.id));
  end if;
  if r.mode = 'pooled' then
    -- All that overlaps it, as if at one moment: mostly that fits already.
    select sum(c.amount) into most from capacity.claim c
      where c.resource = r.id and c.units is null and not isempty(c.period)
        and c.period && new.period;
    if most > r.units then most := capacity.peak(r.id, new.period); end if;
    if most > r.units then
      perform capacity.refuse('capacity.taken', jsonb_build_object('resource', r.id,
        'needed', new.amount, 'available', greatest(r.units - (most - new.amount), 0),
        'from', lower(new.period), 'to', upper(new.period)));
    end if;
  elsif lower(new.units) < 0 or upper(new.units) > r.units
    or lower(new.units) / r.grain <> (upper(new.units) - 1) / r.grain and exists (
      select from unnest(new.units) u where lower(u) % r.grain <> 0 or upper(u) % r.grain <> 0)
  then
    perform capacity.refuse('capacity.claims', jsonb_build_object('resource', r.id));
  end if;
  return null;
end $$;
create trigger lawful after insert on capacity.claim
  for each row when (not isempty(new.period)) execute function capacity.check_claim();
-- Giving back breaks no law; everything else is looked at again.
create trigger lawful_still after update on capacity.claim
  for each row when (not isempty(new.period) and not (new.period <@ old.period
    and new.resource = old.resource and new.units is not distinct from old.units
    and new.amount is not distinct from old.amount))
  execute function capacity.check_claim();

-- A smaller resource must still hold what is taken of it from now on.
create function capacity.check_resource() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  until int8;
begin
  if new.id <> old.id or new.mode <> old.mode or new.grain <> old.grain then
    raise exception 'a resource keeps its id, mode and grain' using errcode = 'check_violation';
  end if;
  select max(upper(c.period)) into until from capacity.claim c
    where c.resource = new.id and not isempty(c.period) and upper(c.period) > new.changed_at
      and (new.mode = 'pooled' or upper(c.units) > new.units);
  if until is not null and (new.mode = 'exact' or new.units
      < capacity.peak(new.id, int8range(new.changed_at, 9007199254740991))) then
    perform capacity.refuse('capacity.in-use',
      jsonb_build_object('resource', new.id, 'until', until));
  end if;
  return null;
end $$;
create trigger lawful after update on capacity.resource
  for each row when (new.units < old.units or new.id <> old.id or new.mode <> old.mode
    or new.grain <> old.grain)
  execute function capacity.check_resource();

-- Every change is seen by mirrors, whoever makes it.
create function capacity.stamp() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.version := old.version + 1;
  new.xid := pg_current_xact_id();
  return new;
end $$;
create trigger stamped before update on capacity.resource
  for each row execute function capacity.stamp();
create trigger stamped before update on capacity.claim
  for each row execute function capacity.stamp();

create function capacity.keep() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'bookings are kept: % on % refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;
create trigger never_deleted before delete or truncate on capacity.resource
  for each statement execute function capacity.keep();
create trigger never_deleted before delete or truncate on capacity.hold
  for each statement execute function capacity.keep();
create trigger never_deleted before delete or truncate on capacity.claim
  for each statement execute function capacity.keep();

revoke execute on all functions in schema capacity from public;
grant select on capacity.resource, capacity.hold, capacity.claim to kapok_app;
