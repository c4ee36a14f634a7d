-- The journal: every fact, appended in the transaction of the change it records.

create table journal.entry (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  kind text not null check (kind ~ '^[a-z]+\.[a-z-]+$'),
  version int not null check (version > 0),
  actor jsonb not null,
  subject uuid,
  valid_at timestamptz not null,
  known_at timestamptz not null,
  payload jsonb not null,
  salt bytea not null default uuid_send(gen_random_uuid())
);
create index entry_commit_order on journal.entry (xid, id);
comment on column journal.entry.xid is 'kapok:not-in-backup; transaction ids mean nothing in another cluster';

-- Positions are given in commit order; a reader follows positions and never serial ids.
create table journal.sequence (
  position bigint primary key,
  entry_id bigint not null unique references journal.entry (id),
  kind text not null,
  subject uuid,
  person uuid,
  known_at timestamptz not null
);
create index sequence_kind on journal.sequence (kind, position);
create index sequence_subject on journal.sequence (subject, position) where subject is not null;
create index sequence_person on journal.sequence (person, position) where person is not null;

create table journal.cursor (
  singleton boolean primary key default true check (singleton),
  xid xid8 not null,
  id bigint not null,
  position bigint not null
);
insert into journal.cursor values (true, '0', 0, 0);

create function journal.append(
  kind text, version int, actor jsonb, subject uuid,
  valid_at timestamptz, known_at timestamptz, payload jsonb
) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into journal.entry (kind, version, actor, subject, valid_at, known_at, payload)
  values (kind, version, actor, subject, valid_at, known_at, payload)
  returning id
$$;

-- Numbers the entries of all transactions that are certainly over; returns how many it numbered.
-- An entry is taken only below the oldest transaction still running, so none can appear before it later.
create function journal.number(most int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  here journal.cursor;
  horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
  taken int;
  last_xid xid8;
  last_id bigint;
begin
  select * into here from journal.cursor for update skip locked;
  if not found then return 0; end if;
  with ready as materialized (
    select e.id, e.xid, e.kind, e.subject, (e.actor ->> 'person')::uuid as person, e.known_at,
           row_number() over (order by e.xid, e.id) as nth
    from (
      select * from journal.entry e
      where (e.xid, e.id) > (here.xid, here.id) and e.xid < horizon
      order by e.xid, e.id limit most
    ) e
  ), numbered as (
    insert into journal.sequence (position, entry_id, kind, subject, person, known_at)
    select here.position + nth, id, kind, subject, person, known_at from ready
  )
  select count(*), (array_agg(xid order by nth desc))[1], (array_agg(id order by nth desc))[1]
    into taken, last_xid, last_id from ready;
  if taken > 0 then
    update journal.cursor set xid = last_xid, id = last_id, position = here.position + taken;
  end if;
  return taken;
end $$;

-- After a restore into another cluster: every entry is numbered, and new transactions follow them.
create function journal.rebase() returns void
language plpgsql as $$
declare
  top bigint;
begin
  select coalesce(max(position), 0) into top from journal.sequence;
  insert into journal.sequence (position, entry_id, kind, subject, person, known_at)
  select top + row_number() over (order by e.id), e.id, e.kind, e.subject,
         (e.actor ->> 'person')::uuid, e.known_at
  from journal.entry e
  where not exists (select 1 from journal.sequence s where s.entry_id = e.id);
  update journal.cursor set
    xid = pg_current_xact_id(),
    id = (select coalesce(max(id), 0) from journal.entry),
    position = (select coalesce(max(position), 0) from journal.sequence);
end $$;
revoke execute on function journal.append, journal.number, journal.rebase from public;

grant select on journal.entry, journal.sequence, journal.cursor to kapok_app;
grant execute on function journal.append, journal.number to kapok_app;
