-- What there is to run on: site > cluster > flavor > node, with dated prices.

create table compute.site (
  id uuid primary key,
  operator uuid not null,
  name_zh text not null,
  name_en text not null,
  kind text not null
    check (kind in ('supercomputing-centre', 'edge-node', 'industry-cluster', 'hyperscale')),
  area text not null
);

create table compute.cluster (
  id uuid primary key,
  site_id uuid not null references compute.site,
  name_zh text not null,
  name_en text not null,
  -- 算力标识: owner, node and resource.
  identifier text not null unique,
  adapter text not null check (adapter in ('local')),
  state text not null default 'active' check (state in ('active', 'draining', 'closed')),
  simulated boolean not null,
  -- What an organisation may use here unless its quota says otherwise, in basis points of all cards.
  default_quota int not null check (default_quota between 0 and 10000)
);

-- The one active dispatcher writes under the newest epoch only; an older one finds itself fenced off.
create table compute.dispatcher (
  singleton boolean primary key default true check (singleton),
  epoch bigint not null
);
insert into compute.dispatcher values (true, 0);

create table compute.flavor (
  id uuid primary key,
  cluster_id uuid not null references compute.cluster,
  name_zh text not null,
  name_en text not null,
  chip_class text not null,
  accelerator boolean not null,
  memory_mib int not null,
  precision text,
  interconnect text,
  shareable boolean not null,
  watts_idle int,
  watts_busy int,
  cpu_milli_per_card int not null check (cpu_milli_per_card > 0),
  memory_mib_per_card int not null check (memory_mib_per_card > 0)
);

-- Yuan at scale 10^-4 per card-hour, from a moment on; what was announced is never edited.
create table compute.price (
  flavor_id uuid not null references compute.flavor,
  valid_from timestamptz not null,
  amount int8 not null check (amount >= 0),
  primary key (flavor_id, valid_from)
);

create table compute.node (
  id uuid primary key,
  cluster_id uuid not null references compute.cluster,
  flavor_id uuid not null references compute.flavor,
  name text not null,
  cards int not null check (cards > 0),
  -- Real cards by their index on the machine; null: simulated, or CPU slots.
  card_indices int[] check (cardinality(card_indices) = cards),
  resource_id uuid not null unique,
  state text not null default 'ready' check (state in ('ready', 'draining', 'down')),
  version int not null default 1,
  unique (cluster_id, name)
);

-- An organisation's queue; made at its first submission.
create table compute.queue (
  id uuid primary key,
  subject uuid not null unique,
  weight int not null default 1 check (weight between 1 and 1000)
);

-- How many cards of a cluster an organisation may hold at once: a pooled resource of capacity.
create table compute.quota (
  queue_id uuid not null references compute.queue,
  cluster_id uuid not null references compute.cluster,
  resource_id uuid not null unique,
  cards_milli int8 not null check (cards_milli >= 0),
  primary key (queue_id, cluster_id)
);

-- Card-milliseconds used lately, halved with time: what fair share is measured by.
create table compute.used (
  queue_id uuid not null references compute.queue,
  cluster_id uuid not null references compute.cluster,
  amount double precision not null,
  at timestamptz not null,
  primary key (queue_id, cluster_id)
);

create table compute.budget (
  id uuid primary key,
  subject uuid not null,
  name text not null,
  "limit" int8 not null check ("limit" >= 0),
  held int8 not null default 0 check (held >= 0),
  spent int8 not null default 0 check (spent >= 0),
  valid_from timestamptz not null,
  valid_to timestamptz not null check (valid_to > valid_from),
  closed boolean not null default false,
  version int not null default 1
);
create index budget_of on compute.budget (subject, id);

grant select, insert, update on compute.site, compute.cluster, compute.flavor, compute.node,
  compute.queue, compute.quota, compute.used, compute.budget to kapok_app;
grant select, insert on compute.price to kapok_app;
grant select, update on compute.dispatcher to kapok_app;
