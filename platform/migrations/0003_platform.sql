-- What the platform itself remembers: the demo clock, idempotency keys, reactions' positions, secrets.

create table platform.clock (
  singleton boolean primary key default true check (singleton),
  offset_ms bigint not null check (offset_ms >= 0)
);
insert into platform.clock values (true, 0);

create function platform.refuse_clock_back() returns trigger language plpgsql as $$
begin
  raise exception 'the clock is never set back';
end $$;
create trigger clock_forward before update on platform.clock for each row
  when (new.offset_ms <= old.offset_ms) execute function platform.refuse_clock_back();

-- A real world never becomes a demo world, nor the other way round.
create table platform.world (
  singleton boolean primary key default true check (singleton),
  id uuid not null,
  demo boolean not null,
  created_at timestamptz not null
);

create table platform.idempotency (
  owner text not null,
  key text not null,
  route text not null,
  request_hash bytea not null,
  status int not null,
  reply jsonb,
  at timestamptz not null,
  primary key (owner, key)
);
create index idempotency_age on platform.idempotency (at);

create table platform.reaction (
  name text primary key,
  position bigint not null default 0,
  failures int not null default 0,
  failed_with text,
  retry_at timestamptz
);

-- Envelope encryption: each secret under its own key, that key under the master key outside the database.
create table platform.secret (
  name text primary key,
  master_key text not null,
  wrapped_key bytea not null,
  box bytea not null,
  updated_at timestamptz not null
);

grant select, update on platform.clock to kapok_app;
grant select, insert on platform.world to kapok_app;
grant select, insert, update, delete on platform.idempotency to kapok_app;
grant select, insert, update on platform.reaction to kapok_app;
grant select, insert, update, delete on platform.secret to kapok_app;
