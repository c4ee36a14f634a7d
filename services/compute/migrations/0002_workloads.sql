-- What is asked for, what became of it, and what it cost.

create table compute.dataset (
  id uuid primary key,
  subject uuid not null,
  name text not null,
  kind text not null check (kind in ('program', 'data')),
  file_id uuid not null,
  -- What the executor staged it under: its SHA-256.
  material text not null,
  bytes int8 not null,
  entries int not null,
  created_at timestamptz not null,
  deleted_at timestamptz,
  -- Whether the executor has let go of the material of a deleted one.
  unstaged boolean not null default false
);
create index dataset_of on compute.dataset (subject, id) where deleted_at is null;

create table compute.quote (
  id uuid primary key,
  subject uuid not null,
  spec jsonb not null,
  -- Every way to run it, compared; prices are good until the quote ends.
  options jsonb not null,
  refused jsonb not null,
  created_at timestamptz not null,
  valid_until timestamptz not null
);
create index quote_old on compute.quote (valid_until);

create sequence compute.workload_number;

create table compute.workload (
  id uuid primary key,
  number text not null unique,
  subject uuid not null,
  person uuid,
  queue_id uuid not null references compute.queue,
  budget_id uuid references compute.budget,
  name text not null,
  spec jsonb not null,
  options jsonb not null,
  cluster_id uuid not null references compute.cluster,
  flavor_id uuid not null references compute.flavor,
  simulated boolean not null,
  accelerator boolean not null,
  operator uuid not null,
  state text not null check (state in ('held', 'queued', 'placed', 'running', 'succeeded', 'failed',
    'cancelled', 'preempted', 'settled')),
  outcome text check (outcome in ('succeeded', 'failed', 'cancelled')),
  priority smallint not null,
  preemptible boolean not null,
  tasks int not null check (tasks > 0),
  milli int not null check (milli > 0),
  limit_ms int8 not null check (limit_ms > 0),
  expected_ms int8 not null,
  -- The price that was quoted: yuan at 10^-4 per card-hour.
  price int8 not null,
  most int8 not null,
  -- Of the ledger: the hold (of a voucher and money together, where a voucher pays), and of capacity.
  money_hold uuid,
  voucher boolean not null,
  capacity_hold uuid not null,
  -- Where and when it runs at the latest: what capacity holds for it.
  promise jsonb not null,
  starts_by timestamptz not null,
  submitted_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  -- Milli-card-milliseconds, and what they cost.
  metered int8 not null default 0,
  amount int8,
  voucher_amount int8,
  attempt int not null default 0,
  -- Of its time limit, what attempts have run already.
  ran_ms int8 not null default 0,
  warned boolean not null default false,
  -- The newest reasons: why it waits, or why here and now. Not facts: they change with the queue.
  reasons jsonb not null default '[]',
  version int not null default 1
);
create index workload_of on compute.workload (subject, id desc);
create index workload_of_state on compute.workload (subject, state, id desc);
create index workload_of_live on compute.workload (subject, id desc) where outcome is null;
create index workload_waiting on compute.workload (cluster_id, priority desc, id)
  where state = 'queued';
create index workload_live on compute.workload (id)
  where state in ('placed', 'running', 'preempted', 'succeeded', 'failed', 'cancelled');
create index workload_budget on compute.workload (budget_id) where budget_id is not null;

-- What happened to a workload, in order; each line is a fact of the journal too.
create table compute.step (
  workload_id uuid not null references compute.workload,
  nth int not null,
  kind text not null,
  at timestamptz not null,
  detail jsonb not null,
  journal_id bigint not null,
  primary key (workload_id, nth)
);

create table compute.attempt (
  id uuid primary key,
  workload_id uuid not null references compute.workload,
  nth int not null,
  -- Per task: the node, its cards, and how much of them.
  placement jsonb not null,
  placed_at timestamptz not null,
  -- What asked it to end before its time: cancel, preempt, drain.
  stopping text,
  stopping_basis text,
  started_at timestamptz,
  ended_at timestamptz,
  ran_ms int8 not null default 0,
  exit_code int,
  signal text,
  cause text,
  detail jsonb,
  isolation text,
  unique (workload_id, nth)
);
create index attempt_live on compute.attempt (id) where ended_at is null;
create index attempt_of_time on compute.attempt (started_at) where started_at is not null;

create sequence compute.invoice_number;

create table compute.invoice (
  id uuid primary key,
  number text not null unique,
  workload_id uuid not null unique references compute.workload,
  seller uuid not null,
  buyer uuid not null,
  issued_at timestamptz not null,
  -- Milli-card-milliseconds at a price; tax is part of the total.
  metered int8 not null,
  price int8 not null,
  total int8 not null,
  tax int8 not null,
  tax_rate int not null
);
create index invoice_of on compute.invoice (buyer, id desc);

-- Kept from the journal by a reaction: each organisation's first submission and first running job.
create table compute.first_run (
  subject uuid not null,
  simulated boolean not null,
  submitted_at timestamptz not null,
  started_at timestamptz,
  primary key (subject, simulated)
);
create table compute.fleet (
  node_id uuid primary key,
  cards int not null,
  accelerator boolean not null,
  simulated boolean not null,
  state text not null
);
create table compute.tally (
  kind text primary key,
  number bigint not null
);

grant select, insert, update on compute.dataset, compute.workload, compute.attempt,
  compute.first_run, compute.fleet, compute.tally to kapok_app;
grant select, insert, delete on compute.quote to kapok_app;
grant select, insert on compute.step, compute.invoice to kapok_app;
grant usage on sequence compute.workload_number, compute.invoice_number to kapok_app;
