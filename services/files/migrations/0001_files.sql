-- Files: what is known about each, and how much room each owner has taken.

create table files.quota (
  owner uuid primary key,
  used_bytes bigint not null default 0 check (used_bytes >= 0),
  -- null: the limit of law/parameters/platform.yaml
  limit_bytes bigint check (limit_bytes >= 0)
);
comment on column files.quota.used_bytes is 'stored files, and room reserved by uploads under way';

-- The row is there before the first byte (receiving) and stays after the last (deleted).
create table files.file (
  id uuid primary key,
  owner uuid not null,
  created_by uuid,
  purpose text not null,
  name text not null,
  media_type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 bytea check (length(sha256) = 32),
  state text not null check (state in ('receiving', 'stored', 'deleted')),
  version int not null default 1,
  created_at timestamptz not null,
  deleted_at timestamptz,
  bytes_removed boolean not null default false,
  check (state <> 'stored' or sha256 is not null)
);
comment on column files.file.size_bytes is 'while receiving: the room reserved';
create index file_owner on files.file (owner, id) where state = 'stored';
create index file_unfinished on files.file (created_at) where state = 'receiving';
create index file_unremoved on files.file (id) where state = 'deleted' and not bytes_removed;

-- Who relies on a file; while there is one, its owner cannot delete it.
create table files.use (
  file_id uuid not null references files.file (id),
  used_by text not null,
  since timestamptz not null,
  primary key (file_id, used_by)
);

grant select, insert, update on files.quota to kapok_app;
grant select, insert, update, delete on files.file to kapok_app;
grant select, insert, delete on files.use to kapok_app;
