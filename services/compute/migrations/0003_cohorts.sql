-- Queues and cohorts as a tree: organisation, city, province; what each may hold of a cluster.

-- The area of the cohort a queue belongs to (GB/T 2260): a city, or the province; null: not looked up.
alter table compute.queue add column cohort text check (cohort ~ '^44\d{2}00$');

-- What is agreed. Nominal is one's own; borrowing is how much beyond it, null without a limit; lending
-- is how much of nominal others may take while it is idle, null for all of it.
alter table compute.quota
  add column nominal_milli int8 not null default 0 check (nominal_milli >= 0),
  add column borrowing_milli int8 check (borrowing_milli >= 0),
  add column lending_milli int8 check (lending_milli >= 0),
  add column version int not null default 1;
-- Until now a quota was a limit that nobody guaranteed, also where an operator had set it: borrowing.
update compute.quota set borrowing_milli = cards_milli;

create table compute.cohort_quota (
  cohort text not null check (cohort ~ '^44\d{2}00$'),
  cluster_id uuid not null references compute.cluster,
  -- Of all below it together; null: the sum of theirs.
  nominal_milli int8 check (nominal_milli >= 0),
  borrowing_milli int8 check (borrowing_milli >= 0),
  lending_milli int8 check (lending_milli >= 0),
  version int not null default 1,
  primary key (cohort, cluster_id)
);

-- What follows from it: pooled resources of capacity, on which every promise draws.
create table compute.pool (
  resource_id uuid primary key,
  cluster_id uuid not null references compute.cluster,
  -- Whose: a queue's, a cohort's, or (neither) the whole cluster's.
  queue_id uuid references compute.queue,
  cohort text,
  -- limit: the most at once. reserved: kept from all others. common: what nobody has reserved.
  part text not null check (part in ('limit', 'reserved', 'common')),
  -- The size that follows from what is agreed, and the one in force: larger while more is booked.
  wanted int8 not null check (wanted >= 0),
  units int8 not null check (units >= wanted and units > 0),
  check (part = 'common' and queue_id is null and cohort is null
    or part <> 'common' and (queue_id is null) <> (cohort is null)),
  unique nulls not distinct (cluster_id, queue_id, cohort, part)
);
create index pool_of_queue on compute.pool (queue_id) where queue_id is not null;
create index pool_shared on compute.pool (cluster_id) where queue_id is null;

insert into compute.pool (resource_id, cluster_id, queue_id, part, wanted, units)
  select resource_id, cluster_id, queue_id, 'limit', cards_milli, greatest(cards_milli, 1)
  from compute.quota;

-- A promise says what it draws on; what waits and runs has drawn on its queue's limit.
update compute.workload w
  set promise = w.promise || jsonb_build_object('pools', jsonb_build_array(
    jsonb_build_object('resourceId', q.resource_id, 'amount', w.tasks * w.milli)))
  from compute.quota q
  where q.queue_id = w.queue_id and q.cluster_id = w.cluster_id
    and w.state in ('queued', 'placed', 'running');

alter table compute.quota drop column resource_id, drop column cards_milli;

grant select, insert, update on compute.cohort_quota, compute.pool to kapok_app;
