-- How often each kind of fact was seen up to a position of the journal: it spares reading the journal anew.

create table regulation.use (
  kind text primary key,
  position bigint not null check (position > 0),
  count bigint not null check (count > 0),
  last_at timestamptz not null
);
grant select, insert, update on regulation.use to kapok_app;
