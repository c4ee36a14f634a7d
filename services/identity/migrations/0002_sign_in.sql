-- Sign-in: passwords, second factors, sessions, failed attempts, one-time links, OIDC.

create table identity.password (
  person uuid primary key references identity.person (id),
  hash text not null,
  changed_at timestamptz not null
);

create table identity.totp (
  person uuid primary key references identity.person (id),
  secret bytea not null,
  confirmed_at timestamptz,
  -- The last time step accepted: a code opens one session only.
  last_step bigint not null default 0
);

create table identity.recovery_code (
  person uuid not null references identity.person (id),
  hash bytea not null,
  used_at timestamptz,
  primary key (person, hash)
);

create table identity.session (
  id uuid primary key,
  token_hash bytea not null unique,
  person uuid not null references identity.person (id),
  subject uuid not null references identity.subject (id),
  mandate uuid references identity.mandate (id),
  method text not null check (method in ('password', 'totp', 'oidc', 'demo', 'link')),
  agent text not null,
  address text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index session_person on identity.session (person, created_at desc);
create index session_newest on identity.session (last_seen_at desc) where ended_at is null;

-- Counts tries by login and by address; a lock always has an end.
create table identity.attempt (
  id uuid primary key,
  kind text not null check (kind in ('login', 'address')),
  key text not null,
  failures int not null,
  first_at timestamptz not null,
  locked_until timestamptz,
  unique (kind, key)
);
create index attempt_age on identity.attempt (first_at);

-- A link that works once: to take up an administrator's office, or to set a new password.
create table identity.link (
  id uuid primary key,
  token_hash bytea not null unique,
  role text check (role in ('system-admin', 'security-admin', 'audit-admin')),
  person uuid references identity.person (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  check ((role is null) <> (person is null))
);

create table identity.federated (
  issuer text not null,
  name text not null,
  person uuid not null references identity.person (id),
  since timestamptz not null,
  primary key (issuer, name)
);
create index federated_person on identity.federated (person);

create table identity.oidc_flow (
  state_hash bytea primary key,
  browser_hash bytea not null,
  checks bytea not null,
  return_to text not null,
  expires_at timestamptz not null
);

grant select, insert, update, delete on identity.password, identity.totp, identity.recovery_code,
  identity.session, identity.attempt, identity.federated, identity.oidc_flow to kapok_app;
grant select, insert, update on identity.link to kapok_app;
