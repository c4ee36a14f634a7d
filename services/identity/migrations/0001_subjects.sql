-- Subjects: organisations, people, departments; who belongs where, who holds what office, who may act for whom.

create table identity.subject (
  id uuid primary key,
  kind text not null check (kind in ('organisation', 'person', 'department')),
  name text not null check (char_length(name) between 1 and 200),
  -- GB/T 2260; people need not have one.
  area text check (area ~ '^\d{6}$'),
  version int not null default 1 check (version > 0),
  created_at timestamptz not null,
  unique (id, kind)
);

-- A natural person. Without a login it is somebody whom a register names: a holder of shares, say.
create table identity.person (
  id uuid primary key,
  kind text not null default 'person' check (kind = 'person'),
  login text unique check (char_length(login) between 3 and 64 and login = lower(login)),
  email text check (char_length(email) <= 200),
  -- A keyed hash of the citizen identification number; the number itself is never stored.
  resident_key bytea unique,
  locked_at timestamptz,
  erased_at timestamptz,
  foreign key (id, kind) references identity.subject (id, kind)
);

create table identity.organisation (
  id uuid primary key,
  kind text not null default 'organisation' check (kind = 'organisation'),
  credit_code text not null unique check (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
  class text not null check (class in ('enterprise', 'individual-business', 'institution',
    'university', 'research-institute', 'government', 'community', 'association')),
  size text check (size in ('micro', 'small', 'medium', 'large')),
  founded_on date not null,
  legal_representative uuid references identity.subject (id),
  controller uuid references identity.subject (id) check (controller <> id),
  -- What its members may be made: cluster operators, community managers.
  activities text[] not null default '{}'
    check (activities <@ array['cluster-operator', 'community']),
  foreign key (id, kind) references identity.subject (id, kind)
);
create index organisation_representative on identity.organisation (legal_representative);
create index organisation_controller on identity.organisation (controller);

-- A department is a competence of law/authorities.yaml in an area.
create table identity.department (
  id uuid primary key,
  kind text not null default 'department' check (kind = 'department'),
  authority text not null check (authority ~ '^[a-z-]+$'),
  area text not null check (area ~ '^\d{6}$'),
  unique (authority, area),
  foreign key (id, kind) references identity.subject (id, kind)
);

create table identity.shareholding (
  id uuid primary key,
  organisation uuid not null references identity.organisation (id),
  holder uuid not null references identity.subject (id) check (holder <> organisation),
  basis_points int not null check (basis_points between 1 and 10000),
  valid_from date not null,
  -- First day on which it no longer holds.
  valid_to date check (valid_to > valid_from)
);
create index shareholding_organisation on identity.shareholding (organisation);
create index shareholding_holder on identity.shareholding (holder);

create table identity.membership (
  id uuid primary key,
  person uuid not null references identity.person (id),
  organisation uuid not null references identity.organisation (id),
  roles text[] not null check (cardinality(roles) > 0
    and roles <@ array['owner', 'member', 'operator', 'community-manager']),
  version int not null default 1,
  since timestamptz not null,
  ended_at timestamptz
);
create unique index membership_current on identity.membership (person, organisation)
  where ended_at is null;
create index membership_organisation on identity.membership (organisation) where ended_at is null;

create table identity.invitation (
  id uuid primary key,
  organisation uuid not null references identity.organisation (id),
  roles text[] not null,
  code_hash bytea not null unique,
  created_by uuid not null references identity.person (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_by uuid references identity.person (id),
  used_at timestamptz,
  revoked_at timestamptz
);
create index invitation_organisation on identity.invitation (organisation, id);

create table identity.office (
  id uuid primary key,
  person uuid not null references identity.person (id),
  role text not null check (role in ('system-admin', 'security-admin', 'audit-admin', 'auditor',
    'official')),
  department uuid references identity.department (id),
  -- How far it reaches; null means everywhere.
  area text check (area ~ '^\d{6}$'),
  since timestamptz not null,
  ended_at timestamptz,
  granted_by uuid references identity.person (id) check (granted_by <> person),
  check (role <> 'official' or (department is not null and area is not null))
);
-- 三员分立: of the three administrators nobody ever holds two.
create unique index office_one_administrator on identity.office (person)
  where ended_at is null and role in ('system-admin', 'security-admin', 'audit-admin');
create unique index office_once on identity.office (person, role, department) nulls not distinct
  where ended_at is null;

-- A mandate: `holder` may act for `grantor` within the scopes, from `valid_from` until `valid_to`.
create table identity.mandate (
  id uuid primary key,
  grantor uuid not null references identity.subject (id),
  holder uuid not null references identity.subject (id) check (holder <> grantor),
  scopes text[] not null check (cardinality(scopes) > 0),
  valid_from timestamptz not null,
  valid_to timestamptz not null check (valid_to > valid_from),
  created_by uuid not null references identity.person (id),
  created_at timestamptz not null,
  revoked_at timestamptz
);
create index mandate_grantor on identity.mandate (grantor, id);
create index mandate_holder on identity.mandate (holder, id);

create table identity.api_key (
  id uuid primary key,
  subject uuid not null references identity.subject (id),
  name text not null check (char_length(name) between 1 and 200),
  prefix text not null unique,
  hash bytea not null unique,
  scopes text[] not null check (cardinality(scopes) > 0),
  created_by uuid not null references identity.person (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_key_subject on identity.api_key (subject, id);
create index api_key_maker on identity.api_key (created_by);

-- 谁用过我的数据: one row per reader, purpose and day.
create table identity.access (
  person uuid not null references identity.person (id),
  day date not null,
  -- The person who read, or the name of the job.
  reader text not null,
  purpose text not null,
  purpose_en text not null,
  -- For whom they read, and the office that let them; ids and roles, no names.
  reader_subject uuid references identity.subject (id),
  reader_role text,
  fields text[] not null,
  reads int not null default 1,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (person, day, reader, purpose)
);
create index access_newest on identity.access (person, last_at desc);

grant delete on identity.shareholding to kapok_app;
grant select, insert, update on identity.subject, identity.person, identity.organisation,
  identity.department, identity.shareholding, identity.membership, identity.invitation,
  identity.office, identity.mandate, identity.api_key, identity.access to kapok_app;
